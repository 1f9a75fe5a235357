import { describe, expect, test } from 'vitest';
import type { Answer, ChunkCall, Exchange } from '../history.ts';
import { filled, idForms } from '../templates.ts';
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
  opened,
  type Played,
  problem,
  published,
  put,
  receipt,
  status,
  timestamp,
  verdictOn,
} from './testing.ts';
import { isUnprocessed, isWithinLimits } from './unprocessed.ts';

const id = `${'s'.repeat(21)}1`;
const begun = [...opened, exchange(put(1, 1), receipt(201, 1, 1))];
const ended = [
  ...opened,
  ...[0, 1, 2].map((i) => exchange(put(i, i + 1), receipt(201, i, i + 1))),
  exchange(complete, published(201, [1, 2, 3])),
  exchange(content, bytes([1, 2, 3])),
];
const bare = (status: number): Answer => answer(status, undefined, { 'content-type': 'text/html' });
/** Where the play sends a call on the session, whose id is this one, below a base URL with a long segment of its own. */
const urlOf = (call: Played, sessionId = id): string => {
  const raw = 'spelling' in call && typeof call.spelling === 'object' ? call.spelling.raw : '{id}';
  const session = `http://127.0.0.1/${'b'.repeat(300)}/attachment/session/${filled(raw, idForms(sessionId))}`;
  if (call.kind === 'chunk') return `${session}/upload/${filled(String(call.chunk))}`;
  return call.kind === 'complete' || call.kind === 'abort' ? `${session}/${call.kind}` : session;
};
const judged = (before: typeof opened, call: Played, outcome: Answer, headers: Record<string, string> = {}) =>
  verdictOn(...before, exchange(call, outcome, { sent: { url: urlOf(call), headers } }));

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

  test.each(['{id}%00', '{id}%2F', '{id}%5C', '{id}%', '{id}%FF', '{x*300}', '[{id}]', '{id}"', '{id}|'])(
    'that HTTP layers refuse may be refused by them, and names nothing: %s',
    (raw) => {
      for (const refusal of [unknown, bare(400), bare(404)]) expect(judged(begun, spelt(raw), refusal)).toBe('allowed');
      expect(judged(begun, spelt(raw), listing([1]))).toBe('initiate.unguessable');
      expect(judged(begun, spelt(raw), bare(500))).not.toBe('allowed');
    },
  );

  test.each(['{id}%2F', '..%2f{id}', '{id}%5C', '{id}%0A', '{id}%FF', '[{id}]'])(
    'that a router cleans may be redirected: %s',
    (raw) => {
      expect(judged(begun, spelt(raw), bare(301))).toBe('allowed');
      expect(judged(begun, spelt(raw), bare(200))).not.toBe('allowed');
    },
  );

  test.each(['{id}/', '{id}?x=1', '/{id}', ''])('that makes another path may get anything but a 5xx: %j', (raw) => {
    for (const any of [unknown, bare(404), bare(308), bare(200)])
      expect(judged(begun, spelt(raw), any)).toBe('allowed');
    expect(judged(begun, spelt(raw), bare(500))).not.toBe('allowed');
  });

  test('that has a slash before it may be the id, and then what is asked of it is done', () => {
    const taken = exchange({ ...put(1, 1), spelling: { raw: '/{id}' } } as Played, receipt(201, 1, 1));
    expect(verdictOn(...opened, taken, exchange(status, listing([1])))).toBe('allowed');
    expect(verdictOn(...opened, taken, exchange(status, listing([])))).not.toBe('allowed');
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

  test.each(['1/', '/1'])('may be the chunk, or another path, where a slash stands beside it: %s', (chunk) => {
    const { sent } = exchange(put(1, 1), receipt(201, 1, 1));
    const taken = exchange(put(chunk, 1), receipt(201, 1, 1), { sent });
    expect(verdictOn(...opened, taken, exchange(status, listing([1])))).toBe('allowed');
    expect(verdictOn(...opened, taken, exchange(status, listing([])))).not.toBe('allowed');
    for (const other of [bare(301), bare(404), nothing]) {
      const refused = exchange(put(chunk, 1), other, { sent });
      expect(verdictOn(...opened, refused, exchange(status, listing([])))).toBe('allowed');
      expect(verdictOn(...opened, refused, exchange(status, listing([1])))).not.toBe('allowed');
    }
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

describe('several lines of a Content-Range', () => {
  test('may be refused before a server sees them, one line may not', () => {
    const refused = (text: string) => {
      const filled = text.replaceAll('{range}', 'bytes 4-7/10');
      return judged(opened, put(1, 1, { contentRange: filled }), bare(400), { 'Content-Range': filled });
    };
    expect(refused('{range}\n{range}')).toBe('allowed');
    expect(refused('bytes 0-0/1\nbytes 0-1/2')).toBe('allowed');
    expect(refused('{range}')).not.toBe('allowed');
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

describe('a Range', () => {
  const ranged = (range: string, outcome: Answer) =>
    judged(ended, { ...content, range } as Played, outcome, { Range: range });

  test.each(['bytes=x', 'bytes=2-1', 'bytes=99999999999999999999-', 'bytes=+1-2'])(
    'that does not parse may be refused with 400: %s',
    (range) => {
      for (const any of [bytes([1, 2, 3]), bare(400)]) expect(ranged(range, any)).toBe('allowed');
      expect(ranged(range, bare(500))).not.toBe('allowed');
    },
  );

  test.each(['bytes=1-2', 'bytes=99-', 'bytes=-0'])('that does may not: %s', (range) => {
    expect(ranged(range, bare(400))).not.toBe('allowed');
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

describe('a request that a server need not look at as this contract has it', () => {
  const asked = (call: Played, sent: Partial<Exchange['sent']>, code: number): boolean => {
    const one = exchange(call, answer(code), { sent: { url: urlOf(call), ...sent } });
    return isUnprocessed(one, one.outcome as Answer);
  };
  const codes = (call: Played, sent: Partial<Exchange['sent']>) =>
    [200, 308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499, 500, 501].filter((code) => asked(call, sent, code));
  const field = (name: string, value: string) => ({ headers: { [name]: value } });
  const ofSize = [400, 404, 413, 414, 431];
  const fields = (count: number) => ({
    headers: Object.fromEntries([...Array(count).keys()].map((i) => [`x-${i}`, '1'])),
  });

  test.each<[string, Played, Partial<Exchange['sent']>, number[]]>([
    ['a plain one', status, {}, []],
    ['a chunk whose name is as long as any', put('1'.repeat(200), 1), {}, []],
    ['a chunk whose name is longer', put('1'.repeat(201), 1), {}, ofSize],
    ['a chunk whose name becomes longer', put('{1*201}', 1), {}, ofSize],
    ['a target as long as any', status, { url: 'x'.repeat(4096) }, []],
    ['a longer target', status, { url: 'x'.repeat(4097) }, ofSize],
    ['a field as long as any', status, field('x', 'y'.repeat(4096)), []],
    ['a longer field', status, field('x', 'y'.repeat(4097)), ofSize],
    ['as many fields as any', status, fields(50), []],
    ['more fields', status, fields(51), ofSize],
    ['a path of its own', put('1/2', 1), {}, [200, 308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['a query', put('1?x', 1), {}, [200, 308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['no name at all', put('', 1), {}, [200, 308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['a separator in escapes', put('1%2f', 1), {}, [308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['a backslash in escapes', put('1%5C', 1), {}, [308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['a control in escapes', put('1%0A', 1), {}, [308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['no UTF-8', put('%ff', 1), {}, [308, 399, 400, 403, 404, 413, 414, 415, 417, 431, 499]],
    ['an expectation that HTTP knows', status, field('Expect', '100-continue'), []],
    ['another expectation', status, field('Expect', 'tea'), [417]],
    ['a type of a chunk', put(1, 1), field('Content-Type', 'application/octet-stream'), []],
    ['a type with parameters', put(1, 1), field('Content-Type', 'a/b ; c=d\t; e="f g"'), []],
    ['no type of a chunk', put(1, 1), field('Content-Type', 'bytes'), [400, 415]],
    ['half a type', put(1, 1), field('content-type', 'a/'), [400, 415]],
    ['half a parameter', put(1, 1), field('content-type', 'a/b; c'), [400, 415]],
    ['a type with more behind it', put(1, 1), field('content-type', 'a/b c'), [400, 415]],
    ['a type with more before it', put(1, 1), field('content-type', ' a/b'), [400, 415]],
    ['an open quotation', put(1, 1), field('content-type', 'a/b; c="d'), [400, 415]],
    ['no type of an initiate', initiate(), field('Content-Type', 'bytes'), []],
    ['a type that is no content’s', content, field('Content-Type', 'bytes'), []],
  ])('may be refused by these statuses: %s', (_, call, sent, expected) => {
    expect(codes(call, sent)).toEqual(expected);
  });

  test.each<[string, number, string, number[]]>([
    ['as long as any', 100, '{id}{id}', []],
    ['longer', 101, '{id}{id}', ofSize],
    ['longer in escapes', 67, '{HEX}', ofSize],
    ['as long as any in escapes', 66, '{HEX}aa', []],
  ])('may be refused by the length that the text for an id comes to: %s', (_, length, raw, expected) => {
    const calls = [status, put(1, 1), put('1', 1), complete].map((call) => ({ ...call, spelling: { raw } }) as Played);
    for (const call of calls) expect(codes(call, { url: urlOf(call, 'i'.repeat(length)) })).toEqual(expected);
  });

  test('may not be refused by the length of an id that the server made', () => {
    for (const call of [status, put(1, 1), put('1.', 1), complete])
      expect(codes(call, { url: urlOf(call, 'i'.repeat(255)) })).toEqual([]);
  });

  const ranges = [
    'bytes=0-1',
    'bytes=0-',
    'bytes=-5',
    'bytes=0-1, 3-',
    'bytes=10-19,20-29, -50',
    'bytes=-50,  10-,-1',
    ' bytes=0-1 ',
  ];
  const oneTag = ['"a"', 'W/"a"', '""', ' "a" '];
  const tags = ['"a", W/"b"', '"a","b"'];
  const date = 'Thu, 01 Jan 1970 00:00:00 GMT';
  const nowhere = [
    '',
    'x',
    '*x',
    'x*',
    '"a',
    '"a" "b"',
    '"a"x',
    'x"a"',
    '"a b"',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=1-0',
    'bytes=0-1,3-2',
    'bytes=0-1,',
    'bytes=a-b',
    'xbytes=0-1',
    'bytes=0-1x',
    'thu, 01 Jan 1970 00:00:00 GMT',
    'Thu, 1 Jan 1970 00:00:00 GMT',
    'Thu, 01 Jan 70 00:00:00 GMT',
    'x Thu, 01 Jan 1970 00:00:00 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT+1',
    'Thursday, 01 Jan 1970 00:00:00 GMT',
  ];

  test.each([
    ['Range', ranges, ['*', ...oneTag, ...tags, date]],
    ['If-None-Match', ['*', ...oneTag, ...tags], [date, ...ranges]],
    // One tag or one date (RFC 9110 13.1.5): neither a list nor any tag at all.
    ['If-Range', [...oneTag, date], ['*', ...tags, ...ranges]],
  ])(
    'may be refused with 400 for what does not parse as its %s, whatever it would be elsewhere',
    (name, fine, none) => {
      for (const text of fine) expect([text, codes(content, field(name, text))]).toEqual([text, []]);
      for (const text of [...none, ...nowhere])
        expect([text, codes(content, field(name, text))]).toEqual([text, [400]]);
      expect(codes(status, field(name, 'x'))).toEqual([]);
    },
  );
});

describe('a request is within the limits of every server', () => {
  const within = (call: Played, sent: Partial<Exchange['sent']> = {}) =>
    isWithinLimits(exchange(call, answer(200), { sent: { url: urlOf(call), ...sent } }));
  const spelt = (raw: string): Played => ({ ...status, spelling: { raw } }) as Played;

  test('if its path is the contract’s, and its head neither long nor odd', () => {
    expect([within(status), within(put('1', 1)), within(spelt('{id}'))]).toEqual([true, true, true]);
    expect(within(status, { headers: { 'x-tab': 'a\tb ~' } })).toBe(true);
  });

  test.each<[string, Played, Partial<Exchange['sent']>]>([
    ['another path', put('1/2', 1), {}],
    ['an unsafe one', put('%00', 1), {}],
    ['another path in the place of an id', spelt('a/b'), {}],
    ['a long name', spelt('{x*201}'), {}],
    ['a name that becomes long', spelt('{id}'.repeat(10)), {}],
    ['a long field', status, { headers: { x: 'y'.repeat(4097) } }],
    ['obsolete text', status, { headers: { x: 'é' } }],
    ['a control', status, { headers: { x: 'a\x7f' } }],
    ['obsolete text among others', status, { headers: { y: 'a', x: '\x1f' } }],
  ])('and not with %s', (_, call, sent) => {
    expect(within(call, sent)).toBe(false);
  });
});
