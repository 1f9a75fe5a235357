import { basename } from 'node:path';
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../history.ts';
import { curlScript } from './curl.ts';
import { escapeText } from './escape.ts';
import { sequenceHtml } from './html-sequence.ts';
import { exchangeLog, safeLines } from './log.ts';
import type { Failure } from './results.ts';
import { failureInRows } from './rows.ts';
import { explanationInWords, timeline } from './timeline.ts';
import { callInWords, faultInWords } from './words.ts';

/** One counterexample: its calls, what was expected, how to see it again, and all that was on the wire. */
export function failureHtml(failure: Failure, target: string, path: string | undefined): SafeHtml {
  const { shrunk, reproduced, states, property, seed } = failure;
  const bars = timeline(failure);
  const drawing = sequenceHtml(failure);
  const explained = explanationInWords(failure);
  const from = shrunk.from > shrunk.to ? `, shrunk from ${shrunk.from} calls` : '';
  return html`<section>
${callTable(failure)}
${drawing === undefined ? '' : html`<details open><summary>Sequence</summary>\n${drawing}\n</details>`}
${bars.length === 0 ? '' : html`<p>At the same time:</p>\n<pre>${bars.map(escapeText).join('\n')}</pre>`}
<dl>
<dt>expected</dt><dd>${escapeText(failure.expected)}</dd>
<dt>got</dt><dd class="bad">${escapeText(failure.got)}</dd>
${explained === undefined ? '' : html`<dt>searched</dt><dd>${escapeText(explained)}</dd>`}
${states.length === 0 ? '' : html`<dt>the contract still allowed</dt><dd>${listed(states)}</dd>`}
<dt>found by</dt><dd><code>${escapeText(property)}</code>, seed ${seed}${from}</dd>
<dt>reproduced</dt><dd>${reproduced.n === 0 ? 'not tried' : `${reproduced.k} of ${reproduced.n}`}</dd>
${path === undefined ? '' : html`<dt>replay</dt><dd><code>npx chunkproof replay ${escapeText(path)}</code></dd>`}
</dl>
<details><summary>Requests and responses</summary>
${exchangesHtml(failure.history)}
</details>
<details><summary>As curl commands${path === undefined ? '' : html` (${scriptLink(path)})`}</summary>
<pre>${safeLines(curlScript(failure, target))}</pre>
</details>
</section>`;
}

function callTable(failure: Failure): SafeHtml {
  const rows = failureInRows(failure).map(
    ({ client, call, status, note, offending }) =>
      html`<tr><td>${client}</td><td>${call}</td><td${offending ? html` class="bad"` : ''}>${status}</td><td>${note}${offending ? html` <span class="bad">← not allowed</span>` : ''}</td></tr>\n`,
  );
  return html`<div class="scroll"><table class="calls">
<thead><tr><th>client</th><th>call</th><th>status</th><th>answer</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

const listed = (texts: readonly string[]): SafeHtml =>
  html`<ul>${texts.map((text) => html`<li>${escapeText(text)}</li>`)}</ul>`;

function exchangesHtml(history: readonly Exchange[]): SafeHtml[] {
  const start = history[0]?.sentAt ?? 0;
  return history.map((exchange) => {
    const { request, response } = exchangeLog(exchange);
    const { client, call, fault, sentAt, receivedAt, deviations } = exchange;
    const when = `after ${(sentAt - start).toFixed(1)} ms, for ${(receivedAt - sentAt).toFixed(1)} ms`;
    const what = `${client} ${callInWords(call)}${fault === undefined ? '' : `, ${faultInWords(fault)}`}`;
    return html`<p>${escapeText(what)} <span class="soft">${when}</span></p>
<pre>${request}</pre>
<pre>${response}</pre>
${deviations.length === 0 ? '' : html`<p class="doubt">deviates from the description:</p>${listed(deviations)}`}
`;
  });
}

/** The script lies beside the counterexample, and both below the report: the link works wherever the folder goes. */
function scriptLink(path: string): SafeHtml {
  const name = `${basename(path).replace(/\.json$/, '')}.sh`.toWellFormed();
  return html`<a href="failures/${encodeURIComponent(name)}">${escapeText(name)}</a>`;
}
