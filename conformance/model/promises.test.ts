/**
 * Which promise is told of a wrong answer, where several could be: the one that the answer itself names, before the one
 * that the state would have had. And which promises an answer keeps just by coming at its time.
 */
import { describe, expect, test } from 'vitest';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Exchange } from '../history.ts';
import { step } from './session.ts';
import { type Claims, emptyWorld } from './state.ts';
import {
  a,
  abort,
  aborted,
  answer,
  begun,
  bytes,
  claims,
  complete,
  completed,
  content,
  created,
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
  type Played,
  pending,
  problem,
  put,
  receipt,
  session,
  shown,
  statesAfter,
  status,
  stepsAt,
  verdictOn,
} from './testing.ts';

const attachment: Played = { kind: 'attachment', ...a };
const spelt = (call: Played, spelling: object | string): Played => ({ ...call, spelling }) as Played;

describe('a good chunk that is refused for what stands in a field breaks the promise about that field:', () => {
  test.each([
    ['content-range-mismatch', 'chunk.content-range'],
    ['digest-mismatched-values', 'chunk.digest'],
    ['digest-unsupported-algorithms', 'chunk.digest-unsupported'],
    ['digest-invalid-values', 'chunk.digest-invalid'],
    ['unsupported-media-type', 'chunk.stored'],
    ['chunk-length-mismatch', 'chunk.replay'],
  ] as const)('%s', (name, promise) => {
    expect(verdictOn(...begun, exchange(put(0, 1), problem(name)))).toBe(promise);
  });

  test('a bad one breaks the promise about what is bad, and another request that of its state', () => {
    const long = exchange(put(0, 1, { excess: 1 }), problem('digest-invalid-values'));
    expect(verdictOn(...begun, long)).toBe('chunk.length');
    expect(verdictOn(...full, exchange(complete, problem('digest-invalid-values')))).toBe('complete.created');
  });
});

describe('a session that is denied', () => {
  const unknown = problem('session-not-found');
  const expired = problem('session-expired');

  test.each<[string, readonly Exchange[], Played, Answer, RequirementId]>([
    ['by another spelling of it', begun, spelt(status, 'percent-encoded'), unknown, 'initiate.unguessable'],
    ['by its id in text of the script', begun, spelt(status, { raw: '{id}' }), unknown, 'initiate.unguessable'],
    ['by its link', begun, spelt(status, 'location'), unknown, 'initiate.location'],
    ['by its name', begun, spelt(status, 'plain'), unknown, 'expiry.not-early'],
    ['when it is completed too early', begun, complete, unknown, 'complete.incomplete'],
    ['when it is completed', full, complete, unknown, 'expiry.not-early'],
    ['as expired, by another spelling', begun, spelt(status, 'percent-encoded'), expired, 'expiry.not-early'],
    ['as expired, though it is completed', ended, status, expired, 'status.completed'],
    ['as expired, though it is aborted', aborted, status, expired, 'abort.final'],
    ['though it is completed', ended, complete, unknown, 'session.remembered'],
    ['though it is aborted', aborted, complete, unknown, 'session.remembered'],
    ['when its content is read', ended, content, unknown, 'content.exact'],
    ['when its attachment is read', ended, attachment, unknown, 'complete.created'],
    ['to nobody, who may not know', begun, { ...status, as: 'nobody' } as Played, unknown, 'auth.required'],
    ['while it completes', pending, complete, unknown, 'expiry.not-early'],
  ])('%s', (_, story, call, told, promise) => {
    expect(verdictOn(...story, exchange(call, told))).toBe(promise);
  });

  test('close to its end is denied by the promise of its state, since nobody can tell the time', () => {
    const at = lifetime - 1000;
    const wrongly = (told: Answer) => verdictOn(...begun, exchange(put(1, 9, { excess: 1 }), told, { at }));
    expect([wrongly(unknown), wrongly(expired)]).toEqual(['allowed', 'allowed']);
    expect(verdictOn(...begun, exchange(abort, problem('session-completed'), { at }))).toBe('abort.aborted');
  });

  test('without content is told by its status alone', () => {
    const head = { ...status, head: true, spelling: 'unknown' } as Played;
    expect(verdictOn(...begun, exchange(head, answer(404)))).toBe('allowed');
    expect(verdictOn(...begun, exchange(head, answer(410)))).toBe('status.unknown');
    expect(verdictOn(...begun, exchange({ ...head, head: false } as Played, answer(404)))).toBe('status.unknown');
  });

  test('to nobody, whatever became of it, is told by the promise about credentials', () => {
    for (const story of [begun, ended, aborted])
      expect(verdictOn(...story, exchange({ ...status, as: 'nobody' } as Played, unknown))).toBe('auth.required');
  });

  test('for a key that belongs to another request is told by that, if only the status is wrong', () => {
    const keyed = exchange(initiate({ idempotencyKey: 'k' }), created());
    const other = initiate({ idempotencyKey: 'k', session: 'b', json: { fileName: 'x', fileSize: 1 } });
    const reused = { ...problem('idempotency-key-reused', { status: 409 }), status: 409 };
    expect(verdictOn(keyed, exchange(other, reused))).toBe('idempotency.reused');
  });

  test('for a key that nobody used is told by the promise about keys', () => {
    const keyed = initiate({ idempotencyKey: 'k' });
    expect(verdictOn(exchange(keyed, problem('idempotency-key-reused')))).toBe('idempotency.replay');
    expect(verdictOn(...begun, exchange(status, problem('idempotency-key-reused')))).toBe('idempotency.replay');
  });
});

describe('text in the place of an id', () => {
  const read = (raw: string, told: Answer) => verdictOn(...begun, exchange(spelt(status, { raw }), told));
  const unknown = problem('session-not-found');

  test.each(['{id}', '{hex}', '{HEX}'])('%s names the session', (raw) => {
    expect(read(raw, listing([0]))).toBe('allowed');
  });

  test.each(['{capitals}', '{head}', '{tail}', '{id}x'])('%s names none', (raw) => {
    expect(read(raw, unknown)).toBe('allowed');
    expect(read(raw, listing([0]))).toBe('initiate.unguessable');
  });

  test.each(['double-encoded', 'other-case'])('that is %s names none', (spelling) => {
    expect(verdictOn(...begun, exchange(spelt(status, spelling), unknown))).toBe('allowed');
    expect(verdictOn(...begun, exchange(spelt(status, spelling), listing([0])))).toBe('initiate.unguessable');
  });

  test('that nobody has names none, and by no other promise', () => {
    expect(verdictOn(...begun, exchange(spelt(status, 'unknown'), listing([0])))).toBe('status.unknown');
    expect(verdictOn(exchange(status, listing([0])))).toBe('status.unknown');
  });
});

describe('an upload', () => {
  const digest = exchange(put(1, 9), receipt(201, 1, 9)).sent.bodyDigest;
  const sent = (call: Played, more: object = {}): Exchange =>
    exchange(call, receipt(201, 1, 9), { sent: { bodyLength: 4, bodyDigest: String(digest), ...more } });
  const raw = (text: string): Exchange =>
    sent(put(1, 9, { contentDigest: { raw: text } }), { headers: { 'Content-Digest': text } });
  const field = `sha-256=:${digest}:`;

  test.each<[string, Exchange, RequirementId, boolean]>([
    ['by a number', sent(put(1, 9)), 'initiate.unguessable', false],
    ['by its escapes', sent(put('%31', 9)), 'initiate.unguessable', true],
    ['by the id in text of the script', sent(spelt(put(1, 9), { raw: '{hex}' })), 'initiate.unguessable', true],
    ['by the escapes of its id', sent(spelt(put(1, 9), 'percent-encoded')), 'initiate.unguessable', true],
    ['with a digest in text of the script', raw(field), 'chunk.digest', true],
    ['with a digest of its own alone', raw(field), 'chunk.digest-unsupported', false],
    ['with a digest among others', raw(`md5=:AA==:, ${field}`), 'chunk.digest-unsupported', true],
  ])('%s shows what it is about: %#', (_, one, promise, shows) => {
    expect(verdictOn(...begun, one)).toBe('allowed');
    expect(shown(...begun, one).includes(promise)).toBe(shows);
  });

  test('in chunked coding that is lost is told by that', () => {
    const chunked = exchange(put(1, 9, { framing: 'chunked' }), receipt(201, 1, 9));
    expect(verdictOn(...begun, chunked, exchange(status, listing([0])))).toBe('chunk.transfer-coding');
  });

  test.each(['right', 'several'] as const)(
    'of which a part is the next request has no digest that is %s',
    (contentDigest) => {
      const call = put(1, 9, { excess: 1, contentDigest });
      const longer = (told: Answer) => exchange(call, told, { sent: { declaredLength: 4 } });
      expect(verdictOn(...begun, longer(problem('digest-mismatched-values')))).toBe('allowed');
      expect(verdictOn(...begun, longer(receipt(201, 1, 9)))).toBe('chunk.digest');
    },
  );

  test('of which a part is the next request is stored as far as it is its own', () => {
    const longer = exchange(put(1, 9, { excess: 1 }), receipt(201, 1, 9), { sent: { declaredLength: 4 } });
    expect(verdictOn(...begun, longer)).toBe('allowed');
    expect(verdictOn(...begun, longer, exchange(status, listing([0, 1])))).toBe('allowed');
  });
});

describe('where principals are not told apart', () => {
  const poor: Claims = { ...claims, profiles: ['core', 'download'] };
  const judged = (one: Exchange): string => {
    const [world = emptyWorld] = statesAfter(...begun);
    const result = step(world, one, poor);
    return result.kind === 'allowed' ? 'allowed' : result.objection.requirement;
  };

  test('nobody needs credentials, and a stranger’s session is just unknown', () => {
    const nobody: Played = { ...status, as: 'nobody' } as Played;
    expect(judged(exchange(nobody, problem('unauthorized')))).toBe('status.unknown');
    expect(judged(exchange({ ...status, as: 'second' } as Played, listing([0])))).toBe('status.unknown');
  });
});

describe('an answer keeps a promise by coming at its time:', () => {
  const at = (left: number) => ({ at: lifetime - left });

  test.each([
    [2500, []],
    [2499, ['expiry.not-early']],
    [1000, ['expiry.not-early']],
    [999, []],
  ])('%i ms before its end an open session shows %j', (left, promises) => {
    const kept = shown(...begun, exchange(status, listing([0]), at(left)));
    expect(kept.filter((one) => one === 'expiry.not-early')).toEqual(promises);
    expect(kept).not.toContain('session.remembered');
  });

  test.each([
    ['completed', ended, completed([1, 2, 3])],
    ['aborted', aborted, problem('session-aborted')],
  ])('one that was %s shows that it is remembered, until a second before its end', (_, story, told) => {
    const kept = (left: number) => shown(...story, exchange(status, told, at(left)));
    expect(kept(1000)).toContain('session.remembered');
    expect(kept(1000)).not.toContain('expiry.not-early');
    expect(kept(999)).not.toContain('session.remembered');
  });

  test('one that completes shows neither', () => {
    const told = listing([0, 1, 2], { state: 'completing' });
    const kept = shown(...pending, exchange(status, told, at(2000)));
    expect(kept.filter((one) => one.startsWith('expiry.not') || one.startsWith('session.'))).toEqual([]);
  });

  test('one that a key brings back shows nothing of the kind either', () => {
    const keyed = initiate({ idempotencyKey: 'k' });
    expect(shown(exchange(keyed, created()), exchange(keyed, created(), at(2000)))).not.toContain('expiry.not-early');
  });

  test('a new one shows nothing of the kind', () => {
    const again = exchange(initiate({ session: 'b' }), created({ sessionId: 'n'.repeat(22) }), at(2000));
    expect(shown(...begun, again)).not.toContain('expiry.not-early');
  });
});

describe('a chunk in flight', () => {
  const across = (from: number, to: number, doubt = 0) =>
    shown(
      ...begun,
      exchange(put(1, 9), problem('session-expired'), {
        at: lifetime + from,
        took: to - from,
        doubt,
        sent: { releasedAt: lifetime + to },
      }),
    ).includes('expiry.in-flight');

  test('was surely being received when its session expired, or not, as far as the clocks tell', () => {
    expect([across(-1, 1), across(-1500, 1500)]).toEqual([true, true]);
    expect([across(0, 2000), across(-2000, 0)]).toEqual([false, false]);
    expect([across(-100, 1500, 99), across(-100, 1500, 100)]).toEqual([true, false]);
    expect([across(-1500, 100, 99), across(-1500, 100, 100)]).toEqual([true, false]);
  });

  test('that is taken at last shows that it was not torn down', () => {
    const taken = exchange(put(1, 9), receipt(201, 1, 9), {
      at: lifetime - 1500,
      took: 3000,
      sent: { releasedAt: lifetime },
    });
    expect(shown(...begun, taken)).toContain('expiry.in-flight');
    expect(shown(...begun, exchange(put(1, 9), receipt(201, 1, 9)))).not.toContain('expiry.in-flight');
  });

  test('is a chunk: another request only takes long', () => {
    const slow = exchange(status, problem('session-expired'), { at: lifetime - 1500, took: 3000 });
    expect(shown(...begun, slow)).not.toContain('expiry.in-flight');
  });
});

describe('a session that is surely gone', () => {
  const late = { at: lifetime + 1001 };

  test('may still be told what else is wrong with the request', () => {
    const long = put(1, 9, { excess: 1 });
    expect(verdictOn(...begun, exchange(long, problem('chunk-length-mismatch', { expectedLength: 4 }), late))).toBe(
      'allowed',
    );
    expect(verdictOn(...begun, exchange(put(1, 9), problem('chunk-length-mismatch'), late))).toBe('expiry.enforced');
    expect(verdictOn(...begun, exchange(complete, incomplete(1, 2), late))).toBe('allowed');
  });

  test('may be aborted again for longer than it must, if it was', () => {
    expect(verdictOn(...aborted, exchange(abort, done, { at: lifetime + 5000 }))).toBe('allowed');
    expect(verdictOn(...begun, exchange(abort, done, { at: lifetime + 5000 }))).toBe('expiry.enforced');
  });

  test('is gone from the instant on at which its body had arrived', () => {
    const slow = (releasedAt: number) =>
      verdictOn(...begun, exchange(complete, incomplete(1, 2), { at: lifetime, took: 5000, sent: { releasedAt } }));
    expect([slow(lifetime + 1000), slow(lifetime + 1001)]).toEqual(['allowed', 'allowed']);
    const read = (releasedAt: number) =>
      verdictOn(...begun, exchange(abort, done, { at: lifetime, took: 5000, sent: { releasedAt } }));
    expect([read(lifetime + 1000), read(lifetime + 1001)]).toEqual(['allowed', 'expiry.enforced']);
  });

  test('is gone for what comes after it was moved, not before', () => {
    const moved = exchange(
      put(1, 9),
      receipt(201, 1, 9, { expiresAt: new Date(Date.parse(String(session()['expiresAt'])) + 10_000).toISOString() }),
    );
    expect(verdictOn(...begun, moved, exchange(status, problem('session-expired'), { at: lifetime + 5000 }))).toBe(
      'expiry.not-early',
    );
  });
});

describe('a method that a resource lacks', () => {
  const method: Played = { kind: 'method', ...a, resource: 'session', method: 'PATCH' };
  const warned = (told: Answer) =>
    stepsAt(...begun, exchange(method, told)).map((one) =>
      one.kind === 'allowed' ? one.warnings.map(({ requirement }) => requirement) : one.objection.requirement,
    );
  const notAllowed = (headers = {}) =>
    answer(405, { type: 'about:blank', status: 405 }, { 'content-type': 'application/problem+json', ...headers });

  test('should be refused with 405 and Allow, and need not be refused', () => {
    expect(warned(notAllowed({ allow: 'GET' }))).toEqual([[]]);
    expect(shown(...begun, exchange(method, notAllowed({ allow: 'GET' })))).toContain('http.method');
    expect(warned(notAllowed())).toEqual([['http.method']]);
    const elsewhere = problem('session-not-found');
    expect(warned({ ...elsewhere, headers: { ...elsewhere.headers, allow: 'GET' } })).toEqual([['http.method']]);
    expect(warned(problem('session-not-found'))).toEqual([['http.method']]);
    expect(warned(problem('invalid-request'))).toEqual([['http.method']]);
    for (const code of [200, 204, 399, 501]) expect(warned(answer(code))).toEqual([[]]);
    expect(shown(...begun, exchange(method, answer(200)))).not.toContain('http.method');
  });

  test('is a failure for who wants no warnings', () => {
    const [world = emptyWorld] = statesAfter(...begun);
    const strictly = step(world, exchange(method, notAllowed()), claims, true);
    expect(strictly).toMatchObject({ kind: 'refused', objection: { requirement: 'http.method' } });
  });
});

describe('a broken SHOULD', () => {
  const wrong = exchange(put(1, 9), receipt(200, 1, 9));

  test('is warned of, and the history goes on', () => {
    const [result] = stepsAt(...begun, wrong);
    expect(result).toMatchObject({ kind: 'allowed', warnings: [{ requirement: 'chunk.created' }] });
    expect(verdictOn(...begun, wrong, exchange(status, listing([0, 1])))).toBe('allowed');
  });

  test('is refused where a warning has to be without an alternative', () => {
    const [world = emptyWorld] = statesAfter(...begun);
    expect(step(world, wrong, claims, true)).toMatchObject({ objection: { requirement: 'chunk.created' } });
    expect(step(world, exchange(put(1, 9), receipt(201, 1, 9)), claims, true).kind).toBe('allowed');
  });
});

describe('what a request put at stake', () => {
  test('is proved or broken by the next reading of the session, and by that one alone', () => {
    const refused = exchange(complete, incomplete(1, 2));
    const read = exchange(status, listing([0]));
    expect(shown(...begun, refused, read)).toContain('complete.incomplete');
    expect(shown(...begun, refused, read, read)).not.toContain('complete.incomplete');
  });

  test.each<[string, readonly Exchange[], Exchange, Exchange, RequirementId]>([
    ['a chunk that was cut off', begun, cut(put(0, 9)), exchange(status, listing([])), 'chunk.atomic'],
    [
      'a chunk that was replaced',
      [...begun, exchange(put(0, 9), receipt(200, 0, 9))],
      exchange(status, listing([0])),
      exchange(status, listing([])),
      'chunk.replace',
    ],
    [
      'a chunk that was sent again',
      [...begun, exchange(put(0, 1), receipt(200, 0, 1))],
      exchange(status, listing([0])),
      exchange(status, listing([])),
      'chunk.replay',
    ],
    [
      'a completion too early',
      begun,
      exchange(complete, incomplete(1, 2)),
      exchange(status, listing([0], { state: 'completed' })),
      'complete.incomplete',
    ],
    [
      'an abort too late',
      ended,
      exchange(abort, problem('session-completed')),
      exchange(status, listing([0, 1, 2])),
      'status.completed',
    ],
  ])('is told of if it is lost: %s', (_, story, before, after, promise) => {
    expect(verdictOn(...story, before, after)).toBe(promise);
  });

  test('by a completion of which a part was missing is that it has no effect', () => {
    const broken = exchange(complete, answer(400), {
      fault: { kind: 'half-close', after: 1 },
      sent: { whole: false, bodyLength: 10 },
    });
    expect(shown(...full, broken)).toEqual(['complete.digest']);
    expect(verdictOn(...full, broken, exchange(status, listing([0, 1, 2], { state: 'completed' })))).toBe(
      'complete.digest',
    );
    expect(shown(...full, broken, exchange(status, listing([0, 1, 2])))).toContain('complete.digest');
  });

  test('is not there for what HTTP itself refused to look at, and it shows nothing', () => {
    const odd = spelt(status, { raw: '{id}%2F' });
    const page = exchange(odd, answer(400, undefined, { 'content-type': 'text/html' }));
    expect(stepsAt(...begun, page)).toMatchObject([{ kind: 'allowed', observed: [], warnings: [] }]);
    expect(verdictOn(...begun, page, exchange(status, listing([0])))).toBe('allowed');
    expect(verdictOn(...begun, page, exchange(status, listing([1])))).toBe('status.read-your-writes');
    expect(shown(...begun, exchange(odd, problem('session-not-found')))).toContain('initiate.unguessable');
    const late = exchange(put(1, 9), answer(408, undefined, {}), { took: 5000 });
    expect(stepsAt(...begun, late)).toMatchObject([{ kind: 'allowed', observed: [], warnings: [] }]);
  });

  test('by a lost answer is nothing yet', () => {
    expect(shown(...begun, exchange(put(1, 9), lost))).toEqual([]);
    expect(shown(...ended, exchange(content, bytes([1, 2, 3])))).toContain('complete.bytes');
  });
});
