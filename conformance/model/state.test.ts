import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chunkLength,
  describeWorld,
  emptyWorld,
  movable,
  ranges,
  type Session,
  sessionOf,
  type World,
  withSession,
  worldKey,
} from './state.ts';
import {
  complete,
  completing,
  created,
  exchange,
  initiate,
  lifetime,
  put,
  receipt,
  statesAfter,
  timestamp,
} from './testing.ts';

const only = (worlds: readonly World[]): World => worlds[0] ?? emptyWorld;
const opened = only(statesAfter(exchange(initiate(), created())));
const session = sessionOf(opened, 'a') as Session;

describe('the ranges of chunks', () => {
  const sets = fc.uniqueArray(fc.nat(12), { maxLength: 12 }).map((chunks) => new Set(chunks));

  test('hold the chunks, and no others', () => {
    fc.assert(
      fc.property(sets, (chunks) => {
        const found = ranges(13, (chunk) => chunks.has(chunk));
        const held = found.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
        expect(held).toEqual([...chunks].sort((a, b) => a - b));
      }),
    );
  });

  test('are ascending, and never touch', () => {
    fc.assert(
      fc.property(sets, (chunks) => {
        const found = ranges(13, (chunk) => chunks.has(chunk));
        for (const [i, { first, last }] of found.entries()) {
          expect(first).toBeLessThanOrEqual(last);
          if (i > 0) expect(first).toBeGreaterThan((found[i - 1]?.last ?? 0) + 1);
        }
      }),
    );
  });

  test('end with the session', () => {
    expect(ranges(3, () => true)).toEqual([{ first: 0, last: 2 }]);
    expect(ranges(0, () => true)).toEqual([]);
  });
});

test('the chunks of a file make it up, and there is nothing behind it', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 100 }), (fileSize, chunkSize) => {
      const totalChunks = Math.ceil(fileSize / chunkSize);
      const file: Session = { ...session, fileSize, chunkSize, totalChunks };
      const lengths = Array.from({ length: totalChunks }, (_, chunk) => chunkLength(file, chunk));
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(fileSize);
      expect(lengths.slice(0, -1).every((length) => length === chunkSize)).toBe(true);
      expect(chunkLength(file, totalChunks)).toBe(0);
      expect(chunkLength(file, totalChunks + 5)).toBe(0);
    }),
  );
});

describe('two worlds have one key', () => {
  const all = (_session: string, _chunk: number, digest: string) => digest;
  const key = (more: Partial<Session>, visible = all) =>
    worldKey(withSession(opened, { ...session, ...more }), visible);

  test('if no answer can tell them apart', () => {
    const stored = (...order: number[]) =>
      new Map(order.map((chunk) => [chunk, { write: chunk, digest: `d${chunk}` }]));
    expect(key({ chunks: stored(0, 10, 2) })).toBe(key({ chunks: stored(10, 2, 0) }));
    const [one, other] = ['x', 'y'].map((digest) => ({ chunks: new Map([[0, { write: 1, digest }]]) }));
    expect(key(one ?? {})).not.toBe(key(other ?? {}));
    expect(key(one ?? {}, () => '')).toBe(key(other ?? {}, () => ''));
    expect(key({ pledges: new Set(['complete.incomplete']) })).toBe(key({}));
  });

  test('and not if one can', () => {
    const { expiry } = session;
    const worlds = [
      key({}),
      key({ name: 'b' }),
      key({ phase: 'completed' }),
      key({ phase: 'completing' }),
      key({ phase: 'completing', doomed: true }),
      key({ expiry: { ...expiry, atLeast: expiry.atLeast - 1 } }),
      key({ expiry: { ...expiry, atMost: expiry.atMost + 1 } }),
      key({ attachment: { id: 'x' } }),
      key({ attachment: { etag: 'x' } }),
      key({ attachment: { createdAt: 'x' } }),
      key({ chunks: new Map([[0, { write: 1, digest: 'x' }]]) }),
      key({ chunks: new Map([[1, { write: 1, digest: 'x' }]]) }),
      key({
        chunks: new Map([
          [0, { write: 1, digest: 'x' }],
          [1, { write: 1, digest: 'x' }],
        ]),
      }),
      worldKey({ ...opened, aliases: new Map([['b', 'a']]) }, all),
      worldKey({ ...opened, keys: new Map([['first k', { request: '', essence: '', session: 'a' }]]) }, all),
      worldKey(emptyWorld, all),
    ];
    expect(new Set(worlds).size).toBe(worlds.length);
  });
});

test('an expiry that may have moved is no earlier than it was, and may be any later', () => {
  const at = Date.parse(timestamp(lifetime));
  expect(session.expiry).toEqual({ atLeast: at, atMost: at });
  expect(movable(session).expiry).toEqual({ atLeast: at, atMost: Number.POSITIVE_INFINITY });
});

test('a world is told in words, and not at length', () => {
  const full = only(
    statesAfter(
      exchange(initiate(), created()),
      exchange(put(1, 7), receipt(201, 1, 7)),
      exchange(put(0, 5), receipt(201, 0, 5)),
    ),
  );
  expect(describeWorld(emptyWorld)).toBe('no session');
  expect(describeWorld(opened)).toBe('a open, no chunks');
  expect(describeWorld(full)).toBe('a open: chunk 0 = w5, chunk 1 = w7');
  const many = new Map(Array.from({ length: 13 }, (_, chunk) => [chunk, { write: chunk, digest: '' }]));
  const twelve = Array.from({ length: 12 }, (_, chunk) => `chunk ${chunk} = w${chunk}`).join(', ');
  expect(describeWorld(withSession(opened, { ...session, chunks: many }))).toBe(`a open: ${twelve}, … 13 in all`);
  many.delete(12);
  expect(describeWorld(withSession(opened, { ...session, chunks: many }))).toBe(`a open: ${twelve}`);
  expect(describeWorld(withSession(full, { ...session, name: 'b', phase: 'aborted' }))).toMatch(
    /; b aborted, no chunks$/,
  );
});

test('a completion that is put off is neither open nor completed', () => {
  const uploads = [0, 1, 2].map((chunk) => exchange(put(chunk, chunk), receipt(201, chunk, chunk)));
  const pending = only(statesAfter(exchange(initiate(), created()), ...uploads, exchange(complete, completing())));
  expect(sessionOf(pending, 'a')?.phase).toBe('completing');
});
