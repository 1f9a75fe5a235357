import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exchange, Script } from '../history.ts';
import { exchange, failureWith } from './fixtures.ts';
import { explanationInWords, timeline } from './timeline.ts';

type Times = readonly [client: string, call: Exchange['call'], status: number | undefined, from: number, to: number];

const chunk = (write: number): Exchange['call'] => ({ kind: 'chunk', session: 's', chunk: 0, write });
const complete: Exchange['call'] = { kind: 'complete', session: 's' };
const initiate: Exchange['call'] = { kind: 'initiate', session: 's', json: { fileSize: 4 } };

/** A race of these requests, after an initiate and before a status. */
function race(...times: readonly Times[]) {
  const clients = [...new Set(times.map(([client]) => client))];
  const script: Script = {
    calls: [{ call: initiate }],
    together: clients.map((client) => times.filter(([own]) => own === client).map(([, call]) => ({ call }))),
    after: [{ call: { kind: 'status', session: 's' } }],
  };
  const racing = times.map(([client, call, status, sentAt, receivedAt], index): Exchange => {
    const one = { ...exchange(index + 1, call, { status: status ?? 0 }), client, sentAt, receivedAt };
    return status === undefined ? { ...one, outcome: { kind: 'lost', reason: 'ECONNRESET' } } : one;
  });
  const before = { ...exchange(0, initiate, { status: 201 }), sentAt: 0, receivedAt: 1 };
  const after = { ...exchange(times.length + 1, { kind: 'status', session: 's' }, {}), sentAt: 900, receivedAt: 901 };
  return failureWith({ script, history: [before, ...racing, after], at: 2, explained: { k: 3, n: times.length + 2 } });
}

test('what was under way at the same time lies above one another', () => {
  expect(
    timeline(race(['A', chunk(1), 201, 10, 30], ['B', complete, 200, 20, 50], ['A', chunk(2), 409, 40, 60])),
  ).toEqual(['A  ├─ chunk 0 = w1 201 ─┤ ├─ chunk 0 = w2 409 ─┤', 'B    ├──── complete 200 ────┤']);
});

test('what came one after the other does not', () => {
  const [a = '', b = ''] = timeline(race(['A', chunk(1), 201, 10, 20], ['B', complete, 409, 30, 40]));
  expect(b.indexOf('├')).toBeGreaterThan(a.lastIndexOf('┤'));
});

test('equal stamps are the same moment', () => {
  const [a = '', b = ''] = timeline(race(['A', chunk(1), 201, 10, 20], ['B', complete, 409, 20, 40]));
  expect(b.indexOf('├')).toBe(a.lastIndexOf('┤'));
});

test('a request without an answer has no end, and the next of its client stands behind it', () => {
  const [a = ''] = timeline(
    race(['A', chunk(1), undefined, 10, 20], ['B', complete, 200, 15, 50], ['A', chunk(2), 201, 30, 40]),
  );
  expect(a).toMatch(/^A {2}├─* chunk 0 = w1 ∅ ┄+ ?├─* chunk 0 = w2 201 ─*┤$/);
});

test('nothing is drawn of requests that came one after another', () => {
  expect(timeline(failureWith())).toEqual([]);
  expect(explanationInWords(failureWith())).toBeUndefined();
});

test('a crowd is drawn with its answers only', () => {
  const crowd = Array.from(
    { length: 16 },
    (_, i): Times => [String.fromCharCode(65 + (i % 8)), chunk(i), 201, 10 + i * 10, 15 + i * 10],
  );
  const lines = timeline(race(...crowd));
  expect(lines).toHaveLength(8);
  expect(lines.join('')).not.toContain('chunk');
});

test('bars overlap on paper just where they did in time, and no label is lost', () => {
  const interval = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 20 }));
  fc.assert(
    fc.property(fc.array(interval, { minLength: 2, maxLength: 6 }), (intervals) => {
      const times = intervals.map(
        ([from, length], i): Times => [String.fromCharCode(65 + i), complete, 200, 10 + from, 10 + from + length],
      );
      const lines = timeline(race(...times));
      expect(lines).toHaveLength(times.length);
      const drawn = lines.map((line) => [line.indexOf('├'), line.indexOf('┤')] as const);
      for (const line of lines) expect(line).toContain('200');
      for (const [i, [, , , from, to]] of times.entries()) {
        for (const [j, [, , , otherFrom, otherTo]] of times.entries()) {
          const [left, right] = drawn[i] ?? [0, 0];
          const [otherLeft, otherRight] = drawn[j] ?? [0, 0];
          expect(left <= otherRight && otherLeft <= right).toBe(from <= otherTo && otherFrom <= to);
        }
      }
    }),
  );
});

test('the longest order is told in words, and the answer that has no place in it', () => {
  const failure = race(['A', chunk(1), 201, 10, 30], ['B', complete, 200, 20, 50]);
  expect(explanationInWords(failure)).toBe('explained 3 of 4 answers; in no order B complete 200');
  expect(explanationInWords({ ...failure, explained: { k: 2, n: 4, order: [0, 1] } })).toBe(
    'explained 2 of 4 answers: A initiate 4 B, unnamed 201, then A chunk 0 = w1 201; in no order B complete 200',
  );
});
