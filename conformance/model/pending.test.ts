import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { foresee } from './foresight.ts';
import { type Pending, pendingOf } from './pending.ts';
import {
  answer,
  complete,
  created,
  exchange,
  initiate,
  listing,
  lost,
  type Played,
  problem,
  published,
  put,
  receipt,
  status,
  type When,
} from './testing.ts';

const pendingIn = (exchanges: readonly Exchange[]): Pending => pendingOf(exchanges, foresee(exchanges));
const candidates = (...exchanges: readonly Exchange[]): readonly number[] => pendingIn(exchanges).candidates();
const read = (when: When, call: Played = status): Exchange => exchange(call, listing([]), when);
const a = (at: number, took: number): Exchange => read({ at, took, client: `${at} to ${at + took}` });
const other = (one: Exchange): Exchange => ({ ...one, call: { kind: 'status', session: 'b' } });

describe('what may come next', () => {
  test('is whatever was sent before the first answer came, in the order of sending', () => {
    expect(candidates(a(0, 5), a(3, 9), a(4, 1))).toEqual([0, 1, 2]);
    expect(candidates(a(0, 5), a(6, 1))).toEqual([0]);
    // Equal stamps are concurrent.
    expect(candidates(a(0, 5), a(5, 1))).toEqual([0, 1]);
    expect(candidates(a(0, 5), a(5.001, 1))).toEqual([0]);
    // It is the earliest answer that counts, whoever was sent first.
    expect(candidates(a(0, 9), a(1, 2), a(4, 1))).toEqual([0, 1]);
  });

  test('need not be told in the order of sending', () => {
    expect(candidates(a(6, 1), a(0, 5))).toEqual([1]);
    expect(candidates(a(3, 1), a(0, 5))).toEqual([1, 0]);
  });

  test('is one request of each client', () => {
    const one = (at: number, took = 0) => read({ at, took, client: 'A' });
    expect(candidates(one(1, 1), one(2, 1), a(1, 5))).toEqual([0, 2]);
  });

  test('is a request that was never answered, at any time after it was sent, and after all that were', () => {
    const unseen = (at: number) => exchange(put(0, 1), lost, { at, client: `L${at}` });
    expect(candidates(unseen(0), a(1, 5), unseen(3), unseen(7))).toEqual([1, 0, 2]);
    const later = pendingIn([unseen(0), a(1, 5), a(50, 1)]);
    later.take(1);
    expect(later.candidates()).toEqual([2, 0]);
  });

  test('is not what a client sent after a request that is still to come', () => {
    const unseen = exchange(put(0, 1), lost, { at: 1, client: 'A' });
    expect(candidates(read({ at: 1, client: 'A' }), unseen)).toEqual([0]);
    expect(candidates(unseen, read({ at: 1, client: 'A' }))).toEqual([1, 0]);
  });

  test('is what only reads before uploads, and uploads that do not stay before those that do', () => {
    const upload = (write: number, told = receipt(200, 1, write)) =>
      exchange(put(1, write), told, { at: 1, took: 9, client: `${write}` });
    const rest = [
      exchange(initiate(), created(), { at: 0 }),
      exchange(put(0, 1), receipt(201, 0, 1), { at: 0.1 }),
      exchange(put(2, 3), receipt(201, 2, 3), { at: 0.2 }),
    ];
    const end = exchange(complete, published(201, [1, 8, 3]), { at: 20 });
    const left = pendingIn([...rest, upload(7), upload(8), upload(9), a(2, 9), end]);
    for (const index of [0, 1, 2]) left.take(index);
    expect(left.candidates()).toEqual([6, 3, 5, 4]);
    left.take(3);
    expect(left.candidates()).toEqual([6, 5, 4]);
    // When none of the others is left, it is an upload like any.
    left.take(5);
    expect(left.candidates()).toEqual([6, 4]);
  });

  test('is of one session: what others do to theirs can as well come later', () => {
    expect(candidates(a(0, 5), other(a(1, 5)), a(2, 5))).toEqual([0, 2]);
    expect(candidates(a(0, 5), other(a(1, 2)), a(2, 5))).toEqual([1]);
  });

  test('is of all sessions that a key binds, in whatever order its users came', () => {
    const keyed = (session: string, idempotencyKey: string): Exchange =>
      exchange(initiate({ session, idempotencyKey }), created(), { took: 9, client: `${session} ${idempotencyKey}` });
    const [one, two, three] = [keyed('a', 'k'), keyed('b', 'l'), keyed('c', 'm')];
    expect(candidates(one, two, three)).toEqual([0]);
    expect(candidates(one, { ...two, call: keyed('b', 'k').call }, three)).toEqual([0, 1]);
    expect(candidates(one, keyed('b', 'l'), keyed('a', 'l'))).toEqual([0, 1, 2]);
    expect(candidates(one, keyed('a', 'k'), keyed('a', 'k'))).toEqual([0]);
  });

  test('is of no session for what names none', () => {
    const capabilities = (client: string): Exchange =>
      exchange({ kind: 'capabilities' }, answer(200), { took: 9, client });
    expect(candidates(capabilities('A'), capabilities('B'), a(1, 20))).toEqual([0, 1]);
  });

  test('is of all where a client went from one session to another', () => {
    const [one, two] = [read({ at: 0, took: 9, client: 'A' }), other(read({ at: 1, took: 9, client: 'A' }))];
    expect(candidates(one, two, other(a(2, 20)))).toEqual([0, 2]);
  });
});

test('a request without an answer need not come at all', () => {
  const left = pendingIn([
    a(0, 1),
    exchange(put(0, 1), lost),
    exchange(status, lost),
    exchange(put(0, 1), problem('session-aborted')),
  ]);
  expect(left.required()).toBe(3);
  left.take(1);
  expect(left.required()).toBe(3);
  left.take(0);
  expect(left.required()).toBe(2);
  left.putBack(0);
  left.putBack(1);
  expect(left.required()).toBe(3);
});

describe('laws of taking and putting back', () => {
  const story = fc.array(
    fc.record({ at: fc.nat(9), took: fc.nat(5), client: fc.nat(3), kind: fc.constantFrom('read', 'put', 'lost') }),
    { minLength: 1, maxLength: 7 },
  );
  const exchangesOf = (plans: readonly { at: number; took: number; client: number; kind: string }[]): Exchange[] =>
    plans.map(({ at, took, client, kind }) => {
      const when = { at, took, client: `C${client}` };
      if (kind === 'read') return read(when);
      return exchange(put(1, client), kind === 'put' ? receipt(201, 1, client) : lost, when);
    });

  test('what was taken and put back in turn leaves no trace', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.nat(1000)), (plans, choices) => {
        const left = pendingIn(exchangesOf(plans));
        const state = () => [left.required(), left.key(), left.candidates()];
        const [taken, before]: [number[], unknown[]] = [[], []];
        for (;;) {
          const all = left.candidates();
          const next = all[(choices.next().value ?? 0) % Math.max(1, all.length)];
          if (next === undefined) break;
          before.push(state());
          left.take(next);
          taken.push(next);
          expect(left.candidates()).not.toContain(next);
        }
        expect(left.required()).toBe(0);
        for (const index of taken.toReversed()) {
          left.putBack(index);
          expect(state()).toEqual(before.pop());
        }
      }),
    );
  });

  test('two ways to take the same requests have the same key, and any others have another', () => {
    fc.assert(
      fc.property(story, (plans) => {
        const exchanges = exchangesOf(plans);
        const keys = new Map<string, string>();
        const walk = (left: Pending, taken: readonly number[]): void => {
          const set = [...taken].sort().join();
          if (keys.has(set)) {
            expect(left.key()).toBe(keys.get(set));
            return;
          }
          keys.set(set, left.key());
          if (keys.size > 200) return;
          for (const index of left.candidates()) {
            left.take(index);
            walk(left, [...taken, index]);
            left.putBack(index);
          }
        };
        walk(pendingIn(exchanges), []);
        expect(new Set(keys.values()).size).toBe(keys.size);
      }),
    );
  });
});
