import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, slowly, withoutChromium } from './chromium.ts';
import { everywhere, resultsWith } from './fixtures.ts';
import { html } from './html.ts';

/** Each of these runs where text becomes markup. */
const attacks = [
  '<script>console.log("ran"); alert(1)</script>',
  '<img src="http://127.0.0.1:9/x.png" onerror="alert(1)">',
  '<svg onload="alert(1)">',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)' autofocus onfocus='alert(1)' tabindex='0",
  '" autofocus onfocus="alert(1)" tabindex="0',
  '</style></title></pre></textarea><script src="http://127.0.0.1:9/x.js"></script>',
  '<a href="javascript:alert(1)">details</a>',
  'javascript:alert(1)',
  '<iframe src="http://127.0.0.1:9/"></iframe>',
  '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">',
  '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
  '<form action="http://127.0.0.1:9/"><button autofocus>send</button></form>',
].join('\n');

describe.skipIf(chromiumPath === undefined)(`in a browser${withoutChromium}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] });
  }, slowly.timeout);
  afterAll(async () => browser?.close());

  /** Opens a page, and everything on it that a reader can open or follow; gives all that it did. */
  async function open(page: string): Promise<{ readonly did: readonly string[]; readonly text: string }> {
    const did: string[] = [];
    const tab = await browser.newPage();
    tab.on('console', (message) => did.push(`console ${message.text()}`));
    tab.on('pageerror', ({ message }) => did.push(`error ${message}`));
    tab.on('request', (request) => did.push(`request ${request.url()}`));
    tab.on('dialog', (dialog) => {
      did.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await tab.setContent(page, { waitUntil: 'load' });
    for (const summary of await tab.locator('summary').all()) await summary.click({ timeout: 2000 });
    for (const link of await tab.locator('a[href^="#"], a[href^="javascript"]').all())
      await link.click({ timeout: 2000 });
    const text = await tab.locator('body').innerText();
    await tab.close();
    return { did, text };
  }

  test('on paper all of a failure is there, what is folded up on a screen included', slowly, async () => {
    const tab = await browser.newPage();
    await tab.setContent(html(resultsWith(), 1, ['failures/chunk.atomic-9f2c.json']));
    const log = tab.locator('pre', { hasText: 'POST http://127.0.0.1:8080' }).first();
    expect(await log.isVisible()).toBe(false);
    await tab.emulateMedia({ media: 'print' });
    expect(await log.isVisible()).toBe(true);
    expect(await tab.locator('pre', { hasText: 'curl' }).first().isVisible()).toBe(true);
    // A drawing is as wide as the paper at most.
    await tab.setViewportSize({ width: 600, height: 800 });
    expect((await tab.locator('svg').first().boundingBox())?.width).toBeLessThanOrEqual(600);
    await tab.close();
  });

  test('it needs no JavaScript, and fits a telephone', slowly, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    const tab = await context.newPage();
    await tab.setContent(html(resultsWith(), 1, ['failures/chunk.atomic-9f2c.json']));
    await tab.locator('summary', { hasText: 'Requests and responses' }).first().click();
    expect(await tab.locator('pre', { hasText: 'POST http://127.0.0.1:8080' }).first().isVisible()).toBe(true);
    expect((await tab.locator('body').boundingBox())?.width).toBeLessThanOrEqual(390);
    await context.close();
  });

  test('what a target wrote runs where nobody escapes it: the browser would show it', slowly, async () => {
    const { did } = await open(`<!doctype html><body>${attacks}</body>`);
    for (const kind of ['console', 'dialog', 'request']) expect(did.join('\n')).toContain(kind);
  });

  test.each([
    ['with the policy of the page', (page: string) => page],
    ['without it, by its markup alone', (page: string) => page.replace(/<meta http-equiv=[^>]*>/, '')],
  ])('the report of a hostile target runs nothing and loads nothing, %s', slowly, async (_, change) => {
    const paths = [`failures/${attacks}.json`, `failures/${attacks}.json`];
    const page = html(everywhere(attacks), 1, paths);
    const opened = change(page);
    expect(opened.includes('http-equiv="Content-Security-Policy"')).toBe(opened === page);
    const { did, text } = await open(opened);
    expect(did).toEqual([]);
    // What the target wrote is there to be read.
    expect(text).toContain('<script>console.log("ran"); alert(1)</script>');
  });
});
