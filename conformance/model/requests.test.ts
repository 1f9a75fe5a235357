import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileNames, mediaTypes } from '../arbitraries.ts';
import type { InitiateCall, Json, Script } from '../history.ts';
import { properties } from '../properties/index.ts';
import { canonical, readInitiate } from './requests.ts';
import { claims } from './testing.ts';

const names = ({ faults }: { readonly faults: readonly { readonly problem: string }[] }) =>
  faults.map(({ problem }) => problem);

const sent = { bodyLength: 0 };
const read = (json: Json, more: Partial<InitiateCall> = {}) =>
  readInitiate({ kind: 'initiate', session: 'a', json, ...more }, sent, claims)[0];

describe('a file name', () => {
  const faultsOf = (fileName: Json) => names(read({ fileName, fileSize: 1 }));

  test('that the suite declares is acceptable', () => {
    fc.assert(
      fc.property(fileNames, (name) => {
        expect(faultsOf(name)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('is measured in bytes of UTF-8, 255 of which are the most', () => {
    const characters = fc.constantFrom('x', 'é', '日', '😀');
    fc.assert(
      fc.property(characters, fc.integer({ min: 250, max: 260 }), (character, length) => {
        const size = Buffer.byteLength(character);
        const name = character.repeat(Math.floor(length / size)) + 'x'.repeat(length % size);
        expect(Buffer.byteLength(name)).toBe(length);
        expect(faultsOf(name)).toEqual(length > 255 ? ['invalid-file-name'] : []);
      }),
    );
  });

  test('holds no control character, no separator and no half of a character, wherever it stands', () => {
    const controls = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, i) => 0x7f + i)];
    const bad = [...controls.map((code) => String.fromCharCode(code)), '/', '\\', '\ud800', '\udfff'];
    fc.assert(
      fc.property(fileNames, fc.constantFrom(...bad), fc.nat(), (name, character, at) => {
        const characters = [...name];
        characters.splice(at % (characters.length + 1), 0, character);
        expect(faultsOf(characters.join(''))).toEqual(['invalid-file-name']);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['.', '..'])('is not %s', (name) => {
    expect(faultsOf(name)).toEqual(['invalid-file-name']);
  });

  test.each(['...', '.a', ' ', '\u00a0', '\u202e', '\ufeff', '\u2028', '~', '%2F', 'CON'])('may be %j', (name) => {
    expect(faultsOf(name)).toEqual([]);
  });

  test.each([undefined, null, '', 5, true, [], {}] as Json[])('that is %j is no name at all', (name) => {
    expect(faultsOf(name)).toEqual(['invalid-request']);
  });
});

describe('a file size', () => {
  const faultsOf = (fileSize: Json) => names(read({ fileName: 'a', fileSize }));

  test.each([0, 1, 999, 1000, 10.0, -0])('of %d is acceptable', (size) => {
    expect(faultsOf(size)).toEqual([]);
  });

  test('past the limit is too large, from its first byte on', () => {
    expect(faultsOf(1001)).toEqual(['file-too-large']);
    expect(faultsOf(Number.MAX_SAFE_INTEGER)).toEqual(['file-too-large']);
    expect(faultsOf(2 ** 53)).toEqual(['file-too-large', 'invalid-request']);
  });

  test.each([undefined, null, -1, 0.5, '1', true, [1]] as Json[])('of %j is invalid', (size) => {
    expect(faultsOf(size)).toEqual(['invalid-request']);
  });
});

describe('a content type', () => {
  const reading = (contentType: Json) => read({ fileName: 'a', fileSize: 1, contentType });

  test('that the suite declares is acceptable', () => {
    fc.assert(
      fc.property(fc.constantFrom(...mediaTypes), (type) => {
        expect(reading(type)).toMatchObject({ faults: [], leave: [] });
      }),
    );
  });

  test.each(['a/b;c=d', 'a/b ; c=d', 'a/b; c="d;e\\""', 'a/b;', "a/*+.!#$&'^_`|~"])('may be %s', (type) => {
    expect(names(reading(type))).toEqual([]);
  });

  test.each([
    '',
    'a',
    'a/',
    '/b',
    'a/b/c',
    'a b/c',
    'a/b; c',
    'a/b; c=',
    'a/b; c="d',
    'a/b\r\nX: y',
    5,
    null,
  ] as Json[])('may not be %j', (type) => {
    expect(names(reading(type))).toEqual(['invalid-request']);
  });

  test.each(['a/b; c="é"', `a/${'b'.repeat(254)}`])(
    'past 255 characters or past ASCII is left to the server',
    (type) => {
      expect(reading(type)).toMatchObject({ faults: [], leave: [{ problem: 'invalid-request' }] });
    },
  );
});

describe('the body of an initiate', () => {
  const good = { fileName: 'a', fileSize: 1 };

  test.each(['preferredChunkSize', 'preferredTimeoutSeconds'])('has %s as a hint: an integer from 1 on', (hint) => {
    for (const value of [1, 7.0, 2 ** 53 - 1]) expect(names(read({ ...good, [hint]: value }))).toEqual([]);
    for (const value of [0, -1, 1.5, '1', null])
      expect(names(read({ ...good, [hint]: value }))).toEqual(['invalid-request']);
    expect(read({ ...good, [hint]: 1e300 })).toMatchObject({ faults: [], leave: [{ problem: 'invalid-request' }] });
  });

  test.each([[], null, 'text', 5] as Json[])('is an object, not %j', (json) => {
    expect(names(read(json))).toEqual(['invalid-request']);
  });

  test.each([
    ['application/json', []],
    ['Application/JSON ; charset=utf-8', []],
    ['application/merge-patch+json', []],
    ['text/plain', ['unsupported-media-type']],
    ['application/jsonx', ['unsupported-media-type']],
    [null, ['unsupported-media-type']],
  ])('that comes as %s has the faults %j', (mediaType, faults) => {
    expect(names(read(good, { mediaType }))).toEqual(faults);
  });

  test('that is no JSON is invalid, whatever else it is', () => {
    expect(names(read(good, { body: '{' }))).toEqual(['invalid-request']);
    expect(names(read(good, { body: '{', mediaType: null }))).toEqual(['unsupported-media-type', 'invalid-request']);
  });

  test('whose members stand twice is read with the last of them, or with the first, and may be refused', () => {
    const twice = (body: string) =>
      readInitiate({ kind: 'initiate', session: 'a', body }, sent, claims).map(({ json, faults, leave }) => [
        (json as { fileName: Json }).fileName,
        faults.map(({ problem }) => problem),
        leave.map(({ problem }) => problem),
      ]);
    expect(twice('{"fileName":"a","fileSize":1,"fileName":"../b"}')).toEqual([
      ['../b', ['invalid-file-name'], ['invalid-request']],
      ['a', [], ['invalid-request']],
    ]);
    expect(twice('{"fileName":"a","fileSize":1,"x":{"y":1,"y":2}}')).toEqual([['a', [], ['invalid-request']]]);
  });

  test('past 64 KiB may be too large, and may not before', () => {
    const padded = (length: number) => `${JSON.stringify(good)}${' '.repeat(length - JSON.stringify(good).length)}`;
    expect(read(null, { body: padded(65_536) })).toMatchObject({ faults: [], leave: [] });
    expect(read(null, { body: padded(65_537) })).toMatchObject({
      faults: [],
      leave: [{ problem: 'request-too-large' }],
    });
  });

  test('with half a character in its name may be refused before anybody knows that it is a name', () => {
    expect(read({ ...good, fileName: 'a\ud800' })).toMatchObject({
      faults: [{ problem: 'invalid-file-name' }],
      leave: [{ problem: 'invalid-request' }],
    });
  });

  test.each([
    ['"fileSize":1e400', ['file-too-large', 'invalid-request'], ['invalid-request']],
    ['"fileSize":-1e400', ['invalid-request'], ['invalid-request']],
    ['"fileSize":1e-400', [], ['invalid-request']],
    ['"fileSize":-0', [], ['invalid-request']],
    ['"fileSize":1e1', [], []],
    ['"fileSize":1,"preferredTimeoutSeconds":1e400', [], ['invalid-request', 'invalid-request']],
    ['"fileSize":1,"preferredTimeoutSeconds":-1e400', ['invalid-request'], ['invalid-request']],
    ['"fileSize":1,"preferredChunkSize":4.0', [], []],
  ])('with %s has the faults %j, and may be refused for %j', (members, faults, leave) => {
    const reading = read(null, { body: `{"fileName":"a",${members}}` });
    expect([names(reading), reading.leave.map(({ problem }) => problem)]).toEqual([faults, leave]);
  });

  test('may have members that nobody knows', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().map((name) => `x-${name}`),
          fc.jsonValue(),
        ),
        (more) => {
          expect(names(read({ ...(more as object), ...good }))).toEqual([]);
        },
      ),
    );
  });

  test('is acceptable or not as the properties intend', () => {
    const bounds = {
      waitExpirySeconds: 5,
      maxTimeSeconds: 120,
      sparing: 1,
      maxScriptBytes: 65536,
      maxScriptCalls: 6000,
    };
    const environment = { ...claims, secondPrincipal: true, hooks: [], ...bounds };
    for (const [id, acceptable] of [
      ['initiate-accepts', true],
      ['initiate-refuses', false],
    ] as const) {
      const property = properties.find((one) => one.id === id);
      if (!property) throw new Error(`no property ${id}`);
      const intended = ({ calls: [first] }: Script): void => {
        const [reading] = readInitiate(first?.call as InitiateCall, sent, claims);
        expect(reading.faults.length === 0).toBe(acceptable);
      };
      property.examples?.(environment).forEach(intended);
      const scripts = property.scripts?.(environment);
      if (scripts) fc.assert(fc.property(scripts, intended), { numRuns: 300 });
    }
  });
});

test('two requests are the same if their JSON values are, however their members are ordered', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, shuffled(member)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(canonical(shuffled(one) as Json)).toBe(canonical(one as Json));
      const same = JSON.stringify(one) === JSON.stringify(other);
      if (same) expect(canonical(one as Json)).toBe(canonical(other as Json));
    }),
  );
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  expect(canonical({ a: 1 })).not.toBe(canonical({ a: '1' }));
});
