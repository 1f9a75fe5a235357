import { describe, expect, test } from 'vitest';
import { bytesOf } from '../bytes.ts';
import type { Answer, Exchange, Json } from '../history.ts';
import { sha256Base64 } from './digest.ts';
import { judge } from './judge.ts';
import { firstTorn, holdersOf, readingsOf, sessionsOf } from './provenance.ts';
import {
  answer,
  bytes,
  bytesFrom,
  claims,
  complete,
  content,
  created,
  cut,
  exchange,
  initiate,
  lost,
  opened,
  published,
  put,
  receipt,
  status,
} from './testing.ts';

/** Uploads, a completion, and what is read back: chunk 1 with these bytes, the others as they were sent. */
function story(second: Uint8Array, ...more: readonly Exchange[]): Exchange[] {
  const last = more.includes(other) ? 4 : 3;
  const whole = bytesFrom([1, 3, 2]);
  whole.set(second, 4);
  const uploads = [put(0, 1), put(1, 3), put(2, 2)].map((call, chunk) =>
    exchange(call, receipt(201, chunk, call.kind === 'chunk' ? call.write : 0), { at: chunk + 1 }),
  );
  return [
    exchange(initiate(), created(), { at: 0 }),
    ...uploads,
    ...more,
    exchange(complete, published(201, [1, last, 2]), { at: 50 }),
    exchange(content, { ...answer(200), bytes: whole, length: whole.length, digest: sha256Base64(whole) }, { at: 60 }),
  ];
}

const mixed = (from: number, ...writes: readonly number[]): Uint8Array =>
  Uint8Array.from(
    writes.flatMap((write, i) => Array.from(bytesOf(write, 1, 4).subarray(i === 0 ? 0 : from, i === 0 ? from : 4))),
  );

const other = exchange(put(1, 4), receipt(200, 1, 4), { at: 10, client: 'B' });

test('a chunk that holds what one upload sent is whole', () => {
  expect(firstTorn(story(bytesOf(3, 1, 4)))).toBeUndefined();
  expect(firstTorn(story(bytesOf(4, 1, 4), other))).toBeUndefined();
});

test('a chunk of which two uploads wrote a part is told byte by byte', () => {
  expect(firstTorn(story(mixed(3, 3, 4), other))).toEqual({
    exchange: 6,
    requirement: 'chunk.replace',
    found: 'chunk 1 holds bytes 0–2 of w3, and byte 3 of w4',
  });
});

test('a part of an upload that was cut off breaks chunk.atomic', () => {
  const half = cut(put(1, 4), { at: 10 });
  expect(firstTorn(story(mixed(2, 4, 3), half))).toMatchObject({
    requirement: 'chunk.atomic',
    found: 'chunk 1 holds bytes 0–1 of w4, and bytes 2–3 of w3',
  });
});

test('bytes that nobody sent are told, too', () => {
  const zeros = bytesOf(3, 1, 4).fill(0, 2);
  expect(firstTorn(story(zeros))).toMatchObject({
    requirement: 'complete.bytes',
    found: 'chunk 1 holds bytes 0–1 of w3, and bytes 2–3 that nobody sent',
  });
});

test('bytes that nobody sent are told where they stand, beside those that somebody did', () => {
  const holes = bytesOf(3, 1, 4).map((byte, index) => (index === 1 ? byte : 0));
  expect(firstTorn(story(holes))).toHaveProperty(
    'found',
    'chunk 1 holds byte 0 that nobody sent, and byte 1 of w3, and bytes 2–3 that nobody sent',
  );
});

test('a chunk of which no upload is known holds what nobody sent', () => {
  expect(firstTorn([...opened, exchange(content, bytes([1, 2, 3]))])).toMatchObject({
    requirement: 'complete.bytes',
    found: 'chunk 0 holds bytes 0–3 that nobody sent',
  });
});

describe('what was read back', () => {
  const whole = bytesFrom([1, 2, 3]);
  const part = (range: string, from: number, to: number, more: Partial<Answer> = {}): Answer => ({
    ...answer(206, undefined, { 'content-range': range }),
    bytes: whole.subarray(from, to),
    length: to - from,
    ...more,
  });
  const readIn = (told: Answer) => readingsOf([...opened, exchange(content, told)]);
  const chunksIn = (told: Answer) => readIn(told).map(({ chunk }) => chunk);

  test('is each chunk of the whole file, at its place', () => {
    const own = { exchange: 1, session: `${'s'.repeat(21)}1` };
    expect(readIn(bytes([1, 2, 3]))).toEqual([
      { ...own, chunk: 0, bytes: whole.subarray(0, 4) },
      { ...own, chunk: 1, bytes: whole.subarray(4, 8) },
      { ...own, chunk: 2, bytes: whole.subarray(8, 10) },
    ]);
  });

  test('is each chunk that lies within a range, and none of which a part is missing', () => {
    expect(readIn(part('bytes 4-9/10', 4, 10))).toMatchObject([
      { chunk: 1, bytes: whole.subarray(4, 8) },
      { chunk: 2, bytes: whole.subarray(8, 10) },
    ]);
    expect(chunksIn(part('bytes 4-7/10', 4, 8))).toEqual([1]);
    expect(chunksIn(part('bytes 3-8/10', 3, 9))).toEqual([1]);
    expect(chunksIn(part('bytes 5-7/10', 5, 8))).toEqual([]);
  });

  test('is found in a file of any size', () => {
    const large = exchange(initiate(), created({ fileSize: 1200, chunkSize: 100, totalChunks: 12 }));
    const told = { ...part('bytes 1000-1199/1200', 0, 0), bytes: new Uint8Array(200), length: 200 };
    expect(readingsOf([large, exchange(content, told)]).map(({ chunk }) => chunk)).toEqual([10, 11]);
  });

  test.each<[string, Answer]>([
    ['of another size', part('bytes 4-9/11', 4, 10)],
    ['of another length', part('bytes 4-8/10', 4, 10)],
    ['in another unit', part('x bytes 4-9/10', 4, 10)],
    ['with more behind it', part('bytes 4-9/10, 0-1/10', 4, 10)],
    ['that is not told', part('', 4, 10)],
    ['that was refused', part('bytes 4-9/10', 4, 10, { status: 416 })],
  ])('is nothing in a range %s', (_, told) => {
    expect(readIn(told)).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['that is not whole', { ...bytes([1, 2, 3]), bytes: whole.subarray(0, 8), length: 8 }],
    ['that is encoded', bytes([1, 2, 3], { 'content-encoding': 'gzip' })],
    ['whose bytes were not kept', { ...answer(200), length: 10 }],
  ])('is nothing in an answer %s', (_, told) => {
    expect(readIn(told)).toEqual([]);
  });

  test('is nothing of a HEAD, of a lost answer, of any other request, or of a session that nobody was told of', () => {
    const told = bytes([1, 2, 3]);
    const none = [
      exchange({ kind: 'content', session: 'a', head: true }, told),
      exchange(content, lost),
      exchange(status, told),
      exchange({ kind: 'content', session: 'b' }, told),
    ];
    expect(readingsOf([...opened, ...none])).toEqual([]);
  });

  test('says which uploads ended there, and what is read later does not', () => {
    const uploads = [1, 9].map((write) => exchange(put(0, write), receipt(200, 0, write)));
    const holders = holdersOf([
      ...opened,
      ...uploads,
      exchange(content, bytes([9, 2, 3])),
      exchange(content, bytes([1, 2, 3])),
    ]);
    const place = (chunk: number) => [...(holders.get(`${'s'.repeat(21)}1 ${chunk}`) ?? ['unread'])];
    expect([0, 1, 2, 3].map(place)).toEqual([[9], [], [], ['unread']]);
  });
});

test('a session is known by the first answer that tells its geometry', () => {
  const known = { id: `${'s'.repeat(21)}1`, fileSize: 10, chunkSize: 4 };
  const told = (more: { readonly [member: string]: Json } = {}) =>
    sessionsOf([exchange(initiate(), created(more))]).get('a');
  expect(told()).toEqual(known);
  const wrong = [{ sessionId: 7 }, { fileSize: '10' }, { chunkSize: '4' }, { chunkSize: 0 }, { chunkSize: -1 }];
  expect(wrong.map(told)).toEqual(wrong.map(() => undefined));
  const again = exchange(initiate(), created({ chunkSize: 5 }));
  expect(sessionsOf([...opened, again]).get('a')).toEqual(known);
  expect(
    sessionsOf([exchange(status, created()), exchange(initiate(), lost), exchange(initiate(), answer(201))]).size,
  ).toBe(0);
});

test('the judge tells of it, however many answers were lost before', () => {
  const unseen = Array.from({ length: 40 }, (_, i) =>
    exchange(put(1, 100 + i), lost, { at: 11 + i / 2, client: `L${i}` }),
  );
  const judgement = judge({ script: { calls: [] }, exchanges: story(mixed(3, 3, 4), other, ...unseen) }, claims);
  expect(judgement).toMatchObject({ kind: 'unexplained', exchange: 46 });
  expect(judgement).toHaveProperty('objection.expected', expect.stringContaining('bytes 0–2 of w3, and byte 3 of w4'));
});
