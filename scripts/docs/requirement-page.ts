import { readFileSync } from 'node:fs';
import { html, type SafeHtml } from '@remix-run/html-template';
import { excused } from '../../conformance/excused.ts';
import type { Matrix, MutantRow } from '../../conformance/mutants/matrix.ts';
import { figures } from '../../conformance/mutants/matrix-page.ts';
import { mutants } from '../../conformance/mutants/mutants.ts';
import { type OperationId, operations } from '../../generated/operations.ts';
import { type Requirement, type RequirementId, requirementIds, requirements } from '../../generated/requirements.ts';
import type { Markdown } from './markdown.ts';
import type { Page } from './page.ts';
import { markup } from './problem-pages.ts';

const matrix = JSON.parse(
  readFileSync(new URL('../../conformance/mutants/matrix.json', import.meta.url), 'utf8'),
) as Matrix;

const sentences = new Map<string, string>(mutants.map(({ id, sentence }) => [id, sentence]));

/** Every promise by the operation that it binds, and beside each the broken servers that it was proved on. */
export function requirementPage(line: Markdown['line']): Page {
  const groups = Map.groupBy(requirementIds, (id) => requirements[id].binds);
  const rows: readonly Requirement[] = Object.values(requirements);
  const count = (level: string): number => rows.filter((row) => row.level === level).length;
  return {
    path: 'requirements.html',
    title: 'Requirements',
    sections: requirementIds.map((id) => ({
      id,
      title: id,
      text: `${requirements[id].level} ${requirements[id].text}`,
    })),
    body: html`<h1>Requirements</h1>
<p>${rows.length} promises, ${count('MUST')} MUST, ${count('SHOULD')} SHOULD and ${count('MAY')} MAY, by the operation that each binds; the words are
those of BCP 14. A requirement says what is answered to a request in which nothing else is wrong.</p>
<h2 id="proved">How they are proved</h2>
<p>A check that cannot fail proves nothing. For each promise there are servers that break it in a few lines, and the default
run has to find every one of them; and there are servers that differ in what the contract leaves open, of which it may
blame none. ${figures(matrix)}</p>
<div class="scroll" tabindex="0"><table>
<thead><tr><th>binds</th><th class="number">promises</th><th class="number">broken servers</th><th class="number">found</th></tr></thead>
<tbody>
${[...groups].map(([binds, ids]) => html`<tr><td><a href="#${anchorOf(binds)}">${titleOf(binds)}</a></td><td class="number">${ids.length}</td>${figuresOf(ids.flatMap(breaking))}</tr>\n`)}</tbody>
<tfoot><tr><th>all</th><td class="number">${rows.length}</td>${figuresOf(matrix.mutants)}</tr></tfoot>
</table></div>
${[...groups].map(
  ([binds, ids]) => html`<h2 id="${anchorOf(binds)}">${titleOf(binds)}</h2>
${isOperation(binds) ? html`<p>${operations[binds].method} <code>${operations[binds].path}</code> · <a href="reference.html#operation/${binds}">in the reference</a></p>\n` : ''}${ids.map((id) => requirement(id, line))}`,
)}`,
  };
}

const isOperation = (binds: string): binds is OperationId => binds in operations;
const titleOf = (binds: string): string => (isOperation(binds) ? binds : 'every operation');
const anchorOf = (binds: string): string => (isOperation(binds) ? binds : 'general');

/** The mutants that are made to break a promise: each stands at the first of what it breaks. */
const breaking = (id: RequirementId): readonly MutantRow[] =>
  matrix.mutants.filter(({ breaks: [main] }) => main === id);

/** Killed with every seed, of how many there are. */
const found = (rows: readonly MutantRow[]): number =>
  rows.filter(({ survived, killed }) => killed > 0 && survived.length === 0).length;

const figuresOf = (rows: readonly MutantRow[]): SafeHtml =>
  html`<td class="number">${rows.length}</td><td class="number">${found(rows)}</td>`;

function requirement(id: RequirementId, line: Markdown['line']): SafeHtml {
  const { level, text, source, profile, untestable }: Requirement = requirements[id];
  const rows = breaking(id);
  const facts = [
    source,
    profile === 'core' ? undefined : `profile ${profile}`,
    untestable === undefined ? undefined : `not to be seen over HTTP: ${untestable}`,
    excused[id] === undefined ? undefined : `may stay unseen: ${excused[id]}`,
  ].filter((fact) => fact !== undefined);
  return html`<section class="requirement" id="${id}">
<h3><code>${id}</code> <span class="level">${level}</span></h3>
<p>${markup(line(text))}</p>
${facts.length === 0 ? '' : html`<p class="soft">${facts.join(' · ')}</p>\n`}${
  rows.length === 0
    ? ''
    : html`<details><summary>${rows.length === 1 ? 'a broken server' : `${rows.length} broken servers`}, ${found(rows)} found</summary>
<ul>
${rows.map((row) => html`<li><code>${row.id}</code> ${markup(line(sentences.get(row.id) ?? ''))} <span class="soft">${killOf(row)}</span></li>\n`)}</ul>
</details>
`
}</section>
`;
}

/** By what it was found: of a script that hangs on the clock, no numbers are kept. */
function killOf({ how, properties = [], sent, calls }: MutantRow): string {
  if (how === 'survived') return 'not found';
  if (how === 'warned') return 'warned of';
  if (how === 'timed') return 'found by a race or a wait';
  return `found by ${properties.join(', ')} after ${sent} requests, shown in ${calls} ${calls === 1 ? 'call' : 'calls'}`;
}
