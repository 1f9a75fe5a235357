import { describe, expect, test } from 'vitest';
import type { Exchange, Fault, InitiateCall, Outcome } from '../history.ts';
import { sha256Base64 } from './digest.ts';
import { declined, messageOf } from './framing.ts';
import { judge } from './judge.ts';
import {
  abort,
  answer,
  claims,
  complete,
  created,
  done,
  exchange,
  incomplete,
  initiate,
  listing,
  lost,
  type Played,
  problem,
  published,
  put,
  receipt,
  status,
  stepsAt,
  verdictOn,
  type When,
} from './testing.ts';

const begun = [exchange(initiate(), created()), exchange(put(0, 1), receipt(201, 0, 1))];
const full = [...begun, exchange(put(1, 2), receipt(201, 1, 2)), exchange(put(2, 3), receipt(201, 2, 3))];
/** What a proxy says: no problem, no Date, nothing that the description documents. */
const page = (code: number): Outcome => ({ ...answer(code, undefined, { 'content-type': 'text/html' }), headers: {} });
const deviations = ['media type "text/html" is not documented'];

const framing = (how: Extract<Fault, { kind: 'framing' }>['how']): Fault => ({ kind: 'framing', how });
const early: readonly [string, When][] = [
  ['half-close', { fault: { kind: 'half-close', after: 2 }, sent: { whole: false } }],
  ['length', { fault: { kind: 'length', by: 1 }, sent: { whole: false, declaredLength: 5 } }],
  ['withhold', { fault: { kind: 'withhold' }, sent: { whole: false } }],
  ['unterminated', { fault: framing('unterminated'), sent: { whole: false } }],
];
const noHttp: readonly [string, When][] = (
  ['bad-size', 'negative-size', 'long-size', 'huge-size', 'missing-crlf', 'two-lengths', 'unknown-coding'] as const
).map((how) => [how, { fault: framing(how) }]);
const valid = (['extension', 'trailer', 'leading-zeros'] as const).map(
  (how) => [how, { fault: framing(how) }] as const,
);

describe.each([...early, ...noHttp])('a chunk whose message is broken by %s', (_, when) => {
  const sent = (told: Outcome, more: When = {}) => exchange(put(1, 9), told, { ...when, ...more });

  test.each([400, 404, 408, 411, 413, 417, 499, 501, 505])(
    'may be refused by HTTP itself with %i, whatever it says',
    (code) => {
      expect(verdictOn(...begun, sent(page(code), { deviations }))).toBe('allowed');
    },
  );

  test('may stay unanswered, or be told what is wrong', () => {
    expect(verdictOn(...begun, sent(problem('chunk-length-mismatch', { expectedLength: 4 })))).toBe('allowed');
    expect(verdictOn(...begun, sent(lost), exchange(status, listing([0])))).toBe('allowed');
  });

  test.each([page(400), lost, problem('too-many-requests')])('is never stored: %#', (told) => {
    expect(judged(...begun, sent(told), exchange(status, listing([0, 1]), { at: 1 }))).toBe('chunk.atomic');
    expect(judged(...begun, sent(told), exchange(status, listing([0]), { at: 1 }))).toBe('explained');
  });

  test.each([200, 201] as const)('is not acknowledged with %i', (code) => {
    expect(verdictOn(...begun, sent(receipt(code, 1, 9)))).toBe('chunk.atomic');
  });

  test('is no reason for a 500, nor for a redirect', () => {
    expect(judged(...begun, sent(page(500)))).toBe('http.transient');
    expect(judged(...begun, sent(page(301)))).toBe('chunk.atomic');
    expect(judged(...begun, sent(page(501)))).toBe('explained');
  });

  test('leaves the earlier bytes as they were', () => {
    const replacing = exchange(put(0, 9), page(400), when);
    expect(verdictOn(...begun, replacing, exchange(status, listing([])))).toBe('chunk.atomic');
    expect(judged(...full, replacing, exchange(complete, published(201, [9, 2, 3]), { at: 1 }))).toBe('chunk.atomic');
  });
});

describe('framing that is rare, and yet HTTP', () => {
  test.each(valid)('%s has to be served, and shows it', (_, when) => {
    const served = exchange(put(1, 9), receipt(201, 1, 9), when);
    expect(verdictOn(...begun, served)).toBe('allowed');
    expect(stepsAt(...begun, served)[0]).toMatchObject({ observed: expect.arrayContaining(['chunk.transfer-coding']) });
    expect(verdictOn(...begun, exchange(put(1, 9), page(400), when))).toBe('chunk.transfer-coding');
  });

  test('two ways to tell the length may be refused, or be served', () => {
    const both = (told: Outcome) => exchange(put(1, 9), told, { fault: framing('both-lengths') });
    for (const told of [page(400), receipt(201, 1, 9)]) expect(verdictOn(...begun, both(told))).toBe('allowed');
    for (const listed of [[0], [0, 1]])
      expect(verdictOn(...begun, both(lost), exchange(status, listing(listed)))).toBe('allowed');
    expect(verdictOn(...begun, both(page(400)), exchange(status, listing([0, 1])))).toBe('chunk.atomic');
  });

  test('a body in pieces is like any other; only who waited long may be told so', () => {
    const slow = (told: Outcome, took: number) =>
      exchange(put(1, 9), told, { took, fault: { kind: 'trickle', pieces: 3, ms: 5 } });
    expect(verdictOn(...begun, slow(receipt(201, 1, 9), 10))).toBe('allowed');
    expect(verdictOn(...begun, slow(page(408), 10))).toBe('chunk.stored');
    expect(verdictOn(...begun, slow(page(408), 5000))).toBe('allowed');
  });

  test('a client that ends its direction after the whole request is answered, or taken for gone', () => {
    const closed = (told: Outcome) => exchange(put(1, 9), told, { fault: { kind: 'half-close', after: 4 } });
    expect(verdictOn(...begun, closed(receipt(201, 1, 9)))).toBe('allowed');
    expect(verdictOn(...begun, closed(page(400)))).toBe('chunk.stored');
    for (const listed of [[0], [0, 1]])
      expect(verdictOn(...begun, closed(lost), exchange(status, listing(listed)))).toBe('allowed');
  });
});

describe('bytes behind the announced length', () => {
  const fault: Fault = { kind: 'length', by: -1 };
  const longer = (told: Outcome, write = 9) =>
    exchange(put(1, write, { excess: 1 }), told, {
      fault,
      sent: { declaredLength: 4, bodyDigest: sha256Base64(new Uint8Array(5)) },
    });
  const shorter = (told: Outcome) => exchange(put(1, 9), told, { fault, sent: { declaredLength: 3 } });

  test('are none of the chunk', () => {
    expect(verdictOn(...begun, longer(receipt(201, 1, 9)))).toBe('allowed');
    expect(verdictOn(...begun, longer(problem('chunk-length-mismatch', { expectedLength: 4 })))).toBe('chunk.stored');
    expect(verdictOn(...begun, shorter(problem('chunk-length-mismatch', { expectedLength: 4 })))).toBe('allowed');
    expect(verdictOn(...begun, shorter(receipt(201, 1, 9)))).toBe('chunk.length');
  });

  test('may cost it its answer', () => {
    for (const told of [page(400), lost])
      for (const listed of [[0], [0, 1]])
        expect(judged(...begun, longer(told), exchange(status, listing(listed), { at: 1 }))).toBe('explained');
    expect(judged(...begun, shorter(page(400)), exchange(status, listing([0, 1]), { at: 1 }))).toBe('status.received');
  });
});

test('a body that ended early is blamed for the wrong bytes of its chunk, though the chunk was sent again since', () => {
  const cut = exchange(put(0, 8), lost, { fault: { kind: 'cut', after: 0, how: 'fin' }, sent: { whole: false } });
  const again = [exchange(initiate(), created()), cut, ...full.slice(1)];
  expect(verdictOn(...again, exchange(complete, published(201, [1, 2, 3])))).toBe('allowed');
  expect(verdictOn(...again, exchange(complete, published(201, [8, 2, 3])))).toBe('chunk.atomic');
});

test('a body that was refused is blamed if it is not missed, unless another chunk is missing, too', () => {
  const refused = exchange(put(0, 8, { contentDigest: 'wrong' }), problem('digest-mismatched-values'));
  const rest = full.slice(2);
  const published8 = published(201, [8, 2, 3]);
  expect(verdictOn(...full.slice(0, 1), refused, ...rest, exchange(complete, published8))).toBe('chunk.atomic');
  expect(verdictOn(...full.slice(0, 1), refused, ...rest, exchange(complete, incomplete(0)))).toBe('allowed');
  const fewer = rest.slice(1);
  expect(verdictOn(...full.slice(0, 1), refused, ...fewer, exchange(complete, published8))).toBe('complete.incomplete');
});

describe('other requests of which a part is missing', () => {
  const json = { bodyLength: 20 };
  const cutShort: When = { fault: { kind: 'length', by: 3 }, sent: { ...json, whole: false, declaredLength: 23 } };

  test.each<[string, Played, Outcome]>([
    ['initiate.invalid', initiate(), created()],
    ['complete.digest', complete, published(201, [1, 2, 3])],
  ])('break %s if they take effect', (promise, call, told) => {
    const before = call.kind === 'initiate' ? [] : full;
    expect(verdictOn(...before, exchange(call, told, cutShort))).toBe(promise);
    expect(verdictOn(...before, exchange(call, page(400), cutShort))).toBe('allowed');
  });

  const digests = { digest: 'sha-256=:…:' };
  const whole = published(201, [1, 2, 3]);
  test.each<[Played, string, number, Outcome, string]>([
    [initiate(), JSON.stringify((initiate() as InitiateCall).json), -1, created(), 'initiate.invalid'],
    [{ ...complete, digest: 'right' } as Played, JSON.stringify(digests), -1, whole, 'complete.digest'],
    [{ ...complete, json: {} } as Played, '{}', -1, whole, 'complete.digest'],
    // White space after a text is none of it, and of a body of one character nothing is left.
    [{ ...complete, body: '{} ' } as Played, '{} ', -1, whole, 'allowed'],
    [{ ...complete, body: ' ' } as Played, ' ', -1, whole, 'allowed'],
  ])('are read as far as their length says: %j %s %i', (call, text, by, told, verdict) => {
    const bodyLength = new TextEncoder().encode(text).length;
    const sent = { bodyLength, declaredLength: bodyLength + by, text };
    const before = call.kind === 'initiate' ? [] : full;
    const verdictOf = (outcome: Outcome) =>
      verdictOn(...before, exchange(call, outcome, { fault: { kind: 'length', by }, sent }));
    expect(verdictOf(told)).toBe(verdict);
    if (verdict !== 'allowed') expect(verdictOf(problem('invalid-request'))).toBe('allowed');
  });

  test('a completion that no one answered did not happen', () => {
    const ended = listing([0, 1, 2], { state: 'completed' });
    for (const told of [lost, page(400)])
      expect(judged(...full, exchange(complete, told, cutShort), exchange(status, ended, { at: 1 }))).toBe(
        'complete.digest',
      );
  });

  test('an abort reads nothing, so it may happen or be refused', () => {
    const sent = (told: Outcome) => exchange(abort, told, { fault: framing('bad-size') });
    for (const told of [done, page(400)]) expect(verdictOn(...begun, sent(told))).toBe('allowed');
    expect(verdictOn(...begun, sent(page(400)), exchange(status, problem('session-aborted')))).toBe('status.received');
  });
});

describe('a request that is sent twice at once', () => {
  const twice = (call: Played, first: Outcome, second: Outcome): Exchange[] => [
    exchange(call, first, { took: 5, fault: { kind: 'twice' } }),
    { ...exchange(call, second, { took: 5, fault: { kind: 'twice' }, client: 'A′' }), again: true },
  ];

  test.each([
    [201, 200],
    [200, 201],
  ] as const)('is stored and replayed in either order: %i and %i', (first, second) => {
    const story = [
      exchange(initiate(), created(), { at: -1 }),
      ...twice(put(0, 1), receipt(first, 0, 1), receipt(second, 0, 1)),
    ];
    expect(judged(...story, exchange(complete, incomplete(1, 2), { at: 6 }))).toBe('explained');
  });

  test('completes once', () => {
    const before = full.map((one, i) => ({ ...one, sentAt: i - 10, receivedAt: i - 10 }));
    expect(judged(...before, ...twice(complete, published(200, [1, 2, 3]), published(201, [1, 2, 3])))).toBe(
      'explained',
    );
    expect(judged(...before, ...twice(complete, published(201, [1, 2, 3]), published(201, [1, 2, 3])))).not.toBe(
      'explained',
    );
  });
});

/** `explained`, or the promise that the history of these exchanges breaks. */
function judged(...exchanges: readonly Exchange[]): string {
  const judgement = judge(
    { script: { calls: [] }, exchanges: exchanges.map((one, step) => ({ ...one, step })) },
    claims,
  );
  return judgement.kind === 'unexplained' ? judgement.objection.requirement : judgement.kind;
}

describe('as a message', () => {
  const half: Fault = { kind: 'half-close', after: 1 };
  const part = { whole: false, bodyLength: 10 };

  test.each<[string, Exchange, string]>([
    ['a request is sound', exchange(abort, done), 'sound'],
    ['a request that was sent twice is sound', exchange(put(0, 1), lost, { fault: { kind: 'twice' } }), 'sound'],
    [
      'a chunk that was cut is broken',
      exchange(put(0, 1), lost, { fault: { kind: 'cut', after: 1, how: 'fin' }, sent: part }),
      'broken',
    ],
    [
      'a chunk that was cut at its end is sound',
      exchange(put(0, 1), lost, { fault: { kind: 'cut', after: 4, how: 'fin' } }),
      'sound',
    ],
    ['two lengths of a chunk are either', exchange(put(0, 1), lost, { fault: framing('both-lengths') }), 'either'],
    ['two lengths that differ are none', exchange(put(0, 1), lost, { fault: framing('two-lengths') }), 'broken'],
    ['a completion with half a body is broken', exchange(complete, lost, { fault: half, sent: part }), 'broken'],
    ['an initiate with half a body is broken', exchange(initiate(), lost, { fault: half, sent: part }), 'broken'],
    [
      'a completion without a body may be served',
      exchange(complete, lost, { fault: half, sent: { whole: false } }),
      'either',
    ],
    ['an abort with half a body may be served', exchange(abort, lost, { fault: half, sent: part }), 'either'],
    ['a status with half a body may be served', exchange(status, lost, { fault: half, sent: part }), 'either'],
  ])('%s', (_, one, message) => {
    expect(messageOf(one)).toBe(message);
  });

  test('a request that nobody answered was not declined', () => {
    expect(declined(exchange(put(0, 1), lost, { fault: half, sent: part }))).toBe(false);
    expect(declined(exchange(put(0, 1), page(400), { fault: half, sent: part }))).toBe(true);
  });

  test('a client is given up on after five seconds of its own', () => {
    const slow = (took: number, call: Played = put(0, 1)) => declined(exchange(call, page(408), { at: 10_000, took }));
    expect([slow(4999), slow(5000), slow(5000, status)]).toEqual([false, true, false]);
    expect(slow(5000, initiate())).toBe(false);
  });
});
