/** What one client cannot do to the others, and what a principal cannot do to the disk. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { at, complete, initiate, put, send, temporaryFolder, testServer } from '../testing.ts';

/** Connections that have got through to the server, each after writing `head`. */
async function crowd(base: string, size: number, head: string): Promise<Socket[]> {
  const { hostname, port } = new URL(base);
  const sockets = Array.from({ length: size }, () => connect({ host: hostname, port: Number(port) }));
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(head);
    }),
  );
  return sockets;
}

test('1,000 idle and 200 trickling connections do not stop a normal upload', async () => {
  const { url } = await testServer();
  const { id: theirs } = await initiate(url, { fileSize: 1e6, preferredChunkSize: 5000 });
  const idle = await crowd(url, 1000, '');
  const heads = await crowd(url, 100, `PUT ${at(theirs, '/upload/0')} HTTP/1.1\r\nHost`);
  const put1 = `PUT ${at(theirs, '/upload/1')} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n`;
  const bodies = await crowd(url, 100, put1);
  const drip = setInterval(() => [...heads, ...bodies].forEach((socket) => void socket.write(':')), 100);
  onTestFinished(() => clearInterval(drip));

  const chunk = Buffer.alloc(1024 * 1024, 7);
  const started = performance.now();
  const { id } = await initiate(url, { fileSize: 8 * chunk.length, preferredChunkSize: chunk.length });
  const receipts = await Promise.all(Array.from({ length: 8 }, (_, i) => put(url, id, i, chunk)));
  const { status, json } = await complete(url, id);
  const { bytes } = await send(url, { path: String(json['contentUrl']) });
  const ms = Math.round(performance.now() - started);

  console.log(`1,000 idle and 200 trickling connections: 8 MiB up, completed and down again in ${ms} ms`);
  expect(receipts.map((receipt) => receipt.status)).toEqual(Array(8).fill(201));
  expect(status).toBe(201);
  expect(bytes.length).toBe(8 * chunk.length);
  expect([...idle, ...heads, ...bodies].filter((socket) => socket.readyState !== 'open')).toEqual([]);
});

test('a connection past the limit is closed, and when another ends there is room again', async () => {
  const { url } = await testServer({ maxConnections: 2 });
  const [one, two] = await crowd(url, 2, 'GET / HTTP/1.1\r\n');
  await expect(send(url, { path: '/attachment/capabilities' })).rejects.toThrow();
  one?.destroy();
  await expect
    .poll(() => send(url, { path: '/attachment/capabilities' }).catch(() => null))
    .toMatchObject({ status: 200 });
  expect(two?.readyState).toBe('open');
});

test('who has too many sessions open is told 429 and when to come back, and nobody else is', async () => {
  const principal = ['ann', 'bob'].map((name) => ({ name, token: name }));
  const { url } = await testServer({ maxSessions: 1, principal });
  const [ann, bob] = ['ann', 'bob'].map((name) => ({ authorization: `Bearer ${name}` }));
  const { id } = await initiate(url, {}, { ...ann, 'idempotency-key': 'k' });
  const { reply } = await initiate(url, {}, ann);
  expect(reply).toMatchObject({ status: 429, json: { title: 'Too many requests' } });
  expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  expect((await initiate(url, {}, { ...ann, 'idempotency-key': 'k' })).id).toBe(id);
  expect((await initiate(url, {}, bob)).reply.status).toBe(201);
  await send(url, { method: 'POST', path: at(id, '/abort'), headers: ann ?? {} });
  expect((await initiate(url, {}, ann)).reply.status).toBe(201);
});

test('what would take more room than a principal may have is 507, and leaves nothing behind', async () => {
  const data = await temporaryFolder();
  const { url } = await testServer({ data, maxOpenBytes: 15, maxFileSize: 15 });
  const { id } = await initiate(url, { fileSize: 10 });
  expect((await initiate(url, { fileSize: 6 })).reply).toMatchObject({
    status: 507,
    json: { title: 'There is no room' },
  });
  expect((await initiate(url, { fileSize: 5 })).reply.status).toBe(201);
  expect((await send(url, { path: at(id) })).status).toBe(200);
  await expect.poll(() => readdirSync(join(data, 'sessions'))).toHaveLength(2);
});
