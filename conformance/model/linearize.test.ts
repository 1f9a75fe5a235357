import { describe, expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { claims as crowdClaims, crowded } from './crowd.ts';
import { explain } from './linearize.ts';
import {
  abort,
  answer,
  claims,
  complete,
  completed,
  completing,
  created,
  exchange,
  initiate,
  listing,
  lost,
  problem,
  published,
  put,
  receipt,
  status,
} from './testing.ts';

const opened = exchange(initiate(), created(), { at: 0 });
const kind = (exchanges: readonly Exchange[], budget?: number) => explain(exchanges, claims, budget).kind;

describe('real time', () => {
  const upload = exchange(put(0, 1), receipt(201, 0, 1), { at: 5, took: 5, client: 'A' });
  const read = (at: number, received: readonly number[]) => exchange(status, listing(received), { at, client: 'B' });

  test.each([
    ['during an upload a status lists the chunk', 7, [0], 'explained'],
    ['or does not', 7, [], 'explained'],
    ['equal stamps are concurrent: at the very end', 10, [], 'explained'],
    ['equal stamps are concurrent: at the very start', 5, [0], 'explained'],
    ['after the answer it has to', 10.001, [], 'unexplained'],
    ['before it was sent it cannot', 4.999, [0], 'unexplained'],
  ] as const)('%s', (_, at, received, expected) => {
    expect(kind([opened, upload, read(at, received)])).toBe(expected);
  });

  test('two readers may not see two chunks arrive in opposite orders', () => {
    const uploads = [0, 1].map((chunk) =>
      exchange(put(chunk, 9), receipt(201, chunk, 9), { at: 1, took: 9, client: `W${chunk}` }),
    );
    const reads = (first: number, second: number) => [
      exchange(status, listing([first]), { at: 3, client: 'B' }),
      exchange(status, listing([second]), { at: 3, client: 'C' }),
    ];
    expect(kind([opened, ...uploads, ...reads(0, 0)])).toBe('explained');
    expect(kind([opened, ...uploads, ...reads(0, 1)])).toBe('unexplained');
  });

  test('a completion that was put off publishes an upload whose answer was lost, or does not', () => {
    const full = [0, 1, 2].map((chunk) => exchange(put(chunk, 1), receipt(201, chunk, 1), { at: 1 + chunk }));
    const before = [opened, ...full, exchange(put(1, 9), lost, { at: 5 }), exchange(complete, completing(), { at: 7 })];
    const polled = exchange(status, listing([0, 1, 2], { state: 'completing' }), { at: 9 });
    const ended = (writes: readonly number[]) => exchange(status, completed(writes), { at: 11 });
    for (const story of [before, [...before, polled]]) {
      expect(kind([...story, ended([1, 9, 1])])).toBe('explained');
      expect(kind([...story, ended([1, 1, 1])])).toBe('explained');
      expect(kind([...story, ended([1, 8, 1])])).toBe('unexplained');
    }
  });

  test('of completions that race at most one creates', () => {
    const full = [0, 1, 2].map((chunk) => exchange(put(chunk, 1), receipt(201, chunk, 1)));
    const race = (...codes: (200 | 201)[]) =>
      codes.map((code, i) => exchange(complete, published(code, [1, 1, 1]), { at: 1, took: 5, client: `C${i}` }));
    expect(kind([opened, ...full, ...race(200, 201, 200)])).toBe('explained');
    expect(kind([opened, ...full, ...race(201, 201)])).toBe('unexplained');
    expect(kind([opened, ...full, ...race(200, 200)])).toBe('unexplained');
  });
});

describe('a request that was never answered', () => {
  const read = (at: number, received: readonly number[]) => exchange(status, listing(received), { at });

  test.each([
    ['a lost answer', exchange(put(0, 1), lost, { at: 1, took: 1 })],
    ['an error of the server', exchange(put(0, 1), answer(500), { at: 1, took: 1 })],
    ['a gateway that gave up', exchange(put(0, 1), answer(504), { at: 1, took: 1 })],
  ])('takes effect late, or never: %s', (_, upload) => {
    expect(kind([opened, upload, read(5, []), read(6, []), read(7, [0])])).toBe('explained');
    expect(kind([opened, upload, read(5, [])])).toBe('explained');
  });

  test('takes effect at most once', () => {
    const upload = exchange(put(0, 1), lost, { at: 1, took: 1 });
    const aborted = exchange(abort, lost, { at: 2 });
    expect(kind([opened, upload, read(5, [0]), read(6, [])])).toBe('unexplained');
    const gone = exchange(status, problem('session-aborted'), { at: 5 });
    expect(kind([opened, aborted, gone, read(6, [])])).toBe('unexplained');
  });

  test('takes no effect before what the same client was told earlier, even if the stamps are equal', () => {
    const story = [opened, read(1, []), exchange(put(0, 1), lost, { at: 1, took: 1 })];
    const [, told, asked] = story as [Exchange, Exchange, Exchange];
    const early = { ...told, outcome: listing([0]) };
    expect(kind([opened, early, asked])).toBe('unexplained');
    expect(kind([opened, { ...early, client: 'B' }, asked])).toBe('explained');
  });

  test('may go on with a session whose completion failed unseen, so that nobody is told why', () => {
    const full = [0, 1, 2].map((chunk) => exchange(put(chunk, chunk), receipt(201, chunk, chunk), { at: 0.1 * chunk }));
    const unseen = [exchange(put(0, 9), lost, { at: 1 }), exchange(complete, lost, { at: 2 })];
    const refused = exchange(put(0, 9), problem('session-completed'), { at: 3 });
    const open = exchange(status, listing([0, 1, 2]), { at: 4 });
    expect(kind([opened, ...full, ...unseen, refused, open])).toBe('explained');
    expect(kind([opened, ...full, ...unseen.slice(1), refused, open])).toBe('unexplained');
  });

  test('takes no effect before it was sent', () => {
    expect(kind([opened, read(1, [0]), exchange(put(0, 1), lost, { at: 2, took: 1 })])).toBe('unexplained');
  });

  test.each([429, 507])('surely had no effect if the server said so: %i', (code) => {
    const refused = exchange(put(0, 1), answer(code), { at: 1 });
    expect(kind([opened, refused, read(2, [])])).toBe('explained');
    expect(kind([opened, refused, read(2, [0])])).toBe('unexplained');
  });
});

test('what cannot be explained is told by the longest order that can be, and the answer after it', () => {
  const first = exchange(put(0, 1), receipt(201, 0, 1), { at: 1 });
  const wrong = exchange(status, listing([0, 1]), { at: 2 });
  const later = exchange(status, listing([0]), { at: 3 });
  const explanation = explain([opened, first, wrong, later], claims);
  expect(explanation).toMatchObject({ kind: 'unexplained', exchange: 2, explained: 2 });
  expect(explanation).toHaveProperty('worlds.length', 1);
});

test('the longest order is told as it was found: by effect, with the lost requests that it needs and no others', () => {
  const late = exchange(put(0, 1), receipt(201, 0, 1), { at: 1, took: 9, client: 'A' });
  const early = exchange(status, listing([]), { at: 2, client: 'B' });
  const seen = exchange(put(1, 2), lost, { at: 3, took: 1, client: 'B' });
  const unseen = exchange(put(2, 3), lost, { at: 3, took: 1, client: 'C' });
  const right = exchange(status, listing([0, 1]), { at: 20 });
  const wrong = exchange(status, listing([]), { at: 21 });
  expect(explain([opened, late, early, seen, unseen, right], claims)).toHaveProperty('order', [0, 2, 1, 3, 5]);
  expect(explain([opened, late, early, seen, unseen, right, wrong], claims)).toMatchObject({
    kind: 'unexplained',
    exchange: 6,
    explained: 4,
    order: [0, 2, 1, 3, 5],
  });
});

test('an order that breaks no SHOULD is found before one that does', () => {
  const race = [200, 201].map((code, i) =>
    exchange(put(0, i), receipt(code as 200 | 201, 0, i), { at: 1, took: 9, client: `C${i}` }),
  );
  expect(explain([opened, ...race], claims)).toMatchObject({ kind: 'explained', warnings: [], order: [0, 2, 1] });
});

test('what cannot be explained is told in every state that the longest orders lead to, and in no other', () => {
  const uploads = [1, 2].map((write) =>
    exchange(put(0, write), receipt(write === 1 ? 201 : 200, 0, write), { at: 1, took: 9, client: `C${write}` }),
  );
  const expects = { sent: { expects: { composite: 'x' } } };
  const wrong = exchange(status, listing([1, 2]), { at: 20 });
  const other = exchange(status, listing([2]), { at: 21 });
  const told = explain([opened, ...uploads, wrong, other, exchange(complete, lost, { at: 30, ...expects })], claims);
  expect(told).toMatchObject({ kind: 'unexplained', exchange: 3, explained: 3 });
  const worlds = told.kind === 'unexplained' ? told.worlds : [];
  const held = worlds.map(({ sessions }) => sessions.get('a')?.chunks.get(0)?.write);
  // Whoever was answered 200 came second, or else a SHOULD was broken.
  expect(held.sort()).toEqual([1, 2]);
});

describe('cost', () => {
  /** One client that uploads and reads in turn; each `every`-th upload loses its answer, and the reading tells. */
  function sequential(operations: number, every = Number.POSITIVE_INFINITY): Exchange[] {
    const stored = new Set<number>();
    const story = [opened];
    for (let at = 1; story.length < operations; at += 2) {
      const chunk = at % 3;
      const told = receipt(stored.has(chunk) ? 200 : 201, chunk, at);
      stored.add(chunk);
      story.push(exchange(put(chunk, at), (at + 1) % (2 * every) === 0 ? lost : told, { at }));
      story.push(exchange(status, listing([...stored]), { at: at + 1 }));
    }
    return story.slice(0, operations);
  }

  test('a story of one client without loss costs one step an exchange', () => {
    expect(kind(sequential(400), 400)).toBe('explained');
    expect(kind(sequential(400), 399)).toBe('inconclusive');
  });

  test('lost answers that were told of soon do not make it explode', () => {
    expect(kind(sequential(100, 6), 20_000)).toBe('explained');
  });

  test('a long story does not overflow the stack', () => {
    const long = 10_000 * Number(process.env['THOROUGHNESS'] ?? 1);
    expect(kind(sequential(long))).toBe('explained');
    const wrong = exchange(status, listing([]), { at: long + 1 });
    expect(explain([...sequential(long), wrong], claims)).toMatchObject({ exchange: long, explained: long });
  });

  test('a reading that was lost costs one step, however long the story goes on', () => {
    const unread = Array.from({ length: 20 }, (_, i) => exchange(status, lost, { at: i / 20, client: 'B' }));
    const wrong = exchange(status, listing([]), { at: 101 });
    expect(kind([opened, ...unread, ...sequential(100).slice(1), wrong], 150)).toBe('unexplained');
  });

  test('races in several sessions are searched one by one', () => {
    const race = (session: string): Exchange[] => [
      exchange(initiate({ session }), created({ sessionId: `${'s'.repeat(21)}${session}` }), { client: session }),
      ...[0, 1, 2, 3].map((i) =>
        exchange(put(0, i, { session }), receipt(i === 3 ? 201 : 200, 0, i), {
          at: 1,
          took: 9,
          client: `${session}${i}`,
        }),
      ),
    ];
    const wrong = exchange(status, listing([1]), { at: 1, took: 8, client: 'B' });
    // Interleaved, the races have a state for each way to be half done, and all would be tried for that answer.
    expect(kind([...['a', 'b', 'c', 'd', 'e'].flatMap(race), wrong], 500)).toBe('unexplained');
  });

  test.each([
    ['few chunks, written over and over', 16, 5],
    ['some that races leave in doubt until the completion tells', 32, 4],
    ['many chunks', 170, 1],
    ['many chunks, of which some are in doubt', 100, 2],
  ])('400 operations of 8 clients cost at most 20 steps each: %s', (_, chunks, seed) => {
    const story = crowded({ clients: 8, operations: 400, chunks, seed });
    expect(explain(story, crowdClaims, 20 * 400).kind).toBe('explained');
  });

  test('a crowd of which some answers are lost is explained within the budget', () => {
    const story = crowded({ clients: 8, operations: 400, chunks: 64, seed: 1, lostPercent: 1 });
    expect(explain(story, crowdClaims).kind).toBe('explained');
  });

  test('a search past its budget is undecided: neither a pass nor a failure', () => {
    const race = Array.from({ length: 8 }, (_, i) =>
      exchange(put(0, i), receipt(i === 0 ? 201 : 200, 0, i), { at: 1, took: 9, client: `C${i}` }),
    );
    const wrong = exchange(status, listing([0, 1]), { at: 20 });
    expect(kind([opened, ...race, wrong], 50)).toBe('inconclusive');
    expect(kind([opened, ...race, wrong])).toBe('unexplained');
  });
});
