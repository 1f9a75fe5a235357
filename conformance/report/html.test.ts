import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import { verdicts } from '../verdict.ts';
import { exitCode } from './exit-code.ts';
import { everywhere, exchange, failureWith, resultsWith } from './fixtures.ts';
import { html } from './html.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

/** What a browser makes of the page: its elements, the text that it shows, and where it found fault with the markup. */
function read(page: string) {
  const faults: string[] = [];
  const elements: Element[] = [];
  let text = '';
  const walk = (node: Node): void => {
    if (defaultTreeAdapter.isTextNode(node)) text += node.value;
    if (!('childNodes' in node)) return;
    if (defaultTreeAdapter.isElementNode(node)) elements.push(node);
    for (const child of node.childNodes) walk(child);
  };
  walk(parse(page, { onParseError: ({ code }) => faults.push(code) }));
  const byTag = (tag: string) => elements.filter(({ tagName }) => tagName === tag);
  const attributes = elements.flatMap(({ attrs }) => attrs);
  return { faults, byTag, attributes, elements, text };
}

const paths = ['out/failures/chunk.atomic-9f2c.json'];

test('the page says what came of the run, what failed, by which requests, and what it says nothing about', () => {
  const { faults, text, byTag, attributes } = read(html(resultsWith(), 1, paths));
  expect(faults).toEqual([]);
  expect(byTag('h1')).toHaveLength(1);
  for (const words of [
    'does not conform',
    'This is no certificate',
    'an interrupted upload leaves what was stored before untouched',
    'chunk 1 = w2, cut after 2 bytes',
    '← not allowed',
    'chunk 1 holds w1 or w2',
    'chunk 1 is not listed',
    'open, chunk 1 is w2',
    'shrunk from 23 calls',
    '5 of 5',
    'npx chunkproof replay out/failures/chunk.atomic-9f2c.json',
    'no credentials of a second principal were given: auth.required',
    'POST http://127.0.0.1:8080/api/attachment/session/abc',
    'uploadChunk',
    '40 observations',
    '--seed 42',
    'cut uploads',
  ])
    expect(text).toContain(words);
  const links = attributes.filter(({ name }) => name === 'href').map(({ value }) => value);
  expect(links).toContain('failures/chunk.atomic-9f2c.sh');
  // Every link within the page leads somewhere.
  const ids = attributes.filter(({ name }) => name === 'id').map(({ value }) => value);
  expect(links.filter((link) => link.startsWith('#') && !ids.includes(link.slice(1)))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a race is drawn', () => {
  const chunk = (write: number) => ({ kind: 'chunk', session: 's', chunk: 0, write }) as const;
  const history = [
    { ...exchange(0, chunk(1), { status: 201 }), sentAt: 10, receivedAt: 30 },
    { ...exchange(1, chunk(2), { status: 201 }), sentAt: 20, receivedAt: 40, client: 'B' },
  ];
  const script = { calls: [], together: [[{ call: chunk(1) }], [{ call: chunk(2) }]] };
  const { text } = read(html(resultsWith({ failures: [failureWith({ script, history, at: 1 })] }), 1));
  expect(text).toContain('├─ chunk 0 = w2 201 ─┤');
  expect(text).toContain('in no order B chunk 0 = w2 201');
});

test.each(verdicts)('a page with only the verdict %s is sound', (verdict) => {
  const [first] = resultsWith().requirements;
  const one = first && { ...first, verdict, reason: 'because', failures: [] };
  const results = resultsWith({ requirements: one ? [one] : [], failures: [] });
  const { faults, text } = read(html(results, exitCode(results, 'must')));
  expect(faults).toEqual([]);
  expect(text).toContain('because');
});

describe.each([
  ['a script', '<script>alert(1)</script>'],
  ['an image that fails', '<img src=x onerror=alert(1)>'],
  ['the end of the title', '</title><script>alert(1)</script>'],
  ['the end of a block', '</pre></code></td></table><iframe src=//evil>'],
  ['the end of the style', '</style><style>*{display:none}</style>'],
  ['a quote, to leave an attribute', '" onmouseover="alert(1)" x=\'y'],
  ['a comment', '<!-- -->]]>--><!'],
  ['references', '&lt;script&gt; &#x3c;b&#x3e; &amp'],
  ['CR LF', 'a\r\nSet-Cookie: b\r\n\r\n<b>'],
  ['bidi and what is not seen', 'exe.\u202etxt\u2066\u200b\ufeff\u0000\u001b[2J\u{e0041}'],
  ['half a surrogate pair', 'a\ud800b'],
])('%s in every text that a target or a person wrote', (_, hostile) => {
  const page = html(everywhere(hostile), 1, [`failures/${hostile}.json`]);
  const shown = read(page);
  const plain = read(html(everywhere('plain'), 1, ['failures/plain.json']));

  test('stays text: the page has the elements that it has without', () => {
    expect(shown.faults).toEqual([]);
    expect(shown.elements.map(({ tagName }) => tagName)).toEqual(plain.elements.map(({ tagName }) => tagName));
    expect(shown.attributes.map(({ name }) => name)).toEqual(plain.attributes.map(({ name }) => name));
  });

  test('hides and reorders nothing', () => {
    expect(page).not.toMatch(/[^\P{C}\n]/u);
  });
});

test('the page loads and runs nothing, and says so to the browser', () => {
  const { attributes, byTag } = read(html(resultsWith(), 1, paths));
  const policy = attributes.find(({ value }) => value.startsWith('default-src'))?.value;
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/);
  for (const tag of ['script', 'link', 'img', 'iframe']) expect(byTag(tag)).toEqual([]);
  expect(attributes.filter(({ name }) => name === 'style' || name === 'src' || name.startsWith('on'))).toEqual([]);
});
