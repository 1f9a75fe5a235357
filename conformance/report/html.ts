import { createHash } from 'node:crypto';
import { html as markup, type SafeHtml } from '@remix-run/html-template';
import { requirements as contract } from '../../generated/requirements.ts';
import { type Verdict, verdicts } from '../verdict.ts';
import type { Compared } from './compare.ts';
import { conclusionOf, howToReport, unproved } from './conclusion.ts';
import { escapeText } from './escape.ts';
import { comparisonHtml } from './html-comparison.ts';
import { coverageHtml } from './html-coverage.ts';
import { failureHtml } from './html-failure.ts';
import { style } from './html-style.ts';
import { safeLines } from './log.ts';
import type { RequirementResult, Results } from './results.ts';
import { staleInWords } from './terminal.ts';
import { bytesInWords } from './words.ts';

/** How a verdict is to be taken, at a glance. */
const tones: Readonly<Record<Verdict, 'good' | 'doubt' | 'bad' | 'soft'>> = {
  'harness-error': 'bad',
  fail: 'bad',
  'known-fail': 'doubt',
  inconclusive: 'doubt',
  warn: 'doubt',
  'not-tested': 'soft',
  'not-applicable': 'soft',
  pass: 'good',
};

/** The browser runs nothing, loads nothing, and takes this one style: whatever a target wrote into the page stays text. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/**
 * The results as one page that needs nothing else, no script either. The template escapes every text for HTML, and
 * `escapeText` before it what could hide or reorder text. The results are redacted already.
 *
 * @param code - the exit code of the run
 * @param paths - the counterexample file of each failure, as typed; it lies in `failures/` beside this page
 * @param earlier - the results of a run before this one, to compare with
 */
export function html(
  results: Results,
  code: number,
  paths: readonly (string | undefined)[] = [],
  earlier?: Compared,
): string {
  const { words, tone } = conclusionOf(results, code);
  const title = `chunkproof: ${words}: ${escapeText(results.target)}`;
  return String(markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${markup.raw`${style}`}</style>
</head>
<body>
<header>
<h1 class="${tone}">${words}</h1>
<p>${escapeText(results.target)}</p>
</header>
<main>
${summaryHtml(results)}
${comparisonHtml(results, earlier)}
${staleHtml(results)}
${defectsHtml(results)}
${goneHtml(results, paths)}
${failuresHtml(results, paths)}
${unprovedHtml(results)}
${requirementsHtml(results)}
${coverageHtml(results)}
${environmentHtml(results)}
</main>
</body>
</html>
`);
}

function summaryHtml({ summary, stats, run }: Results): SafeHtml {
  const levels = (['must', 'should', 'may'] as const).filter((level) =>
    verdicts.some((one) => summary[level][one] > 0),
  );
  const seen = verdicts.filter((verdict) => levels.some((level) => summary[level][verdict] > 0));
  return markup`<p>This is no certificate. It tells what one run of ${stats.calls} requests saw, with the seed ${run.seed}: that no
answer broke a promise does not prove that none ever will. It says nothing of what is listed below as not tested, of
load, of what the contract does not mention, or of another build or configuration of the server.</p>
<table>
<thead><tr><th>requirements</th>${levels.map((level) => markup`<th class="number">${level.toUpperCase()}</th>`)}</tr></thead>
<tbody>
${seen.map((verdict) => markup`<tr><th class="${tones[verdict]}">${told(verdict)}</th>${levels.map((level) => markup`<td class="number">${summary[level][verdict]}</td>`)}</tr>\n`)}</tbody></table>`;
}

const told = (verdict: Verdict): string => verdict.replace('-', ' ');

function staleHtml({ baseline }: Results): SafeHtml | '' {
  if (baseline === undefined || baseline.stale.length === 0) return '';
  return markup`<h2>Stale in ${escapeText(baseline.file)}</h2>
<ul>${baseline.stale.map((entry) => markup`<li>${escapeText(staleInWords(entry))}</li>`)}</ul>`;
}

function defectsHtml({ defects = [] }: Results): SafeHtml | '' {
  if (defects.length === 0) return '';
  return markup`<h2>Faults of the suite itself</h2>
<p>${howToReport}</p>
${defects.map(
  ({ property, message, stack }) => markup`<article>
<h3><code>${escapeText(property)}</code></h3>
<p class="bad">${escapeText(message)}</p>
${stack === undefined ? '' : markup`<details><summary>Where</summary>\n<pre>${safeLines(stack)}</pre>\n</details>`}
</article>
`,
)}`;
}

function goneHtml({ gone, failures, target }: Results, paths: readonly (string | undefined)[]): SafeHtml | '' {
  if (gone === undefined) return '';
  return markup`<h2>The target went away</h2>
<p class="bad">${escapeText(gone.message)}</p>
<p>Under way when it went:</p>
${gone.suspects.map((one, index) => failureHtml(one, target, paths[failures.length + index]))}`;
}

function failuresHtml(results: Results, paths: readonly (string | undefined)[]): SafeHtml | '' {
  const found = results.requirements.filter(
    ({ failures = [], verdict }) => failures.length > 0 || ['harness-error', 'fail', 'warn'].includes(verdict),
  );
  if (found.length === 0) return '';
  return markup`<h2>What was found</h2>
${found.map(
  ({ id, level, text, verdict, reason, known, failures = [] }) => markup`<article class="found">
<h3 id="found-${id}"><span class="${tones[verdict]}">${told(verdict)}</span> <code>${id}</code> ${level}</h3>
<p>${escapeText(text)}</p>
${reason === undefined ? '' : markup`<p>${escapeText(reason)}</p>`}
${known === undefined ? '' : markup`<p class="soft">known${known.issue === undefined ? '' : `, issue ${escapeText(known.issue)}`}${known.expires === undefined ? '' : `, allowed until ${escapeText(known.expires)}`}</p>`}
${failures.map((index) => {
  const failure = results.failures[index];
  return failure === undefined ? '' : failureHtml(failure, results.target, paths[index]);
})}
</article>
`,
)}`;
}

function unprovedHtml({ requirements }: Results): SafeHtml | '' {
  const groups = unproved(requirements);
  if (groups.length === 0) return '';
  return markup`<h2>What this run says nothing about</h2>
<dl>
${groups.map(({ verdict, reason, ids }) => markup`<dt class="${tones[verdict]}">${told(verdict)}</dt><dd>${escapeText(reason)}: ${ids.map((id, index) => markup`${index > 0 ? ', ' : ''}<a href="#${id}">${id}</a>`)}</dd>\n`)}</dl>`;
}

function requirementsHtml({ requirements }: Results): SafeHtml {
  const groups = Map.groupBy(requirements, ({ id }) => contract[id].binds);
  return markup`<h2>Every requirement</h2>
${[...groups].map(([operation, members]) => markup`<h3>${operation === 'general' ? 'every operation' : operation}</h3>\n${members.map(requirementHtml)}`)}`;
}

function requirementHtml({ id, level, text, verdict, observations, reason, failures }: RequirementResult): SafeHtml {
  const seen = observations === 0 ? '' : `${observations} observations`;
  return markup`<details id="${id}"><summary><code>${id}</code> ${level} <span class="${tones[verdict]}">${told(verdict)}</span> <span class="soft">${seen}</span></summary>
<p>${escapeText(text)}</p>
${reason === undefined ? '' : markup`<p class="soft">${escapeText(reason)}</p>`}
${failures === undefined ? '' : markup`<p><a href="#found-${id}">what was found</a></p>`}
</details>
`;
}

function environmentHtml({ run, stats, profiles, properties, ...results }: Results): SafeHtml {
  const facts: readonly (readonly [string, string])[] = [
    ['target', results.target],
    ['contract', results.contract],
    ['suite', `${results.suite.name} ${results.suite.version}`],
    ['seed', `${run.seed} (repeat with --seed ${run.seed})`],
    ...(run.shard === undefined ? [] : [['part', `${run.shard.index} of ${run.shard.count}`] as const]),
    ['run', run.id],
    ...(run.platform === undefined ? [] : [['suite on', run.platform] as const]),
    ['started', run.startedAt],
    ['lasted', `${(run.durationMs / 1000).toFixed(1)} s, ${(stats.judgingMs / 1000).toFixed(1)} s of it judging`],
    [
      'sent',
      `${stats.calls} requests, ${bytesInWords(stats.bytes)}, ${stats.sessions} sessions, ${stats.faults} faults`,
    ],
    ['profiles claimed', profiles.claimed.join(', ') || 'none'],
    ['profiles exercised', profiles.exercised.join(', ') || 'none'],
  ];
  return markup`<h2>The run</h2>
<dl>
${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${escapeText(value)}</dd>\n`)}</dl>
<details><summary>What the target says of itself</summary>
<pre>${safeLines(JSON.stringify(results.capabilities, undefined, 2))}</pre>
</details>
<details><summary>What was played</summary>
<div class="scroll"><table>
<thead><tr><th>property</th><th class="number">scripts</th><th class="number">requests</th><th class="number">s</th><th></th></tr></thead>
<tbody>
${properties.map(({ id, title, scripts, calls, durationMs, note }) => markup`<tr><td><code>${escapeText(id)}</code></td><td class="number">${scripts}</td><td class="number">${calls}</td><td class="number">${(durationMs / 1000).toFixed(1)}</td><td>${escapeText(title)}${note === undefined ? '' : markup` <span class="doubt">${escapeText(note)}</span>`}</td></tr>\n`)}</tbody></table></div>
</details>`;
}
