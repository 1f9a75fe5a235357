import { describe, expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { judge } from './judge.ts';
import {
  abort,
  claims,
  complete,
  completed,
  created,
  done,
  exchange,
  initiate,
  listing,
  problem,
  published,
  put,
  receipt,
  status,
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
