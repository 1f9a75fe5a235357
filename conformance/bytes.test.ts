import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from './bytes.ts';

const uploads = fc.record({ write: fc.nat(2000), chunk: fc.nat(10_000) });
const lengths = fc.nat(300);

test('the bytes of an upload are the same each time, as long as asked, and the start of any longer ones', () => {
  fc.assert(
    fc.property(uploads, lengths, lengths, ({ write, chunk }, length, more) => {
      const bytes = bytesOf(write, chunk, length);
      expect(bytes).toHaveLength(length);
      expect(bytesOf(write, chunk, length + more).subarray(0, length)).toEqual(bytes);
    }),
  );
});

test('two uploads, or two chunks of one, hardly ever look alike, so bytes read back tell who wrote them', () => {
  fc.assert(
    fc.property(uploads, uploads, (one, other) => {
      fc.pre(one.write !== other.write || one.chunk !== other.chunk);
      expect(bytesOf(one.write, one.chunk, 8)).not.toEqual(bytesOf(other.write, other.chunk, 8));
    }),
    { numRuns: 1000 },
  );
});

test('not even within one upload does a piece repeat, so a torn chunk shows', () => {
  const bytes = Buffer.from(bytesOf(1, 0, 4096));
  const pieces = Array.from({ length: 1024 }, (_, i) => bytes.subarray(4 * i, 4 * i + 4).toString('hex'));
  expect(new Set(pieces).size).toBeGreaterThan(1020);
});

test('the uploads of any script are told apart by a single short chunk', () => {
  const seen = new Set<string>();
  for (let write = 0; write < 1000; write++) seen.add(Buffer.from(bytesOf(write, write % 13, 4)).toString('hex'));
  expect(seen.size).toBe(1000);
});
