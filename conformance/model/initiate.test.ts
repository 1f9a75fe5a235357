import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Exchange, InitiateCall, Json } from '../history.ts';
import { step } from './session.ts';
import { type Claims, emptyWorld } from './state.ts';
import {
  abort,
  claims,
  complete,
  created,
  done,
  exchange,
  file,
  initiate,
  lifetime,
  listing,
  lost,
  type Played,
  problem,
  published,
  put,
  receipt,
  session,
  status,
  stepsAt,
  timestamp,
  verdictOn,
  type When,
} from './testing.ts';

/** How one first answer is judged, of a target that claims this. */
function verdict(one: Exchange, claimed: Partial<Claims> = {}, limits: Partial<Claims['limits']> = {}): string {
  const result = step(emptyWorld, one, { ...claims, ...claimed, limits: { ...claims.limits, ...limits } });
  return result.kind === 'allowed' ? 'allowed' : result.objection.requirement;
}
const poor: Partial<Claims> = { profiles: ['core'] };

/** A session of a file so large, as it was asked for and as it was opened. */
const opening = (json: object, told: object, when: When = {}): Exchange =>
  exchange(
    initiate({ json: { fileName: file.fileName, fileSize: 10, ...json } as Json }),
    created(told as Record<string, Json>),
    when,
  );

describe('a new session', () => {
  test('has the type that was declared, or else that of bytes', () => {
    expect(verdict(opening({ contentType: 'text/plain' }, { contentType: 'text/plain' }))).toBe('allowed');
    expect(verdict(opening({ contentType: 'text/plain' }, {}))).toBe('initiate.echo');
    expect(verdict(opening({}, { contentType: 'text/plain' }))).toBe('initiate.echo');
  });

  test('has as many chunks as its file needs', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 10, max: 100 }),
        fc.integer({ min: -1, max: 1 }),
        (size, of, more) => {
          const totalChunks = Math.ceil(size / of) + more;
          const told = { fileSize: size, chunkSize: of, totalChunks };
          expect(verdict(opening({ fileSize: size }, told))).toBe(more === 0 ? 'allowed' : 'initiate.geometry');
        },
      ),
    );
  });

  test.each([
    ['chunks of one byte', { chunkSize: 1, totalChunks: 10 }, 'allowed'],
    ['chunks of no byte', { chunkSize: 0, totalChunks: Number.POSITIVE_INFINITY }, 'initiate.geometry'],
    ['chunks of half a byte more', { chunkSize: 2.5, totalChunks: 4 }, 'initiate.geometry'],
    ['chunks of a negative size', { chunkSize: -5, totalChunks: -2 }, 'initiate.geometry'],
    ['chunks as large as is claimed', { chunkSize: 100, totalChunks: 1 }, 'allowed'],
    ['larger chunks than are claimed', { chunkSize: 101, totalChunks: 1 }, 'capabilities.truth'],
  ])('has %s: %j is %s', (_, told, expected) => {
    expect(verdict(opening({}, told))).toBe(expected);
  });

  test('has as many chunks as are claimed, at the most', () => {
    const large = (chunkSize: number, totalChunks: number) =>
      opening({ fileSize: 1000 }, { fileSize: 1000, chunkSize, totalChunks });
    expect(verdict(large(10, 100))).toBe('allowed');
    expect(verdict(large(9, 112))).toBe('initiate.geometry');
  });

  test.each([
    ['the smallest', 5, 5, 'allowed'],
    ['the smallest, and gets another', 5, 6, 'initiate.chunk-size'],
    ['one too small', 4, 5, 'allowed'],
    ['the largest', 100, 100, 'allowed'],
    ['the largest, and gets another', 100, 99, 'initiate.chunk-size'],
    ['one too large', 101, 100, 'allowed'],
  ])('is cut as was preferred, if that is within the limits: %s', (_, preferredChunkSize, chunkSize, expected) => {
    const totalChunks = Math.ceil(10 / chunkSize);
    const one = opening({ preferredChunkSize }, { chunkSize, totalChunks });
    expect(verdict(one, {}, { minChunkSize: 5 })).toBe(expected);
  });

  test('is cut as was preferred, if that makes few enough chunks', () => {
    const cut = (preferredChunkSize: number, chunkSize: number) =>
      opening(
        { fileSize: 1000, preferredChunkSize },
        { fileSize: 1000, chunkSize, totalChunks: Math.ceil(1000 / chunkSize) },
      );
    expect(verdict(cut(10, 10))).toBe('allowed');
    expect(verdict(cut(10, 11))).toBe('initiate.chunk-size');
    expect(verdict(cut(9, 10))).toBe('allowed');
  });

  const until = (ms: number) => ({ expiresAt: timestamp(ms) });

  test.each([
    ['no wish', {}, -999, 'allowed'],
    ['no wish', {}, -1000, 'initiate.timeout'],
    ['no wish', {}, 1e9, 'allowed'],
    ['a minute', { preferredTimeoutSeconds: 60 }, 58_999, 'initiate.timeout'],
    ['a minute', { preferredTimeoutSeconds: 60 }, 59_000, 'allowed'],
    ['a minute', { preferredTimeoutSeconds: 60 }, 61_000, 'allowed'],
    ['a minute', { preferredTimeoutSeconds: 60 }, 61_001, 'initiate.timeout'],
    ['less than the least', { preferredTimeoutSeconds: 5 }, 10_000, 'allowed'],
    ['less than the least', { preferredTimeoutSeconds: 5 }, 5000, 'initiate.timeout'],
    ['more than the most', { preferredTimeoutSeconds: 4000 }, 3_600_000, 'allowed'],
    ['more than the most', { preferredTimeoutSeconds: 4000 }, 4_000_000, 'initiate.timeout'],
  ])('expires as was wished, within the limits: %s, %j, %i ms later: %s', (_, wish, ms, expected) => {
    expect(verdict(opening(wish, until(ms)), {}, { minTimeoutSeconds: 10 })).toBe(expected);
  });

  test('expires as was wished, as far as the clocks tell', () => {
    const one = (ms: number, when: When) => verdict(opening({ preferredTimeoutSeconds: 60 }, until(ms), when));
    expect([one(56_000, { doubt: 3000 }), one(64_000, { doubt: 3000 })]).toEqual(['allowed', 'allowed']);
    expect([one(55_999, { doubt: 3000 }), one(64_001, { doubt: 3000 })]).toEqual([
      'initiate.timeout',
      'initiate.timeout',
    ]);
    // It counts from any instant between the request and its answer.
    expect([one(66_000, { took: 5000 }), one(66_001, { took: 5000 })]).toEqual(['allowed', 'initiate.timeout']);
  });

  test.each([
    ['x'.repeat(22), true],
    ['x'.repeat(21), false],
    ['A-Z_a-z.0~9'.repeat(2), true],
    ['0123456789abcdefABCDEF-0123456789a', true],
    ['f'.repeat(32), true],
    ['f'.repeat(31), false],
    ['F'.repeat(31), false],
    [`${'9'.repeat(31)}-`, false],
    ['00000000-0000-0000-0000-000000000000', true],
    [`${'x'.repeat(22)}/`, false],
    [`%${'x'.repeat(22)}`, false],
    ['', false],
    [5, false],
    [null, false],
  ])('has an id that can hold 128 random bits, in characters that need no escape: %j? %s', (sessionId, right) => {
    expect(verdict(opening({}, { sessionId }))).toBe(right ? 'allowed' : 'initiate.unguessable');
  });

  test('has an id of its own', () => {
    const again = (sessionId: string): string => {
      const first = exchange(initiate(), created());
      return verdictOn(first, exchange(initiate({ session: 'b' }), created({ sessionId })));
    };
    expect(again(session()['sessionId'] as string)).toBe('initiate.unguessable');
    expect(again('n'.repeat(22))).toBe('allowed');
  });

  test('belongs to who opened it', () => {
    const theirs = exchange(initiate({ as: 'second' }), created());
    expect(verdictOn(theirs, exchange({ ...status, as: 'second' } as Played, listing([])))).toBe('allowed');
    expect(verdictOn(theirs, exchange(status, listing([])))).not.toBe('allowed');
  });

  test('with members that the contract does not know is opened all the same', () => {
    const json = { fileName: file.fileName, fileSize: 10, 'x-more': 1 };
    expect(verdict(exchange(initiate({ json }), created()))).toBe('allowed');
    expect(verdict(exchange(initiate({ json }), problem('invalid-request')))).toBe('http.unknown-members');
    expect(verdict(exchange(initiate(), problem('invalid-request')))).toBe('initiate.created');
  });

  test('is not opened for who has no credentials, if those are claimed to count', () => {
    const nobody = (told: Answer, claimed = {}) => verdict(exchange(initiate({ as: 'nobody' }), told), claimed);
    expect(nobody(problem('unauthorized'))).toBe('allowed');
    expect(nobody(created())).toBe('auth.required');
    expect(nobody(created(), poor)).toBe('allowed');
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, more: Partial<InitiateCall> = {}): Played => initiate({ idempotencyKey: key, ...more });
  const sentAs = (key: string): When => ({ sent: { headers: { 'Idempotency-Key': key } } });
  const first = (key: string, told: Answer, claimed = {}) => verdict(exchange(keyed(key), told, sentAs(key)), claimed);
  const refused = problem('invalid-request');

  test('has at most 255 characters', () => {
    expect([first('k'.repeat(255), created()), first('k'.repeat(255), refused)]).toEqual([
      'allowed',
      'initiate.created',
    ]);
    expect([first('k'.repeat(256), created()), first('k'.repeat(256), refused)]).toEqual([
      'idempotency.replay',
      'allowed',
    ]);
  });

  test.each(['', 'two words', 'é', 'a\x7f', '\x1f'])('of other than visible ASCII may be refused: %j', (key) => {
    expect([first(key, created()), first(key, refused)]).toEqual(['allowed', 'allowed']);
  });

  test.each(['!', '~', 'a-B_9', '"k"'])('of visible ASCII is taken: %s', (key) => {
    expect(first(key, refused)).toBe('initiate.created');
  });

  test('means nothing where it is not claimed', () => {
    expect([first('k'.repeat(256), created(), poor), first('', refused, poor)]).toEqual([
      'allowed',
      'initiate.created',
    ]);
    const [one, two] = [exchange(keyed('k'), created()), exchange(keyed('k', { session: 'b' }), created())];
    const [opened] = [step(emptyWorld, one, { ...claims, ...poor })];
    const world = opened.kind === 'allowed' ? opened.worlds[0] : undefined;
    const again = step(world ?? emptyWorld, two, { ...claims, ...poor });
    expect(again).toMatchObject({ kind: 'refused', objection: { requirement: 'initiate.unguessable' } });
  });

  const again = keyed('k', { session: 'b' });
  const other = keyed('k', { session: 'b', json: { fileName: 'other', fileSize: 10 } });
  const bound = exchange(keyed('k'), created());
  const fresh = created({ sessionId: 'n'.repeat(22), expiresAt: timestamp(3 * lifetime) });
  const freshOther = created({ sessionId: 'n'.repeat(22), fileName: 'other', expiresAt: timestamp(3 * lifetime) });
  const judged = (call: Played, told: Answer, at: number, ...between: readonly Exchange[]) =>
    verdictOn(bound, ...between, exchange(call, told, { at }));

  test('brings back nothing but the session as it stands: one that has lost a chunk is another', () => {
    const stored = exchange(put(0, 1), receipt(201, 0, 1));
    const changed = (more: Record<string, Json>): Answer => ({ ...listing([0], more), status: 201 });
    expect(judged(again, changed({}), 0, stored)).toBe('allowed');
    for (const more of [{ receivedBytes: 0 }, { fileName: 'other' }, { state: 'completed' }, { chunkSize: 5 }])
      expect(judged(again, changed(more), 0, stored)).toBe('idempotency.replay');
  });

  test('that is taken for another one, and leads to its session, is told by the promise about keys', () => {
    expect(judged(keyed('l', { session: 'b' }), created(), 0)).toBe('idempotency.replay');
  });

  test('of a session that goes on after its repeat leads to it by both names', () => {
    const renamed = exchange(again, created());
    expect(verdictOn(bound, renamed, exchange(abort, done), exchange({ kind: 'abort', session: 'b' }, done))).toBe(
      'allowed',
    );
    expect(
      verdictOn(bound, renamed, exchange(abort, done), exchange({ kind: 'status', session: 'b' }, listing([]))),
    ).toBe('abort.final');
  });

  test.each([
    [lifetime - 1001, 'idempotency.replay', 'allowed', 'idempotency.replay', 'idempotency.reused'],
    [lifetime - 1000, 'allowed', 'allowed', 'allowed', 'allowed'],
    [lifetime + 1000, 'allowed', 'allowed', 'allowed', 'allowed'],
    [lifetime + 1001, 'allowed', 'idempotency.replay', 'allowed', 'allowed'],
  ])(
    'at %i ms may open a new session: %s, may bring back the old one: %s, or say that it is gone: %s',
    (at, ...expected) => {
      const gone = [problem('session-expired'), problem('session-not-found')].map((told) => judged(again, told, at));
      expect(new Set(gone).size).toBe(1);
      const told = [judged(again, fresh, at), judged(again, created(), at), gone[0], judged(other, freshOther, at)];
      expect(told).toEqual(expected);
    },
  );

  test('of a session that was aborted may say so for longer than it must', () => {
    const gone = exchange(abort, done);
    for (const told of [problem('session-aborted'), problem('session-expired'), fresh])
      expect(judged(again, told, lifetime + 5000, gone)).toBe('allowed');
    expect(judged(again, fresh, lifetime - 2000, gone)).toBe('idempotency.replay');
  });

  test('of a session that is over may be told so, whatever else is asked with it', () => {
    const gone = exchange(abort, done);
    const wrongType = keyed('k', { session: 'b', mediaType: 'text/plain' });
    const strange = keyed('k', { session: 'b', json: { fileName: '', fileSize: 10 } });
    for (const call of [other, wrongType, strange]) {
      expect(judged(call, problem('session-aborted'), 0, gone)).toBe('allowed');
      expect(judged(call, problem('session-aborted'), 0)).not.toBe('allowed');
      for (const told of [problem('session-expired'), problem('session-not-found')]) {
        expect(judged(call, told, lifetime + 5000)).toBe('allowed');
        expect(judged(call, told, lifetime - 2000, gone)).not.toBe('allowed');
      }
      expect(judged(call, created(), 0, gone)).not.toBe('allowed');
    }
  });

  test('that was bound to another request is free again once its session is gone, for a good request', () => {
    const bad = keyed('k', { session: 'b', json: { fileName: '', fileSize: 10 } });
    expect(judged(bad, problem('invalid-request'), 0)).toBe('allowed');
    expect(judged(bad, problem('idempotency-key-reused'), 0)).toBe('allowed');
    expect(judged(bad, freshOther, lifetime + 5000)).toBe('idempotency.reused');
  });

  test('whose first answer was lost may be bound: then another request is refused, and never opens', () => {
    const unseen = exchange(keyed('k'), lost);
    expect(verdictOn(unseen, exchange(other, problem('idempotency-key-reused')))).toBe('allowed');
    // Nothing happened, or else the key would be bound.
    expect(verdictOn(unseen, exchange(other, freshOther))).toBe('allowed');
  });

  test('whose first answer was lost brings back a session whose expiry was counted from that request', () => {
    const wish = { json: { fileName: file.fileName, fileSize: 10, preferredTimeoutSeconds: 60 } };
    const story = [
      exchange(keyed('k', wish), lost),
      exchange(keyed('k', { ...wish, session: 'b' }), created(), { at: 20_000 }),
    ];
    expect(verdictOn(...story)).toBe('allowed');
    const shown = stepsAt(...story).flatMap((one) => (one.kind === 'allowed' ? one.observed : []));
    expect(shown).toContain('idempotency.replay');
    expect(shown).not.toContain('initiate.timeout');
  });

  test('that is free again opens a session that expires as was wished', () => {
    const wishful = (preferredTimeoutSeconds: number) =>
      keyed('k', { session: 'b', json: { ...json, preferredTimeoutSeconds } });
    const json = { fileName: 'other', fileSize: 10 };
    const at = lifetime + 5000;
    const told = created({ sessionId: 'n'.repeat(22), fileName: 'other', expiresAt: timestamp(at + 100_000) });
    expect(judged(wishful(100), told, at)).toBe('allowed');
    expect(judged(wishful(200), told, at)).toBe('initiate.timeout');
  });

  test('comes from the first principal where nothing else is said', () => {
    const first: Played = keyed('k', { session: 'b', as: 'first' });
    expect(judged(first, created(), 0)).toBe('allowed');
    expect(judged(first, fresh, 0)).toBe('idempotency.replay');
  });

  test('with a body that is no JSON is refused for the one or the other', () => {
    const broken: Played = { kind: 'initiate', session: 'b', idempotencyKey: 'k', body: '{' };
    for (const told of [problem('invalid-request'), problem('idempotency-key-reused')])
      expect(judged(broken, told, 0)).toBe('allowed');
    expect(judged(broken, created(), 0)).toBe('idempotency.reused');
  });

  test('in use says nothing of what comes without it', () => {
    expect(verdictOn(bound, exchange(initiate({ session: 'b' }), fresh))).toBe('allowed');
    const completed = [0, 1, 2].map((chunk) => exchange(put(chunk, chunk + 1), receipt(201, chunk, chunk + 1)));
    expect(judged(complete, published(201, [1, 2, 3]), 0, ...completed)).toBe('allowed');
  });
});
