import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Honest, type HonestOptions, startHonest } from './honest.ts';

const started: Honest[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

describe('the honest server', () => {
  it('takes chunks in any order and gives the bytes back', async () => {
    const { url } = await start({ prefix: '/api/v3' });
    const session = await initiate(url, { fileName: 'Zeichnung „A“.pdf', fileSize: 10, preferredChunkSize: 4 });
    expect(session.json).toMatchObject({ state: 'open', chunkSize: 4, totalChunks: 3, receivedChunks: [] });
    for (const [chunk, bytes] of [
      [2, 'ij'],
      [0, 'abcd'],
      [1, 'efgh'],
    ] as const)
      expect((await put(session.url, chunk, bytes)).status).toBe(201);
    expect(await json(await fetch(session.url))).toMatchObject({
      receivedChunks: [{ first: 0, last: 2 }],
      receivedBytes: 10,
    });
    const done = await post(`${session.url}/complete`, { compositeDigest: composite('abcd', 'efgh', 'ij') });
    expect(done.status).toBe(201);
    const attachment = await json(done);
    const content = await fetch(new URL(String(attachment['contentUrl']), done.url));
    expect(await content.text()).toBe('abcdefghij');
    expect(content.headers.get('content-disposition')).toBe(
      `attachment; filename="Zeichnung _A_.pdf"; filename*=UTF-8''Zeichnung%20%E2%80%9EA%E2%80%9C.pdf`,
    );
    const part = await fetch(content.url, { headers: { Range: 'bytes=3-5' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 3-5/10', 'def']);
    const etag = content.headers.get('etag') ?? '';
    expect((await fetch(content.url, { headers: { 'If-None-Match': `W/${etag}` } })).status).toBe(304);
    const stale = await fetch(content.url, { headers: { Range: 'bytes=3-5', 'If-Range': '"other"' } });
    expect(stale.status).toBe(200);
    expect((await fetch(content.url, { headers: { Range: 'bytes=10-' } })).status).toBe(416);
  });

  it('makes one attachment of however many completions', async () => {
    const { url } = await start();
    const session = await initiate(url, { fileName: 'a', fileSize: 0 });
    const answers = await Promise.all([1, 2, 3].map(() => post(`${session.url}/complete`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const ids = await Promise.all(answers.map(async (answer) => (await json(answer))['attachmentId']));
    expect(new Set(ids).size).toBe(1);
    const wrong = await post(`${session.url}/complete`, { digest: digest('x') });
    expect((await json(wrong))['type']).toMatch('#digest-mismatched-values');
    expect(await problemOf(await put(session.url, 0, 'x'))).toEqual([409, 'session-completed']);
    expect(await problemOf(await post(`${session.url}/abort`))).toEqual([409, 'session-completed']);
  });

  it('replaces a chunk whole, and only by a whole body that proves its digest', async () => {
    const { url } = await start();
    const session = await initiate(url, { fileName: 'a', fileSize: 4 });
    expect((await put(session.url, 0, 'abcd')).status).toBe(201);
    expect((await put(session.url, 0, 'efgh', { 'Content-Digest': digest('efgh') })).status).toBe(200);
    for (const [field, name] of [
      [digest('abcd'), 'digest-mismatched-values'],
      ['md5=:AAAA:', 'digest-unsupported-algorithms'],
      ['', 'digest-unsupported-algorithms'],
      ['sha-256=:AAAA:', 'digest-invalid-values'],
      ['sha-256="', 'digest-invalid-values'],
    ] as const)
      expect(await problemOf(await put(session.url, 0, 'ijkl', { 'Content-Digest': field }))).toEqual([400, name]);
    expect(await problemOf(await put(session.url, 0, 'abc'))).toEqual([400, 'chunk-length-mismatch']);
    expect(await problemOf(await put(session.url, '00', 'abcd'))).toEqual([404, 'chunk-not-found']);
    expect(await problemOf(await put(session.url, 0, 'abcd', { 'Content-Range': 'bytes 0-2/4' }))).toEqual([
      400,
      'content-range-mismatch',
    ]);
    expect((await put(session.url, '%30', 'efgh', { 'Content-Range': 'bytes 00-3/4' })).status).toBe(200);
    const attachment = await json(await post(`${session.url}/complete`));
    expect(attachment['digest']).toBe(digest('efgh'));
  });

  it.each(['Content-Length: 4', 'Transfer-Encoding: chunked'])(
    'never stores a body that ends early (%s)',
    async (framing) => {
      const { url } = await start();
      const session = await initiate(url, { fileName: 'a', fileSize: 4 });
      const body = framing.startsWith('T') ? '4\r\nabcd\r\n' : 'abc';
      const head = `PUT ${new URL(session.url).pathname}/upload/0 HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`;
      expect(await talk(url, head + body)).toMatch(/^HTTP\/1.1 400 .*Connection: close.*#chunk-length-mismatch/s);
      expect(await json(await fetch(session.url))).toMatchObject({ receivedChunks: [] });
    },
  );

  it('measures chunked coding', async () => {
    const { url } = await start();
    const session = await initiate(url, { fileName: 'a', fileSize: 4 });
    const sent = httpRequest(`${session.url}/upload/0`, { method: 'PUT', headers: { Expect: '100-continue' } });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.write('ab');
    sent.end('cd');
    const [answer] = await once(sent, 'response');
    expect(answer.statusCode).toBe(201);
    answer.resume();
  });

  it('lets a client that sends too much read the refusal', async () => {
    const { url } = await start();
    const session = await initiate(url, { fileName: 'a', fileSize: 4 });
    expect(await problemOf(await put(session.url, 0, 'x'.repeat(20_000_000)))).toEqual([400, 'chunk-length-mismatch']);
    expect(await problemOf(await put(`${url}/attachment/session/x`, 0, 'x'.repeat(20_000_000)))).toEqual([
      404,
      'session-not-found',
    ]);
  });

  it('enforces expiry by its clock, to which stored chunks alone give time', async () => {
    let now = 1_000_000;
    const { url } = await start({ seams: { now: () => now } });
    const session = await initiate(url, { fileName: 'a', fileSize: 4, preferredTimeoutSeconds: 10 });
    expect(session.json['expiresAt']).toBe(new Date(now + 10_000).toISOString());
    now += 9_999;
    await fetch(session.url);
    expect((await put(session.url, 0, 'abcd')).status).toBe(201);
    now += 9_999;
    expect((await fetch(session.url, { method: 'HEAD' })).status).toBe(200);
    now += 1;
    expect(await problemOf(await fetch(session.url))).toEqual([410, 'session-expired']);
    expect(await problemOf(await post(`${session.url}/complete`))).toEqual([410, 'session-expired']);
    expect(await problemOf(await post(`${session.url}/abort`))).toEqual([410, 'session-expired']);
  });

  it('remembers an abort', async () => {
    const { url } = await start();
    const session = await initiate(url, { fileName: 'a', fileSize: 4 });
    expect((await post(`${session.url}/abort`)).status).toBe(204);
    expect((await post(`${session.url}/abort`)).status).toBe(204);
    expect(await problemOf(await put(session.url, 0, 'abcd'))).toEqual([410, 'session-aborted']);
    expect(await problemOf(await fetch(session.url))).toEqual([410, 'session-aborted']);
  });

  it('answers an idempotency key with its session', async () => {
    const { url } = await start();
    const key = { 'Idempotency-Key': 'k' };
    const first = await initiate(url, { fileName: 'a', fileSize: 4 }, key);
    await put(first.url, 0, 'abcd');
    const again = await initiate(url, { fileSize: 4.0, fileName: 'a' }, key);
    expect(again.json).toMatchObject({ sessionId: first.json['sessionId'], receivedBytes: 4 });
    const other = await post(`${url}/attachment/initiate`, { fileName: 'b', fileSize: 4 }, key);
    expect(await problemOf(other)).toEqual([422, 'idempotency-key-reused']);
    await post(`${first.url}/abort`);
    const late = await post(`${url}/attachment/initiate`, { fileName: 'a', fileSize: 4 }, key);
    expect(await problemOf(late)).toEqual([410, 'session-aborted']);
  });

  it('keeps principals apart', async () => {
    const { url } = await start({ tokens: ['one', 'two'] });
    const [one, two] = [{ Authorization: 'Bearer one' }, { Authorization: 'bearer two' }];
    const session = await initiate(url, { fileName: 'a', fileSize: 0 }, one);
    const nobody = await fetch(session.url);
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await problemOf(nobody)).toEqual([401, 'unauthorized']);
    const theirs = await fetch(session.url, { headers: two });
    const unknown = await fetch(`${url}/attachment/session/x`, { headers: two });
    expect([theirs.status, await theirs.text()]).toEqual([unknown.status, await unknown.text()]);
    const { contentUrl } = (await json(await post(`${session.url}/complete`, undefined, one))) as {
      contentUrl: string;
    };
    expect((await fetch(new URL(contentUrl, url), { headers: one })).status).toBe(200);
    expect(await problemOf(await fetch(new URL(contentUrl, url), { headers: two }))).toEqual([
      404,
      'attachment-not-found',
    ]);
  });

  it('refuses what the table says', async () => {
    const { url } = await start();
    const good = { fileName: 'a', fileSize: 4 };
    for (const [body, status, name] of [
      [{ ...good, fileSize: 2 ** 53 }, 413, 'file-too-large'],
      [{ ...good, fileSize: 1.5 }, 400, 'invalid-request'],
      [{ ...good, fileSize: null }, 400, 'invalid-request'],
      [{ ...good, contentType: 'text' }, 400, 'invalid-request'],
      [{ ...good, preferredChunkSize: 0 }, 400, 'invalid-request'],
      [{ ...good, fileName: '' }, 400, 'invalid-request'],
      [{ ...good, fileName: '..' }, 400, 'invalid-file-name'],
      [{ ...good, fileName: 'a\u0085' }, 400, 'invalid-file-name'],
      [{ ...good, fileName: '\ud800' }, 400, 'invalid-file-name'],
      [{ ...good, fileName: 'é'.repeat(128) }, 400, 'invalid-file-name'],
    ] as const)
      expect(await problemOf(await post(`${url}/attachment/initiate`, body))).toEqual([status, name]);
    const text = await fetch(`${url}/attachment/initiate`, { method: 'POST', body: '{}' });
    expect(await problemOf(text)).toEqual([415, 'unsupported-media-type']);
    const huge = await initiate(url, {
      fileName: 'é'.repeat(127),
      fileSize: 5_000_000_001,
      x: 1,
      preferredChunkSize: 1,
    });
    expect(huge.json).toMatchObject({ totalChunks: Math.ceil(5_000_000_001 / Number(huge.json['chunkSize'])) });
    const session = await initiate(url, good);
    expect(await json(await post(`${session.url}/complete`))).toMatchObject({ missingChunks: [{ first: 0, last: 0 }] });
    const method = await fetch(session.url, { method: 'DELETE' });
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

async function start(options: HonestOptions = {}): Promise<Honest> {
  const server = await startHonest(options);
  started.push(server);
  return server;
}

type Members = Readonly<Record<string, unknown>>;

const json = async (response: Response): Promise<Members> => (await response.json()) as Members;

async function problemOf(response: Response): Promise<[number, string | undefined]> {
  const { type, status } = await json(response);
  expect(status).toBe(response.status);
  return [response.status, String(type).split('#')[1]];
}

const post = (url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    ...(body === undefined
      ? { headers }
      : { headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }),
  });

const put = (session: string, chunk: number | string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${session}/upload/${chunk}`, { method: 'PUT', body, headers });

async function initiate(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await post(`${url}/attachment/initiate`, body, headers);
  expect(response.status).toBe(201);
  return { url: new URL(response.headers.get('location') ?? '', url).href, json: await json(response) };
}

const sha256 = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();
const digest = (bytes: string | Buffer): string => `sha-256=:${sha256(bytes).toString('base64')}:`;
const composite = (...chunks: string[]): string => digest(Buffer.concat(chunks.map(sha256)));

/** Sends some bytes and a FIN; everything that came back until the server closed too. */
async function talk(url: string, bytes: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), allowHalfOpen: true });
  socket.end(bytes);
  let received = '';
  for await (const part of socket) received += String(part);
  return received;
}
