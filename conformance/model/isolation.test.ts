import { describe, expect, test } from 'vitest';
import type { Exchange, Outcome } from '../history.ts';
import { firstBetrayal } from './isolation.ts';
import { answer, created, exchange, lost, problem, put } from './testing.ts';

const mine = exchange({ kind: 'initiate', session: 'a', json: {} }, created());
const theirs = (id: string, spelling: 'plain' | 'unknown', told: Outcome = problem('session-not-found')): Exchange =>
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

  const unlike = answer(403);
  const by = (as: 'first' | 'second', one: Exchange): Exchange => ({
    ...one,
    call: { ...one.call, as } as Exchange['call'],
  });
  const pair = (told: Outcome, none: Outcome = problem('session-not-found')) => [
    mine,
    theirs(here, 'plain', told),
    theirs(nowhere, 'unknown', none),
  ];

  test.each(['date', 'age', 'connection', 'keep-alive', 'x-request-id', 'traceparent', 'server-timing', 'set-cookie'])(
    'is not betrayed by its %s, which every answer has of its own',
    (name) => {
      const unknown = problem('session-not-found');
      const having = (value: string) => ({ ...unknown, headers: { ...unknown.headers, [name]: value } });
      expect(firstBetrayal(pair(having('1'), having('2')))).toBeUndefined();
    },
  );

  test('is betrayed by bytes that are no JSON, and by a field that only one answer has', () => {
    const text = (digest: string) => ({ ...answer(404), digest });
    expect(firstBetrayal(pair(text('one'), text('other')))).toMatchObject({ exchange: 1 });
    expect(firstBetrayal(pair(text('one'), text('one')))).toBeUndefined();
    const told = answer(404);
    const more = { ...told, headers: { ...told.headers, 'x-more': '' } };
    expect(firstBetrayal(pair(more, told))?.expected).toContain('field x-more');
    expect(firstBetrayal(pair(told, more))?.expected).toContain('field x-more');
  });

  test('is betrayed by an echo of what is not in the path, or too short to be an id', () => {
    const [short, other] = ['c'.repeat(15), 'd'.repeat(15)];
    expect(
      firstBetrayal([mine, theirs(short, 'plain', echoing(short)), theirs(other, 'unknown', echoing(other))]),
    ).toBeDefined();
    const [long, longer] = ['c'.repeat(16), 'd'.repeat(16)];
    expect(
      firstBetrayal([mine, theirs(long, 'plain', echoing(long)), theirs(longer, 'unknown', echoing(longer))]),
    ).toBeUndefined();
    expect(firstBetrayal(pair(echoing(nowhere), echoing(here)))).toBeDefined();
  });

  test.each<[string, Exchange[]]>([
    ['a passing fault', pair(answer(500))],
    ['a passing fault of the other', pair(unlike, answer(500))],
    ['a busy server', pair(answer(429))],
    ['a busy server of the other', pair(unlike, answer(429))],
    ['an answer that was lost', pair(lost)],
    ['an answer that was lost of the other', pair(unlike, lost)],
    ['nothing to compare it with', pair(unlike).slice(0, 2)],
    ['its owner', pair(unlike).map((one) => by('first', one))],
    ['what nobody opened', pair(unlike).slice(1)],
    ['what the second opened', [by('second', mine), ...pair(unlike).slice(1)]],
  ])('is not betrayed by %s', (_, exchanges) => {
    expect(firstBetrayal(exchanges)).toBeUndefined();
  });

  test('stays the one of who opened it first', () => {
    expect(firstBetrayal([mine, by('second', mine), ...pair(unlike).slice(1)])).toMatchObject({ exchange: 2 });
  });

  test('is compared with the same request alone', () => {
    const chunk = (index: number, spelling: 'plain' | 'unknown', told: Outcome) =>
      exchange(put(index, 1, { as: 'second', spelling }), told, { sent: { url: `http://127.0.0.1/${here}` } });
    const none = problem('session-not-found');
    expect(firstBetrayal([mine, chunk(0, 'plain', unlike), chunk(1, 'unknown', none)])).toBeUndefined();
    expect(firstBetrayal([mine, chunk(1, 'plain', unlike), chunk(1, 'unknown', none)])).toBeDefined();
    expect(firstBetrayal([mine, chunk(1, 'plain', unlike), theirs(nowhere, 'unknown')])).toBeUndefined();
    const [, status, unknown] = pair(unlike) as [Exchange, Exchange, Exchange];
    const head = { ...unknown, sent: { ...unknown.sent, method: 'HEAD' } };
    expect(firstBetrayal([mine, status, head])).toBeUndefined();
  });
});
