import { beforeAll, expect, test } from 'vitest';
import { bundle as bundleText } from './description.ts';
import { isObject, type Json, type JsonObject, member, resolve, validator, walk } from './testing.ts';

let bundle: JsonObject;

beforeAll(async () => {
  bundle = JSON.parse(await bundleText()) as JsonObject;
});

/** Where a schema stands: `…/schema`, a named schema, or below one by a keyword that takes schemas. */
const schemas = function* (): Generator<[readonly string[], JsonObject]> {
  const below = function* (path: readonly string[], schema: Json): Generator<[readonly string[], JsonObject]> {
    if (!isObject(schema)) return;
    yield [path, schema];
    for (const [name, item] of Object.entries(member(schema['properties']))) {
      yield* below([...path, 'properties', name], item);
    }
    for (const keyword of ['items', 'contains', 'if', 'then', 'else']) {
      if (schema[keyword] !== undefined) yield* below([...path, keyword], schema[keyword]);
    }
    for (const keyword of ['allOf', 'oneOf', 'anyOf']) {
      const branches = schema[keyword];
      if (!Array.isArray(branches)) continue;
      for (const [index, item] of branches.entries()) yield* below([...path, keyword, String(index)], item);
    }
  };
  for (const [path, object] of walk(bundle)) {
    if (path.at(-2) === 'properties') continue;
    if (object['schema'] !== undefined) yield* below([...path, 'schema'], object['schema']);
    if (path.join('/') === 'components/schemas') {
      for (const [name, schema] of Object.entries(object)) yield* below([...path, name], schema);
    }
  }
};

const scalarTypes = ['string', 'integer', 'number'];

test('every schema compiles in the strictest mode of ajv', () => {
  const at = validator(bundle);
  const paths = [...schemas()].map(([path]) => path);
  expect(paths.length).toBeGreaterThan(200);
  for (const path of paths) expect(() => at(path), path.join('/')).not.toThrow();
});

test('every scalar has a pattern, bounds or its values', () => {
  const bounded = (schema: JsonObject): boolean =>
    ['enum', 'const', 'pattern'].some((keyword) => keyword in schema) ||
    ('minimum' in schema && 'maximum' in schema) ||
    ('minLength' in schema && 'maxLength' in schema);
  const loose = [...schemas()].filter(([, schema]) => scalarTypes.includes(String(schema['type'])) && !bounded(schema));
  expect(loose.map(([path]) => path.join('/'))).toEqual([]);
});

test('every array has a bound', () => {
  const loose = [...schemas()].filter(([, schema]) => schema['type'] === 'array' && !('maxItems' in schema));
  expect(loose.map(([path]) => path.join('/'))).toEqual([]);
});

test('every scalar that is not one of listed values has an example', () => {
  const parent = (path: readonly string[]): JsonObject => member(bundle, ...path.slice(0, -1));
  const without = [...schemas()].filter(
    ([path, schema]) =>
      scalarTypes.includes(String(schema['type'])) &&
      !['enum', 'const', 'examples'].some((keyword) => keyword in schema) &&
      !(path.at(-1) === 'schema' && 'example' in parent(path)),
  );
  expect(without.map(([path]) => path.join('/'))).toEqual([]);
});

test('every example fits its schema', () => {
  const at = validator(bundle);
  let checked = 0;
  const check = (path: readonly string[], value: Json): void => {
    const validate = at(path);
    validate(value);
    expect(validate.errors ?? [], `${path.join('/')}: ${JSON.stringify(value)}`).toEqual([]);
    checked += 1;
  };
  for (const [path, schema] of schemas()) {
    if (Array.isArray(schema['examples'])) for (const value of schema['examples']) check(path, value);
  }
  for (const [path, object] of walk(bundle)) {
    if (object['schema'] === undefined) continue;
    if (object['example'] !== undefined) check([...path, 'schema'], object['example']);
    for (const example of Object.values(member(object['examples']))) {
      check([...path, 'schema'], resolve(bundle, example)['value'] ?? null);
    }
  }
  expect(checked).toBeGreaterThan(100);
});

test('every media type with a JSON schema has an example', () => {
  const media = [...walk(bundle)].filter(([path]) => path.at(-1)?.endsWith('json') && path.at(-2) === 'content');
  expect(media.length).toBeGreaterThan(20);
  for (const [path, object] of media) {
    expect(Object.keys(member(object['examples'])), path.join('/')).not.toEqual([]);
  }
});

test('a session has an attachment exactly when it is completed', () => {
  const validate = validator(bundle)(['components', 'schemas', 'UploadSession']);
  const completed = member(bundle, 'components', 'examples', 'CompletedSession', 'value');
  const { attachment, ...without } = completed;
  expect(validate(completed)).toBe(true);
  expect(validate(without)).toBe(false);
  expect(validate({ ...without, state: 'open' })).toBe(true);
  expect(validate({ ...without, state: 'open', attachment: attachment ?? null })).toBe(false);
});

test('a session has a completion error only while it is open', () => {
  const validate = validator(bundle)(['components', 'schemas', 'UploadSession']);
  const reopened = member(bundle, 'components', 'examples', 'ReopenedSession', 'value');
  expect(validate(reopened)).toBe(true);
  expect(validate({ ...reopened, state: 'completing' })).toBe(false);
});

test.each([
  [
    'Timestamp',
    ['2026-11-02T10:30:00+00:00', '2026-11-02T10:30:00.123456Z'],
    ['2026-11-02 10:30:00Z', '2026-11-02T10:30:00+01:00', '2026-11-02T10:30:00'],
  ],
  [
    'Digest',
    ['sha-512=:AAAA:, sha-256=:2y5/G9WrmWiudhmbfMdHlcp0BNWgjXhWdxXOUy+dJmk=:'],
    ['sha-512=:AAAA:', 'sha-256=:AAAA:', '2y5/G9WrmWiudhmbfMdHlcp0BNWgjXhWdxXOUy+dJmk='],
  ],
  ['ByteCount', [0, 4294967297, 9007199254740991], [-1, 1.5, 9007199254740992, 1e30, '1']],
  [
    'FileName',
    ['...', 'a b', '車輪', '..a', 'C:x', '%2e%2e\'"'],
    ['', '.', '..', 'a/b', 'a\\b', 'a\u0000', 'a\u007f', 'a\u0085', null],
  ],
  [
    'ContentType',
    ['a/b', 'text/plain;charset=utf-8', 'text/plain; a="b;\\"c" ;', 'a/b;; ;x=y'],
    [
      '',
      'text',
      'text/',
      'text/ plain',
      'text/plain; a',
      'text/plain; a=',
      'text/plain\r\nX: y',
      `a/b${' ;'.repeat(2000)}x`,
    ],
  ],
] as const)('%s takes what it should and nothing else', (name, good, bad) => {
  const validate = validator(bundle)(['components', 'schemas', name]);
  for (const value of good) expect(validate(value), JSON.stringify(value)).toBe(true);
  for (const value of bad) expect(validate(value), JSON.stringify(value)).toBe(false);
});
