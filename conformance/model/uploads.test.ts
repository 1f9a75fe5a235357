import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkCall, CompleteCall } from '../history.ts';
import { chunkIndex, digestFaults, readChunk, readComplete } from './requests.ts';
import type { Session } from './state.ts';
import { claims, created, exchange, initiate, put, statesAfter } from './testing.ts';

const names = ({ faults }: { readonly faults: readonly { readonly problem: string }[] }) =>
  faults.map(({ problem }) => problem);

describe('a chunk id', () => {
  test('has one spelling: canonical decimal, decoded once', () => {
    fc.assert(
      fc.property(fc.nat(20), (index) => {
        const known = index < 10 ? index : undefined;
        expect(chunkIndex(index, 10)).toBe(known);
        expect(chunkIndex(`%3${String(index)[0]}${String(index).slice(1)}`, 10)).toBe(known);
        for (const other of [`0${index}`, `+${index}`, ` ${index}`, `${index}.0`, `%25${index}`, `-${index}`])
          expect(chunkIndex(other, 10)).toBeUndefined();
      }),
    );
  });

  test.each(['', 'abc', '1e0', '0x1', '%', '%F0', '99999999999999999999', '１'])('is never %j', (text) => {
    expect(chunkIndex(text, 10_000)).toBeUndefined();
  });
});

describe('a chunk', () => {
  const reading = (chunk: number | string, length: number, more: Partial<ChunkCall> = {}) => {
    const [world] = statesAfter(exchange(initiate(), created()));
    const session = world?.sessions.get('a') as Session;
    return readChunk(put(chunk, 1, more) as ChunkCall, session, { bodyLength: length, headers: {} }, claims);
  };

  test.each([
    [0, 4, []],
    [0, 3, ['chunk-length-mismatch']],
    [0, 5, ['chunk-length-mismatch']],
    [0, 0, ['chunk-length-mismatch']],
    [2, 2, []],
    [2, 4, ['chunk-length-mismatch']],
    [3, 4, ['chunk-not-found']],
  ])('%i of %i bytes has the faults %j', (chunk, length, faults) => {
    expect(names(reading(chunk, length))).toEqual(faults);
  });

  test.each([
    ['right', true],
    ['bytes 4-7/10', true],
    ['bytes 04-7/010', true],
    ['Bytes 4-7/10', true],
    ['elsewhere', false],
    ['unsatisfied', false],
    ['bytes 4-7/*', false],
    ['bytes 4-8/10', false],
    ['bytes 4-7/11', false],
    ['bytes 4-7/10, bytes 4-7/10', false],
    ['bytes=4-7', false],
  ])('1 with Content-Range %s: is it acceptable? %s', (contentRange, acceptable) => {
    expect(names(reading(1, 4, { contentRange }))).toEqual(acceptable ? [] : ['content-range-mismatch']);
  });

  test('has no content coding but identity', () => {
    expect(names(reading(0, 4, { contentEncoding: 'gzip' }))).toEqual(['unsupported-media-type']);
    expect(names(reading(0, 4, { contentEncoding: 'identity' }))).toEqual([]);
  });

  test('may have several faults, any of which may be told', () => {
    const all = reading(0, 5, { contentRange: 'elsewhere', contentDigest: 'wrong' });
    expect(names(all)).toEqual(['chunk-length-mismatch', 'content-range-mismatch', 'digest-mismatched-values']);
  });
});

test.each([
  [undefined, []],
  ['right', []],
  ['several', []],
  ['wrong', ['digest-mismatched-values']],
  ['unsupported', ['digest-unsupported-algorithms']],
  ['empty', ['digest-unsupported-algorithms']],
  ['garbage', ['digest-invalid-values']],
  ['short', ['digest-invalid-values']],
] as const)('a digest that is %s has the faults %j', (word, faults) => {
  expect(names({ faults: digestFaults(word, 'chunk') })).toEqual(faults);
});

test.each<[Partial<CompleteCall>, readonly string[]]>([
  [{}, []],
  [{ json: {} }, []],
  [{ json: { 'x-unknown': 1 } }, []],
  [{ json: [] }, ['invalid-request']],
  [{ json: null }, ['invalid-request']],
  [{ json: { digest: 5 } }, ['invalid-request']],
  [{ body: '{' }, ['invalid-request']],
  [{ body: '' }, []],
  [{ body: ' {} ' }, []],
  [{ json: { digest: '' } }, ['digest-unsupported-algorithms']],
  [{ json: { digest: 'sha-256' } }, ['digest-invalid-values']],
  [{ json: { digest: `sha-256=:${'A'.repeat(43)}=:` } }, []],
  [{ digest: 'right', compositeDigest: 'right' }, []],
  [{ digest: 'short', compositeDigest: 'empty' }, ['digest-unsupported-algorithms', 'digest-invalid-values']],
  [{ digest: 'wrong' }, []],
])('a completion %j has, as such, the faults %j', (call, faults) => {
  expect(names(readComplete({ kind: 'complete', session: 'a', ...call }, { bodyLength: 0 }, claims)[0])).toEqual(
    faults,
  );
});
