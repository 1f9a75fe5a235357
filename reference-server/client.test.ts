import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createUploadClient } from '../generated/client.ts';
import { problems } from '../generated/problems.ts';
import { digestOf, testServer } from './testing.ts';

const file = Buffer.from('The quick brown fox jumps over the lazy dog: \u0000\u00ff\ud83d\ude00', 'utf8');
const chunkSize = 20;
const piece = (chunk: number): Buffer => file.subarray(chunk * chunkSize, (chunk + 1) * chunkSize);

/** A client of a server of its own, and a session of the file. */
async function started(settings: Parameters<typeof testServer>[0] = {}, headers: Record<string, string> = {}) {
  const { url } = await testServer(settings);
  const client = createUploadClient({ baseUrl: url, headers });
  const { data } = await client.POST('/attachment/initiate', {
    body: { fileName: 'fox.txt', fileSize: file.length, contentType: 'text/plain', preferredChunkSize: chunkSize },
  });
  if (!data) throw new Error('no session');
  const session = { sessionId: data.sessionId };
  const put = (chunk: number, body: Uint8Array | Blob, fields: { 'Content-Digest'?: string } = {}) =>
    client.PUT('/attachment/session/{sessionId}/upload/{chunkId}', {
      params: { path: { ...session, chunkId: String(chunk) }, header: fields },
      body,
    });
  return { client, url, session, data, put };
}

test('a file goes up in pieces of every kind, and comes back byte by byte', async () => {
  const { client, session, data, put, url } = await started();
  expect(data).toMatchObject({ state: 'open', chunkSize, totalChunks: 3, receivedChunks: [] });

  const kinds = [new Uint8Array(piece(0)), Buffer.from(piece(1)), new Blob([new Uint8Array(piece(2))])];
  for (const [chunk, body] of kinds.entries()) {
    const fields = { 'Content-Digest': digestOf(piece(chunk)) };
    const { data: receipt, response } = await put(chunk, body, fields);
    expect(response.status).toBe(201);
    expect(receipt).toMatchObject({ chunkId: chunk, offset: chunk * chunkSize, length: piece(chunk).length });
    expect(receipt?.digest).toContain(digestOf(piece(chunk)));
  }

  const status = await client.GET('/attachment/session/{sessionId}', { params: { path: session } });
  expect(status.data?.receivedChunks).toEqual([{ first: 0, last: 2 }]);

  const completed = await client.POST('/attachment/session/{sessionId}/complete', {
    params: { path: session },
    body: { digest: digestOf(file) },
  });
  expect(completed.response.status).toBe(201);
  if (!completed.data || !('attachmentId' in completed.data)) throw new Error('no attachment');
  const { attachmentId, compositeDigest } = completed.data;
  const digests = [0, 1, 2].map((chunk) => createHash('sha256').update(piece(chunk)).digest());
  expect(compositeDigest).toBe(digestOf(Buffer.concat(digests)));

  const { data: content, response } = await client.GET('/attachments/{attachmentId}/content', {
    params: { path: { attachmentId } },
    parseAs: 'arrayBuffer',
  });
  expect(Buffer.from(content as unknown as ArrayBuffer)).toEqual(file);
  expect(response.headers.get('content-type')).toBe('text/plain');
  expect(response.url.startsWith(url)).toBe(true);
});

test('a refusal does not throw: its problem is the error, with its own members, typed', async () => {
  const { client, session, put } = await started();
  const short = await put(0, new Uint8Array([1, 2, 3]));
  expect(short.data).toBeUndefined();
  expect(short.error).toMatchObject({
    type: problems['chunk-length-mismatch'].type,
    status: 400,
    expectedLength: chunkSize,
  });

  const early = await client.POST('/attachment/session/{sessionId}/complete', { params: { path: session } });
  const problem = early.error;
  if (!problem || !('missingCount' in problem)) throw new Error('no such problem');
  const { missingCount, missingChunks } = problem;
  expect([missingCount, missingChunks]).toEqual([3, [{ first: 0, last: 2 }]]);

  const unknown = await client.GET('/attachment/session/{sessionId}', {
    params: { path: { sessionId: 'p1OZ2wqQ7mVuXfO0T9c3Yg' } },
  });
  expect(unknown.error?.title).toBe(problems['session-not-found'].title);
});

test('an abort has no content, and what is aborted is gone', async () => {
  const { client, session } = await started();
  const params = { path: session };
  const aborted = await client.POST('/attachment/session/{sessionId}/abort', { params });
  expect([aborted.response.status, aborted.error]).toEqual([204, undefined]);
  const { error } = await client.GET('/attachment/session/{sessionId}', { params });
  expect(error).toMatchObject({ type: problems['session-aborted'].type, status: 410 });
});

test('the capabilities say where to begin, also below a prefix', async () => {
  const { url } = await testServer({ prefix: '/api/v3/File1' });
  const { data } = await createUploadClient({ baseUrl: url }).GET('/attachment/capabilities');
  expect(data).toMatchObject({ contractVersion: '1.0', profiles: expect.arrayContaining(['core', 'download']) });
});

test("a fetch of one's own carries every request, with the fields that were given", async () => {
  const { url } = await testServer();
  const sent: Request[] = [];
  const client = createUploadClient({
    baseUrl: url,
    headers: { 'X-Trace': '7' },
    fetch: (request) => {
      sent.push(request);
      return fetch(request);
    },
  });
  await client.GET('/attachment/capabilities');
  expect(sent.map(({ method, headers }) => [method, headers.get('x-trace')])).toEqual([['GET', '7']]);
});
