/** What each fault does to a request and its answer; and that a server with any preset still keeps the contract. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { run } from '../../conformance/run.ts';
import { at, complete, digestOf, initiate, put, send, testServer, wire } from '../testing.ts';
import type { Plan, Rule } from './plan.ts';
import { presets } from './presets.ts';

const every = (rule: Record<string, unknown>, more: Partial<Plan> = {}): Plan => ({
  rules: [{ every: 1, operations: ['uploadChunk'], ...rule } as unknown as Rule],
  ...more,
});
const faulty = (faults: Plan) => testServer({ faults, faultsSeed: 1 });
const listed = async (url: string, id: string) => (await send(url, { path: at(id) })).json['receivedChunks'];

test('a refused request is answered with a problem and when to come back, and nothing happens', async () => {
  const { url } = await faulty(every({ fault: 'refuse', status: 503, retryAfterSeconds: 3 }));
  const { id } = await initiate(url);
  expect(await put(url, id, 0, 'abcd')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '3', 'cache-control': 'no-store', 'content-type': 'application/problem+json' },
    json: { status: 503, title: 'The server is unavailable' },
  });
  expect(await listed(url, id)).toEqual([]);
});

test('a request that is cut stores nothing, also if all of it has arrived', async () => {
  const { url } = await faulty(every({ fault: 'cut-request' }));
  const { id } = await initiate(url);
  await expect(put(url, id, 0, 'abcd')).rejects.toThrow();
  expect(await listed(url, id)).toEqual([]);
  // A completion without its content would be another one.
  const cut = await faulty(every({ fault: 'cut-request', operations: ['completeUpload'] }));
  const { id: empty } = await initiate(cut.url, { fileSize: 0 });
  const headers = { 'content-type': 'application/json' };
  await expect(
    send(cut.url, { method: 'POST', path: at(empty, '/complete'), headers, body: 'null' }),
  ).rejects.toThrow();
  expect((await send(cut.url, { path: at(empty) })).json['state']).toBe('open');
});

test('an answer that is lost leaves the request done', async () => {
  const { url } = await faulty(every({ fault: 'lose-answer' }));
  const { id } = await initiate(url);
  await expect(put(url, id, 0, 'abcd')).rejects.toThrow();
  await expect.poll(() => listed(url, id)).toEqual([{ first: 0, last: 0 }]);
});

test('an answer that is cut has its head, less than its content, and an end', async () => {
  const { url } = await faulty(every({ fault: 'cut-answer' }));
  const { id } = await initiate(url);
  const { socket, end, text } = wire(url);
  socket.write(`PUT ${at(id, '/upload/0')} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd`);
  await end;
  const [head = '', content = ''] = text().split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1.1 201 Created\r\n/);
  expect(content.length).toBeLessThan(Number(/content-length: (\d+)/i.exec(head)?.[1]));
  expect(await listed(url, id)).toEqual([{ first: 0, last: 0 }]);
});

test('interim answers, pieces and closed connections change nothing of what is answered', async () => {
  const { url } = await faulty({
    rules: [
      { fault: 'interim', every: 1 },
      { fault: 'piecemeal', every: 1, ms: [5, 10] },
      { fault: 'delay', every: 1, ms: [1, 2] },
      { fault: 'close', every: 3 },
    ],
  });
  const { id } = await initiate(url);
  const { hostname, port } = new URL(url);
  const informed: number[] = [];
  const status = await new Promise((resolve, reject) => {
    const path = at(id, '/upload/0');
    request({ hostname, port, path, method: 'PUT' }, (response) => resolve(response.resume().statusCode))
      .on('information', ({ statusCode }) => informed.push(statusCode))
      .on('error', reject)
      .end('abcd');
  });
  expect([status, informed]).toEqual([201, [102]]);
  expect((await put(url, id, 2, 'ij')).json).toMatchObject({ chunkId: 2, offset: 8 });
  const two = wire(url);
  const get = `GET ${at(id)} HTTP/1.1\r\nHost: x\r\n\r\n`;
  two.socket.write(get + get); // what is in a row comes in a row
  const text = await two.until(/expiresAt.*expiresAt[^}]*}/s);
  expect(text.match(/HTTP\/1.1 200[\s\S]*?\r\n\r\n{[^}]*?"receivedChunks"[\s\S]*?"expiresAt":"[^"]*"}/g)).toHaveLength(
    2,
  );
});

test('sessions expire early as advertised: by the capabilities, and by expiresAt', async () => {
  const { url } = await faulty(every({ fault: 'close' }, { maxTimeoutSeconds: 2 }));
  const { json } = await send(url, { path: '/attachment/capabilities' });
  expect(json).toMatchObject({ limits: { maxTimeoutSeconds: 2 } });
  const { reply } = await initiate(url, { preferredTimeoutSeconds: 3600 });
  expect(Date.parse(String(reply.json['expiresAt'])) - Date.now()).toBeLessThanOrEqual(2000);
});

test('a completion that has to read the file is answered with 202, if the plan says so', async () => {
  const { url } = await faulty(every({ fault: 'close' }, { completeWithinSeconds: 0 }));
  const { id } = await initiate(url, { fileSize: 4 });
  await put(url, id, 0, 'abcd');
  expect((await complete(url, id, { digest: digestOf('abcd') })).status).toBe(202);
  await expect.poll(async () => (await send(url, { path: at(id) })).json['state']).toBe('completed');
});

test.concurrent.each(Object.entries(presets))(
  'with the preset %s the server keeps the contract: a short run finds nothing',
  { timeout: 180_000 },
  async (name, faults) => {
    const principal = ['first', 'second'].map((one) => ({ name: one, token: one }));
    const { url } = await testServer({ faults, faultsSeed: 1, principal });
    const results = await run({
      target: url,
      seed: 1,
      runs: 3,
      maxTimeSeconds: 15,
      maxBytes: 1e9,
      waitExpirySeconds: 2,
      only: [],
      skip: ['expiry', 'stillness'],
      headers: { Authorization: 'Bearer first' },
      secondHeaders: { Authorization: 'Bearer second' },
      workers: 16,
      tls: { insecure: false },
    });
    if ('kind' in results) throw new Error(results.message);
    const { must } = results.summary;
    const told = `${results.stats.calls} requests, ${must.pass} MUST passed, ${must.inconclusive} inconclusive, ${must.fail} failed`;
    console.log(`${name}: ${told}`);
    expect(results.failures.map(({ requirement, expected, got }) => [requirement, expected, got])).toEqual([]);
    expect(results.stats.calls).toBeGreaterThan(50);
    expect(must.pass).toBeGreaterThan(10);
  },
);
