import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';
import type { Exchange } from './history.ts';
import { judge } from './model/judge.ts';
import { answer, claims, created, exchange, initiate, listing, put, receipt, status } from './model/testing.ts';

const how = { seed: 1, path: '', from: 9, reproduced: { k: 5, n: 5 } };
const opened = exchange(initiate(), created(), { at: 0 });

/** The failure that a history shows, as it is reported. */
function failureIn(...exchanges: readonly Exchange[]) {
  const history = { script: { calls: [] }, exchanges };
  const judgement = judge(history, claims);
  if (judgement.kind !== 'unexplained') throw new Error(`the history is ${judgement.kind}`);
  return failureOf('a-property', { history, judgement }, how);
}

test('a failure tells the longest order that could be explained, not the one in which the requests were sent', () => {
  const upload = exchange(put(0, 1), receipt(201, 0, 1), { at: 1, took: 9, client: 'A' });
  const before = exchange(status, listing([]), { at: 2, client: 'B' });
  const forgotten = exchange(status, listing([]), { at: 20 });
  expect(failureIn(opened, upload, before, forgotten)).toMatchObject({
    at: 3,
    requirement: 'status.read-your-writes',
    explained: { k: 3, n: 4, order: [0, 2, 1] },
  });
});

test('so does one that met an error of the server', () => {
  const upload = exchange(put(0, 1), receipt(201, 0, 1), { at: 1 });
  expect(failureIn(opened, upload, exchange(status, answer(500), { at: 2 }))).toMatchObject({
    at: 2,
    explained: { k: 2, n: 3, order: [0, 1] },
  });
});
