import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { parse, defaultTreeAdapter as tree } from 'parse5';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, withoutChromium } from '../../conformance/report/chromium.ts';
import { problems } from '../../generated/problems.ts';
import { buildSite } from './build.ts';

/** Each of these opens dozens of pages, on a machine that may be busy. */
const patiently = { timeout: 480_000 };

const folder = mkdtempSync(join(tmpdir(), 'chunkproof-site-'));
let pages: readonly string[] = [];
beforeAll(async () => {
  pages = await buildSite(folder);
}, patiently.timeout);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

type Node = ReturnType<typeof tree.getChildNodes>[number];

/** The value of an attribute wherever it stands on a page. */
function values(path: string, attribute: string): readonly string[] {
  const walk = (node: Node): readonly string[] => [
    ...(tree.isElementNode(node) ? node.attrs.filter(({ name }) => name === attribute).map(({ value }) => value) : []),
    ...('childNodes' in node ? tree.getChildNodes(node).flatMap(walk) : []),
  ];
  return tree.getChildNodes(parse(read(path))).flatMap(walk);
}

test('every link of the site leads to a page and a place that are there', () => {
  const ids = new Map(pages.map((path) => [path, new Set(values(path, 'id'))]));
  const broken = pages
    .filter((path) => path !== 'reference.html')
    .flatMap((path) =>
      values(path, 'href')
        .filter((href) => !/^[a-z]+:/.test(href) && !href.endsWith('.css'))
        .filter((href) => {
          const [name = '', fragment] = href.split('#');
          const target = name === '' ? path : posix.join(posix.dirname(path), name);
          if (target === 'reference.html') return false; // its places are made by its script; see below
          return !pages.includes(target) || (fragment !== undefined && !ids.get(target)?.has(fragment));
        })
        .map((href) => `${path}: ${href}`),
    );
  expect(broken).toEqual([]);
});

test('every problem type has a page, and a place where the fragment of its URI leads', () => {
  for (const name of Object.keys(problems)) expect(pages).toContain(`problems/${name}.html`);
  expect(values('problems/index.html', 'id')).toEqual(expect.arrayContaining(Object.keys(problems)));
});

test('the site is small enough to be looked at over a bad line', () => {
  for (const path of pages.filter((one) => one !== 'reference.html'))
    expect(statSync(join(folder, path)).size, path).toBeLessThan(200_000);
  expect(statSync(join(folder, 'search-sections.js')).size).toBeLessThan(400_000);
});

describe.skipIf(chromiumPath === undefined)(`in a browser${withoutChromium}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] });
  }, patiently.timeout);
  afterAll(async () => browser?.close());

  /** A tab, and all that goes wrong in it: what its pages complain of, and what they load from elsewhere. */
  async function tabAt(
    origin: string,
    width = 390,
  ): Promise<{ readonly tab: Page; readonly wrong: readonly string[] }> {
    const wrong: string[] = [];
    const tab = await browser.newPage({ viewport: { width, height: 800 } });
    tab.setDefaultTimeout(30_000);
    tab.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) wrong.push(`${tab.url()} ${message.text()}`);
    });
    tab.on('pageerror', ({ message }) => void wrong.push(`${tab.url()} ${message}`));
    tab.on('request', (request) => {
      if (!new RegExp(`^(${origin}|blob:|data:)`).test(request.url()))
        wrong.push(`${tab.url()} loads ${request.url()}`);
    });
    return { tab, wrong };
  }

  const home = pathToFileURL(folder).href;

  /** Places of the reference, one for each method, and a promise that is shown there. */
  const inTheReference = new Map([
    ['reference.html#operation/completeUpload', 'complete.created'],
    ['reference.html#operation/uploadChunk', 'chunk.atomic'],
    ['reference.html#operation/getUploadSession', 'status.safe'],
  ]);

  test('every page is quiet, stays at home, fits a telephone, and can be read by everybody', patiently, async () => {
    const { tab, wrong } = await tabAt(home);
    const found: string[] = [];
    for (const path of [...pages, ...inTheReference.keys()]) {
      const isReference = path.startsWith('reference.html');
      // The names of its buttons are Redocly's own; of its page only the colours are ours.
      const rules = isReference ? ['color-contrast'] : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
      for (const colorScheme of ['light', 'dark'] as const) {
        await tab.setViewportSize({ width: 390, height: 800 });
        await tab.emulateMedia({ colorScheme });
        // Redocly's page looks at the scheme when it is loaded.
        await tab.goto('about:blank');
        await tab.goto(`${home}/${path}`);
        // Redocly's page is made by its script, the place last.
        const shown = inTheReference.get(path) ?? 'http.schema';
        if (isReference) await tab.locator(`a[href$="requirements.html#${shown}"]:visible`).first().waitFor();
        await tab.evaluate(axe.source);
        for (const width of [390, 1280]) {
          await tab.setViewportSize({ width, height: 800 });
          await tab.evaluate(stillness);
          const needed = await tab.evaluate<number>('document.scrollingElement.scrollWidth');
          if (needed > width) found.push(`${path} is ${needed} px wide at ${width}`);
          // In the dark nothing else differs.
          const broken = await violations(tab, colorScheme === 'light' ? rules : ['color-contrast']);
          found.push(...broken.map((one) => `${path}, ${colorScheme}, ${width} px: ${one}`));
        }
      }
    }
    await tab.close();
    expect(wrong).toEqual([]);
    expect(found).toEqual([]);
  });

  test('the search finds a requirement and a problem, from a folder', patiently, async () => {
    const { tab, wrong } = await tabAt(home, 1280);
    for (const [words, expected] of [
      ['chunk.atomic', 'requirements.html#chunk.atomic'],
      ['upload-incomplete', 'problems/upload-incomplete.html'],
    ] as const) {
      await tab.goto(`${home}/problems/index.html`);
      await tab.getByRole('searchbox').fill(words);
      await tab.locator(`#found a[href*="${expected}"]`).first().click();
      expect(tab.url()).toContain(`${home}/${expected}`);
    }
    expect(wrong).toEqual([]);
    await tab.close();
  });

  test(
    'below a path of a server it works as well, and the reference shows the requirements of an operation',
    patiently,
    async () => {
      const server = createServer(({ url = '' }, response) => {
        const path = decodeURIComponent(url.split(/[?#]/)[0] ?? '').replace(/^\/some\/where\//, '');
        if (!url.startsWith('/some/where/')) return void response.writeHead(404).end();
        response.setHeader(
          'Content-Type',
          path.endsWith('.css') ? 'text/css' : path.endsWith('.js') ? 'text/javascript' : 'text/html',
        );
        response.end(read(path));
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where`;
      const { tab, wrong } = await tabAt(at, 1280);
      await tab.goto(`${at}/index.html`);
      await tab.getByRole('searchbox').fill('abort race');
      await tab.locator('#found a[href$="requirements.html#abort.race"]').click();
      await tab.locator('[id="abortUpload"] + p').getByRole('link', { name: 'in the reference' }).click();
      await tab.locator('a[href$="requirements.html#abort.race"]:visible').waitFor();
      expect(wrong).toEqual([]);
      await tab.close();
      server.close();
      server.closeAllConnections();
    },
  );

  /** Draws what a new size changes, and ends what moves: a colour on its way to another is not what anybody reads. */
  const stillness = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => {
  for (const animation of document.getAnimations())
    try { animation.finish(); } catch { animation.cancel(); }
})`;

  async function violations(tab: Page, rules: readonly string[]): Promise<readonly string[]> {
    const { violations } = await tab.evaluate<axe.AxeResults>(
      `axe.run({ runOnly: ${JSON.stringify(rules)}, preload: false, resultTypes: ['violations'] })`,
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
    );
  }
});
