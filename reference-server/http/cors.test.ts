/** What a page of another origin can do: asked of a real browser, which is the one that enforces it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chromiumPath, slowly, withoutChromium } from '../../conformance/report/chromium.ts';
import { digestOf, send, testServer } from '../testing.ts';
import { corsFor } from './cors.ts';

test('without origins nothing is allowed, and nothing is said', () => {
  expect(corsFor([])('GET', { origin: 'https://a.example' })).toEqual({});
});

test('an origin that is not listed is not told who is, and caches learn that it matters', () => {
  const cors = corsFor(['https://a.example', 'https://b.example']);
  expect(cors('GET', { origin: 'https://c.example' })).toEqual({ vary: 'Origin' });
  expect(cors('GET', {})).toEqual({ vary: 'Origin' });
  expect(cors('GET', { origin: 'https://b.example' })).toMatchObject({
    'access-control-allow-origin': 'https://b.example',
    vary: 'Origin',
  });
});

test('what may be sent and read is what the description names', () => {
  const cors = corsFor(['*']);
  const asked = cors('OPTIONS', { origin: 'https://a.example', 'access-control-request-method': 'PUT' });
  for (const name of [
    'Content-Type',
    'Authorization',
    'Content-Digest',
    'Content-Range',
    'Idempotency-Key',
    'If-Range',
  ])
    expect(asked['access-control-allow-headers']?.split(', ')).toContain(name);
  expect(asked['access-control-allow-methods']?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST', 'PUT']);
  const exposed = cors('GET', { origin: 'https://a.example' })['access-control-expose-headers']?.split(', ');
  for (const name of ['Location', 'Retry-After', 'Repr-Digest', 'ETag', 'Content-Range', 'Content-Disposition', 'Date'])
    expect(exposed).toContain(name);
});

test('a refusal has the fields, too: else a page could not read why', async () => {
  const { url } = await testServer({ cors: ['*'], principal: [{ name: 'ann', token: 'a' }] });
  for (const path of ['/attachment/session/x', '/elsewhere', '/attachment/capabilities/%']) {
    const { status, headers } = await send(url, { path, headers: { origin: 'https://a.example' } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers['access-control-allow-origin']).toBe('*');
  }
});

/** Runs in the page: a whole upload, and what the page can read of it. */
async function uploadFromPage([base, digests]: readonly [string, readonly string[]]) {
  const token = { authorization: 'Bearer a-token' };
  const json = { ...token, 'content-type': 'application/json' };
  const file = new Blob(['abcdefgh']);
  const begun = await fetch(`${base}/attachment/initiate`, {
    method: 'POST',
    headers: { ...json, 'idempotency-key': 'once' },
    body: JSON.stringify({ fileName: 'a.txt', fileSize: file.size, preferredChunkSize: 4 }),
  });
  const location = new URL(begun.headers.get('location') ?? '', begun.url).href;
  const put = (i: number) =>
    fetch(`${location}/upload/${i}`, {
      method: 'PUT',
      headers: { ...token, 'content-digest': digests[i] ?? '', 'content-range': `bytes ${4 * i}-${4 * i + 3}/8` },
      body: file.slice(4 * i, 4 * i + 4),
    });
  const receipts = await Promise.all([put(0), put(1)]);
  const full = await fetch(`${base}/attachment/initiate`, {
    method: 'POST',
    headers: json,
    body: '{"fileName":"b","fileSize":1}',
  });
  const done = await fetch(`${location}/complete`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ digest: digests[2] }),
  });
  const { contentUrl } = (await done.json()) as { contentUrl: string };
  const content = await fetch(new URL(contentUrl, done.url), { headers: { ...token, range: 'bytes=2-' } });
  const lost = await fetch(`${base}/attachment/session/unknown`, { headers: token });
  return {
    statuses: [begun, ...receipts, full, done, content, lost].map(({ status }) => status),
    receipts: await Promise.all(receipts.map(async (one) => ((await one.json()) as { digest: string }).digest)),
    retryAfter: full.headers.get('retry-after'),
    completedAt: done.headers.get('location'),
    reprDigest: content.headers.get('repr-digest'),
    contentRange: content.headers.get('content-range'),
    etag: content.headers.get('etag'),
    text: await content.text(),
    problem: ((await lost.json()) as { title: string }).title,
  };
}

describe.skipIf(chromiumPath === undefined)(`in Chromium${withoutChromium}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] });
  }, slowly.timeout);
  afterAll(async () => browser?.close());

  /** An empty page of an origin of its own. */
  async function pageElsewhere(): Promise<{ page: Page; origin: string }> {
    const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
    await once(site.listen(0, '127.0.0.1'), 'listening');
    const address = site.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const page = await browser.newPage();
    await page.goto(origin);
    onTestFinished(async () => {
      await page.close();
      site.closeAllConnections();
      site.close();
    });
    return { page, origin };
  }

  test('a page of a listed origin uploads in parallel, and reads every field that it needs', slowly, async () => {
    const { page, origin } = await pageElsewhere();
    const principal = [{ name: 'ann', token: 'a-token' }];
    const { url } = await testServer({ cors: [origin], principal, maxSessions: 1, prefix: '/api' });
    const digests = ['abcd', 'efgh', 'abcdefgh'].map((text) => digestOf(text));
    const seen = await page.evaluate(uploadFromPage, [url, digests] as const);
    expect(seen).toEqual({
      statuses: [201, 201, 201, 429, 201, 206, 404],
      receipts: digests.slice(0, 2),
      retryAfter: expect.stringMatching(/^\d+$/),
      completedAt: expect.stringMatching(/^\/api\/attachments\//),
      reprDigest: digests[2],
      contentRange: 'bytes 2-7/8',
      etag: expect.stringMatching(/^".+"$/),
      text: 'cdefgh',
      problem: expect.any(String),
    });
  });

  test.each([
    ['no origin is listed', []],
    ['another one is', ['http://127.0.0.1:9']],
  ])('where %s, the browser lets a page read nothing', slowly, async (_, cors) => {
    const { page } = await pageElsewhere();
    const { url } = await testServer({ cors });
    const read = (target: string) => fetch(target).then(({ status }) => status, String);
    expect(await page.evaluate(read, `${url}/attachment/capabilities`)).toMatch(/TypeError/);
  });
});
