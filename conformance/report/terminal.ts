import picocolors from 'picocolors';
import type { Verdict } from '../verdict.ts';
import { conclusionOf, howToReport, unproved } from './conclusion.ts';
import { clip, escapeText } from './escape.ts';
import { exitCodes } from './exit-code.ts';
import type { Failure, RequirementResult, Results } from './results.ts';
import { failureInRows } from './rows.ts';
import { table } from './table.ts';
import { explanationInWords, timeline } from './timeline.ts';
import { bytesInWords } from './words.ts';

/** How to write for this reader. `paths[i]` is the replay file of `failures[i]`, if one was written. */
export interface Look {
  readonly color: boolean;
  readonly verbose: boolean;
  /** Leaves out what was not tested; the summary still counts it. */
  readonly quiet: boolean;
  readonly paths: readonly (string | undefined)[];
  /** The exit code of the run. */
  readonly code: number;
}

type Paint = ReturnType<typeof picocolors.createColors>;

/** Counterexamples shown for one requirement, unless everything is asked for. */
const shownFailures = 3;

const words: Readonly<Record<Verdict, string>> = {
  'harness-error': 'ERROR',
  fail: 'FAIL',
  'known-fail': 'KNOWN',
  inconclusive: 'UNSURE',
  warn: 'WARN',
  'not-tested': 'NOT TESTED',
  'not-applicable': 'NOT APPLICABLE',
  pass: 'PASS',
};

/** What a run says before it begins. `settings` are lines that tell what was not typed, and where it came from. */
export interface HeaderFacts {
  readonly version: string;
  readonly contract: string;
  readonly target: string;
  readonly seed: number;
  readonly settings?: readonly string[];
}

/** The first lines of a run: what is judged, by which suite, and the seed that repeats it. */
export function header(facts: HeaderFacts, color: boolean): string {
  const paint = picocolors.createColors(color);
  const name = paint.bold(`chunkproof ${facts.version}`);
  const settings = (facts.settings ?? []).map((line) => `${line}\n`).join('');
  return `${name} · contract ${facts.contract} · seed ${facts.seed}\ntarget ${escapeText(facts.target)}\n${settings}\n`;
}

/** All that a run found, for a reader at a terminal. The results are redacted already. */
export function report(results: Results, look: Look): string {
  const paint = picocolors.createColors(look.color);
  const found = results.requirements.filter(
    (one) => (one.failures?.length ?? 0) > 0 || ['harness-error', 'fail', 'warn'].includes(one.verdict),
  );
  return [
    ...found.map((requirement) => failed(requirement, results, look, paint)),
    look.quiet ? '' : open(results.requirements, look, paint),
    stale(results, paint),
    defects(results, look, paint),
    gone(results, look, paint),
    summary(results, look, paint),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** One counterexample: its calls as a table, what was expected, and how to see it again. */
export function counterexample(failure: Failure, look: Pick<Look, 'color' | 'verbose'>, path?: string): string {
  const paint = picocolors.createColors(look.color);
  const rows = failureInRows(failure);
  const last = rows.length - 1;
  const calls = table(
    rows.map(({ client, call, status, note, offending }, index) => {
      const pointer = offending && index !== last ? '← not allowed' : '';
      return [client, call, offending ? paint.red(status) : status, [note, pointer].filter(Boolean).join('  ')];
    }),
  );
  const { shrunk, reproduced } = failure;
  const from = shrunk.from > shrunk.to ? `shrunk from ${shrunk.from} calls · ` : '';
  const again = reproduced.n === 0 ? 'not reproduced' : `reproduced ${reproduced.k} of ${reproduced.n}`;
  const proof = paint.dim(`${from}${again}`);
  const bars = timeline(failure);
  const explained = explanationInWords(failure);
  return [
    calls,
    ...(bars.length === 0 ? [] : ['  at the same time:', ...bars.map((bar) => paint.dim(`    ${bar}`))]),
    `  expected: ${escapeText(failure.expected).padEnd(29)}  ${proof}`,
    failure.got === '' ? '' : `  got:      ${clip(escapeText(failure.got), 300)}`,
    explained === undefined ? '' : `  ${explained}`,
    ...(look.verbose ? failure.states.map((state) => paint.dim(`  possible before: ${escapeText(state)}`)) : []),
    path === undefined ? '' : `  replay: ${paint.cyan(`npx chunkproof replay ${escapeText(path)}`)}`,
  ]
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

function failed(requirement: RequirementResult, results: Results, look: Look, paint: Paint): string {
  const { id, level, text, verdict, failures = [], reason } = requirement;
  const color = verdict === 'warn' || verdict === 'known-fail' ? paint.yellow : paint.red;
  const shown = look.verbose ? failures : failures.slice(0, shownFailures);
  const blocks = shown.flatMap((index) => {
    const failure = results.failures[index];
    return failure === undefined ? [] : [counterexample(failure, look, look.paths[index])];
  });
  const more = failures.length - shown.length;
  return [
    `${paint.bold(color(words[verdict]))} ${paint.bold(id)}  ${level}  ${escapeText(text)}\n`,
    reason === undefined ? '' : `  ${verdict === 'known-fail' ? 'known: ' : ''}${escapeText(reason)}\n`,
    requirement.known === undefined ? '' : entryInWords(requirement.known),
    blocks.join('\n'),
    more > 0 ? `  and ${more} more, in the report folder\n` : '',
  ].join('');
}

/** Where a known failure is going to be repaired, and how long it is allowed. */
function entryInWords({ issue, expires }: NonNullable<RequirementResult['known']>): string {
  const parts = [issue && `issue ${issue}`, expires && `allowed until ${expires}`].filter(Boolean);
  return parts.length === 0 ? '' : `  ${escapeText(parts.join(', '))}\n`;
}

/** What this run says nothing about, by reason. */
function open(requirements: readonly RequirementResult[], look: Look, paint: Paint): string {
  const sections = Map.groupBy(unproved(requirements), ({ verdict }) => verdict);
  return [...sections]
    .map(([verdict, groups]) => {
      const lines = groups.map(({ reason, ids }) => {
        const some = look.verbose || ids.length <= 8 ? ids : [...ids.slice(0, 7), `and ${ids.length - 7} more`];
        return `  ${escapeText(reason)}: ${paint.dim(some.join(', '))}\n`;
      });
      return `${paint.bold(words[verdict].toLowerCase())}\n${lines.join('')}`;
    })
    .join('');
}

/** What the suite itself did wrong, and how to report it. */
function defects({ defects = [] }: Results, look: Look, paint: Paint): string {
  if (defects.length === 0) return '';
  const blocks = defects.map(({ property, message, stack }) => {
    const where = look.verbose && stack !== undefined ? `${indented(stack)}\n` : '';
    return `${paint.bold(paint.red('ERROR'))} ${paint.bold(property)}\n  ${clip(escapeText(message), 500)}\n${where}`;
  });
  return `${blocks.join('')}${howToReport}\n`;
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${escapeText(line)}`)
    .join('\n');

/** That the target went away, and the scripts that may have ended it. */
function gone({ gone, failures }: Results, look: Look, paint: Paint): string {
  if (gone === undefined) return '';
  const blocks = gone.suspects.map((one, index) => counterexample(one, look, look.paths[failures.length + index]));
  return `${paint.bold(paint.red('GONE'))} ${escapeText(gone.message)}\n${blocks.join('\n')}`;
}

/** Entries of the baseline that have to go, each with what to do about it. */
function stale({ baseline }: Results, paint: Paint): string {
  if (baseline === undefined || baseline.stale.length === 0) return '';
  const lines = baseline.stale.map((entry) => `  ${escapeText(staleInWords(entry))}\n`);
  return `${paint.bold(paint.red('STALE'))} ${paint.bold(escapeText(baseline.file))}\n${lines.join('')}`;
}

/** Why an entry of the baseline has to go, and what to do. */
export function staleInWords({ requirement, why, expires }: NonNullable<Results['baseline']>['stale'][number]): string {
  return why === 'passes'
    ? `${requirement} passes: remove its entry`
    : `${requirement} was allowed to fail until ${expires}: repair it, or argue for another day`;
}

function summary(results: Results, look: Look, paint: Paint): string {
  const { stats, run, profiles } = results;
  const levels = (['must', 'should', 'may'] as const)
    .map((level) => levelInWords(level, results.summary[level]))
    .filter((line) => line !== '');
  const part = run.shard === undefined ? '' : ` · part ${run.shard.index} of ${run.shard.count}`;
  const counts = [
    `${number(stats.calls)} requests`,
    bytesInWords(stats.bytes),
    `${number(stats.sessions)} sessions`,
    `${number(stats.faults)} faults`,
    `${(run.durationMs / 1000).toFixed(1)} s`,
    `seed ${run.seed} (repeat with --seed ${run.seed})${part}`,
  ];
  const idle = profiles.claimed.filter((profile) => !profiles.exercised.includes(profile));
  const unused = idle.length > 0 ? ` · not exercised ${escapeText(idle.join(', '))}` : '';
  return [
    `profiles ${escapeText(profiles.claimed.join(', ')) || 'none'}${unused}`,
    levels.join(' · '),
    counts.join(' · '),
    ...(run.interrupted && look.code === exitCodes.failed ? [paint.yellow('interrupted: there may be more')] : []),
    conclusion(results, look, paint),
    '',
  ].join('\n');
}

function levelInWords(level: string, counts: Readonly<Record<Verdict, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return '';
  const others = (
    [
      ['harness-error', 'harness errors'],
      ['known-fail', 'known to fail'],
      ['inconclusive', 'inconclusive'],
      ['warn', 'warned'],
      ['not-tested', 'not tested'],
      ['not-applicable', 'not applicable'],
    ] as const
  ).flatMap(([verdict, text]) => (counts[verdict] > 0 ? [`${counts[verdict]} ${text}`] : []));
  return [`${level.toUpperCase()} ${counts.pass}/${total} passed`, `${counts.fail} failed`, ...others].join(', ');
}

function conclusion(results: Results, look: Look, paint: Paint): string {
  const { words: text, tone } = conclusionOf(results, look.code);
  return paint.bold({ good: paint.green, doubt: paint.yellow, bad: paint.red }[tone](text));
}

function number(value: number): string {
  return value.toLocaleString('en');
}
