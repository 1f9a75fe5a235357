import { describe, expect, test } from 'vitest';
import type { Answer, ChunkCall } from '../history.ts';
import {
  abort,
  answer,
  bytes,
  complete,
  content,
  created,
  exchange,
  initiate,
  lifetime,
  listing,
  type Played,
  problem,
  published,
  put,
  receipt,
  status,
  timestamp,
  verdictOn,
} from './testing.ts';

const id = `${'s'.repeat(21)}1`;
const opened = [exchange(initiate(), created())];
const begun = [...opened, exchange(put(1, 1), receipt(201, 1, 1))];
const ended = [
  ...opened,
  ...[0, 1, 2].map((i) => exchange(put(i, i + 1), receipt(201, i, i + 1))),
  exchange(complete, published(201, [1, 2, 3])),
  exchange(content, bytes([1, 2, 3])),
];
const bare = (status: number): Answer => answer(status, undefined, { 'content-type': 'text/html' });
const judged = (before: typeof opened, call: Played, outcome: Answer, headers: Record<string, string> = {}) =>
  verdictOn(...before, exchange(call, outcome, { sent: { headers } }));

describe('text in the place of an id', () => {
  const spelt = (raw: string): Played => ({ ...status, spelling: { raw } }) as Played;
  const unknown = problem('session-not-found');

  test.each(['{HEX}', '{hex}', '{id}'])('that decodes to it once is the id: %s', (raw) => {
    expect(judged(begun, spelt(raw), listing([1]))).toBe('allowed');
    expect(judged(begun, spelt(raw), unknown)).toBe('initiate.unguessable');
    expect(judged(begun, spelt(raw), bare(404))).not.toBe('allowed');
  });

  test.each(['{id}.', '{id}%20', '%20{id}', '{head}', '{tail}', '%25{HEX}', '{capitals}x', '*'])(
    'that decodes to anything else is unknown, and told so: %s',
    (raw) => {
      expect(judged(begun, spelt(raw), unknown)).toBe('allowed');
      expect(judged(begun, spelt(raw), listing([1]))).toBe('initiate.unguessable');
      expect(judged(begun, spelt(raw), bare(404))).not.toBe('allowed');
    },
  );

  test.each(['{id}%00', '{id}%2F', '{id}%5C', '{id}%', '{id}%FF', '{x*300}'])(
    'that HTTP layers refuse may be refused by them, and names nothing: %s',
    (raw) => {
      for (const refusal of [unknown, bare(400), bare(404)]) expect(judged(begun, spelt(raw), refusal)).toBe('allowed');
      expect(judged(begun, spelt(raw), listing([1]))).toBe('initiate.unguessable');
      expect(judged(begun, spelt(raw), bare(500))).not.toBe('allowed');
    },
  );

  test.each(['{id}/', '{id}?x=1', '/{id}', ''])('that makes another path may get anything but a 5xx: %j', (raw) => {
    for (const any of [unknown, bare(404), bare(308), bare(200)])
      expect(judged(begun, spelt(raw), any)).toBe('allowed');
    expect(judged(begun, spelt(raw), bare(500))).not.toBe('allowed');
  });

  test('is judged for every operation, and harms nothing', () => {
    const foreign: Played = { ...abort, spelling: { raw: '{id}~' } } as Played;
    expect(judged(begun, foreign, answer(204))).toBe('initiate.unguessable');
    const refused = exchange(foreign, unknown);
    expect(verdictOn(...begun, refused, exchange(status, problem('session-aborted')))).not.toBe('allowed');
    expect(id).toHaveLength(22);
  });
});

describe('a chunk of an odd name', () => {
  const nothing = problem('chunk-not-found', { totalChunks: 3 });

  test('is the chunk if it is its canonical decimal, decoded once', () => {
    const sent = exchange(put(1, 1), receipt(201, 1, 1)).sent;
    expect(verdictOn(...opened, exchange(put('%31', 1), receipt(201, 1, 1), { sent }))).toBe('allowed');
    expect(verdictOn(...opened, exchange(put('%31', 1), nothing, { sent }))).not.toBe('allowed');
  });

  test.each(['1.', '1e0', '%201', '1;v=1', '%EF%BC%91', '4294967297'])('is none otherwise: %s', (chunk) => {
    expect(judged(opened, put(chunk, 1), nothing)).toBe('allowed');
    expect(judged(opened, put(chunk, 1), receipt(201, 1, 1))).toBe('chunk.range');
    expect(judged(opened, put(chunk, 1), bare(400))).not.toBe('allowed');
  });
});

describe('a Content-Range', () => {
  const mismatch = problem('content-range-mismatch', { expectedRange: 'bytes 4-7/10' });
  const ranged = (contentRange: string) => put(1, 1, { contentRange });
  const taken = receipt(201, 1, 1);

  test.each(['bytes {first}-{last}/{size}', 'BYTES 04-007/{size}', ' bytes 4-7/10\t'])(
    'that is right is taken: %j',
    (text) => {
      expect(judged(opened, ranged(text), taken)).toBe('allowed');
      expect(judged(opened, ranged(text), mismatch)).toBe('chunk.content-range');
    },
  );

  test.each(['', 'bytes  4-7/10', 'bytes 4 - 7 / 10', `bytes ${'0'.repeat(20)}4-7/10`, 'bytes 4-7/10\nbytes 0-3/10'])(
    'that a server may see as it likes is taken or refused: %j',
    (text) => {
      expect(judged(opened, ranged(text), taken)).toBe('allowed');
      expect(judged(opened, ranged(text), mismatch)).toBe('allowed');
    },
  );

  test.each([
    'bytes {first}-{last}/{size+18446744073709551616}',
    'bytes {first+4294967296}-{last+4294967296}/{size}',
    'bytes -4-7/10',
    'bytes=4-7/10',
    'items 4-7/10',
    'bytes 4-7/10;',
    'bytes 4-7',
    'bytes 0-3/10\nbytes 0-3/10',
  ])('that is no range of the chunk is refused: %j', (text) => {
    expect(judged(opened, ranged(text), mismatch)).toBe('allowed');
    expect(judged(opened, ranged(text), taken)).toBe('chunk.content-range');
  });
});

describe('a head', () => {
  test.each([
    { 'X-Long': 'x'.repeat(8192) },
    Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`X-${i}`, ''])),
  ])('past the limits may be refused by its size, and never with a 5xx', (headers) => {
    for (const refused of [bare(431), bare(400), bare(413)])
      expect(judged(begun, status, refused, headers)).toBe('allowed');
    expect(judged(begun, status, bare(500), headers)).not.toBe('allowed');
    expect(judged(begun, status, bare(404))).not.toBe('allowed');
    expect(judged(begun, status, bare(431))).not.toBe('allowed');
  });

  test('with an expectation that nobody knows may be refused with 417', () => {
    expect(judged(begun, status, bare(417), { Expect: 'nonsense' })).toBe('allowed');
    expect(judged(begun, status, bare(417), { Expect: '100-continue' })).not.toBe('allowed');
  });

  test('of a chunk names any media type; text that is none may be refused', () => {
    const typed = put(1, 1) as ChunkCall;
    const unsupported = problem('unsupported-media-type');
    expect(judged(opened, typed, unsupported, { 'Content-Type': 'text/html' })).toBe('chunk.stored');
    expect(judged(opened, typed, unsupported, { 'Content-Type': 'garbage' })).toBe('allowed');
    expect(judged(opened, typed, receipt(201, 1, 1), { 'Content-Type': 'garbage' })).toBe('allowed');
  });
});

describe('a condition', () => {
  const conditional = (text: string, outcome: Answer) => judged(ended, content, outcome, { 'If-None-Match': text });
  const whole = bytes([1, 2, 3]);
  const notModified = answer(304, undefined, { etag: '"1"' });

  test.each(['"1"', 'W/"1"', '"x", "1"', '*'])('that holds gives 304: %s', (text) => {
    expect(conditional(text, notModified)).toBe('allowed');
    expect(conditional(text, whole)).toBe('content.validators');
  });

  test.each(['"2"', 'W/"x"', '"x", "y"', '""'])('that does not hold gives the bytes: %s', (text) => {
    expect(conditional(text, whole)).toBe('allowed');
    expect(conditional(text, notModified)).not.toBe('allowed');
  });

  test.each(['"1', '*, "1"', '"1""1"'])('that does not parse may count for as much as does: %s', (text) => {
    for (const any of [whole, bare(400)]) expect(conditional(text, any)).toBe('allowed');
    if (text.includes('"1"')) expect(conditional(text, notModified)).toBe('allowed');
    expect(conditional(text, bare(500))).not.toBe('allowed');
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, outcome: Answer) =>
    verdictOn(exchange(initiate({ idempotencyKey: key }), outcome, { sent: { headers: { 'Idempotency-Key': key } } }));
  const refused = problem('invalid-request', { errors: [{ pointer: '#', detail: 'the key' }] });

  test('of 1 to 255 characters is taken, of more is refused', () => {
    expect(keyed('k'.repeat(255), created())).toBe('allowed');
    expect(keyed('k'.repeat(255), refused)).toBe('initiate.created');
    expect(keyed('k'.repeat(256), refused)).toBe('allowed');
    expect(keyed('k'.repeat(256), created())).toBe('idempotency.replay');
  });

  test.each(['', ' ', 'a b', '\u00e9', 'a\nb'])(
    'of other characters, or of none, may be taken or refused: %j',
    (key) => {
      expect(keyed(key, created({ expiresAt: timestamp(lifetime) }))).toBe('allowed');
      expect(keyed(key, refused)).toBe('allowed');
    },
  );
});
