import type { Verdict } from '../verdict.ts';
import { conclusionOf, howToReport, unproved } from './conclusion.ts';
import { clip, escapeText } from './escape.ts';
import { exitCodes } from './exit-code.ts';
import type { RequirementResult, Results } from './results.ts';
import { counterexample, staleInWords } from './terminal.ts';
import { bytesInWords } from './words.ts';

/** Counterexamples in one summary, and characters in one of them: a step summary may hold 1 MiB, and a reader less. */
const most = { counterexamples: 20, characters: 10_000, ids: 20 };

const marks: Readonly<Record<Verdict, string>> = {
  'harness-error': '💥',
  fail: '❌',
  'known-fail': '🩹',
  inconclusive: '❔',
  warn: '⚠️',
  'not-tested': '➖',
  'not-applicable': '➖',
  pass: '✅',
};

/**
 * The results as GitHub-flavoured Markdown, short enough for a step summary. Text that may come from the target stands
 * only where nothing in it can be markup: behind backslashes, or inside a fence that it cannot close.
 */
export function markdown(results: Results, code: number, paths: readonly (string | undefined)[] = []): string {
  const { summary, run, stats, suite, requirements } = results;
  const found = requirements.filter(({ failures, verdict }) => failures !== undefined || verdict === 'harness-error');
  const part = run.shard === undefined ? '' : `, part ${run.shard.index} of ${run.shard.count}`;
  const levels = (['must', 'should', 'may'] as const).filter((level) => sum(summary[level]) > 0);
  const columns = ['pass', 'fail', 'known-fail', 'warn', 'inconclusive', 'not-tested', 'not-applicable'] as const;
  return [
    `## chunkproof: ${headline(results, code)}`,
    '',
    `Target ${literal(results.target)}, contract ${literal(results.contract)}, suite ${literal(suite.version)}, seed ${run.seed}${part}.`,
    `${stats.calls} requests, ${bytesInWords(stats.bytes)}, ${stats.faults} faults, ${(run.durationMs / 1000).toFixed(1)} s.`,
    '',
    `| | ${columns.map((verdict) => `${marks[verdict]} ${verdict.replace('-', ' ')}`).join(' | ')} |`,
    `|---|${columns.map(() => '--:|').join('')}`,
    ...levels.map(
      (level) => `| ${level.toUpperCase()} | ${columns.map((verdict) => summary[level][verdict]).join(' | ')} |`,
    ),
    '',
    ...stale(results),
    ...defects(results),
    ...gone(results, paths),
    ...found.slice(0, most.counterexamples).flatMap((one) => failed(one, results, paths)),
    ...(found.length > most.counterexamples
      ? [`… and ${found.length - most.counterexamples} more, in results.json.`, '']
      : []),
    ...open(requirements),
  ].join('\n');
}

function headline(results: Results, code: number): string {
  const { words, tone } = conclusionOf(results, code);
  const mark = code === exitCodes.harness ? marks['harness-error'] : { good: '✅', doubt: '❔', bad: '❌' }[tone];
  return `${mark} ${words}`;
}

function stale({ baseline }: Results): string[] {
  if (baseline === undefined || baseline.stale.length === 0) return [];
  return [
    `### Stale in ${literal(baseline.file)}`,
    '',
    ...baseline.stale.map((one) => `- ${literal(staleInWords(one))}`),
    '',
  ];
}

function defects({ defects = [] }: Results): string[] {
  if (defects.length === 0) return [];
  const lines = defects.map(({ property, message }) => `- ${literal(property)}: ${literal(message)}`);
  return ['### Faults of the suite itself', '', literal(howToReport), '', ...lines, ''];
}

function gone({ gone, failures }: Results, paths: readonly (string | undefined)[]): string[] {
  if (gone === undefined) return [];
  const blocks = gone.suspects.map((one, index) =>
    counterexample(one, { color: false, verbose: false }, paths[failures.length + index]),
  );
  return [
    '### The target went away',
    '',
    literal(gone.message),
    '',
    ...fenced(clip(blocks.join('\n'), most.characters)),
  ];
}

function failed(one: RequirementResult, results: Results, paths: readonly (string | undefined)[]): string[] {
  const blocks = (one.failures ?? []).flatMap((index) => {
    const failure = results.failures[index];
    return failure ? [counterexample(failure, { color: false, verbose: false }, paths[index])] : [];
  });
  const reason = one.reason === undefined ? [] : [`> ${literal(one.reason)}`, ''];
  return [
    `### ${marks[one.verdict]} ${literal(one.id)} (${one.level})`,
    '',
    literal(one.text),
    '',
    ...reason,
    ...(blocks.length === 0 ? [] : fenced(clip(blocks.join('\n'), most.characters))),
  ];
}

/** What the run says nothing about, folded away, by reason. */
function open(requirements: readonly RequirementResult[]): string[] {
  const groups = unproved(requirements);
  if (groups.length === 0) return [];
  const lines = groups.map(({ verdict, reason, ids }) => {
    const more = ids.length > most.ids ? [`and ${ids.length - most.ids} more`] : [];
    const some = [...ids.slice(0, most.ids).map(literal), ...more];
    return `- ${literal(`${verdict.replace('-', ' ')}: ${reason}`)} (${some.join(', ')})`;
  });
  return [
    '<details>',
    `<summary>${groups.flatMap(({ ids }) => ids).length} requirements of which this run says nothing</summary>`,
    '',
    ...lines,
    '',
    '</details>',
    '',
  ];
}

/** Text that stands for itself: CommonMark takes a backslash before any ASCII punctuation. */
function literal(text: string): string {
  return clip(escapeText(text), 1000).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** A fenced block that its content cannot close. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text.trimEnd(), fence, ''];
}

function sum(counts: Readonly<Record<Verdict, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}
