import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../history.ts';
import { hostileTexts, utf8 } from '../properties/hostile-texts.ts';
import { readJson } from './json.ts';
import { isObject } from './requests.ts';

const { read, left, refused } = hostileTexts('"fileName":"file.bin","fileSize":10');
const file = { fileName: 'file.bin', fileSize: 10 };

test.each(Object.entries(read))('every server reads, as what it says: %s', (_, body) => {
  const { values, ...rest } = readJson({ body });
  expect(rest).toEqual({ doubtful: false, long: false });
  expect(values).toMatchObject([file]);
});

test.each(Object.entries(left))('a server may read or refuse: %s', (_, body) => {
  const { values, doubtful, long } = readJson({ body });
  expect(doubtful || long).toBe(true);
  for (const value of values) expect(value).toMatchObject(file);
  expect(values.length).toBeGreaterThan(0);
});

test.each(Object.entries(refused))('no server takes for an object: %s', (_, body) => {
  const { values, doubtful, long } = readJson({ body });
  expect([values.filter(isObject), doubtful, long]).toEqual([[], false, false]);
});

test('of which only some bytes are the request’s own is read to there', () => {
  const body = utf8('{"a":"ä"} ');
  expect(readJson({ body }, body.length - 1)).toMatchObject({ values: [{ a: 'ä' }], long: false });
  expect(readJson({ body }, body.length - 2)).toMatchObject({ values: [], long: false });
  expect(readJson({ json: { a: 'ä' } }, body.length - 1)).toMatchObject({ values: [{ a: 'ä' }] });
  expect(readJson({ json: { a: 'ä' } }, body.length - 2)).toMatchObject({ values: [] });
});

describe('a member that stands twice', () => {
  test('has its last value, or its first, the same for all names', () => {
    const { values, doubtful } = readJson({ body: '{"a":1,"b":[1,{"b":2}],"a":{"a":3},"b":"}"}' });
    expect(values).toEqual([
      { a: { a: 3 }, b: '}' },
      { a: 1, b: [1, { b: 2 }] },
    ]);
    expect(doubtful).toBe(true);
  });

  test('is found in other words, and in objects within', () => {
    expect(readJson({ body: '{"a":1,"\\u0061":2}' })).toMatchObject({ values: [{ a: 2 }, { a: 1 }], doubtful: true });
    expect(readJson({ body: '[{"a":1,"a":2}]' })).toMatchObject({ values: [[{ a: 2 }]], doubtful: true });
  });

  test('is not one that stands in another object, or in a text', () => {
    for (const body of ['{"a":{"a":1},"b":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":"\\"a\\":1,\\"a\\":2"}'])
      expect(readJson({ body })).toMatchObject({ values: [JSON.parse(body)], doubtful: false });
  });
});

test.each<[string, boolean]>([
  ['10', true],
  ['-10.50', true],
  ['1e1', true],
  ['0', true],
  ['0.000e7', true],
  ['1e300', true],
  ['9007199254740993', true],
  ['12345678901234567', true],
  ['1000000000000000.0', true],
  [`1${'0'.repeat(17)}`, false],
  [`10.${'0'.repeat(30)}`, false],
  [`0.${'0'.repeat(30)}`, false],
  ['123456789012345678', false],
  ['0.1234567890123456789', false],
  ['1e309', false],
  ['-1e309', false],
  ['1e-310', false],
  ['1e-400', false],
  ['-0', false],
  ['-0.0', false],
])('whether every reader has the same value for %s: %s', (number, same) => {
  expect(readJson({ body: `[${number}]` }).doubtful).toBe(!same);
});

test('nesting is counted from the outermost value, and without end', () => {
  const depth = (levels: number) => readJson({ body: '['.repeat(levels) + ']'.repeat(levels) });
  expect(depth(64)).toMatchObject({ doubtful: false });
  expect(depth(65)).toMatchObject({ doubtful: true });
  expect(depth(100_000)).toMatchObject({ doubtful: true });
});

test('a body as JSON, as text and as bytes is the same', () => {
  const values = fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => value as Json);
  fc.assert(
    fc.property(values, (json) => {
      const one = readJson({ json });
      expect(readJson({ body: utf8(JSON.stringify(json)) })).toEqual(one);
      expect(one.values).toEqual([JSON.parse(JSON.stringify(json))]);
    }),
  );
});

test('a text that is changed somewhere is JSON exactly if the platform says so', () => {
  const changes = fc.record({ at: fc.nat(60), less: fc.nat(2), more: fc.string({ maxLength: 2 }) });
  fc.assert(
    fc.property(changes, ({ at, less, more }) => {
      const good = '{"fileName":"file.bin","fileSize":10,"x":[null,{"y":"z"}]}';
      const text = good.slice(0, at) + more + good.slice(at + less);
      let json: Json | undefined;
      try {
        json = JSON.parse(text) as Json;
      } catch {
        json = undefined;
      }
      const [last] = readJson({ body: utf8(text) }).values;
      expect(last).toEqual(json);
    }),
    { numRuns: 500 },
  );
});
