import { beforeAll, expect, test } from 'vitest';
import { bundle as bundleText, type Description } from './description.ts';
import { problemsOf } from './emit.ts';
import { type JsonObject, member, walk } from './testing.ts';

let bundle: JsonObject;
let description: Description;

beforeAll(async () => {
  const text = await bundleText();
  bundle = JSON.parse(text) as JsonObject;
  description = JSON.parse(text) as Description;
});

const own = 'https://w3id.org/upload-session/problems#';
const iana = 'https://iana.org/assignments/http-problem-types#';

// The contract's table, written down a second time: a row that changes by mistake changes in one place only.
const table = {
  'invalid-request': [400, own, ['errors']],
  'invalid-file-name': [400, own, []],
  'unsupported-media-type': [415, own, []],
  'file-too-large': [413, own, ['maxFileSize']],
  'session-not-found': [404, own, []],
  'session-aborted': [410, own, []],
  'session-expired': [410, own, ['expiredAt']],
  'session-completed': [409, own, []],
  'chunk-not-found': [404, own, ['totalChunks']],
  'chunk-length-mismatch': [400, own, ['expectedLength']],
  'content-range-mismatch': [400, own, ['expectedRange']],
  'digest-mismatched-values': [400, iana, []],
  'digest-unsupported-algorithms': [400, iana, []],
  'digest-invalid-values': [400, iana, []],
  'upload-incomplete': [409, own, ['missingChunks', 'missingCount']],
  'attachment-not-found': [404, own, []],
  unauthorized: [401, own, []],
  'idempotency-key-reused': [422, own, []],
  'too-many-requests': [429, own, []],
  unavailable: [503, own, []],
  'request-too-large': [413, own, []],
  'insufficient-storage': [507, own, []],
} as const;

const schemaOf = (type: string): JsonObject => {
  const schemas = member(bundle, 'components', 'schemas');
  const name = Object.keys(schemas).find((key) => member(schemas, key, 'properties', 'type')['const'] === type);
  return member(schemas, name ?? '');
};

test('the problems are those of the contract, with its statuses and types', () => {
  const rows = problemsOf(description).map(({ name, status, type }) => [name, status, type] as const);
  const expected = Object.entries(table).map(([name, [status, prefix]]) => [name, status, `${prefix}${name}`] as const);
  expect([...rows].sort()).toEqual([...expected].sort());
});

test.each(Object.entries(table))('%s requires the members that the contract gives it', (name, [, prefix, members]) => {
  expect(schemaOf(`${prefix}${name}`)['required'] ?? []).toEqual(members);
});

/** Every response with a problem, below the status that it is documented for. */
const problemResponses = (): readonly (readonly [string, string, JsonObject])[] =>
  [...walk(member(bundle, 'paths'))].flatMap(([path, object]) => {
    if (path.at(-1) !== 'responses') return [];
    return Object.keys(object).flatMap((status) => {
      const ref = member(object, status)['$ref'];
      const response = typeof ref === 'string' ? member(bundle, ...ref.slice(2).split('/')) : member(object, status);
      const media = member(response, 'content', 'application/problem+json');
      return media['schema'] === undefined ? [] : [[path.join(' '), status, media] as const];
    });
  });

test('a response carries only problems of its own status, and lists exactly those it refers to', () => {
  const responses = problemResponses();
  expect(responses.length).toBeGreaterThan(50);
  for (const [path, status, media] of responses) {
    const schema = member(media, 'schema');
    const refs = JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/g);
    const types = [...refs].map(([, name]) => {
      const properties = member(bundle, 'components', 'schemas', name ?? '', 'properties');
      const fixed = member(properties, 'status')['const'] ?? member(schema, 'properties', 'status')['const'];
      expect(String(fixed), `${path} ${status}`).toBe(status);
      return member(properties, 'type')['const'];
    });
    const listed = member(schema, 'properties', 'type')['enum'];
    if (listed !== undefined) expect(listed, `${path} ${status}`).toEqual(types);
  }
});

test('every problem of the table can be the answer of some operation', () => {
  const reachable = new Set(
    problemResponses().flatMap(([, , media]) =>
      [...JSON.stringify(media['schema']).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
        ([, name]) => member(bundle, 'components', 'schemas', name ?? '', 'properties', 'type')['const'],
      ),
    ),
  );
  for (const { type } of problemsOf(description)) expect(reachable).toContain(type);
});

test('every operation may meet a limit, a fault, a shutdown and a full disk at any time', () => {
  for (const [path, object] of walk(member(bundle, 'paths'))) {
    if (path.at(-1) !== 'responses') continue;
    expect(Object.keys(object), path.join(' ')).toEqual(expect.arrayContaining(['401', '429', '500', '503', '507']));
  }
});

test('the statuses that HTTP itself assigns are documented for all operations, with a problem or without', () => {
  const general = member(bundle, 'x-general-responses');
  const assigned = ['414', '417', '426', '431', '501', '505'];
  expect(Object.keys(general)).toEqual(['405', ...assigned]);
  for (const status of assigned) {
    const content = member(general, status, 'content');
    expect(Object.keys(content)).toEqual(['application/problem+json', '*/*']);
    const fixed = member(content, 'application/problem+json', 'schema', 'properties', 'status')['enum'];
    expect(fixed).toEqual(assigned.map(Number));
  }
  const told = (description['x-requirements'].find(({ id }) => id === 'http.problem')?.text ?? '').match(
    /\b[45]\d\d\b/g,
  );
  expect(told).toEqual(expect.arrayContaining(assigned));
});
