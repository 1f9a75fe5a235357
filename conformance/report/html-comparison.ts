import { html, type SafeHtml } from '@remix-run/html-template';
import { type Change, type Compared, compare } from './compare.ts';
import { escapeText } from './escape.ts';
import type { Results } from './results.ts';

/** What came better or worse since an earlier run, requirement by requirement. Nothing without one. */
export function comparisonHtml(results: Results, earlier: Compared | undefined): SafeHtml | '' {
  if (earlier === undefined) return '';
  const { requirements, summary } = compare([
    { file: 'earlier', results: earlier },
    { file: 'now', results },
  ]);
  const changes: readonly Change[] = ['broken', 'fixed', 'changed'];
  const tones = { broken: 'bad', fixed: 'good', changed: 'soft' } as const;
  const rows = changes.flatMap((change) =>
    requirements
      .filter((one) => one.change === change)
      .map(
        ({ id, level, verdicts: [before, after] }) =>
          html`<tr><td class="${tones[change as keyof typeof tones]}">${change}</td><td><code>${escapeText(id)}</code></td><td>${escapeText(level)}</td><td>${before ?? 'unknown'} → ${after ?? 'unknown'}</td></tr>\n`,
      ),
  );
  const apart = [
    ...(earlier.target === results.target ? [] : [`of ${earlier.target}`]),
    ...(earlier.contract === results.contract ? [] : [`by the contract ${earlier.contract}`]),
    ...(earlier.suite.version === results.suite.version ? [] : [`by the suite ${earlier.suite.version}`]),
    `of ${earlier.run.startedAt}, seed ${earlier.run.seed}`,
  ].map(escapeText);
  return html`<h2>Since the earlier run</h2>
<p>${[...changes, 'same' as const].map((change) => `${summary[change]} ${change}`).join(', ')}, against the run ${apart.join(', ')}, whose
results.json lay in this folder.</p>
${
  rows.length === 0
    ? ''
    : html`<div class="scroll"><table>
<thead><tr><th></th><th>requirement</th><th>level</th><th>verdict</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`
}`;
}
