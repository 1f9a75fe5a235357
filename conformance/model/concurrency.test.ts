import { describe, expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { racesIn } from './concurrency.ts';
import { judge } from './judge.ts';
import {
  abort,
  answer,
  claims,
  complete,
  completed,
  created,
  done,
  exchange,
  initiate,
  listing,
  lost,
  problem,
  published,
  put,
  receipt,
  status,
  type When,
} from './testing.ts';

const opened = exchange(initiate(), created());
const full = [0, 1, 2].map((chunk) =>
  exchange(put(chunk, chunk + 1), receipt(201, chunk, chunk + 1), { at: chunk + 1 }),
);
const before = [opened, ...full];

/** What is said of it: the promise, and the one that would be broken if nobody raced. */
function blamed(...exchanges: Exchange[]): string {
  const judgement = judge({ script: { calls: [] }, exchanges }, claims);
  if (judgement.kind !== 'unexplained') return judgement.kind;
  const { objection, alone } = judgement;
  return alone === undefined ? objection.requirement : `${objection.requirement}, else ${alone}`;
}

/** Answers to two clients at the same time. */
const at = 10;
const both = (
  [first, one]: readonly [Exchange['call'], Exchange['outcome']],
  [second, other]: readonly [Exchange['call'], Exchange['outcome']],
  apart = 0,
): Exchange[] => [
  exchange(first, one, { at, took: 5, client: 'A' }),
  exchange(second, other, { at: at + apart, took: 5, client: 'B' }),
];
const later = at + 20;

const ofTwo = published(201, [1, 2, 3], { attachmentId: 'y' });
const twice = [[complete, published(201, [1, 2, 3])] as const, [complete, ofTwo] as const] as const;
const replaced = [[put(0, 9), receipt(200, 0, 9)] as const, [complete, published(201, [1, 2, 3])] as const] as const;
const bothWin = [[abort, done] as const, [complete, published(201, [1, 2, 3])] as const] as const;

describe('what two requests are behind that were under way at the same time', () => {
  test.each([
    ['two completions that both created', both(...twice), 'complete.exactly-once, else complete.repeat'],
    [
      'a chunk that is acknowledged and not in the attachment',
      both(...replaced),
      'complete.atomic, else complete.atomic',
    ],
    ['an abort and a completion that both succeed', both(...bothWin), 'abort.race, else abort.final'],
  ])('is told by the promise about their race: %s', (_, raced, verdict) => {
    expect(blamed(...before, ...raced)).toBe(verdict);
  });

  test('is told by that promise if a later reading shows it', () => {
    const raced = both([put(0, 1), receipt(201, 0, 1)], [put(1, 2), receipt(201, 1, 2)]);
    const lost = [opened, ...raced, exchange(status, listing([1]), { at: later })];
    expect(blamed(...lost)).toBe('session.linearizable, else status.read-your-writes');
  });

  test('names the two', () => {
    const judgement = judge({ script: { calls: [] }, exchanges: [...before, ...both(...replaced)] }, claims);
    expect(judgement).toHaveProperty('objection.expected', expect.stringContaining('chunk 0 = w9 of A (200)'));
    expect(judgement).toHaveProperty('objection.expected', expect.stringContaining('complete of B (201)'));
  });
});

describe('what no race is behind', () => {
  test.each([
    ['two completions one after another', both(...twice, 6), 'complete.repeat'],
    [
      'an answer that is wrong whatever the other one was',
      both([complete, published(201, [1, 2, 3])], [status, problem('session-aborted')]),
      'status.completed',
    ],
    [
      'an answer that was wrong before they raced',
      [
        exchange(status, listing([0]), { at: at - 1 }),
        ...both([complete, published(201, [1, 2, 3])], [complete, published(200, [1, 2, 3])]),
      ],
      'status.read-your-writes',
    ],
    [
      'a later answer that no race explains',
      [
        ...both([complete, published(201, [1, 2, 3])], [status, listing([0, 1, 2])]),
        exchange(status, completed([1, 9, 3]), { at: later }),
      ],
      'complete.digest',
    ],
  ])('is told by its own promise: %s', (_, raced, verdict) => {
    expect(blamed(...before, ...raced)).toBe(verdict);
  });
});

describe('two requests at the same time put to the test', () => {
  type Half = readonly [Exchange['call'], Exchange['outcome'], When?];
  const raced = (one: Half, other: Half) =>
    racesIn([
      exchange(one[0], one[1], { at: 0, took: 5, client: 'A', ...one[2] }),
      exchange(other[0], other[1], { at: 3, took: 5, client: 'B', ...other[2] }),
    ]);
  const chunk = (index: number, told: Exchange['outcome'] = receipt(201, index, 1)): Half => [put(index, 1), told];
  const keyed = (key: string, more: object = {}): Half => [initiate({ idempotencyKey: key, ...more }), created()];
  const refused = problem('session-completed');
  const completion: Half = [complete, published(201, [1, 2, 3])];
  const inB: Half = [put(1, 1, { session: 'b' }), receipt(201, 1, 1)];

  test.each<[string, Half, Half, string[]]>([
    ['that chunks are taken side by side', chunk(0), chunk(1), ['chunk.parallel', 'session.linearizable']],
    ['one order, of one chunk', chunk(0), chunk(0), ['session.linearizable']],
    ['one order, of a chunk that was refused', chunk(0), chunk(1, refused), ['session.linearizable']],
    ['one order, of a chunk that was refused first', chunk(0, refused), chunk(1), ['session.linearizable']],
    ['one order, of a chunk that was redirected', chunk(0), chunk(1, answer(300)), ['session.linearizable']],
    ['one order, of a chunk without an answer', chunk(0), chunk(1, lost), ['session.linearizable']],
    ['what an attachment holds', chunk(0), completion, ['complete.atomic', 'session.linearizable']],
    [
      'what an attachment holds, the other way round',
      completion,
      chunk(0),
      ['complete.atomic', 'session.linearizable'],
    ],
    ['that there is one attachment', completion, completion, ['complete.exactly-once', 'session.linearizable']],
    ['who wins', [abort, done], completion, ['abort.race', 'session.linearizable']],
    ['one order, of readings', [status, listing([])], [status, listing([])], ['session.linearizable']],
    ['one order, of a reading and an abort', [status, listing([])], [abort, done], ['session.linearizable']],
    [
      'that a key opens one session',
      keyed('k'),
      keyed('k', { session: 'b' }),
      ['idempotency.race', 'session.linearizable'],
    ],
    ['nothing, with two keys', keyed('k'), keyed('l'), []],
    ['nothing, with the keys of two principals', keyed('k'), keyed('k', { as: 'second' }), []],
    ['nothing, without a key', [initiate(), created()], [initiate(), created()], []],
    ['nothing, in two sessions', chunk(0), inB, []],
    ['nothing, where one names no session', [{ kind: 'capabilities' }, answer(200)], chunk(0), []],
    ['nothing, where the other names none', chunk(0), [{ kind: 'capabilities' }, answer(200)], []],
    [
      'nothing, where neither does',
      [{ kind: 'capabilities' }, answer(200)],
      [{ kind: 'capabilities' }, answer(200)],
      [],
    ],
  ])('%s', (_, one, other, promises) => {
    expect(raced(one, other).sort()).toEqual(promises);
  });

  test('only if they were under way at once, which equal stamps are, and came from two clients', () => {
    const [one, other] = [chunk(0), chunk(1)];
    const later = (at: number, client = 'B') => raced(one, [other[0], other[1], { at, client }]);
    expect(later(5)).toContain('chunk.parallel');
    expect(later(5.001)).toEqual([]);
    expect(later(3, 'A')).toEqual([]);
  });

  test('one order, also if they are not neighbours', () => {
    const long = exchange(put(0, 1), receipt(201, 0, 1), { at: 0, took: 9, client: 'A' });
    const other = exchange({ kind: 'capabilities' }, answer(200), { at: 1, client: 'C' });
    expect(racesIn([long, other, exchange(abort, done, { at: 2, client: 'B' })])).toEqual(['session.linearizable']);
  });

  test('what a request does whose answer is lost: once, or not at all', () => {
    expect(racesIn([exchange(abort, lost)])).toEqual(['session.linearizable']);
    expect(racesIn([exchange(abort, lost, { sent: { whole: false } })])).toEqual([]);
    expect(racesIn([exchange(abort, { ...lost, unsent: true })])).toEqual([]);
    expect(racesIn([exchange(abort, done)])).toEqual([]);
  });
});

describe('a race is behind an answer', () => {
  const fault = (kind: string) => ({ kind }) as unknown as NonNullable<Exchange['fault']>;
  const withFault = (one: Exchange, kind: string): Exchange => ({ ...one, fault: fault(kind) });
  const told = (change: (one: Exchange) => Exchange): string => {
    const [one, other] = both(...twice) as [Exchange, Exchange];
    return blamed(...before, change(one), other);
  };

  test.each(['hold', 'trickle', 'twice'])('of requests that were sent so: %s', (kind) => {
    expect(told((one) => withFault(one, kind))).toBe('complete.exactly-once, else complete.repeat');
  });

  test('but not of one whose client broke it off', () => {
    expect(told((one) => withFault(one, 'lost'))).toBe('complete.repeat');
  });

  test('but not across a restart, which may have lost what it likes', () => {
    expect(told((one) => one)).toBe('complete.exactly-once, else complete.repeat');
    const [one, other] = both(...twice) as [Exchange, Exchange];
    expect(blamed(...before, { ...one, restarts: 1 }, { ...other, restarts: 1 })).not.toContain('exactly-once');
  });

  test('that two requests with one key are in opens two sessions', () => {
    const keyed = (session: string, sessionId: string, client: string): Exchange =>
      exchange(initiate({ session, idempotencyKey: 'k' }), created({ sessionId }), { at: 0, took: 5, client });
    const two = [keyed('a', 'n'.repeat(22), 'A'), keyed('b', 'm'.repeat(22), 'B')];
    expect(blamed(...two)).toBe('idempotency.race, else idempotency.replay');
  });

  test('of a reading is behind that reading, and no other request is doubted for it', () => {
    const reading = both([put(0, 9), receipt(200, 0, 9)], [status, listing([0, 1])]);
    expect(blamed(...before, ...reading)).toBe('status.read-your-writes');
    const later_ = exchange(status, listing([0, 1, 2]), { at: later });
    expect(blamed(...before, ...both([abort, done], [status, listing([0, 1, 2])]), later_)).toBe('abort.final');
  });

  test('of chunks side by side is told by the promise of one order', () => {
    const raced = both([put(0, 8), receipt(200, 0, 8)], [put(1, 9), receipt(200, 1, 9)]);
    const wrong = exchange(complete, published(201, [1, 2, 3]), { at: later });
    expect(blamed(...before, ...raced, wrong)).toBe('session.linearizable, else chunk.replace');
  });
});
