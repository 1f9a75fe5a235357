import { describe, expect, test } from 'vitest';
import type { Answer } from '../history.ts';
import { sha256Base64 } from './digest.ts';
import {
  answer,
  attachment,
  bytes,
  bytesFrom,
  complete,
  content,
  created,
  exchange,
  initiate,
  lifetime,
  type Played,
  problem,
  published,
  put,
  receipt,
  stepsAt,
  verdictOn,
} from './testing.ts';

describe('the content of an attachment', () => {
  const uploads = [0, 1, 2].map((chunk) => exchange(put(chunk, chunk + 1), receipt(201, chunk, chunk + 1)));
  const ended = [exchange(initiate(), created()), ...uploads, exchange(complete, published(201, [1, 2, 3]))];
  const writes = [1, 2, 3];
  const whole = bytes(writes);
  const read = [...ended, exchange(content, whole)];
  const ranged = (range: string, more: object = {}): Played => ({ ...content, range, ...more }) as Played;
  const part = (first: number, last: number, field = `bytes ${first}-${last}/10`): Answer => {
    const cut = bytesFrom(writes).subarray(first, last + 1);
    return { ...bytes(writes, { 'content-range': field }), status: 206, length: cut.length, digest: sha256Base64(cut) };
  };
  const past = (field: string): Answer =>
    answer(
      416,
      { type: 'about:blank', status: 416 },
      { 'content-type': 'application/problem+json', 'content-range': field },
    );
  const ask = (call: Played, told: Answer, headers: Record<string, string> = {}) =>
    verdictOn(...read, exchange(call, told, { sent: { headers } }));

  test.each([
    ['as a part', ranged('bytes=1-4'), part(1, 4), 'allowed'],
    ['as another part', ranged('bytes=1-4'), part(1, 5), 'content.range'],
    ['as the whole, though a part was asked for', ranged('bytes=1-4'), whole, 'content.range'],
    ['as a part of other bytes', ranged('bytes=1-4'), { ...part(1, 4), digest: part(2, 5).digest }, 'content.range'],
    ['past its end', ranged('bytes=10-'), past('bytes */10'), 'allowed'],
    ['past its end, without its size', ranged('bytes=10-'), past('bytes */*'), 'content.range'],
    ['past its end all the same', ranged('bytes=10-'), whole, 'content.range'],
    ['by several ranges, as the whole', ranged('bytes=0-0,2-2'), whole, 'allowed'],
    ['by several ranges, as the one that is left', ranged('bytes=0-0,20-'), part(0, 0), 'allowed'],
    ['by several ranges, as the first alone', ranged('bytes=0-0,2-2'), part(0, 0), 'content.range'],
    ['by several ranges, as the last alone', ranged('bytes=0-0,2-2'), part(2, 2), 'content.range'],
    ['by several ranges, as more than all of them', ranged('bytes=0-0,2-2'), part(0, 3), 'content.range'],
    ['by several ranges, joined with what lies between', ranged('bytes=7-7,0-0,2-2'), part(0, 7), 'allowed'],
    [
      'by several ranges, as another one',
      ranged('bytes=0-0,20-'),
      { ...part(0, 0), digest: part(1, 1).digest },
      'content.range',
    ],
    ['by several ranges, as if none were satisfiable', ranged('bytes=0-0,20-'), past('bytes */10'), 'content.range'],
    ['by several ranges that are all past its end', ranged('bytes=20-,30-'), past('bytes */10'), 'allowed'],
    [
      'under another name',
      content,
      bytes(writes, { 'content-disposition': 'attachment; filename=x' }),
      'content.disposition',
    ],
    [
      'as a page',
      content,
      bytes(writes, { 'content-disposition': 'inline; filename="file.bin"' }),
      'content.disposition',
    ],
    ['with its type to be guessed', content, bytes(writes, { 'x-content-type-options': '' }), 'content.disposition'],
    ['as another type', content, bytes(writes, { 'content-type': 'text/html' }), 'content.type'],
    ['with a weak tag', content, bytes(writes, { etag: 'W/"1"' }), 'content.validators'],
    ['with another tag', content, bytes(writes, { etag: '"2"' }), 'content.validators'],
    ['as one that is not there', content, problem('attachment-not-found'), 'content.exact'],
    ['with an unknown id', { ...content, spelling: 'unknown' } as Played, problem('attachment-not-found'), 'allowed'],
    ['with an unknown id, all the same', { ...content, spelling: 'unknown' } as Played, whole, 'content.unknown'],
    ["as another principal's", { ...content, as: 'second' } as Played, whole, 'auth.isolated'],
  ])('is read %s: %#', (_, call, told, verdict) => {
    expect(ask(call, told)).toBe(verdict);
  });

  test('is not sent again to who has it, by its tag or by any', () => {
    for (const tag of ['"1"', '*']) {
      expect(ask(content, answer(304), { 'If-None-Match': tag })).toBe('allowed');
      expect(ask(content, whole, { 'If-None-Match': tag })).toBe('content.validators');
    }
    expect(ask(content, answer(304), { 'If-None-Match': '"2"' })).toBe('content.exact');
  });

  test('is sent in part only if the tag still matches, strongly', () => {
    const range = ranged('bytes=1-4');
    expect(ask(range, part(1, 4), { 'If-Range': '"1"' })).toBe('allowed');
    expect(ask(range, whole, { 'If-Range': '"1"' })).toBe('content.validators');
    for (const tag of ['"2"', 'W/"1"', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
      expect(ask(range, whole, { 'If-Range': tag })).toBe('allowed');
      expect(ask(range, part(1, 4), { 'If-Range': tag })).toBe('content.validators');
    }
  });

  const refused = problem('attachment-not-found');

  test.each([
    ['Bytes = 1 -\t 4', [part(1, 4), whole, past('bytes */10')], refused, 'content.range'],
    ['bytes=,,1-4,,', [part(1, 4), whole, past('bytes */10')], refused, 'content.range'],
    ['bytes=1-4,,6-7', [part(1, 4), part(6, 7), whole, past('bytes */10')], refused, 'content.range'],
    ['BYTES=20-', [whole, past('bytes */10')], part(1, 4), 'content.range'],
    ['lines=0-1', [whole, past('bytes */10')], part(0, 1), 'content.exact'],
    ['bytes=1-4x', [part(1, 4), whole, past('bytes */10')], refused, 'content.exact'],
    ['bytes=x,1-4', [part(1, 4), whole, past('bytes */10')], refused, 'content.exact'],
    ['bytes=x-4', [whole, past('bytes */10')], part(0, 4), 'content.exact'],
    ['bytes=4-1', [whole, past('bytes */10')], part(1, 4), 'content.exact'],
    ['bytes=0-4,4-5', [whole, part(0, 5), past('bytes */10')], refused, 'content.range'],
    ['bytes=0-1,4-5', [whole, part(0, 5)], past('bytes */10'), 'content.range'],
  ])(
    'is read by a range that leaves a choice as a tolerant reader has it, or as a strict one: %s',
    (range, right, wrong, promise) => {
      for (const told of right) expect(ask(ranged(range), told)).toBe('allowed');
      expect(ask(ranged(range), wrong)).toBe(promise);
      expect(ask(ranged(range), answer(299))).toBe(promise);
    },
  );

  test('is read in part only by a range that has bytes', () => {
    expect(ask(ranged('bytes=1-4x'), part(4, 3))).toBe('content.range');
    expect(ask(ranged('bytes=1-4x'), part(1, 10))).toBe('content.range');
  });

  test('is read by several ranges as multipart, or as the one part that its field names', () => {
    const several = ranged('bytes=0-0,2-2');
    const typed = (type: string): Answer => {
      const { 'content-range': _, ...headers } = part(0, 0).headers;
      return { ...part(0, 0), headers: { ...headers, 'content-type': type } };
    };
    for (const type of ['multipart/byteranges; boundary=x', 'Multipart/ByteRanges \t;boundary=x'])
      expect(ask(several, typed(type))).toBe('allowed');
    for (const type of [
      'multipart/byteranges',
      'multipart/mixed; boundary=x',
      'a multipart/byteranges; boundary=x',
      '',
    ])
      expect(ask(several, typed(type))).toBe('content.range');
    expect(ask(several, part(0, 2))).toBe('allowed');
    for (const field of ['bytes 0-2/11', 'x bytes 0-2/10', 'bytes 0-2/10x', 'bytes 0-2/*', 'bytes 2-4/10', ''])
      expect(ask(several, part(0, 2, field))).toBe('content.range');
  });

  test('is sent in part with the type and name of the whole', () => {
    const having = (told: Answer, more: Record<string, string>) => ({ ...told, headers: { ...told.headers, ...more } });
    for (const [range, told] of [
      ['bytes=1-4', part(1, 4)],
      ['bytes=0-0,2-2', part(0, 2)],
      ['bytes=1-4x', part(1, 4)],
    ] as const) {
      const asked = (more: Record<string, string>) => ask(ranged(range), having(told, more));
      expect(asked({ 'content-type': 'text/html' })).toBe('content.type');
      expect(asked({ 'content-disposition': 'attachment; filename=x' })).toBe('content.disposition');
      expect(asked({ 'x-content-type-options': '' })).toBe('content.disposition');
    }
  });

  test('is sent in part without its type only to who has had it', () => {
    const { 'content-type': _, ...headers } = part(1, 4).headers;
    const untyped = { ...part(1, 4), headers };
    expect(ask(ranged('bytes=1-4'), untyped)).toBe('content.type');
    expect(ask(ranged('bytes=1-4'), untyped, { 'If-Range': '"1"' })).toBe('allowed');
    const other = { ...untyped, headers: { ...headers, 'content-type': 'text/html' } };
    expect(ask(ranged('bytes=1-4'), other, { 'If-Range': '"1"' })).toBe('content.type');
    const whole = bytes(writes);
    const { 'content-type': __, ...fields } = whole.headers;
    expect(ask(ranged('bytes=1-4'), { ...whole, headers: fields }, { 'If-Range': '"2"' })).toBe('content.type');
  });

  test('is sent in part with the field that says which part', () => {
    for (const field of ['bytes 1-4/11', 'bytes 1-5/10', ''])
      expect(ask(ranged('bytes=1-4'), part(1, 4, field))).toBe('content.range');
  });

  test('is not sent again to who names its tag among others, in any of the forms of a list', () => {
    for (const tags of ['"0", "1"', 'W/"1"', '"0"\n"1"', ' \t"1" \t', '"a,b" ,"1"', ' \t* \t', '"","1"']) {
      expect(ask(content, answer(304), { 'If-None-Match': tags })).toBe('allowed');
      expect(ask(content, whole, { 'If-None-Match': tags })).toBe('content.validators');
    }
    for (const tags of ['"1"x', '*x', 'x, "1"', '"1" "0"'])
      for (const told of [answer(304), whole]) expect(ask(content, told, { 'If-None-Match': tags })).toBe('allowed');
    for (const tags of ['"11"', '"1', '"0", "2"', 'x', '1', '']) {
      expect(ask(content, answer(304), { 'If-None-Match': tags })).toBe('content.exact');
      expect(ask(content, whole, { 'If-None-Match': tags })).toBe('allowed');
    }
  });

  test('of which no tag is known yet is sent to who names one', () => {
    const first = (told: Answer, headers: Record<string, string>, call: Played = content) =>
      verdictOn(...ended, exchange(call, told, { sent: { headers } }));
    for (const tags of ['"1"', 'x']) {
      expect(first(whole, { 'If-None-Match': tags })).toBe('allowed');
      expect(first(answer(304), { 'If-None-Match': tags })).toBe('content.exact');
    }
    expect(first(answer(304), { 'If-None-Match': '*' })).toBe('allowed');
    expect(first(whole, { 'If-Range': '"1"' }, ranged('bytes=1-4'))).toBe('allowed');
    expect(first(part(1, 4), { 'If-Range': '"1"' }, ranged('bytes=1-4'))).toBe('content.validators');
  });

  test('is sent in part as well to who wraps the tag in white space, and maybe to who garbles it', () => {
    const range = ranged('bytes=1-4');
    expect(ask(range, part(1, 4), { 'If-Range': ' \t"1" \t' })).toBe('allowed');
    expect(ask(range, whole, { 'If-Range': ' \t"1" \t' })).toBe('content.validators');
    for (const none of ['"1"x', '"1 "', '"1", "1"', '"2", "3"', '*', 'yesterday'])
      for (const told of [part(1, 4), whole]) expect(ask(range, told, { 'If-Range': none })).toBe('allowed');
    expect(ask(range, part(1, 5), { 'If-Range': '*' })).not.toBe('allowed');
  });

  test.each([
    ['If-Range', '"2"', whole],
    ['If-Range', 'W/"1"', whole],
    ['If-Range', 'Thu, 01 Jan 1970 00:00:00 GMT', whole],
    ['If-None-Match', '"1"', answer(304)],
  ])(
    'is refused for a range that does not parse even where its %s, %s, has no range looked at',
    (name, text, usual) => {
      const asked = (range: string, told: Answer, more: object = {}) =>
        ask(ranged(range, more), told, { [name]: text });
      for (const range of ['bytes=--1', 'bytes=x', 'bytes=4-1', `bytes=${'0'.repeat(17)}-`]) {
        for (const told of [usual, past('bytes */10')]) expect(asked(range, told)).toBe('allowed');
        expect(asked(range, past('bytes */11'))).toBe('content.range');
        expect(asked(range, past('bytes */10'), { head: true })).not.toBe('allowed');
      }
      for (const range of ['bytes=10-', 'bytes=-0', 'bytes=1-4'])
        expect(asked(range, past('bytes */10'))).toBe('content.validators');
    },
  );

  const shown = (call: Played, told: Answer, when: object = {}) =>
    stepsAt(...ended, exchange(call, told, when)).flatMap((one) => (one.kind === 'allowed' ? one.observed : []));
  const head: Answer = { ...answer(200, undefined, whole.headers), length: 0 };

  test('is described without being sent, by a HEAD, which shows nothing of its bytes', () => {
    const call = { ...content, head: true } as Played;
    expect(ask(call, head)).toBe('allowed');
    expect(ask({ ...call, range: 'bytes=1-4' } as Played, head)).toBe('allowed');
    expect(shown(call, head)).not.toContain('complete.bytes');
    expect(shown(call, head)).toContain('content.type');
    const described: Played = { kind: 'attachment', session: 'a' };
    expect(verdictOn(...ended, exchange(described, answer(200), { sent: { method: 'HEAD' } }))).toBe('allowed');
    expect(verdictOn(...ended, exchange(described, answer(200)))).toBe('status.completed');
  });

  test.each([
    ['content', content, whole, 'content.exact'],
    ['attachment', { kind: 'attachment', session: 'a' } as Played, answer(200, attachment(writes)), 'complete.created'],
  ] as const)('outlives its session, of which the %s is the proof', (_, call, told, promise) => {
    const at = (after: number) => ({ at: lifetime + after });
    expect(shown(call, told, at(1000))).not.toContain('expiry.attachment');
    expect(shown(call, told, at(1001))).toContain('expiry.attachment');
    expect(verdictOn(...ended, exchange(call, refused, at(1000)))).toBe(promise);
    expect(verdictOn(...ended, exchange(call, refused, at(1001)))).toBe('expiry.attachment');
  });

  test.each([content, { kind: 'attachment', session: 'a' } as Played])('is known to its owner alone: %j', (call) => {
    const judged = (more: object, told: Answer) => verdictOn(...ended, exchange({ ...call, ...more } as Played, told));
    for (const more of [
      { as: 'second' },
      { spelling: 'unknown' },
      { as: 'second', spelling: 'unknown' },
      { session: 'b' },
    ])
      expect(judged(more, refused)).toBe('allowed');
    expect(judged({ as: 'second' }, whole)).toBe('auth.isolated');
    for (const more of [{ spelling: 'unknown' }, { as: 'second', spelling: 'unknown' }, { session: 'b' }])
      expect(judged(more, whole)).toBe('content.unknown');
  });

  const warned = (told: Answer) =>
    stepsAt(...ended, exchange(content, told)).map((one) =>
      one.kind === 'allowed' ? one.warnings.map(({ requirement }) => requirement) : one.objection.requirement,
    );

  test('should have the right digest, where it has one', () => {
    const field = (text: string) => bytes(writes, { 'repr-digest': text });
    expect(warned(field(`sha-256=:${whole.digest}:`))).toEqual([[]]);
    expect(warned(field(`sha-256=:${part(0, 1).digest}:`))).toEqual([['content.digest']]);
    expect(warned(field('sha-512=:AA==:'))).toEqual([[]]);
    const { 'repr-digest': _, ...headers } = whole.headers;
    expect(shown(content, { ...whole, headers })).not.toContain('content.digest');
  });

  test.each([
    ['"1"', true],
    ['""', true],
    ['"a-b!~"', true],
    ['"\xff"', true],
    ['"a b"', false],
    ['"1"x', false],
    ['x"1"', false],
    ['1', false],
    ['', false],
  ])('has a strong tag: %s? %s', (etag, strong) => {
    expect(verdictOn(...ended, exchange(content, bytes(writes, { etag })))).toBe(
      strong ? 'allowed' : 'content.validators',
    );
  });

  test('of other bytes is told by what was at stake for the first chunk that is wrong', () => {
    const begun = ended.slice(0, 4);
    const again = [exchange(put(0, 1), receipt(200, 0, 1)), exchange(put(1, 9), receipt(200, 1, 9))];
    const story = [...begun, ...again, exchange(complete, published(201, [1, 9, 3]))];
    const judged = (told: Answer) => verdictOn(...story, exchange(content, told));
    expect(judged(bytes([1, 9, 3]))).toBe('allowed');
    expect(judged(bytes([7, 9, 3]))).toBe('chunk.replay');
    expect(judged(bytes([1, 2, 3]))).toBe('chunk.replace');
    expect(judged(bytes([1, 9, 4]))).toBe('complete.bytes');
    const { bytes: _, ...unread } = bytes([7, 9, 3]);
    expect(judged(unread)).toBe('complete.bytes');
    expect(judged({ ...bytes([7, 9, 3]), length: 9 })).toBe('complete.bytes');
  });
});
