import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createUploadClient } from '../generated/client.ts';
import { root } from './description.ts';
import { generate } from './generate.ts';

test('generated/ is what spec/ generates, byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chunkproof-generated-'));
  try {
    await generate(folder);
    const names = (await readdir(folder)).sort();
    expect((await readdir(join(root, 'generated'))).sort()).toEqual(names);
    for (const name of names) {
      const fresh = await readFile(join(folder, name), 'utf8');
      expect(await readFile(join(root, 'generated', name), 'utf8'), `${name}: run npm run generate`).toBe(fresh);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('no generated file names a path of the machine that made it', async () => {
  for (const name of await readdir(join(root, 'generated'))) {
    const text = await readFile(join(root, 'generated', name), 'utf8');
    expect(text.includes(root) || text.includes(tmpdir()), name).toBe(false);
  }
});

const sent = async (body: Uint8Array | Blob): Promise<Request> => {
  const requests: Request[] = [];
  const client = createUploadClient({
    baseUrl: 'http://127.0.0.1/prefix/',
    headers: { Authorization: 'Bearer t' },
    fetch: async (request) => {
      requests.push(request);
      return Response.json({}, { status: 201 });
    },
  });
  await client.PUT('/attachment/session/{sessionId}/upload/{chunkId}', {
    params: { path: { sessionId: 's', chunkId: '7' } },
    body,
  });
  const [request] = requests;
  if (request === undefined) throw new Error('the client sent nothing');
  return request;
};

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

test.each([
  ['a Uint8Array', bytes],
  ['a Buffer', Buffer.from(bytes)],
  ['a view into a longer buffer', new Uint8Array([9, ...bytes, 9]).subarray(1, 257)],
  ['a Blob with a type of its own', new Blob([bytes], { type: 'application/json' })],
])('the client sends %s as the very bytes', async (_what, body) => {
  const request = await sent(body);
  expect(request.url).toBe('http://127.0.0.1/prefix/attachment/session/s/upload/7');
  expect(request.headers.get('Content-Type')).toBe('application/octet-stream');
  expect(request.headers.get('Authorization')).toBe('Bearer t');
  expect(new Uint8Array(await request.arrayBuffer())).toEqual(bytes);
});

test('the client sends a declaration as JSON', async () => {
  const requests: Request[] = [];
  const client = createUploadClient({
    baseUrl: 'http://127.0.0.1',
    fetch: async (request) => {
      requests.push(request);
      return Response.json({}, { status: 201 });
    },
  });
  await client.POST('/attachment/initiate', { body: { fileName: 'a', fileSize: 0 } });
  expect(requests[0]?.headers.get('Content-Type')).toBe('application/json');
  expect(await requests[0]?.json()).toEqual({ fileName: 'a', fileSize: 0 });
});
