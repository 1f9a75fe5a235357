import { expect, test } from 'vitest';
import { bytesOf } from '../bytes.ts';
import type { Exchange } from '../history.ts';
import { sha256Base64 } from './digest.ts';
import { judge } from './judge.ts';
import { firstTorn } from './provenance.ts';
import {
  a,
  answer,
  bytesFrom,
  claims,
  complete,
  created,
  cut,
  exchange,
  initiate,
  lost,
  type Played,
  published,
  put,
  receipt,
} from './testing.ts';

const content: Played = { kind: 'content', ...a };

/** Uploads, a completion, and what is read back: chunk 1 with these bytes, the others as they were sent. */
function story(second: Uint8Array, ...more: readonly Exchange[]): Exchange[] {
  const last = more.includes(other) ? 4 : 3;
  const bytes = bytesFrom([1, 3, 2]);
  bytes.set(second, 4);
  const uploads = [put(0, 1), put(1, 3), put(2, 2)].map((call, chunk) =>
    exchange(call, receipt(201, chunk, call.kind === 'chunk' ? call.write : 0), { at: chunk + 1 }),
  );
  return [
    exchange(initiate(), created(), { at: 0 }),
    ...uploads,
    ...more,
    exchange(complete, published(201, [1, last, 2]), { at: 50 }),
    exchange(content, { ...answer(200), bytes, length: bytes.length, digest: sha256Base64(bytes) }, { at: 60 }),
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

test('the judge tells of it, however many answers were lost before', () => {
  const unseen = Array.from({ length: 40 }, (_, i) =>
    exchange(put(1, 100 + i), lost, { at: 11 + i / 2, client: `L${i}` }),
  );
  const judgement = judge({ script: { calls: [] }, exchanges: story(mixed(3, 3, 4), other, ...unseen) }, claims);
  expect(judgement).toMatchObject({ kind: 'unexplained', exchange: 46 });
  expect(judgement).toHaveProperty('objection.expected', expect.stringContaining('bytes 0–2 of w3, and byte 3 of w4'));
});
