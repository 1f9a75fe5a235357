import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../history.ts';
import { parseRange } from './content.ts';
import { sha256Base64 } from './digest.ts';
import {
  answer,
  bytes,
  bytesFrom,
  complete,
  content,
  created,
  exchange,
  initiate,
  type Played,
  problem,
  published,
  put,
  receipt,
  verdictOn,
} from './testing.ts';

describe('a Range field', () => {
  const sizes = fc.integer({ min: 1, max: 1000 });
  const positions = fc.nat(1200);

  test('that lies in the file is that range', () => {
    fc.assert(
      fc.property(sizes, positions, positions, (size, x, y) => {
        const [first, last] = [Math.min(x, y) % size, Math.max(x, y) % size].sort((m, n) => m - n) as [number, number];
        expect(parseRange(`bytes=${first}-${last}`, size)).toEqual({ first, last });
      }),
    );
  });

  test('ends where the file ends, at the latest, and so does one without an end', () => {
    fc.assert(
      fc.property(sizes, positions, (size, more) => {
        const rest = { first: size - 1, last: size - 1 };
        expect(parseRange(`bytes=${size - 1}-${size - 1 + more}`, size)).toEqual(rest);
        expect(parseRange(`bytes=${size - 1}-`, size)).toEqual(rest);
      }),
    );
  });

  test('of the last bytes is never longer than the file', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 1200 }), (size, length) => {
        expect(parseRange(`bytes=-${length}`, size)).toEqual({ first: Math.max(0, size - length), last: size - 1 });
      }),
    );
  });

  test('past the end is unsatisfiable', () => {
    fc.assert(
      fc.property(sizes, positions, (size, more) => {
        expect(parseRange(`bytes=${size + more}-`, size)).toBe('unsatisfiable');
        expect(parseRange(`bytes=${size + more}-${size + more + 1}`, size)).toBe('unsatisfiable');
      }),
    );
  });

  test('several are those of them that are satisfiable', () => {
    expect(parseRange('bytes=0-0, 20-, 2-2', 10)).toEqual({
      several: [
        { first: 0, last: 0 },
        { first: 2, last: 2 },
      ],
      excessive: false,
    });
  });

  test.each(['bytes=0-4, 4-5', 'bytes=0-,0-', `bytes=${[...Array(9).keys()].map((i) => `${i}-${i}`).join(',')}`])(
    'of ranges that overlap, or are many, a server may refuse all: %s',
    (field) => {
      expect(parseRange(field, 10)).toMatchObject({ excessive: true });
    },
  );

  test.each(['lines=0-1', 'bytes=', 'bytes=-', 'bytes=2-1', 'bytes=-0', 'bytes=--1', 'bytes 0-1', ''])(
    'that a server may ignore is left to it: %s',
    (field) => {
      expect(parseRange(field, 10)).toBe('free');
    },
  );

  test('of an empty file is left to the server', () => {
    for (const field of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=5-']) expect(parseRange(field, 0)).toBe('free');
  });
});

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
});
