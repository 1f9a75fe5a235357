import { describe, expect, test } from 'vitest';
import type { Exchange, History } from '../history.ts';
import { type Judgement, judge } from './judge.ts';
import {
  a,
  abort,
  answer,
  attachment,
  bytes,
  claims,
  complete,
  content,
  created,
  cut,
  done,
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
} from './testing.ts';

const opened = exchange(initiate(), created(), { at: 0 });
const first = exchange(put(0, 1), receipt(201, 0, 1), { at: 1 });
const begun = [opened, first];
const judgedAs = (exchanges: readonly Exchange[], more: Partial<History> = {}): Judgement =>
  judge({ script: { calls: [] }, exchanges, ...more }, claims);
const read = (chunks: readonly number[], at: number): Exchange => exchange(status, listing(chunks), { at });

describe('a history that the contract explains', () => {
  test('shows what its answers show, once it has any: also that errors are transient', () => {
    const judgement = judgedAs([...begun, read([0], 2)]);
    expect(judgement).toMatchObject({ kind: 'explained', warnings: [] });
    const observed = judgement.kind === 'explained' ? judgement.observed : [];
    expect(observed).toEqual(
      expect.arrayContaining(['initiate.created', 'chunk.stored', 'status.read-your-writes', 'http.transient']),
    );
    expect(observed).not.toContain('session.linearizable');
    expect(judgedAs([])).toEqual({ ...judgedAs([]), kind: 'explained', observed: [] });
  });

  test('shows that a request happened once or not at all, if one was not answered', () => {
    const unseen = (outcome: Exchange['outcome'], sent = {}) =>
      judgedAs([...begun, exchange(put(1, 2), outcome, { at: 2, sent, fault: { kind: 'lost' } }), read([0], 3)]);
    const linearizable = { observed: expect.arrayContaining(['session.linearizable']) };
    expect(unseen(lost)).toMatchObject(linearizable);
    expect(unseen(lost, { whole: false })).not.toMatchObject(linearizable);
    expect(unseen({ ...lost, unsent: true })).not.toMatchObject(linearizable);
  });

  test('tells of a broken SHOULD with the answer that broke it', () => {
    const judgement = judgedAs([...begun, exchange(put(1, 2), receipt(200, 1, 2), { at: 2 }), read([0, 1], 3)]);
    expect(judgement).toMatchObject({ kind: 'explained', warnings: [{ requirement: 'chunk.created', exchange: 2 }] });
  });
});

describe('a history that it does not explain', () => {
  test('is told by its first such answer, in the state before it', () => {
    expect(judgedAs([...begun, read([], 2), read([0, 1], 3)])).toEqual({
      kind: 'unexplained',
      exchange: 2,
      objection: { requirement: 'status.read-your-writes', expected: 'chunk 0 is listed: it holds w1' },
      states: ['a open: chunk 0 = w1'],
      worlds: expect.anything(),
      explained: 2,
      order: [0, 1],
      passing: false,
    });
  });

  test('is told in all states that are left, each once', () => {
    const unseen = [2, 3].map((write) => exchange(put(1, write), lost, { at: write, client: `L${write}` }));
    const judgement = judgedAs([...begun, ...unseen, read([2], 9)]);
    const states = judgement.kind === 'unexplained' ? judgement.states : [];
    expect(new Set(states).size).toBe(states.length);
    expect(states).toContain('a open: chunk 0 = w1');
  });

  test('cannot be told where the play was broken off', () => {
    const brokenOff = 'the clock went back';
    expect(judgedAs([...begun, read([], 2)], { brokenOff })).toEqual({ kind: 'inconclusive', reason: brokenOff });
  });
});

test('a history of lost answers alone shows nothing but that', () => {
  const unseen = exchange(status, lost, { fault: { kind: 'lost' }, sent: { whole: false } });
  expect(judgedAs([unseen])).toMatchObject({ kind: 'explained', observed: [] });
});

describe('an error of the server', () => {
  const failing = (outcome: Exchange['outcome'], more: Partial<Exchange> = {}, call: Played = abort) =>
    judgedAs([...begun, { ...exchange(call, outcome, { at: 2 }), ...more }, read([0], 3)]);
  const told = (judgement: Judgement): string =>
    judgement.kind === 'unexplained' ? `${judgement.objection.requirement}: ${judgement.passing}` : judgement.kind;

  test('breaks the promise of the request, if it comes back each time', () => {
    expect(failing(answer(500))).toEqual({
      kind: 'unexplained',
      exchange: 2,
      objection: { requirement: 'abort.aborted', expected: '204' },
      states: ['a open: chunk 0 = w1'],
      explained: 2,
      order: [0, 1],
      passing: true,
    });
    expect(failing(lost)).toMatchObject({ objection: { requirement: 'http.transient', expected: 'an answer' } });
  });

  test.each([
    ['a 500', answer(500), 'abort.aborted: true'],
    ['a 502', answer(502), 'abort.aborted: true'],
    ['a busy server that does not say until when', answer(503), 'abort.aborted: true'],
    ['a busy server', answer(503, undefined, { 'retry-after': '1' }), 'explained'],
    ['a server that asks for patience', answer(429, undefined, { 'retry-after': '1' }), 'explained'],
    ['a full server', answer(507), 'explained'],
    ['an answer that never came', lost, 'http.transient: true'],
  ])('is, or is none: %s', (_, outcome, verdict) => {
    expect(told(failing(outcome))).toBe(verdict);
  });

  test('is a server that stays busy for too long', () => {
    const busy = problem('unavailable');
    const patient = { ...busy, headers: { ...busy.headers, 'retry-after': '1' } };
    expect(told(failing(patient))).toBe('explained');
    expect(told(failing(patient, { gaveUp: true }))).toBe('abort.aborted: true');
  });

  test('of a broken message has no promise but that errors pass', () => {
    const message = exchange(put(0, 9), answer(500), {
      at: 2,
      fault: { kind: 'half-close', after: 1 },
      sent: { whole: false },
    });
    expect(judgedAs([...begun, message])).toMatchObject({
      objection: { requirement: 'http.transient', expected: 'no 5xx' },
      passing: true,
    });
    const declined = { ...message, outcome: answer(501) };
    expect(told(judgedAs([...begun, declined]))).toBe('explained');
  });

  test('after an answer that was lost is told in a state that is left', () => {
    const unseen = exchange(put(1, 2), lost, { at: 2, fault: { kind: 'lost' } });
    expect(judgedAs([...begun, unseen, exchange(complete, answer(500), { at: 3 })])).toMatchObject({
      exchange: 3,
      objection: { requirement: 'complete.incomplete' },
      explained: 3,
    });
  });

  test('comes after what is wrong without it', () => {
    expect(told(judgedAs([...begun, exchange(abort, answer(500), { at: 2 }), read([1], 3)]))).not.toContain('true');
  });

  test('to a request that may be answered by any says that it should not', () => {
    const method: Played = { kind: 'method', ...a, resource: 'session', method: 'PATCH' };
    const failed = answer(500, { status: 500 }, { 'content-type': 'application/problem+json' });
    expect(told(failing(failed, {}, method))).toBe('http.transient: true');
  });

  test('that comes where the server is killed is one, but silence is none', () => {
    const script = (part: object): History['script'] => ({ calls: [], ...part });
    const killed = [{ call: { kind: 'restart' } as const }];
    const silent = [...begun, exchange(abort, lost, { at: 2 })];
    for (const part of [{ calls: killed }, { together: [killed] }, { after: killed }])
      expect(told(judgedAs(silent, { script: script(part) }))).toBe('explained');
    expect(told(judgedAs(silent, { script: script({ after: [{ call: { kind: 'wait' } }] }) }))).toBe(
      'http.transient: true',
    );
    expect(
      told(judgedAs([...begun, exchange(abort, answer(500), { at: 2 })], { script: script({ after: killed }) })),
    ).toBe('abort.aborted: true');
  });
});

describe('bytes that no upload sent', () => {
  const uploads = [0, 1, 2].map((chunk) =>
    exchange(put(chunk, chunk + 1), receipt(201, chunk, chunk + 1), { at: chunk + 1 }),
  );
  const completed = exchange(complete, published(201, [1, 2, 3]), { at: 10 });
  const torn = (() => {
    const told = bytes([1, 2, 3]);
    const changed = Uint8Array.from(told.bytes ?? []);
    changed[5] = (changed[5] ?? 0) ^ 1;
    return exchange(content, { ...told, bytes: changed, digest: 'x' }, { at: 20 });
  })();

  test('are told with the answer that has them, and with what came before it', () => {
    expect(judgedAs([opened, ...uploads, completed, torn])).toEqual({
      kind: 'unexplained',
      exchange: 5,
      objection: {
        requirement: 'complete.bytes',
        expected: expect.stringMatching(/^each chunk as one upload sent it, but chunk 1 holds /),
      },
      states: ['a completed: chunk 0 = w1, chunk 1 = w2, chunk 2 = w3'],
      explained: 5,
      order: [0, 1, 2, 3, 4],
      passing: false,
    });
  });

  test('are told by the promise of a chunk that was put to the test', () => {
    const again = cut(put(1, 9), { at: 5 });
    expect(judgedAs([opened, ...uploads, again, completed, torn])).toMatchObject({
      objection: { requirement: 'chunk.atomic' },
    });
    const late = { ...torn, restarts: 1 };
    expect(judgedAs([opened, ...uploads, completed, late])).toMatchObject({
      objection: { requirement: 'complete.durable' },
    });
  });

  test('are told without a state where the answer itself is allowed as it stands', () => {
    const last = { ...torn, outcome: { ...torn.outcome, digest: bytes([1, 2, 3]).digest } } as Exchange;
    expect(judgedAs([opened, ...uploads, completed, last])).toMatchObject({
      objection: { requirement: 'complete.bytes' },
    });
  });

  test('are not told where something is wrong earlier', () => {
    expect(judgedAs([opened, ...uploads, read([], 5), completed, torn])).toMatchObject({
      exchange: 4,
      objection: { requirement: 'status.read-your-writes' },
    });
  });
});

describe("another principal's session", () => {
  const asked = (told: Exchange['outcome'], spelling: string, at: number): Exchange =>
    exchange({ kind: 'status', ...a, as: 'second', spelling } as Played, told, { at });
  const unknown = problem('session-not-found');
  const betraying = problem('session-not-found', { detail: 'not yours' });

  test('is told of by an answer that differs from the one about none', () => {
    expect(judgedAs([...begun, asked(betraying, 'plain', 2), asked(unknown, 'unknown', 3)])).toEqual({
      kind: 'unexplained',
      exchange: 2,
      objection: { requirement: 'auth.isolated', expected: expect.stringContaining('body') },
      states: [],
      explained: 2,
      order: [0, 1],
      passing: false,
    });
    expect(judgedAs([...begun, asked(unknown, 'plain', 2), asked(unknown, 'unknown', 3)]).kind).toBe('explained');
  });
});

describe('a chunk that waited for another one', () => {
  const held = exchange(put(1, 2), receipt(201, 1, 2), {
    at: 100,
    took: 6000,
    fault: { kind: 'hold', after: 1, until: 'another' },
    sent: { releasedAt: 6090 },
  });
  const waiting = exchange(put(2, 3), receipt(201, 2, 3), { at: 130, took: 5980, client: 'B' });

  test('breaks that chunks are taken side by side, if it comes back each time', () => {
    expect(judgedAs([...begun, held, waiting])).toMatchObject({
      kind: 'unexplained',
      exchange: 3,
      objection: { requirement: 'chunk.parallel' },
      states: [],
      explained: 4,
      passing: true,
    });
  });
});

describe('a race', () => {
  const uploads = [0, 1, 2].map((chunk) =>
    exchange(put(chunk, chunk + 1), receipt(201, chunk, chunk + 1), { at: chunk + 1 }),
  );
  const both = (one: readonly [Played, Exchange['outcome']], other: readonly [Played, Exchange['outcome']]) => [
    exchange(...one, { at: 10, took: 5, client: 'A' }),
    exchange(...other, { at: 10, took: 5, client: 'B' }),
  ];
  const told = (judgement: Judgement) =>
    judgement.kind === 'unexplained' ? [judgement.objection.requirement, judgement.alone] : [];

  test('is behind what it explains, and says what would be told without it', () => {
    const second = answer(201, attachment([1, 2, 3], { attachmentId: 'y' }), { location: '/y' });
    const judgement = judgedAs([
      opened,
      ...uploads,
      ...both([complete, published(201, [1, 2, 3])], [complete, second]),
    ]);
    expect(told(judgement)).toEqual(['complete.exactly-once', 'complete.repeat']);
    expect(judgement).toHaveProperty('objection.expected', expect.stringContaining('; complete of A (201)'));
  });

  test.each(['expiry', 'http', 'auth'])('is not behind what is about %s', (about) => {
    const wrong = {
      expiry: problem('session-expired'),
      http: { ...done, headers: {} },
      auth: answer(204),
    }[about] as Exchange['outcome'];
    const call: Played = about === 'auth' ? ({ ...abort, as: 'second' } as Played) : abort;
    const [requirement, alone] = told(
      judgedAs([opened, ...uploads, ...both([call, wrong], [put(0, 9), receipt(200, 0, 9)])]),
    );
    expect(requirement).toMatch(new RegExp(`^${about}\\.`));
    expect(alone).toBeUndefined();
  });
});
