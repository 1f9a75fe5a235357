import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exchange, Outcome } from '../history.ts';
import {
  abort,
  begun,
  bytes,
  complete,
  completed,
  completing,
  content,
  cut,
  done,
  ended,
  exchange,
  full,
  incomplete,
  initiate,
  lifetime,
  listing,
  lost,
  opened,
  type Played,
  problem,
  published,
  put,
  receipt,
  statesAfter,
  status,
  stepsAt,
  timestamp,
  verdictOn,
} from './testing.ts';

describe('a request whose answer was lost happened, or it did not', () => {
  const putLost = [...begun, exchange(put(1, 9), lost)];

  test.each([
    ['stored', listing([0, 1])],
    ['not stored', listing([0])],
  ])('a chunk was %s', (_, told) => {
    expect(verdictOn(...putLost, exchange(status, told))).toBe('allowed');
  });

  test('a status that tells which one it was leaves one state of the two', () => {
    expect(statesAfter(...putLost)).toHaveLength(2);
    expect(statesAfter(...putLost, exchange(status, listing([0])))).toHaveLength(1);
    expect(verdictOn(...putLost, exchange(status, listing([0, 2])))).toBe('status.received');
  });

  test.each([
    ['took effect', 200],
    ['had no effect', 201],
  ] as const)('a replay tells whether the first upload %s', (_, code) => {
    expect(verdictOn(...putLost, exchange(put(1, 9), receipt(code, 1, 9)))).toBe('allowed');
  });

  test('a replacement holds the old bytes or the new ones, never others', () => {
    const replaced = [...full, exchange(put(0, 8), lost), exchange(complete, lost)];
    const told = (writes: readonly number[]) => verdictOn(...replaced, exchange(content, bytes(writes)));
    expect(verdictOn(...replaced, exchange(complete, published(200, [1, 2, 3])))).toBe('allowed');
    expect(verdictOn(...replaced, exchange(complete, published(200, [8, 2, 3])))).toBe('allowed');
    expect(verdictOn(...replaced, exchange(complete, published(200, [7, 2, 3])))).not.toBe('allowed');
    expect([told([1, 2, 3]), told([8, 2, 3])]).toEqual(['allowed', 'allowed']);
    expect(told([7, 2, 3])).not.toBe('allowed');
  });

  test.each([201, 200] as const)('a completion is then answered with %i', (code) => {
    const story = [...full, exchange(complete, lost), exchange(complete, published(code, [1, 2, 3]))];
    expect(verdictOn(...story)).toBe('allowed');
    expect(verdictOn(...story, exchange(complete, published(201, [1, 2, 3])))).toBe('complete.repeat');
  });

  test('an abort is then seen, or not', () => {
    const story = [...begun, exchange(abort, lost)];
    expect(verdictOn(...story, exchange(status, listing([0])))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, problem('session-aborted')))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, problem('session-completed')))).not.toBe('allowed');
  });

  test('an initiate without a key can never be addressed, so nothing happened for the client', () => {
    expect(statesAfter(exchange(initiate(), lost))).toHaveLength(1);
  });
});

describe('a body that ends early is never stored', () => {
  test.each([
    ['where there was nothing', opened, listing([]), listing([0])],
    ['where there was something', begun, listing([0]), listing([])],
  ])('%s', (_, before, right, wrong) => {
    const story = [...before, cut(put(0, 9))];
    expect(verdictOn(...story, exchange(status, right))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, wrong))).toBe('chunk.atomic');
  });

  test('and the earlier bytes are read back whole', () => {
    const story = [...full, cut(put(1, 9)), exchange(complete, published(201, [1, 2, 3]))];
    expect(verdictOn(...story, exchange(content, bytes([1, 2, 3])))).toBe('allowed');
    expect(verdictOn(...story, exchange(content, bytes([1, 9, 3])))).toBe('chunk.atomic');
  });
});

describe('a completion that was put off', () => {
  const pending = [...full, exchange(complete, completing())];
  const refused: Played = { ...complete, compositeDigest: 'wrong' } as Played;
  const wrongly = { sent: { expects: { composite: 'wrong' } } };
  const failed = { completionError: { type: 'about:blank', title: 'Internal Server Error', status: 500 } };

  test('ends in the attachment, once', () => {
    const story = [...pending, exchange(status, completed([1, 2, 3]))];
    expect(verdictOn(...story, exchange(complete, published(200, [1, 2, 3])))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, listing([0, 1, 2])))).toBe('status.completed');
  });

  test('or leaves the session open, to be repaired and completed', () => {
    const story = [...pending, exchange(status, listing([0, 1, 2], failed)), exchange(put(0, 9), receipt(200, 0, 9))];
    expect(verdictOn(...story, exchange(complete, published(201, [9, 2, 3])))).toBe('allowed');
  });

  test('says why, if it leaves the session open, until another one starts', () => {
    expect(verdictOn(...pending, exchange(status, listing([0, 1, 2])))).toBe('complete.async');
    const again = [...pending, exchange(status, listing([0, 1, 2], failed)), exchange(complete, completing())];
    expect(verdictOn(...again, exchange(status, listing([0, 1, 2])))).toBe('complete.async');
    expect(verdictOn(...pending, exchange(put(0, 9), receipt(200, 0, 9)), exchange(status, listing([0, 1, 2])))).toBe(
      'allowed',
    );
  });

  test('never succeeds if it expected another digest', () => {
    const doomed = [...full, exchange(refused, completing(), wrongly)];
    expect(verdictOn(...doomed, exchange(status, listing([0, 1, 2], failed)))).toBe('allowed');
    expect(verdictOn(...doomed, exchange(status, completed([1, 2, 3])))).not.toBe('allowed');
  });

  test('may move the expiry forward while it runs, and it stays moved', () => {
    const later = { expiresAt: timestamp(lifetime + 30_000) };
    const story = [...pending, exchange(status, listing([0, 1, 2], { state: 'completing', ...later }))];
    expect(verdictOn(...story)).toBe('allowed');
    expect(verdictOn(...story, exchange(status, completed([1, 2, 3], later)))).toBe('allowed');
    expect(verdictOn(...pending, exchange(status, listing([0, 1, 2], { ...later, ...failed })))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, completed([1, 2, 3])))).not.toBe('allowed');
  });
});

describe('expiry', () => {
  const expired = problem('session-expired');
  const forgotten = problem('session-not-found');
  const fine = listing([0]);

  test.each([
    [lifetime - 1001, fine, 'allowed'],
    [lifetime - 1001, expired, 'expiry.not-early'],
    [lifetime - 1001, forgotten, 'expiry.not-early'],
    [lifetime - 999, fine, 'allowed'],
    [lifetime - 999, expired, 'allowed'],
    [lifetime + 999, fine, 'allowed'],
    [lifetime + 999, forgotten, 'allowed'],
    [lifetime + 1001, fine, 'expiry.enforced'],
    [lifetime + 1001, expired, 'allowed'],
    [lifetime + 1001, forgotten, 'allowed'],
  ] as const)('at %i ms the answer %j is %s: a second around it nobody can tell', (at, told, verdict) => {
    expect(verdictOn(...begun, exchange(status, told, { at }))).toBe(verdict);
  });

  test('no answer is blamed while the clocks may differ by more than the distance to the deadline', () => {
    const instants = fc.record({ at: fc.integer({ min: 0, max: 2 * lifetime }), doubt: fc.nat(lifetime) });
    fc.assert(
      fc.property(instants, ({ at, doubt }) => {
        fc.pre(Math.abs(at - lifetime) < doubt);
        for (const told of [fine, expired])
          expect(verdictOn(...begun, exchange(status, told, { at, doubt }))).toBe('allowed');
      }),
    );
  });

  test.each<[string, Played]>([
    ['chunk', put(1, 9)],
    ['completion', complete],
    ['abort', abort],
  ])('an expired session takes no %s', (_, call) => {
    const told = call.kind === 'chunk' ? receipt(201, 1, 9) : call.kind === 'abort' ? done : published(201, [1]);
    expect(verdictOn(...begun, exchange(call, told, { at: lifetime + 1001 }))).toBe('expiry.enforced');
  });

  /** A chunk that was begun before the deadline, and whose last byte was sent this long after the session began. */
  const held = (told: Outcome, releasedAt: number): Exchange =>
    exchange(put(1, 9), told, { at: lifetime - 3000, took: 5000, sent: { releasedAt } });

  test.each([
    [lifetime - 100, receipt(201, 1, 9), 'allowed'],
    [lifetime - 100, expired, 'allowed'],
    [lifetime + 900, receipt(201, 1, 9), 'allowed'],
    [lifetime + 1100, receipt(201, 1, 9), 'expiry.in-flight'],
    [lifetime + 1100, expired, 'allowed'],
    [lifetime + 1100, forgotten, 'allowed'],
    [lifetime + 1100, problem('session-aborted'), 'expiry.in-flight'],
  ])('a chunk in flight whose last byte came at %i ms may be answered %j: %s', (releasedAt, told, verdict) => {
    expect(verdictOn(...begun, held(told, releasedAt))).toBe(verdict);
  });

  test('a chunk in flight across the deadline shows what becomes of it, one that ends before does not', () => {
    const seen = (one: Exchange) => stepsAt(...begun, one).flatMap((step) => ('observed' in step ? step.observed : []));
    expect(seen(held(expired, lifetime + 1100))).toContain('expiry.in-flight');
    expect(seen(exchange(put(1, 9), receipt(201, 1, 9), { at: lifetime - 3000, took: 1500 }))).not.toContain(
      'expiry.in-flight',
    );
  });

  test.each([
    ['completed', [...full, exchange(complete, published(201, [1, 2, 3]))], completed([1, 2, 3])],
    ['aborted', [...full, exchange(abort, done)], problem('session-aborted')],
  ])('a session that was %s may keep its answers for longer, or be gone', (_, story, told) => {
    for (const answer of [told, expired, forgotten])
      expect(verdictOn(...story, exchange(status, answer, { at: lifetime + 5000 }))).toBe('allowed');
  });

  test('of a session that has expired the chunks may be missed, whichever there were, and of a completed one never', () => {
    const late = { at: lifetime + 1001 };
    for (const at of [late.at, lifetime])
      expect(verdictOn(...full, exchange(complete, incomplete(0, 1, 2), { at }))).toBe('allowed');
    expect(verdictOn(...full, exchange(complete, incomplete(0, 1, 2), { at: lifetime - 1001 }))).toBe(
      'complete.created',
    );
    expect(verdictOn(...ended, exchange(complete, incomplete(0, 1, 2), late))).toBe('complete.repeat');
    expect(verdictOn(...full, exchange(put(0, 1), incomplete(0, 1, 2), late))).toBe('expiry.enforced');
  });

  test('an attachment outlives its session', () => {
    const story = [...full, exchange(complete, published(201, [1, 2, 3]))];
    const [read] = stepsAt(...story, exchange(content, bytes([1, 2, 3]), { at: lifetime + 5000 }));
    expect(read).toMatchObject({ kind: 'allowed', observed: expect.arrayContaining(['expiry.attachment']) });
  });

  const moved = (ms: number) => ({ expiresAt: timestamp(lifetime + ms) });

  test.each([
    ['a stored chunk', put(1, 9), receipt(201, 1, 9, moved(5000)), 'allowed'],
    ['a replay', put(0, 1), receipt(200, 0, 1, moved(5000)), 'allowed'],
    ['reading', status, listing([0], moved(5000)), 'status.safe'],
    ['reading, by less than a second,', status, listing([0], moved(900)), 'allowed'],
    [
      'nothing: back it goes never, not even by a chunk that',
      put(1, 9),
      receipt(201, 1, 9, moved(-1500)),
      'expiry.monotonic',
    ],
  ] as const)('%s moves it: %#', (_, call, told, verdict) => {
    expect(verdictOn(...begun, exchange(call, told))).toBe(verdict);
  });

  test('a chunk whose answer was lost may have moved it, a refused one may not', () => {
    const read: Exchange = exchange(status, listing([0], moved(5000)));
    expect(verdictOn(...begun, exchange(put(0, 1), lost), read)).toBe('allowed');
    const refused = exchange(put(0, 1, { excess: 1 }), problem('chunk-length-mismatch', { expectedLength: 4 }));
    expect(verdictOn(...begun, refused, read)).toBe('status.safe');
  });
});
