import { createServer } from 'node:https';
import { describe, expect, onTestFinished, test } from 'vitest';
import { problems } from '../generated/problems.ts';
import type { PlayerOptions } from './engine/player.ts';
import { answering, json, listening, playing, response } from './engine/testing.ts';
import type { Json } from './history.ts';
import { claims } from './model/testing.ts';
import { startHonest } from './mutants/honest.ts';
import { preflight, preflightTimeoutMs } from './preflight.ts';

const ask = (
  url: URL,
  options: Partial<PlayerOptions> = {},
  wait: (ms: number) => Promise<void> = () => Promise.resolve(),
) => preflight(playing(url, options), url.href.replace(/\/$/, ''), wait);

const { limits } = claims;
const ready = () => json(200, { contractVersion: '1.0', profiles: ['core'], limits });
const problem = (status: number, type: string) =>
  response(status, JSON.stringify({ type, title: 'no', status }), { 'Content-Type': 'application/problem+json' });

test('a server of the contract is ready, with what it says of itself', async () => {
  const server = await startHonest();
  onTestFinished(() => server.close());
  const target = await ask(new URL(server.url));
  expect(target).toMatchObject({
    kind: 'ready',
    profiles: expect.arrayContaining(['core']),
    limits: { maxChunks: 10_000 },
  });
});

describe('what is no such server is told from one another, in one clear line each', () => {
  const clear = { kind: 'refused', message: expect.stringMatching(/^\S[^\n]{20,200}$/) };

  test('nothing listens', async () => {
    const server = await startHonest();
    await server.close();
    const refusal = await ask(new URL(server.url));
    expect(refusal).toMatchObject({ ...clear, code: 'unreachable' });
    expect(refusal).toHaveProperty('message', expect.stringContaining(`nothing listens at ${server.url}`));
  });

  test('a host that has no address', async () => {
    const refusal = await ask(new URL('http://nowhere.invalid'));
    expect(refusal).toMatchObject({ ...clear, code: 'unreachable' });
  });

  test.each([
    ['closes at once', ''],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('it %s', async (_, greeting) => {
    const { url } = await listening(({ socket }) => socket.end(greeting));
    const refusal = await ask(url);
    expect(refusal).toMatchObject({ ...clear, code: 'unreachable' });
    expect(refusal).toHaveProperty('message', expect.stringContaining('is it an HTTP server?'));
  });

  test('it takes the connection, and hangs', async () => {
    const { url } = await listening(() => undefined);
    expect(await ask(url, { timeoutMs: 50 })).toMatchObject({ ...clear, code: 'timeout' });
  });

  test.each([401, 403])('it answers %i: it wants credentials', async (code) => {
    const { url } = await answering(() => response(code));
    const refusal = await ask(url);
    expect(refusal).toMatchObject({ ...clear, code: 'unauthorized' });
    expect(refusal).toHaveProperty('message', expect.stringContaining('--header'));
  });

  test.each([
    ['a page', response(200, '<html>', { 'Content-Type': 'text/html' })],
    ['not found', response(404, 'no', { 'Content-Type': 'text/plain' })],
    ['elsewhere', response(302, '', { Location: '/login' })],
    ['elsewhere, without saying where', response(302)],
    ['an error', json(500, {})],
    ['nothing', response(200)],
    ['JSON of something else', json(200, { name: 'other' })],
    ['JSON that is no object', json(200, [])],
  ])('it answers with %s', async (_, text) => {
    const { url } = await answering(() => text);
    const refusal = await ask(url);
    expect(refusal).toMatchObject({ ...clear, code: 'not-this-contract' });
    expect(refusal).toHaveProperty('message', expect.stringContaining('base URL'));
  });

  test.each([
    [
      '507 by its slug',
      problem(507, problems['insufficient-storage'].type),
      '507 insufficient-storage each of 5 times',
    ],
    ['500 of no type', problem(500, 'about:blank'), '500 each of 5 times'],
    ['503 without Retry-After', response(503), '503 each of 5 times'],
    ['429 without Retry-After', response(429), '429 each of 5 times'],
  ])('it answers with a problem of this contract, each time: %s', async (_, text, said) => {
    const { url, asked } = await answering(() => text);
    const refusal = await ask(url);
    const message = expect.stringContaining(`/attachment/capabilities answered ${said} over `);
    expect(refusal).toMatchObject({ ...clear, code: 'unreachable', message });
    expect(refusal).toHaveProperty('message', expect.stringMatching(/ s; a run can begin when it is better$/));
    expect(asked).toHaveLength(5);
  });

  test('it fails now so and now so, which is told by the last time', async () => {
    const statuses = [500, 502, 507, 500, 502];
    const { url } = await answering(() => response(statuses.shift() ?? 200));
    expect(await ask(url)).toMatchObject({
      ...clear,
      code: 'not-this-contract',
      message: expect.stringMatching(/answered 502 \(no media type\), asked 5 times over [\d.]+ s, /),
    });
  });

  test('it is busy, and stays so', async () => {
    const { url, asked } = await answering(() => response(503, '', { 'Retry-After': '0' }));
    expect(await ask(url)).toMatchObject({ ...clear, code: 'unreachable', message: expect.stringContaining('503') });
    expect(asked.length).toBeGreaterThan(1);
  });

  test.each([
    ['2.0', 'not-this-contract'],
    ['10.1', 'not-this-contract'],
    ['1.7', undefined],
    ['one', undefined],
    [undefined, undefined],
  ])('it says that it speaks version %s of the contract', async (contractVersion, code) => {
    const { url } = await answering(() => json(200, { contractVersion, profiles: ['core'], limits }));
    // A version of the same number is judged: the suite then tells what is wrong with it.
    expect(await ask(url)).toMatchObject(code === undefined ? { kind: 'ready' } : { ...clear, code });
  });

  test.each<[string, Json]>([
    ['maxFileSize', 'many'],
    ['minChunkSize', null],
    ['maxChunkSize', 1.5],
    ['maxChunks', -1],
    ['maxChunks', 0],
    ['maxChunks', 10_001],
    ['minTimeoutSeconds', 1e300],
    ['maxTimeoutSeconds', []],
  ])('its %s is %j', async (name, value) => {
    const { url } = await answering(() => json(200, { profiles: ['core'], limits: { ...limits, [name]: value } }));
    const refusal = await ask(url);
    expect(refusal).toMatchObject({ kind: 'refused', code: 'not-this-contract' });
    expect(refusal).toHaveProperty('message', expect.stringContaining(name));
  });

  test('the run is over before it began', async () => {
    const { url } = await answering(() => json(200, {}));
    expect(await ask(url, { signal: AbortSignal.abort() })).toMatchObject({ kind: 'refused' });
  });
});

describe('a fault that passes refuses nobody', () => {
  test.each([
    ['a 500', problem(500, 'about:blank')],
    ['a 502 of a proxy', response(502, '<html>', { 'Content-Type': 'text/html' })],
    ['a 507 with Retry-After', response(507, '', { 'Retry-After': '1' })],
    ['a 429', response(429)],
    ['a 503', response(503)],
    ['a connection that ends without a word', ''],
    ['an answer that breaks off', ready().slice(0, -5)],
  ])('%s', async (_, text) => {
    const answers = [text, text, ready()];
    const { url } = await answering(() => answers.shift() ?? ready());
    expect(await ask(url)).toMatchObject({ kind: 'ready', limits });
  });

  test('a connection that is reset', async () => {
    const { url, connections } = await listening(async ({ socket, until }, number) => {
      await until(/\r\n\r\n/);
      if (number === 1) socket.resetAndDestroy();
      else socket.end(ready());
    });
    expect(await ask(url)).toMatchObject({ kind: 'ready' });
    expect(connections.length).toBeGreaterThan(1);
  });

  test('it is asked for again after pauses that grow, over about three seconds', async () => {
    const { url } = await answering(() => response(500));
    const pauses: number[] = [];
    await ask(url, {}, async (ms) => void pauses.push(ms));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(3000);
  });

  test('what will not pass is not asked again', async () => {
    const answers = [response(500), response(404)];
    const { url, asked } = await answering(() => answers.shift() ?? ready());
    expect(await ask(url)).toMatchObject({ kind: 'refused', message: expect.stringContaining('answered 404') });
    expect(asked).toHaveLength(2);
  });

  test('a server that fails and then hangs is given up no later than one that hangs at once', async () => {
    const { url } = await listening(({ socket }, number) => number === 1 && socket.resetAndDestroy());
    const player = playing(url);
    const told: (number | undefined)[] = [];
    const hurried: typeof player.play = (script, timeoutMs) => {
      told.push(timeoutMs);
      return player.play(script, 50);
    };
    const refusal = await preflight({ ...player, play: hurried }, url.origin, () => Promise.resolve());
    expect(refusal).toMatchObject({ kind: 'refused', code: 'timeout' });
    expect(told).toEqual([undefined, expect.any(Number)]);
    expect(told[1]).toBeLessThanOrEqual(preflightTimeoutMs - 200);
  });
});

test('a certificate that nobody vouches for is refused by name, unless it is given, or anything is taken', async () => {
  const url = await selfSigned();
  const refusal = await ask(url);
  expect(refusal).toMatchObject({ kind: 'refused', code: 'bad-certificate' });
  expect(refusal).toHaveProperty('message', expect.stringMatching(/--ca FILE.*--insecure/));
  expect(await ask(url, { ca: cert })).toMatchObject({ code: 'not-this-contract' });
  expect(await ask(url, { insecure: true })).toMatchObject({ code: 'not-this-contract' });
});

/** A server of nothing, with a certificate for localhost that it made itself. It is no secret: it guards nothing. */
async function selfSigned(): Promise<URL> {
  const server = createServer({ key, cert }, (_, answer) => answer.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return new URL(`https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
}

// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost \
//   -addext subjectAltName=DNS:localhost,IP:127.0.0.1
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO6dMCzEScUJRMvR/
PPVqvizeeN6xR2Hy72YsWDSNgzKhRANCAATGoHqBYBfelIdoOwzIzjq6znYQMgze
7hSLUVIiOKzulZPgLB7S+ioNB7nJdwMt44MArh5OsvZQi5lsWiRR9Chk
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUNveqYuPxKRWGbZeadSCswkt7xUYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE2NDMxMFoYDzIxMjYxMDI5
MTY0MzEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATGoHqBYBfelIdoOwzIzjq6znYQMgze7hSLUVIiOKzulZPgLB7S+ioN
B7nJdwMt44MArh5OsvZQi5lsWiRR9Chko28wbTAdBgNVHQ4EFgQU2Lp/+V425Ubs
RBdSJUi4ZQnXDdkwHwYDVR0jBBgwFoAU2Lp/+V425UbsRBdSJUi4ZQnXDdkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgK91J7LfFudEFs416LQWI47CItFvApniiiTxr2JH6218CIQCk
DcBVkaR6AXNYqzeqH5TvU0DzVFfKMTyYVCgXKkUveg==
-----END CERTIFICATE-----`;
