import { describe, expect, test } from 'vitest';
import type { Answer, Exchange } from '../history.ts';
import { foresee } from './foresight.ts';
import {
  answer,
  bytes,
  complete,
  completed,
  content,
  created,
  cut,
  exchange,
  initiate,
  listing,
  lost,
  problem,
  published,
  put,
  receipt,
  status,
  type When,
} from './testing.ts';

const opened = exchange(initiate(), created(), { at: 0 });
const upload = (chunk: number, write: number, when: When & { told?: Answer | typeof lost } = {}): Exchange =>
  exchange(put(chunk, write), when.told ?? receipt(201, chunk, write), {
    at: 1,
    took: 9,
    client: `C${write}`,
    ...when,
  });
const digestOf = (chunk: number, write: number): string => String(upload(chunk, write).sent.bodyDigest);
const ended = (writes: readonly number[]) => exchange(complete, published(201, writes), { at: 50 });

/** Chunks 0 and 2 by the writes 1 and 3, and those of chunk 1; then the end that its writes make. */
const story = (last: number, ...ofOne: readonly Exchange[]): Exchange[] => [
  opened,
  upload(0, 1),
  upload(2, 3),
  ...ofOne,
  ended([1, last, 3]),
];
/** Which write chunk 1 ends with as far as is known, and which exchanges had better come before it. */
const known = (exchanges: readonly Exchange[]) => {
  const { ends, overwritten } = foresee(exchanges);
  return { end: ends.get('a')?.get(1), overwritten: [...overwritten] };
};

describe('of uploads that raced for a chunk', () => {
  const race = [upload(1, 7), upload(1, 8, { told: receipt(200, 1, 8) }), upload(1, 9, { told: receipt(200, 1, 9) })];

  test.each([8, 9])('the composite digest names the last one: w%i', (last) => {
    const others = [3, 4, 5].filter((index) => index !== last - 4);
    const found = known(story(last, ...race));
    expect(found.end).toBe(digestOf(1, last));
    // A 201 says that nothing was there before: it was no later than who says 200.
    expect(found.overwritten).toEqual([[last - 4, others.filter((index) => index !== 3)]]);
  });

  test('none is known without an end', () => {
    expect(known(story(8, ...race).slice(0, -1))).toEqual({ end: undefined, overwritten: [] });
    expect(known(story(6, ...race))).toEqual({ end: undefined, overwritten: [] });
  });

  test('that one is the last which is shown by the attachment of a session, too', () => {
    const shown = exchange(status, completed([1, 9, 3]), { at: 50 });
    expect(known([...story(9, ...race).slice(0, -1), shown]).end).toBe(digestOf(1, 9));
  });

  test('those are out of the question that were surely overwritten', () => {
    const [first, second] = [upload(1, 7, { took: 1 }), upload(1, 8, { at: 5, told: receipt(200, 1, 8) })];
    expect(known(story(7, first, second)).end).toBeUndefined();
    expect(known(story(8, first, second))).toEqual({ end: digestOf(1, 8), overwritten: [] });
    // Equal stamps are concurrent.
    expect(known(story(7, first, { ...second, sentAt: 2 })).end).toBeUndefined();
    const both = upload(1, 8, { at: 2 });
    expect(known(story(7, first, both)).end).toBe(digestOf(1, 7));
    expect(known(story(7, first, { ...both, sentAt: 2.001 })).end).toBeUndefined();
  });

  test('it is the first answer that shows the end which counts: what was sent later is no part of it', () => {
    const late = upload(1, 8, { at: 55, told: receipt(200, 1, 8) });
    const again = exchange(complete, published(200, [1, 8, 3]), { at: 60 });
    expect(known([...story(8, upload(1, 7)), late, again]).end).toBeUndefined();
    expect(known([...story(7, upload(1, 7)), late, again]).end).toBe(digestOf(1, 7));
  });

  test('a replaced chunk is surely overwritten by a later one, whichever way that was acknowledged', () => {
    const replaced = (write: number, at: number) => upload(1, write, { at, took: 1, told: receipt(200, 1, write) });
    expect(known(story(8, upload(1, 6, { took: 1 }), replaced(7, 3), replaced(8, 5)))).toMatchObject({
      end: digestOf(1, 8),
    });
    expect(known(story(7, upload(1, 6, { took: 1 }), replaced(7, 3), replaced(8, 5))).end).toBeUndefined();
  });

  test('one whose answer was lost may be the last, and overwrites none for sure', () => {
    const [first, unseen] = [upload(1, 7, { took: 1 }), upload(1, 8, { at: 5, told: lost })];
    expect(known(story(7, first, unseen))).toEqual({ end: digestOf(1, 7), overwritten: [[3, [4]]] });
    expect(known(story(8, first, unseen))).toEqual({ end: digestOf(1, 8), overwritten: [[4, [3]]] });
  });

  test.each([
    ['was refused', upload(1, 8, { told: problem('session-completed') })],
    ['was redirected', upload(1, 8, { told: answer(300) })],
    ['was cut off', cut(put(1, 8), { at: 1 })],
    ['was sent after the end was shown', upload(1, 8, { at: 51 })],
    ['was for another session', { ...upload(1, 8), call: put(1, 8, { session: 'b' }) }],
    ['named no chunk', { ...upload(1, 8), call: put('01', 8) }],
  ])('one that %s was not the last', (_, other) => {
    expect(known(story(8, upload(1, 7), other)).end).toBeUndefined();
    expect(known(story(7, upload(1, 7), other))).toEqual({ end: digestOf(1, 7), overwritten: [] });
  });

  test.each([299, 500, 503])('one that was answered %i may have been', (code) => {
    expect(known(story(8, upload(1, 7), upload(1, 8, { told: answer(code) }))).end).toBe(digestOf(1, 8));
  });

  test('the bytes that were read back tell which one it was, of those whose digests are equal', () => {
    const same = (write: number) => ({
      ...upload(1, write),
      sent: { ...upload(1, write).sent, bodyDigest: digestOf(1, 7) },
    });
    const read = exchange(content, bytes([1, 8, 3]), { at: 60 });
    expect(known([...story(7, upload(1, 7), same(8)), read]).overwritten).toEqual([]);
    expect(known(story(7, upload(1, 7), same(8))).overwritten).toHaveLength(1);
  });
});

test('two chunks in doubt are found out together', () => {
  const race = (chunk: number) => [upload(chunk, 10 + chunk), upload(chunk, 20 + chunk)];
  const exchanges = [opened, ...race(0), ...race(1), ...race(2), ended([20, 11, 22])];
  const { ends } = foresee(exchanges);
  expect([0, 1, 2].map((chunk) => ends.get('a')?.get(chunk))).toEqual([
    digestOf(0, 20),
    digestOf(1, 11),
    digestOf(2, 22),
  ]);
});

describe('a digest makes a difference', () => {
  const visible = (exchanges: readonly Exchange[], write: number) =>
    foresee(exchanges).visible('a', 1, digestOf(1, write));
  const race = [upload(1, 7), upload(1, 8)];

  test('only as the last one, where the end is known', () => {
    expect([visible(story(8, ...race), 7), visible(story(8, ...race), 8)]).toEqual(['', 'last']);
  });

  test('not at all, where no end is shown', () => {
    const open = [...story(8, ...race).slice(0, -1), exchange(status, listing([0, 1, 2]), { at: 50 })];
    expect([visible(open, 7), visible(open, 8)]).toEqual(['', '']);
  });

  test.each<[string, Exchange[]]>([
    [
      'where a completion expects one',
      [...story(8, ...race).slice(0, -1), exchange(complete, lost, { sent: { expects: { composite: 'x' } } })],
    ],
    ['where an end is shown that no uploads make', story(6, ...race)],
    [
      'where the content is read of an end that is not known',
      [...story(8, ...race).slice(0, -1), exchange(content, bytes([1, 8, 3]))],
    ],
    [
      'where a key may give a session a second name',
      [exchange(initiate({ idempotencyKey: 'k' }), created()), ...story(8, ...race).slice(1)],
    ],
  ])('in full %s', (_, exchanges) => {
    expect([visible(exchanges, 7), visible(exchanges, 8)]).toEqual([digestOf(1, 7), digestOf(1, 8)]);
  });

  test('of its own session alone', () => {
    const other = exchange({ kind: 'complete', session: 'b' }, lost, { sent: { expects: { composite: 'x' } } });
    expect(visible([...story(8, ...race), other], 7)).toBe('');
    expect(foresee([...story(8, ...race), other]).visible('b', 1, 'd')).toBe('d');
    expect(foresee([exchange({ kind: 'capabilities' }, answer(200)), ...story(8, ...race)]).visible('a', 1, 'd')).toBe(
      '',
    );
  });
});
