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

test('a failure is drawn as a sequence: who sends, what comes, what is lost, in the order in which it happened', () => {
  const [failure] = resultsWith().failures;
  const { elements, faults } = read(html(resultsWith(), 1, paths));
  expect(faults).toEqual([]);
  const drawing = elements.find(({ tagName }) => tagName === 'svg');
  const within = (tag: string, kind: string): readonly Element[] => {
    const walk = (node: Element): Element[] =>
      node.childNodes.flatMap((one) => (defaultTreeAdapter.isElementNode(one) ? [one, ...walk(one)] : []));
    const isA = ({ attrs }: Element) =>
      attrs.some(({ name, value }) => name === 'class' && value.split(' ')[0] === kind);
    return drawing === undefined ? [] : walk(drawing).filter((one) => one.tagName === tag && isA(one));
  };
  // One client and the server; an arrow for each request, and one for each answer: the cut one has none.
  expect(within('text', 'actor')).toHaveLength(2);
  expect(within('line', 'request')).toHaveLength(failure?.history.length ?? 0);
  expect(within('line', 'answer')).toHaveLength((failure?.history.length ?? 0) - 1);
  const heights = within('text', 'label').map(({ attrs }) => Number(attrs.find(({ name }) => name === 'y')?.value));
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
  expect(
    within('line', 'answer').filter(({ attrs }) => attrs.some(({ value }) => value.endsWith(' bad'))),
  ).toHaveLength(1);
});

test('requests that cross are drawn crossing', () => {
  const chunk = (write: number) => ({ kind: 'chunk', session: 's', chunk: 0, write }) as const;
  const history = [
    { ...exchange(0, chunk(1), { status: 201 }), sentAt: 10, receivedAt: 30 },
    { ...exchange(1, chunk(2), { status: 200 }), sentAt: 20, receivedAt: 40, client: 'B' },
  ];
  const script = { calls: [], together: [[{ call: chunk(1) }], [{ call: chunk(2) }]] };
  const page = html(resultsWith({ failures: [failureWith({ script, history, at: 1 })] }), 1);
  const drawn = [...page.matchAll(/class="label[^"]*" x="\d+" y="\d+">([^<]*)/g)].map(([, words]) => words);
  expect(drawn).toEqual(['chunk 0 = w1', 'chunk 0 = w2', '201', '200  ← not allowed']);
});

test('it says which states and statuses were seen, of how many, and which never came', () => {
  const { text } = read(html(resultsWith(), 1, paths));
  expect(text).toContain('2 of 5 states:\nopen ×35, completing never, completed never, aborted ×1, expired never.');
  expect(text).toContain('uploadChunk2 of 9201 ×30, 400 ×3, no answer ×2200, 401, 404, 408, 409, 410, 415');
  expect(text).toMatch(/completeUpload0 of \d+not asked/);
});

describe('beside an earlier run', () => {
  const of = (verdict: 'pass' | 'fail') =>
    resultsWith().requirements.map((one) => (one.id === 'chunk.atomic' ? { ...one, verdict } : one));
  const about = (page: string) => read(page).text.split('Since the earlier run')[1]?.split('What was found')[0] ?? '';

  test('it says what is broken, and what is fixed', () => {
    const [before, after] = [resultsWith({ requirements: of('pass') }), resultsWith({ requirements: of('fail') })];
    expect(about(html(after, 1, paths, before))).toMatch(
      /1 broken, 0 fixed.*seed 42.*brokenchunk\.atomicMUSTpass → fail/s,
    );
    expect(about(html(before, 0, paths, after))).toMatch(/0 broken, 1 fixed.*fixedchunk\.atomicMUSTfail → pass/s);
    expect(about(html(after, 1, paths, after))).toContain('0 broken, 0 fixed, 0 changed, 3 same');
    expect(about(html(after, 1, paths))).toBe('');
  });

  test('it says how far the two can be compared', () => {
    const elsewhere = resultsWith({ target: 'http://127.0.0.1:9', contract: '0.9' });
    expect(about(html(resultsWith(), 1, paths, elsewhere))).toContain(
      'of http://127.0.0.1:9, by the contract 0.9, of 2026',
    );
  });

  test('what somebody wrote into its file stays text', () => {
    const hostile = { ...resultsWith(), target: '<img src=x>\u202e', contract: '<b>' };
    const page = html(resultsWith(), 1, paths, hostile);
    expect(read(page).faults).toEqual([]);
    expect(read(page).byTag('img')).toEqual([]);
    expect(page).not.toMatch(/[^\P{C}\n]/u);
  });
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
