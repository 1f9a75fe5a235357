import fc from 'fast-check';
import { parse, defaultTreeAdapter as tree } from 'parse5';
import { expect, test } from 'vitest';
import { markdownFor } from './markdown.ts';

const { page, line } = markdownFor({
  linkTo: (href) => (href.startsWith('not-there') ? undefined : href),
  pictureAt: (source) => `data:image/svg+xml;base64,${Buffer.from(source).toString('base64')}`,
  draw: () => '<svg></svg>',
});

type Node = ReturnType<typeof tree.getChildNodes>[number];

/** Every element of a piece of HTML, as a browser understands it. */
const elementsOf = (html: string) => {
  const walk = (node: Node): readonly Extract<Node, { tagName: string }>[] => [
    ...(tree.isElementNode(node) ? [node] : []),
    ...('childNodes' in node ? tree.getChildNodes(node).flatMap(walk) : []),
  ];
  return tree.getChildNodes(parse(`<!doctype html><main>${html}</main>`)).flatMap(walk);
};

/** What Markdown becomes here; none of it runs, loads or sends anything. */
const harmless =
  /^(html|head|body|main|h[1-6]|p|a|em|strong|s|code|pre|ul|ol|li|blockquote|hr|br|img|figure|figcaption|ins|del|div|table|thead|tbody|tr|th|td|svg)$/;
const plainly = /^(id|href|src|alt|title|class|tabindex|start)$/;

/** Fragments that have broken out of Markdown parsers, and those that make structures. */
const hostile = fc.constantFrom(
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '</code></pre><script>',
  '<!--',
  ']]>',
  '&lt;script&gt;',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](&#106;avascript:alert(1))',
  '[a](vbscript:x)',
  '[a](data:text/html,<script>alert(1)</script>)',
  '[a](file:///etc/passwd)',
  '<javascript:alert(1)>',
  '![a"onerror="alert(1)](b"onerror="alert(1))',
  '[a](b "title\\" onclick=\\"alert(1)")',
  '[a]: javascript:alert(1)\n\n[a]',
  '[gone](not-there.md)',
  '\n```diff x" onclick="y\n-<b>\n+</code>\n```\n',
  '\n```sh "><script>\nls\n```\n',
  '\n~~~\n</figure>\n~~~\n',
  '\n    <b>indented</b>\n',
  '\n# a\n',
  '\n## a-1\n',
  '\n# !?\n',
  '\n# `<b>` [x](y)\n',
  '\n|a|b|\n|:-|-:|\n|<b>|`|`|\n',
  '\n- ',
  '\n> ',
  '\n---\n',
  '**',
  '`',
  '\\',
  '\u0000',
  '\u202e',
  ' ',
  '\n\n',
);
const markdown = fc
  .array(fc.oneof({ weight: 3, arbitrary: hostile }, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 12 })
  .map((parts) => parts.join(''));

test('whatever stands in a text, no page of it has markup that the parser did not make', () => {
  fc.assert(
    fc.property(markdown, (text) => {
      for (const html of [page(text).html, line(text)])
        for (const { tagName, attrs } of elementsOf(html)) {
          expect(tagName).toMatch(harmless);
          for (const { name, value } of attrs) {
            expect(name).toMatch(plainly);
            if (name === 'href') expect(value.trim()).not.toMatch(/^(javascript|vbscript|file|data):/i);
            if (name === 'src') expect(value).toMatch(/^data:image\/svg\+xml;base64,/);
          }
        }
    }),
    { numRuns: 500 },
  );
});

test('each heading has a place of its own, and each section of the search leads to one', () => {
  fc.assert(
    fc.property(markdown, (text) => {
      const { html, sections } = page(text);
      const places = elementsOf(html).flatMap(({ attrs }) => attrs.filter(({ name }) => name === 'id'));
      const ids = places.map(({ value }) => value);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).not.toContain('');
      expect(ids).toEqual(expect.arrayContaining(sections.map(({ id }) => id)));
    }),
    { numRuns: 500 },
  );
});

test('whatever stands in a block of code is shown as it is', () => {
  const code = fc.array(fc.oneof(hostile, fc.string()), { maxLength: 5 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(code, (text) => {
      fc.pre(!/[`\r\0]/.test(text));
      const shown = elementsOf(page(`\`\`\`text\n${text}\n\`\`\`\n`).html).find(({ tagName }) => tagName === 'code');
      expect(shown && textOf(shown)).toBe(`${text}\n`);
    }),
  );
});

test.each([
  ['a link that leads nowhere is only its text', '[one *two*](not-there.md)', '<p>one <em>two</em></p>\n'],
  ['a link to a place stays', '[a](b.html#c)', '<p><a href="b.html#c">a</a></p>\n'],
  ['a column on the right is one of numbers', '|a|\n|-:|\n|1|', expect.stringContaining('<td class="number">1</td>')],
  [
    'what was added and removed is marked',
    '```diff\n-a\n b\n+c\n```',
    expect.stringContaining('<del>-a</del>\n b\n<ins>+c</ins>'),
  ],
  ['a file has its name above it', '```ts a.ts\n1\n```', expect.stringContaining('<figcaption>a.ts</figcaption>')],
  ['what is not run has no name', '```sh not run: hours\n1\n```', expect.not.stringContaining('figcaption')],
])('%s', (_, text, html) => expect(page(text).html).toEqual(html));

const textOf = (node: Node): string =>
  tree.isTextNode(node) ? node.value : 'childNodes' in node ? tree.getChildNodes(node).map(textOf).join('') : '';
