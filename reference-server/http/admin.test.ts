import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../main.ts';
import { readinessOf } from '../readiness.ts';
import { at, complete, initiate, put, send, temporaryFolder, testServer, testSettings, wire } from '../testing.ts';
import { createAdminServer } from './admin.ts';
import type { Phase } from './server.ts';

const principal = [{ name: 'ann', token: 'a-secret-token' }];
const ann = { authorization: 'Bearer a-secret-token' };

/** A sample's value by its name and labels, as they are written. */
const sample = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1],
  );

async function metricsOf(adminUrl: string) {
  const { bytes, headers, status } = await send(adminUrl, { path: '/metrics' });
  return { text: bytes.toString(), headers, status };
}

test('alive and ready are told at the root, to anybody, by GET and HEAD alone', async () => {
  const { url, adminUrl } = await testServer({ prefix: '/api/v3', principal });
  expect(adminUrl).toBe(new URL(url).origin);
  expect(await send(adminUrl, { path: '/healthz' })).toMatchObject({ status: 200, json: { status: 'alive' } });
  expect(await send(adminUrl, { path: '/readyz?verbose' })).toMatchObject({ status: 200, json: { status: 'ready' } });
  expect(await send(adminUrl, { path: '/readyz', method: 'HEAD' })).toMatchObject({ status: 200, json: {} });
  expect(await send(adminUrl, { path: '/healthz', method: 'POST' })).toMatchObject({ status: 405 });
  expect(await send(url, { path: '/healthz' })).toMatchObject({ status: 404 });
});

test('a port of their own takes the pages away from the clients, and has nothing else', async () => {
  const { url, adminUrl } = await testServer({ adminPort: 0 });
  expect(new URL(adminUrl).port).not.toBe(new URL(url).port);
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    expect((await send(adminUrl, { path })).status).toBe(200);
    expect((await send(url, { path })).status).toBe(404);
  }
  expect((await send(adminUrl, { path: '/attachment/capabilities' })).status).toBe(404);
});

test('it is not ready while it stops, and says so as long as an upload is under way', async () => {
  const server = await testServer({ adminPort: 0 });
  const { id } = await initiate(server.url);
  const { socket, until } = wire(server.url);
  socket.write(`PUT ${at(id, '/upload/0')} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
  await until(/100 Continue/);
  const closed = server.close();
  expect(await send(server.adminUrl, { path: '/readyz' })).toMatchObject({ status: 503, json: { status: 'stopping' } });
  expect(await send(server.adminUrl, { path: '/healthz' })).toMatchObject({ status: 200 });
  socket.write('abcd');
  await until(/"chunkId":0/);
  await closed;
  await expect(send(server.adminUrl, { path: '/readyz' })).rejects.toThrow();
});

test('it is not ready once its storage is gone, and alive', async () => {
  const data = await temporaryFolder();
  const { adminUrl } = await testServer({ data });
  rmSync(join(data, 'sessions'), { recursive: true });
  expect(await send(adminUrl, { path: '/readyz' })).toMatchObject({ status: 503, json: { status: 'storage-fails' } });
  expect(await send(adminUrl, { path: '/healthz' })).toMatchObject({ status: 200 });
});

test('readiness follows the phase and the storage, asks the storage once a second, and does not wait for it for ever', async () => {
  let phase: Phase = 'recovering';
  let probes = 0;
  const failing = readinessOf(
    () => phase,
    () => {
      probes++;
      return Promise.reject(Object.assign(new Error('broken'), { code: 'EIO' }));
    },
  );
  expect(await failing()).toBe('recovering');
  expect(probes).toBe(0);
  phase = 'serving';
  expect([await failing(), await failing()]).toEqual(['storage-fails', 'storage-fails']);
  expect(probes).toBe(1);
  phase = 'stopping';
  expect(await failing()).toBe('stopping');
  const full = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  expect(await readinessOf(() => 'serving', full)()).toBe('ready');
  expect(
    await readinessOf(
      () => 'serving',
      () => new Promise(() => {}),
    )(),
  ).toBe('storage-fails');
});

test('the metrics count what happened, in OpenMetrics, and tell no principal, id or name', async () => {
  const { url, adminUrl } = await testServer({ principal, adminPort: 0 });
  const { id } = await initiate(url, { fileName: 'a-secret-name', fileSize: 8 }, ann);
  await put(url, id, 0, 'abcd', ann);
  await put(url, id, 1, 'efgh', ann);
  await put(url, id, 1, 'efg', ann);
  await initiate(url, {}, ann);
  const completed = await send(url, { method: 'POST', path: at(id, '/complete'), headers: ann });
  await complete(url, id); // without a token
  await send(url, { path: '/elsewhere', headers: ann });
  const bad = wire(url);
  bad.socket.write('GARBAGE\r\n\r\n');
  await bad.until(/400/);
  await expect
    .poll(async () => sample((await metricsOf(adminUrl)).text, 'chunkproof_sweeps_total{outcome="done"}'), {
      timeout: 5000,
    })
    .toBeGreaterThan(0);

  const { text, headers } = await metricsOf(adminUrl);
  expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  for (const [series, value] of [
    ['requests_total{operation="initiateUpload",status="201"}', 2],
    ['requests_total{operation="uploadChunk",status="201"}', 2],
    ['requests_total{operation="uploadChunk",status="400"}', 1],
    ['requests_total{operation="completeUpload",status="201"}', 1],
    ['requests_total{operation="completeUpload",status="401"}', 1],
    ['requests_total{operation="unknown",status="404"}', 1],
    ['requests_total{operation="malformed",status="400"}', 1],
    ['sessions{state="open"}', 1],
    ['sessions{state="completed"}', 1],
    ['sessions{state="aborted"}', 0],
    ['chunk_seconds_count', 2],
    ['sync_seconds_count{what="chunk"}', 2],
  ] as const)
    expect([series, sample(text, `chunkproof_${series}`)]).toEqual([series, value]);
  expect(sample(text, 'chunkproof_sync_seconds_count{what="record"}')).toBeGreaterThan(3);
  expect(sample(text, 'chunkproof_received_bytes_total')).toBeGreaterThan(500);
  expect(sample(text, 'chunkproof_sent_bytes_total')).toBeGreaterThan(500);
  expect(sample(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
  for (const secret of ['ann', 'a-secret', id, String(completed.json['attachmentId'])])
    expect(text).not.toContain(secret);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const families = [...text.matchAll(/^# TYPE (chunkproof_\w+) (\w+)$/gm)];
  expect(families).toHaveLength(7);
  for (const [, name, type] of families) expect(readme).toContain(`\`${name}${type === 'counter' ? '_total' : ''}\``);
  // The text is OpenMetrics: every line a sample or about one, and the end is marked.
  const lines = text.split('\n');
  const known = /^# (?:HELP|TYPE) |^[a-z][a-z0-9_]*(?:\{.*\})? (?:[-+.e\d]+|[+-]Inf|Nan)$/;
  expect(lines.splice(-2)).toEqual(['# EOF', '']);
  expect(lines.filter((line) => !known.test(line))).toEqual([]);
});

test('while the records cannot be counted, everything else is still told', async () => {
  const { createMetrics } = await import('../metrics.ts');
  const metrics = createMetrics(() => Promise.reject(new Error('broken')));
  metrics.answered({ operation: 'uploadChunk', status: 503, seconds: 1 });
  const { text } = await metrics.scrape();
  expect(sample(text, 'chunkproof_requests_total{operation="uploadChunk",status="503"}')).toBe(1);
  expect(text).not.toContain('state=');
});

test('an operator whose page fails is told so, and the process lives on', async () => {
  const operator = { readiness: async () => 'ready' as const, metrics: () => Promise.reject(new Error('broken')) };
  const server = createAdminServer(operator).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  expect((await send(base, { path: '/metrics' })).status).toBe(500);
  expect((await send(base, { path: '/readyz' })).status).toBe(200);
});

test('every line of the log has its request id, and no line has a secret', async () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const server = await startServer(await testSettings({ principal, logLevel: 'trace' }), stream);
  onTestFinished(() => server.close(0));
  const { id } = await initiate(
    server.url,
    { fileName: 'a-secret-name' },
    { ...ann, 'idempotency-key': 'a-secret-key' },
  );
  await put(server.url, id, 0, 'a-secret-body', ann);
  await send(server.url, { path: `/a-secret-path`, headers: { authorization: 'Bearer a-secret-other' } });
  const log = String(stream.read());
  const answered = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'answered');
  expect(answered).toHaveLength(3);
  expect(new Set(answered.map(({ requestId }) => requestId)).size).toBe(3);
  for (const { requestId } of answered) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  for (const secret of ['secret', id]) expect(log).not.toContain(secret);
});
