import { beforeAll, expect, test } from 'vitest';
import { bundle, type Description } from './description.ts';
import { requirementsOf } from './emit.ts';

let description: Description;

beforeAll(async () => {
  description = JSON.parse(await bundle()) as Description;
});

// The ids that the contract fixed, http.transient and chunk.releases, whose reasons are in CHANGELOG.md. None is ever reused.
const ids = {
  http: 'schema problem no-store unknown-members method date transient',
  capabilities: 'document truth',
  initiate: 'created location echo geometry chunk-size timeout too-large invalid media-type file-name unguessable',
  chunk:
    'stored created any-order parallel replay replace atomic length range content-range digest digest-unsupported digest-invalid transfer-coding durable releases',
  status: 'received read-your-writes safe head unknown completed',
  complete: 'created bytes empty-file incomplete repeat exactly-once digest atomic async durable',
  abort: 'aborted repeat final completed race releases',
  expiry: 'enforced not-early monotonic in-flight releases attachment',
  session: 'remembered isolated linearizable',
  content: 'exact type disposition range validators digest unknown',
  auth: 'required isolated',
  idempotency: 'replay reused race',
};

const expected = Object.entries(ids).flatMap(([operation, promises]) =>
  promises.split(' ').map((promise) => `${operation}.${promise}`),
);

test('the requirements are the 77 of the contract, http.transient and chunk.releases', () => {
  expect(expected).toHaveLength(79);
  expect(
    requirementsOf(description)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...expected].sort());
});

test('every requirement id is unique and reads operation.promise', () => {
  const all = requirementsOf(description).map(({ id }) => id);
  expect(new Set(all).size).toBe(all.length);
  for (const id of all) expect(id).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
});

test('every requirement is one sentence that uses the word of its level and no stronger one', () => {
  for (const { id, level, text } of requirementsOf(description)) {
    expect(text, id).toMatch(new RegExp(`\\b${level}\\b`));
    expect(text, id).toMatch(/^[A-Z`O].*\.$/s);
    expect(text, id).not.toMatch(/\.\s+[A-Z]/);
    if (level !== 'MUST') expect(text, id).not.toMatch(/\bMUST\b/);
  }
});

test('only the levels that the contract marks are weaker than MUST', () => {
  const weaker = requirementsOf(description).filter(({ level }) => level !== 'MUST');
  expect(Object.fromEntries(weaker.map(({ id, level }) => [id, level]))).toEqual({
    'http.method': 'SHOULD',
    'chunk.created': 'SHOULD',
    'chunk.releases': 'SHOULD',
    'complete.async': 'MAY',
    'content.digest': 'SHOULD',
  });
});

test('a requirement of an optional profile says so', () => {
  for (const { id, profile } of requirementsOf(description)) {
    const [operation] = id.split('.');
    const optional = { content: 'download', auth: 'auth', idempotency: 'idempotency' };
    expect(profile, id).toBe(optional[operation as keyof typeof optional] ?? 'core');
  }
});

test('a requirement stands beside the operation that it names', () => {
  const binds = {
    http: 'general',
    session: 'general',
    auth: 'general',
    capabilities: 'getCapabilities',
    initiate: 'initiateUpload',
    idempotency: 'initiateUpload',
    chunk: 'uploadChunk',
    status: 'getUploadSession',
    expiry: 'getUploadSession',
    complete: 'completeUpload',
    abort: 'abortUpload',
    content: 'getAttachmentContent',
  };
  for (const requirement of requirementsOf(description)) {
    expect(requirement.binds, requirement.id).toBe(binds[requirement.id.split('.')[0] as keyof typeof binds]);
  }
});

test('a source is an RFC and its section', () => {
  for (const { id, source } of requirementsOf(description)) {
    if (source !== undefined) expect(source, id).toMatch(/^RFC \d{4}( \d+(\.\d+)*)?(, RFC \d{4}( \d+(\.\d+)*)?)*$/);
  }
});
