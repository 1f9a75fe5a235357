import { html, type SafeHtml } from '@remix-run/html-template';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { operations } from '../../generated/operations.ts';
import { escapeText } from './escape.ts';
import { type Coverage, type Results, sessionStates } from './results.ts';

/** What may come at any time, and never has to: that it did not come says nothing. */
const anytime = ['429', '500', '503', '507'];

/** Which of the contract's statuses and states the answers of a run had, and which never came. */
export function coverageHtml({ coverage }: Results): SafeHtml | '' {
  if (coverage === undefined) return '';
  const { states } = coverage;
  const rows = Object.entries(operations).map(([operation, { method, path }]) => {
    const seen = coverage.answers[operation as keyof Coverage['answers']] ?? {};
    const due = documented(method, path).filter((status) => !anytime.includes(status));
    const never = due.filter((status) => seen[status] === undefined);
    const shown = Object.entries(seen).map(
      ([status, times]) => `${status === 'none' ? 'no answer' : status} ×${times}`,
    );
    return html`<tr><td><code>${operation}</code></td><td class="number">${due.length - never.length} of ${due.length}</td><td>${escapeText(shown.join(', ')) || 'not asked'}</td><td class="soft">${never.join(', ')}</td></tr>\n`;
  });
  return html`<h2>What was seen of the contract</h2>
<p>Answers told of sessions in ${sessionStates.filter((state) => states[state] > 0).length} of ${sessionStates.length} states:
${sessionStates.map((state) => `${state} ${states[state] > 0 ? `×${states[state]}` : 'never'}`).join(', ')}.</p>
<div class="scroll"><table>
<thead><tr><th>operation</th><th class="number">statuses</th><th>seen</th><th>never seen</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
<p class="soft">Of the statuses that the contract documents for an operation; ${anytime.join(', ')} may come at any time, and none has to. “No answer” counts what the suite cut off itself, too.</p>`;
}

function documented(method: string, path: string): readonly string[] {
  const item = (openapi.paths as unknown as Record<string, Record<string, { readonly responses: object }>>)[path];
  return Object.keys(item?.[method.toLowerCase()]?.responses ?? {});
}
