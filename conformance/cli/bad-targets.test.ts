import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as listenNowhere } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { examine } from '../doctor.ts';
import { answering, listening, response } from '../engine/testing.ts';
import { replay } from '../replay.ts';
import { run } from '../run.ts';
import { cert, key, typed } from './testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bad-targets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Judges a target with the real suite, and checks what all of these have in common: one line, exit code 4, no report. */
async function refusal(url: URL | string, ...flags: string[]): Promise<string> {
  const out = join(folder, 'report');
  const { code, err } = await typed(['run', String(url), '--out', out, '--quiet', ...flags], { run, replay });
  expect(err).toMatch(/^chunkproof: [^\n]{20,250}\n$/);
  expect({ code, files: readdirSync(out) }).toEqual({ code: 4, files: [] });
  return err;
}

test('a port where nothing listens', async () => {
  const { url, server } = await bound();
  await new Promise((resolve) => server.close(resolve));
  expect(await refusal(url)).toMatch(/unreachable: nothing listens at http:.*; start the server, or correct the URL/);
});

test('an HTML page', async () => {
  const { url } = await answering(() => response(200, '<!doctype html><p>hello', { 'Content-Type': 'text/html' }));
  expect(await refusal(url)).toMatch(/not this contract: .* answered 200 \(text\/html\).*is .* the base URL\?/);
});

describe('a server that hangs is given up after five seconds, not after thirty', () => {
  const slow = async (serve: Parameters<typeof listening>[0]) => {
    const { url } = await listening(serve);
    const started = performance.now();
    expect(await refusal(url)).toMatch(/timeout: .* gave no answer within 5000 ms; is it the right host and port\?/);
    expect(performance.now() - started).toBeLessThan(9000);
  };

  test.concurrent('without a word', () => slow(() => undefined));

  test.concurrent('in the middle of a head that never ends', () =>
    slow(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('X-More: yes\r\n'), 500);
      socket.once('close', () => clearInterval(drip));
    }));

  test.concurrent('in the middle of a body', () =>
    slow(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'),
    ));
});

test.each([
  ['closes at once', ''],
  ['speaks something else', '220 smtp ready\r\n'],
])('a server that %s', async (_, greeting) => {
  const { url } = await listening(({ socket }) => socket.end(greeting));
  expect(await refusal(url)).toMatch(/unreachable: .* is it an HTTP server\?/);
});

test('a server that speaks no TLS', async () => {
  const { url } = await listening(({ socket }) => socket.once('data', () => socket.end(response(400))));
  expect(await refusal(`https://${url.host}`)).toMatch(/unreachable: .* speaks no TLS .* is it http:\/\/127\.0\.0\.1/);
});

test('a server that speaks TLS only', async () => {
  const { url } = await selfSigned();
  expect(await refusal(url.replace('https:', 'http:'))).toMatch(/unreachable: .* if it speaks TLS, begin with https:/);
});

test('a host that has no address', async () => {
  const line = /unreachable: the host of http:\/\/nowhere\.invalid has no address \([A-Z_]+\); correct the URL/;
  expect(await refusal('http://nowhere.invalid', '--allow-remote')).toMatch(line);
});

test('a server that sends its clients elsewhere, by a Location that is not to be trusted', async () => {
  const { url } = await answering(() => response(307, '', { Location: 'https://login.example/\u202ecba' }));
  expect(await refusal(url)).toMatch(
    /answered 307 and leads to https:\/\/login\.example\/[^\u202e]*; redirects are not/,
  );
});

test('a server of another contract version', async () => {
  const body = JSON.stringify({ contractVersion: '2.0', profiles: ['core'], limits: {} });
  const { url } = await answering(() => response(200, body, { 'Content-Type': 'application/json' }));
  expect(await refusal(url)).toMatch(/not this contract: .* speaks version 2\.0 of the contract, .* judges by 1\./);
});

test('a bad certificate is refused by name; with --ca or --insecure the server behind it is asked', async () => {
  const { url, certFile } = await selfSigned();
  expect(await refusal(url)).toMatch(/bad certificate: .* cannot be trusted \(.*give --ca FILE, or --insecure/);
  expect(await refusal(url, '--insecure')).toMatch(/not this contract/);
  expect(await refusal(url, '--ca', certFile)).toMatch(/not this contract/);
});

test('a server that lets nobody in', async () => {
  const { url } = await answering(() => response(401));
  expect(await refusal(url)).toMatch(/unauthorized: .* answered 401; give credentials with --header/);
  expect(await refusal(url, '--header', 'Authorization: Bearer sesame')).not.toContain('sesame');
});

test('doctor says the same', async () => {
  const { url, server } = await bound();
  await new Promise((resolve) => server.close(resolve));
  const { code, err } = await typed(['doctor', String(url)], { examine });
  expect({ code, err }).toEqual({ code: 4, err: expect.stringMatching(/^chunkproof: unreachable: [^\n]+\n$/) });
});

async function bound() {
  const server = listenNowhere();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** An HTTPS server of nothing, with a certificate that it made itself. */
async function selfSigned(): Promise<{ readonly url: string; readonly certFile: string }> {
  const certFile = join(folder, 'cert.pem');
  writeFileSync(certFile, cert);
  const server = createServer({ key, cert }, (_, answer) => answer.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certFile };
}
