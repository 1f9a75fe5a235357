import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createDraw, type Draw } from './diagrams.ts';

let draw: Draw;
beforeAll(async () => {
  draw = await createDraw();
});

/** The texts of a drawing, and the names of its elements and attributes; throws if it is no XML. */
function read(svg: string) {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}\n${svg}`);
    },
  }).parseFromString(svg, 'image/svg+xml');
  const elements = [...document.getElementsByTagName('*')];
  return {
    texts: elements.filter(({ nodeName }) => nodeName === 'text').map(({ textContent }) => plain(textContent ?? '')),
    names: new Set(elements.map(({ nodeName }) => nodeName)),
    attributes: new Set(elements.flatMap(({ attributes }) => [...attributes].map(({ name }) => name))),
  };
}

/** Graphviz holds blanks together. */
const plain = (text: string): string => text.replaceAll(/[\s\u00a0]+/g, ' ').trim();

/** What stands behind a colon: any line that can be written. */
const label = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<b>',
        '</text><script>',
        '"',
        "'",
        '&',
        '&lt;',
        '&#60;',
        '\\',
        '\\N',
        '\\n',
        '-->',
        '->>',
        ': ',
        '%%',
        ' fill="red"',
      ),
      fc.string({ maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => plain(parts.join('').replaceAll(/\p{Cc}/gu, '')))
  .filter((text) => text !== '');

const state = fc.constantFrom('open', 'begin', 'end', 'a"b', '<i>', 'node', 'graph', '\\N', '&amp;', '[*');
const known = /^(svg|g|text|path|polygon|ellipse|rect)$/;
const knownAttributes = /^(?!on|style$|href$|xlink:href$)/;

test('whatever a transition says, it is drawn as text, and nothing else comes of it', () => {
  fc.assert(
    fc.property(state, state, label, (from, to, said) => {
      const { texts, names, attributes } = read(
        draw(`stateDiagram-v2\n  [*] --> ${from}: ${said}\n  ${from} --> ${to}: x`),
      );
      for (const text of [said, from, to]) expect(texts).toContain(text);
      for (const name of names) expect(name).toMatch(known);
      for (const name of attributes) expect(name).toMatch(knownAttributes);
    }),
    { numRuns: 200 },
  );
});

test('whatever a message, a note or a participant says, it is drawn as text, and nothing else comes of it', () => {
  fc.assert(
    fc.property(label, label, label, fc.constantFrom('->>', '-->>', '-x', '--x'), (name, message, note, arrow) => {
      const { texts, names, attributes } = read(
        draw(
          `sequenceDiagram\n  participant A as ${name}\n  participant B as b\n  A${arrow}B: ${message}\n  Note over A,B: ${note}`,
        ),
      );
      expect(texts).toEqual([name, 'b', message, note]);
      for (const element of names) expect(element).toMatch(known);
      for (const attribute of attributes) expect(attribute).toMatch(knownAttributes);
    }),
    { numRuns: 200 },
  );
});

test('a state that is called as the points are is no point', () => {
  const { texts } = read(draw('stateDiagram-v2\n  [*] --> begin: go\n  begin --> end: on\n  end --> [*]: off'));
  expect(texts).toEqual(expect.arrayContaining(['begin', 'end']));
});

test.each([
  ['another kind', 'flowchart LR\n  a --> b'],
  ['nothing', ''],
  ['a transition without a label', 'stateDiagram-v2\n  a --> b'],
  ['a composite state', 'stateDiagram-v2\n  state a {\n  }'],
  ['an arrow that is none of ours', 'sequenceDiagram\n  participant A as a\n  A-)A: x'],
  ['a message of nobody', 'sequenceDiagram\n  participant A as a\n  A->>B: x'],
  ['a participant without a name', 'sequenceDiagram\n  participant A'],
  ['a loop', 'sequenceDiagram\n  participant A as a\n  loop again\n  A->>A: x\n  end'],
])('%s is refused, and not drawn as something else', (_, mermaid) => expect(() => draw(mermaid)).toThrow(/no diagram/));
