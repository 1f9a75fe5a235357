import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import formats from 'ajv-formats';
import type { Har } from 'har-format';
import { expect, test } from 'vitest';
import { exchange, failureWith, resultsWith } from './fixtures.ts';
import { harJson } from './har.ts';
import { redactResults, secretsOf } from './redact.ts';

const require = createRequire(import.meta.url);
/** The schemas by their names; the package has no types. */
const schemas = require('har-schema') as Readonly<Record<string, object>>;

const read = (text: string): Har => JSON.parse(text) as Har;

/** What the published schema of HAR 1.2 has against an archive. */
const faults = (() => {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  ajv.addMetaSchema(draft06);
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const validate = ajv.getSchema('har.json#');
  if (validate === undefined) throw new Error('har-schema has no schema of an archive');
  return (archive: unknown) => (validate(archive) ? [] : validate.errors);
})();

test('an archive has a page a failure, an entry a request, and keeps the published schema', () => {
  const har = read(harJson(resultsWith({ failures: [failureWith(), failureWith()] })));
  expect(faults(har)).toEqual([]);
  expect(har.log.pages?.map(({ id }) => id)).toEqual(['failure-0', 'failure-1']);
  expect(har.log.entries).toHaveLength(8);
  expect(har.log.entries[2]).toMatchObject({
    pageref: 'failure-0',
    comment: 'client A: chunk 1 = w2, cut after 2 bytes',
    response: { status: 0, comment: 'no answer: cut' },
  });
});

test('the schema does find fault with an archive that is none', () => {
  const { log } = read(harJson(resultsWith()));
  expect(faults({ log: { ...log, entries: [{ ...log.entries[0], time: 'soon' }] } })).not.toEqual([]);
  expect(faults({ log: { ...log, creator: {} } })).not.toEqual([]);
});

test('bodies are there as far as they were kept: JSON as text, bytes as base64, a longer one as its length', () => {
  const json = exchange(0, { kind: 'initiate', session: 's' }, { json: { a: 1 }, length: 7 });
  const sent = { ...json.sent, url: 'http://h/a?b=c&b=d', text: '{}', bodyLength: 2 };
  const few = exchange(1, { kind: 'content', session: 's' }, { bytes: new Uint8Array([0, 255]), length: 2 });
  const many = exchange(2, { kind: 'content', session: 's' }, { length: 5_000_000, digest: 'd' });
  const har = read(harJson(resultsWith({ failures: [failureWith({ history: [{ ...json, sent }, few, many] })] })));
  expect(faults(har)).toEqual([]);
  const [first, second, third] = har.log.entries;
  expect(first?.request).toMatchObject({
    queryString: [
      { name: 'b', value: 'c' },
      { name: 'b', value: 'd' },
    ],
    postData: { mimeType: 'application/json', text: '{}' },
  });
  expect(first?.response.content).toMatchObject({ text: '{"a":1}' });
  expect(second?.response.content).toMatchObject({ text: 'AP8=', encoding: 'base64', size: 2 });
  expect(third?.response.content).toEqual({ size: 5_000_000, mimeType: 'x-unknown' });
});

test('a run without failures is an archive without entries', () => {
  const har = read(harJson(resultsWith({ failures: [] })));
  expect(faults(har)).toEqual([]);
  expect(har.log).toMatchObject({ pages: [], entries: [] });
});

test('no credential is in it', () => {
  const secrets = secretsOf({ Authorization: 'Bearer sesame-1234' });
  const text = harJson(redactResults(resultsWith(), secrets));
  expect(text).not.toContain('sesame');
  expect(text).toContain('[redacted]');
});
