import { html, type SafeHtml } from '@remix-run/html-template';
import { instance } from '@viz-js/viz';

/** Draws a Mermaid state or sequence diagram as SVG. Its colours are those of the page around it. */
export type Draw = (mermaid: string) => string;

/**
 * Makes the function that draws. Of Mermaid it knows what our diagrams use: states with labelled transitions, which
 * Graphviz lays out, and messages and notes between participants. Anything else throws.
 */
export async function createDraw(): Promise<Draw> {
  const graphviz = await instance();
  return (mermaid) => {
    const [kind = '', ...lines] = mermaid
      .trim()
      .split('\n')
      .map((line) => line.trim());
    if (kind === 'stateDiagram-v2') return cleaned(graphviz.renderString(dotOf(lines), { format: 'svg' }));
    if (kind === 'sequenceDiagram') return String(sequence(lines));
    throw new Error(`no diagram is drawn of ${kind}`);
  };
}

/** The transitions as a graph: `[*]` is where it begins on the left of an arrow, and where it ends on the right. */
function dotOf(lines: readonly string[]): string {
  const transitions = lines.map((line) => {
    const [, from = '', to = '', label = ''] = /^(\S+) --> (\S+?): (.+)$/.exec(line) ?? unknown(line);
    return { from, to, label };
  });
  const states = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))].filter((name) => name !== '[*]');
  const node = (name: string, point: 'begin' | 'end'): string => (name === '[*]' ? point : `s${states.indexOf(name)}`);
  // Graphviz measures the text with the widths of Times: larger than it is drawn, so that it has room.
  return `digraph { bgcolor=transparent; nodesep=0.3; ranksep=0.45
    node [shape=box, style=rounded, fontsize=15, height=0.4]
    edge [fontsize=14, arrowsize=0.7]
    node [shape=circle, style=filled, label="", fixedsize=true] begin [width=0.16, height=0.16]
    end [shape=doublecircle, width=0.12, height=0.12]
    node [shape=box, style=rounded, fixedsize=false, width=0.8, height=0.4]
    ${states.map((name, index) => `s${index} [label=${quoted(name)}]`).join('\n')}
    ${transitions.map(({ from, to, label }) => `${node(from, 'begin')} -> ${node(to, 'end')} [label=${quoted(` ${label} `)}]`).join('\n')} }`;
}

/** A text that Graphviz draws as it is: it reads escapes, and entities of HTML. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('&', '&amp;')}"`;

/** Without the prologue, and without colours and fonts of its own: the stylesheet has them. */
const cleaned = (svg: string): string =>
  svg
    .slice(svg.indexOf('<svg'))
    .replaceAll(/<!--.*?-->\n?/gs, '')
    .replaceAll(/<title>.*?<\/title>\n?/gs, '')
    .replaceAll(/ (?:stroke|font-family)="[^"]*"/g, '')
    .replaceAll(/ fill="(?!none)[^"]*"/g, '')
    .replaceAll(/(?<=(?:width|height)="\d+)pt"/g, '"')
    .replace('<svg ', '<svg class="diagram" role="img" aria-label="State diagram" ');

/** One line of a sequence: who sends what to whom, and how it goes; or what is said of a moment. */
type Step =
  | {
      readonly kind: 'message';
      readonly from: string;
      readonly to: string;
      readonly arrow: string;
      readonly text: string;
    }
  | { readonly kind: 'note'; readonly text: string };

function stepOf(line: string): Step {
  const note = /^Note over [\w, ]+: (.+)$/.exec(line)?.[1];
  if (note !== undefined) return { kind: 'note', text: note };
  const [, from = '', arrow = '', to = '', text = ''] =
    /^(\w+)(->>|-->>|-x|--x)(\w+): (.+)$/.exec(line) ?? unknown(line);
  return { kind: 'message', from, arrow, to, text };
}

/** Pixels between two participants, and between two messages; room around all. */
const [apart, step, room] = [240, 34, 58];

function sequence(lines: readonly string[]): SafeHtml {
  const participants = lines.flatMap((line) => {
    if (!line.startsWith('participant ')) return [];
    const [, id = '', name = ''] = /^participant (\w+) as (.+)$/.exec(line) ?? unknown(line);
    return [{ id, name }];
  });
  const steps = lines.filter((line) => !line.startsWith('participant ')).map(stepOf);
  const width = 2 * room + (participants.length - 1) * apart;
  const height = 60 + steps.length * step;
  const x = (wanted: string): number => {
    const at = participants.findIndex(({ id }) => id === wanted);
    return at < 0 ? unknown(wanted) : room + at * apart;
  };
  return html`<svg class="diagram" role="img" aria-label="Sequence diagram" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
${participants.map(({ id, name }) => html`<path class="line" d="M${x(id)} 36V${height}"/><rect x="${x(id) - 56}" y="6" width="112" height="30" rx="6"/><text x="${x(id)}" y="26">${name}</text>\n`)}
${steps.map((one, index) => drawn(one, 66 + index * step, width / 2, x))}</svg>`;
}

function drawn(one: Step, y: number, middle: number, x: (id: string) => number): SafeHtml {
  if (one.kind === 'note') return html`<text class="note" x="${middle}" y="${y + 4}">${one.text}</text>\n`;
  const [from, to] = [x(one.from), x(one.to)];
  const toRight = to > from ? 1 : -1;
  const lost = one.arrow.endsWith('x');
  // What is lost ends half-way, in a cross.
  const end = lost ? from + toRight * apart * 0.72 : to;
  const head = lost
    ? `M${end - 5} ${y + 1}l10 10m0 -10l-10 10`
    : `M${end - toRight * 9} ${y + 1}L${end} ${y + 6}L${end - toRight * 9} ${y + 11}`;
  return html`<text x="${(from + to) / 2}" y="${y}">${one.text}</text><path class="${one.arrow.startsWith('--') ? 'dashed' : 'solid'}" d="M${from} ${y + 6}H${end}"/><path d="${head}"/>\n`;
}

function unknown(line: string): never {
  throw new Error(`no diagram has this line: ${line}`);
}
