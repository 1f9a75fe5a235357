import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../bytes.ts';
import { assemble, compositeDigest, sha256Base64, sha256Member } from './digest.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

test("a digest is the platform's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256Base64(bytes)).toBe(sha256(bytes).toString('base64'));
    }),
  );
});

const uploads = fc.array(fc.record({ write: fc.nat(1000), length: fc.nat(40) }), { maxLength: 8 });

test('the composite digest is that of the digests, the whole one that of the bytes, in the order of the chunks', () => {
  fc.assert(
    fc.property(uploads, fc.nat(), (all, turn) => {
      const parts = all.map(({ write, length }, chunk) => bytesOf(write, chunk, length));
      const table = all.map(({ write }, i) => [i, { write, digest: sha256Base64(parts[i] as Uint8Array) }] as const);
      // Chunks arrive in any order: here the table is turned.
      const arrived = new Map([...table.slice(turn % 8), ...table.slice(0, turn % 8)]);
      const whole = assemble(arrived, (chunk) => all[chunk]?.length ?? 0);
      expect(sha256Base64(whole)).toBe(sha256(...parts).toString('base64'));
      expect(compositeDigest(arrived)).toBe(sha256(...parts.map((part) => sha256(part))).toString('base64'));
    }),
  );
});

test('an empty file has the composite digest of nothing', () => {
  expect(compositeDigest(new Map())).toBe(sha256().toString('base64'));
});

const value = sha256Base64(new Uint8Array());

test.each([
  `sha-256=:${value}:`,
  `sha-512=:AAAA:, sha-256=:${value}:`,
  `sha-256=:${value}: , unixsum=:AAAA:`,
  `unixsum=:AAAA:,sha-256=:${value}:,x=1`,
])('the sha-256 member is found in %s', (field) => {
  expect(sha256Member(field)).toBe(value);
});

test.each([
  undefined,
  null,
  5,
  '',
  value,
  `sha-256=${value}`,
  `xsha-256=:${value}:`,
  `sha-256=:${value}`,
  `sha-256=:${value.slice(4)}:`,
  `sha-256=:${value.replace('=', '')}:`,
])('there is none in %s', (field) => {
  expect(sha256Member(field)).toBeUndefined();
});
