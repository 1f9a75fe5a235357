import { describe, expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { firstBetrayal } from './isolation.ts';
import { answer, created, exchange, problem } from './testing.ts';

const mine = exchange({ kind: 'initiate', session: 'a', json: {} }, created());
const theirs = (id: string, spelling: 'plain' | 'unknown', told = problem('session-not-found')): Exchange =>
  exchange({ kind: 'status', session: 'a', as: 'second', spelling }, told, {
    sent: { url: `http://127.0.0.1/attachment/session/${id}` },
  });
const [here, nowhere] = ['a'.repeat(22), 'b'.repeat(22)];
const echoing = (id: string) => problem('session-not-found', { instance: `/attachment/session/${id}` });

describe("another principal's session", () => {
  test('is as unknown as one that nobody has, but for what echoes the request', () => {
    expect(firstBetrayal([mine, theirs(here, 'plain'), theirs(nowhere, 'unknown')])).toBeUndefined();
    const echoed = [theirs(here, 'plain', echoing(here)), theirs(nowhere, 'unknown', echoing(nowhere))];
    expect(firstBetrayal([mine, ...echoed])).toBeUndefined();
  });

  test.each([
    ['status', answer(403)],
    ['body', problem('session-not-found', { detail: 'not yours' })],
    ['field x-owner', answer(404, { type: 'about:blank' }, { 'x-owner': 'first' })],
  ])('is betrayed by another %s', (part, told) => {
    const betrayal = firstBetrayal([
      mine,
      theirs(here, 'plain', told),
      theirs(nowhere, 'unknown', answer(404, { type: 'about:blank' })),
    ]);
    expect(betrayal?.exchange).toBe(1);
    if (part !== 'body') expect(betrayal?.expected).toContain(part);
  });
});
