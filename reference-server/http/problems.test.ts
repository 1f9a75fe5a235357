import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type ProblemName, problems } from '../../generated/problems.ts';
import { at, complete, digestOf, initiate, put, type Reply, type Request, send, testServer } from '../testing.ts';

const json = { 'content-type': 'application/json' };
const post = (body: string | Uint8Array, headers = {}): Request => ({
  method: 'POST',
  path: '/attachment/initiate',
  headers: { ...json, ...headers },
  body,
});

/** Provokes a problem on a server of the table's: one session of 10 bytes in chunks of 4 is there, open. */
type Provocation = (base: string, id: string) => Promise<Reply>;

const provocations: Partial<Record<ProblemName, Provocation[]>> = {
  'invalid-request': [
    (base) => send(base, post('{')),
    (base) => send(base, post('\ufeff{"fileName":"a","fileSize":1}')),
    (base) => send(base, post(Buffer.from([0x22, 0xff, 0x22]))),
    (base) => send(base, post('[]')),
    (base) => send(base, post('null')),
    (base) => send(base, post('')),
    (base) => send(base, post('[ '.repeat(600) + ' ]'.repeat(600))),
    (base) => send(base, post('{"fileName":"","fileSize":1}')),
    (base) => send(base, post('{"fileName":null,"fileSize":1}')),
    (base) => send(base, post('{"fileName":"a","fileSize":-1}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1.5}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1e400}')),
    (base) => send(base, post('{"fileName":"a","fileSize":"1"}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1,"contentType":"text"}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1,"contentType":"a/b\\r\\nx: y"}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1,"preferredChunkSize":0}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1,"preferredTimeoutSeconds":null}')),
    (base) => send(base, post('{"fileName":"a","fileSize":1}', { 'idempotency-key': 'x'.repeat(256) })),
    (base) => send(base, post('{"fileName":"a","fileSize":1}', { 'idempotency-key': '' })),
    (base, id) => complete(base, id, { digest: 1 }),
    (base, id) => send(base, { method: 'POST', path: at(id, '/complete'), body: 'digest' }),
  ],
  'invalid-file-name': ['a/b', 'a\\b', '.', '..', 'a\0', 'a\u0085', '\ud800', 'ä'.repeat(128)].map(
    (fileName) => (base) => send(base, post(JSON.stringify({ fileName, fileSize: 1 }))),
  ),
  'unsupported-media-type': [
    (base) => send(base, { ...post('{}'), headers: {} }),
    (base) => send(base, post('{}', { 'content-type': 'text/plain' })),
    (base) => send(base, post('{}', { 'content-type': 'application/jsonx' })),
    (base) => send(base, post('{}', { 'content-encoding': 'gzip' })),
    (base, id) => put(base, id, 0, 'abcd', { 'content-encoding': 'gzip' }),
  ],
  'file-too-large': [(base) => send(base, post('{"fileName":"a","fileSize":9007199254740991}'))],
  'request-too-large': [
    (base) => send(base, post(`{"fileName":"a","fileSize":1,"x":"${'x'.repeat(300_000)}"}`)),
    (base) => send(base, post('x'.repeat(300_000), { 'transfer-encoding': 'chunked' })),
  ],
  'session-not-found': [
    (base) => send(base, { path: at(randomUUID()) }),
    (base) => put(base, randomUUID(), 0, 'abcd'),
    (base) => complete(base, randomUUID()),
    (base) => send(base, { method: 'POST', path: at('..%2F..%2Fetc', '/abort') }),
  ],
  'session-aborted': [
    async (base, id) => {
      await send(base, { method: 'POST', path: at(id, '/abort') });
      return send(base, { path: at(id) });
    },
  ],
  'session-completed': [
    async (base) => {
      const { id } = await initiate(base, { fileSize: 0 });
      await complete(base, id);
      return send(base, { method: 'POST', path: at(id, '/abort') });
    },
  ],
  'chunk-not-found': ['3', '-1', '01', '1e0', '+1', '%201', 'abc', '%2530', '9'.repeat(400), '0%00'].map(
    (chunkId) => (base, id) => send(base, { method: 'PUT', path: at(id, `/upload/${chunkId}`), body: 'abcd' }),
  ),
  'chunk-length-mismatch': [
    (base, id) => put(base, id, 0, 'abc'),
    (base, id) => put(base, id, 0, 'abcde'),
    (base, id) => put(base, id, 2, ''),
    (base, id) => put(base, id, 0, 'abcde', { 'transfer-encoding': 'chunked' }),
    (base, id) => put(base, id, 0, 'abc', { 'transfer-encoding': 'chunked' }),
  ],
  'content-range-mismatch': ['bytes 0-3/11', 'bytes 4-7/10', 'bytes 0-3/*', 'bytes */10', 'x', ''].map(
    (range) => (base, id) => put(base, id, 0, 'abcd', { 'content-range': range }),
  ),
  'digest-mismatched-values': [
    (base, id) => put(base, id, 0, 'abcd', { 'content-digest': digestOf('abce') }),
    (base, id) => put(base, id, 0, 'abcd', { 'content-digest': `${digestOf('abcd')}, ${digestOf('x', 'sha-512')}` }),
    async (base, id) => complete(base, await whole(base, id), { digest: digestOf('other') }),
    async (base, id) => complete(base, await whole(base, id), { compositeDigest: digestOf('other') }),
  ],
  'digest-unsupported-algorithms': [
    (base, id) => put(base, id, 0, 'abcd', { 'content-digest': 'md5=:AAAA:, crc32c=1' }),
    (base, id) => put(base, id, 0, 'abcd', { 'content-digest': '' }),
    (base, id) => complete(base, id, { compositeDigest: digestOf('a', 'sha-512') }),
    (base, id) => complete(base, id, { digest: '' }),
  ],
  'digest-invalid-values': ['sha-256', 'sha-256=:AAAA:', 'sha-256=x', 'sha-256=(:AAAA:)', 'sha-256=:?:', '=', 'ä'].map(
    (digest) => (base, id) => put(base, id, 0, 'abcd', { 'content-digest': Buffer.from(digest).toString('latin1') }),
  ),
  'upload-incomplete': [(base, id) => complete(base, id)],
  'attachment-not-found': [
    (base) => send(base, { path: '/attachments/x' }),
    (base) => send(base, { path: '/attachments/..%2Frecords.sqlite/content' }),
  ],
  'idempotency-key-reused': [
    async (base) => {
      await initiate(base, { fileSize: 1 }, { 'idempotency-key': 'k' });
      return (await initiate(base, { fileSize: 2 }, { 'idempotency-key': 'k' })).reply;
    },
  ],
};

/** Uploads all chunks. */
async function whole(base: string, id: string): Promise<string> {
  for (const [chunkId, body] of ['abcd', 'efgh', 'ij'].entries()) await put(base, id, chunkId, body);
  return id;
}

describe('every problem that a request can provoke', () => {
  for (const [name, ways] of Object.entries(provocations))
    test(`${name}, in ${ways.length} ways`, async () => {
      const { url } = await testServer();
      for (const provoke of ways) {
        const { id } = await initiate(url);
        const reply = await provoke(url, id);
        const { type, title, status } = problems[name as ProblemName];
        expect(reply.json, provoke.toString()).toMatchObject({ type, title, status });
        expect(reply.status).toBe(status);
        expect(reply.headers['content-type']).toBe('application/problem+json');
        expect(reply.headers['cache-control']).toBe('no-store');
        expect(reply.headers.date).toBeDefined();
      }
    });

  test('only these need more than a request: a principal, time, load, or a fault', () => {
    const others = (Object.keys(problems) as ProblemName[]).filter((name) => !(name in provocations));
    const expected = ['unauthorized', 'session-expired', 'too-many-requests', 'unavailable', 'insufficient-storage'];
    expect(others.sort()).toEqual(expected.sort());
  });

  test('an expired session is gone, with the moment it went', async () => {
    const { url } = await testServer();
    const { id, reply } = await initiate(url, { preferredTimeoutSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1050)); // the one thing to wait for here is the clock
    const gone = await send(url, { path: at(id) });
    expect(gone.json).toMatchObject({ status: 410, expiredAt: reply.json['expiresAt'] });
    expect((await put(url, id, 0, 'abcd')).status).toBe(410);
  });

  test('credentials come first, and another principal’s session is like an unknown one', async () => {
    const principal = [
      { name: 'ann', token: 'a-token' },
      { name: 'bob', token: 'b-token' },
    ];
    const { url } = await testServer({ principal });
    const nobody = await initiate(url);
    expect(nobody.reply.status).toBe(401);
    expect(nobody.reply.headers['www-authenticate']).toMatch(/^Bearer/);
    expect((await initiate(url, {}, { authorization: 'Bearer c-token' })).reply.status).toBe(401);
    const { id } = await initiate(url, {}, { authorization: 'Bearer a-token' });
    const bob = { authorization: 'Bearer b-token' };
    const [theirs, unknown] = await Promise.all(
      [id, 'unknown'].map((session) => send(url, { path: at(session), headers: bob })),
    );
    expect(theirs?.bytes).toEqual(unknown?.bytes);
    expect((await send(url, { path: at(id), headers: { authorization: 'bearer a-token' } })).status).toBe(200);
  });
});

describe('what the table does not name', () => {
  test('a method that a resource lacks is 405 with Allow; an unknown path, or a slash too many, is 404', async () => {
    const { url } = await testServer({ prefix: '/api/v3' });
    const { id } = await initiate(url);
    const wrong = await send(url, { method: 'DELETE', path: at(id) });
    expect(wrong).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
      json: { type: 'about:blank' },
    });
    expect((await send(url, { method: 'PROPFIND', path: at(id) })).status).toBe(405);
    for (const path of [`${at(id)}/`, '/', '/attachment/session/', '/attachment//capabilities', '/Attachment/initiate'])
      expect((await send(url, { path })).status, path).toBe(404);
    for (const path of ['/attachment/%zz', at(id, '/upload/%ff')])
      expect((await send(url, { path })).json, path).toMatchObject({ type: 'about:blank', status: 400 });
    expect((await send(url.replace('/api/v3', ''), { path: at(id) })).status).toBe(404);
    expect((await send(url, { method: 'OPTIONS', path: at(id) })).status).toBe(204);
  });

  test('HEAD has the fields of GET and no body', async () => {
    const { url } = await testServer();
    const { id } = await initiate(url);
    for (const path of ['/attachment/capabilities', at(id), at('unknown')]) {
      const [get, head] = [await send(url, { path }), await send(url, { method: 'HEAD', path })];
      expect(head.status).toBe(get.status);
      expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
      expect(head.bytes).toHaveLength(0);
    }
  });

  test('a chunk id and a path may be spelt with percent-encoding, decoded once', async () => {
    const { url } = await testServer();
    const { id } = await initiate(url);
    const path = `/%61ttachment/session/${id}/upload/%30`;
    expect((await send(url, { method: 'PUT', path, body: 'abcd' })).status).toBe(201);
    expect((await put(url, id, 0, 'abcd', { 'content-type': 'not a media type' })).status).toBe(200);
  });
});
