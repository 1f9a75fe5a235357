/**
 * `npm run self-test [-- --seeds N --first N]`: the default run of the suite against every mutant, until it is killed; its
 * scripts in an order that hangs on the seed alone, for the numbers of the matrix; and a short run against every lawful
 * variant; all with each of the seeds. Writes the matrix of what came of them, its page, and how long the default runs took
 * (`docs/kill-times.md`). The exit code is 1 if a mutant survives, or a variant is blamed.
 *
 * `--keep FILE` notes each trial there as it ends, and takes those that it finds there as done: a run that was cut goes on, as
 * long as what it judges with has not changed in between.
 *
 * `--only GLOB` judges some of them, and writes nothing; with `--update` it takes the seeds of the matrix, and replaces their
 * rows in it. `--out FILE` writes a matrix of what was judged elsewhere.
 *
 * With `--quick` one seed, and the mutants alone: each is judged by few scripts of the properties that are to find it, then
 * by more. That proves that it can be found, by a script of few calls; the default run does not have to find it.
 */
import { appendFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killedByDefaultRun, killedCheaply, killedInOrder, type Run, type Trial } from '../conformance/mutants/kill.ts';
import { judged, shortRun, wronged } from '../conformance/mutants/lawful/trial.ts';
import { variants } from '../conformance/mutants/lawful/variants.ts';
import {
  type Matrix,
  matrixOf,
  percentile,
  shortcomings,
  updated,
  type VariantTrial,
} from '../conformance/mutants/matrix.ts';
import { matrixPage, matrixText } from '../conformance/mutants/matrix-page.ts';
import type { Mutant } from '../conformance/mutants/mutant.ts';
import { mutants } from '../conformance/mutants/mutants.ts';
import { matchesGlob } from '../conformance/select.ts';
import { requirements } from '../generated/requirements.ts';
import { killTimesPage } from './kill-times.ts';
import { isWorker, shareOut, work } from './workers.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '*' },
    update: { type: 'boolean', default: false },
    out: { type: 'string' },
    keep: { type: 'string' },
    /** Servers side by side in one process, and the same of default runs, whose time is taken. */
    width: { type: 'string', default: '6' },
    'run-width': { type: 'string', default: '2' },
  },
});
const { quick, only, update, out, keep: notes } = values;
if (quick && notes !== undefined) throw new Error('--keep is of default runs: a quick kill is none of theirs');
const committed = fileURLToPath(new URL('../conformance/mutants/matrix.json', import.meta.url));
const old = update ? (JSON.parse(await readFile(committed, 'utf8')) as Matrix) : undefined;
const seeds = old?.seeds ?? { first: Number(values.first), count: quick ? 1 : Number(values.seeds) };
const chosen = mutants.filter(({ id }) => matchesGlob(id, only));
const lawful = quick ? [] : variants.filter(({ id }) => matchesGlob(id, only));

/** Servers that are judged side by side, and default runs. */
const [atOnce, runsAtOnce] = [values.width, values['run-width']].map((width) => Number(width) * availableParallelism());

/** What only time finds out, and what a run comes to last. */
const slow = /^(chunk\.parallel|status\.safe|http\.transient|expiry\..*|.*\.(releases|durable|remembered))$/;

interface Task {
  readonly kind: 'run' | 'mutant' | 'variant';
  readonly id: string;
  readonly seed: number;
}

type Report = { readonly run: Run } | { readonly mutant: Trial } | { readonly variant: VariantTrial };

if (isWorker) await work(perform);
else process.exitCode = await judgeAll();

async function perform({ kind, id, seed }: Task): Promise<Report> {
  const mutant = kind !== 'variant' && mutants.find((one) => one.id === id);
  const variant = variants.find((one) => one.id === id);
  const told = ({ stack, message }: Error): string => stack ?? message;
  const failed = (error: Error): Run & Trial => ({ id, seed, seconds: 0, said: [told(error)] });
  if (mutant && kind === 'run') return { run: await killedByDefaultRun(mutant, seed).catch(failed) };
  if (mutant) return { mutant: await (quick ? killedCheaply : killedInOrder)(mutant, seed).catch(failed) };
  if (!variant) throw new Error(`there is no ${kind} ${id}`);
  const wrong = await judged(variant, shortRun(seed)).then(
    (results) => wronged(variant, results),
    (error: Error) => [told(error)],
  );
  return { variant: { id, seed, wrong } };
}

async function judgeAll(): Promise<number> {
  const runs: Run[] = [];
  const trials: Trial[] = [];
  const variantTrials: VariantTrial[] = [];
  const tasks = tasksOf();
  const started = performance.now();
  const noted = await notedIn(notes);
  let done = 0;
  const take = (report: Report): void => {
    done++;
    if ('run' in report) {
      runs.push(report.run);
      const { kill } = report.run;
      tell(`default run, ${killInWords(report.run, kill)}`, kill !== undefined);
    } else if ('mutant' in report) {
      trials.push(report.mutant);
      const { kill } = report.mutant;
      tell(killInWords(report.mutant, kill?.requirement), kill !== undefined);
    } else {
      variantTrials.push(report.variant);
      const { id, seed, wrong } = report.variant;
      tell(
        `${id}, seed ${seed}: ${wrong.length > 0 ? `BLAMED: ${wrong.join(', ')}` : 'not blamed'}`,
        wrong.length === 0,
      );
    }
    progress(`${done} of ${tasks.length}`);
  };
  const left = tasks.filter((task) => {
    const report = noted.get(nameOf(task));
    if (report) take(report);
    return report === undefined;
  });
  // Runs whose time is taken have the machine to themselves.
  for (const [timed, width] of [[true, values['run-width']] as const, [false, values.width] as const])
    await shareOut<Task, Report>(
      left.filter(({ kind }) => (kind === 'run') === timed),
      Number(width),
      (report) => {
        if (notes !== undefined) appendFileSync(notes, `${JSON.stringify(report)}\n`);
        take(report);
      },
    );
  progress('');
  const matrix = matrixOf(seeds, chosen, lawful, { trials, variantTrials, ...(quick ? {} : { runs }) });
  if (out !== undefined) await writeFile(out, matrixText(matrix));
  else if (old) await keep(updated(old, matrix, mutants, variants));
  else if (!quick && only === '*') {
    await keep(matrix);
    await writeFile(new URL('../docs/kill-times.md', import.meta.url), killTimesPage(matrix, runs, runsAtOnce ?? 0));
  }
  const wrong = shortcomings(matrix);
  for (const line of wrong) process.stdout.write(`${line}\n`);
  process.stdout.write(summary(quick ? trials : runs, trials, variantTrials, performance.now() - started));
  return wrong.length === 0 && done === tasks.length && done > 0 ? 0 : 1;
}

/** Trials that an earlier run has noted, by {@link nameOf} their tasks. */
async function notedIn(file: string | undefined): Promise<ReadonlyMap<string, Report>> {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  const reports = text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Report];
    } catch {
      return []; // the end of a run that was cut in the middle of a line
    }
  });
  return new Map(
    reports.map((report) => {
      const [[kind, what]] = Object.entries(report) as [[Task['kind'], Run | Trial | VariantTrial]];
      return [nameOf({ kind, ...what }), report];
    }),
  );
}

function nameOf({ kind, id, seed }: Task): string {
  return `${kind} ${id} ${seed}`;
}

/** @param kill - the promise that it was killed by */
function killInWords({ id, seed, seconds, said }: Run | Trial, kill: string | undefined): string {
  const how = kill === undefined ? `SURVIVED: ${said.join(', ') || 'nothing was said'}` : `killed by ${kill}`;
  return `${id}, seed ${seed}: ${how}, ${seconds.toFixed(1)} s`;
}

/**
 * What is not in the matrix, since it differs from run to run; and how much was judged.
 *
 * @param timed - what the seconds are of
 */
function summary(
  timed: readonly (Run | Trial)[],
  trials: readonly Trial[],
  variantTrials: readonly VariantTrial[],
  ms: number,
): string {
  const kills = timed.filter(({ kill }) => kill !== undefined);
  const rank = (numbers: readonly number[], percent: number): string => (percentile(numbers, percent) ?? 0).toFixed(1);
  const seconds = kills.map((trial) => trial.seconds);
  const calls = trials.flatMap(({ kill }) => kill?.by?.calls ?? []);
  const how = quick ? 'few scripts first' : 'default runs';
  const beside = quick ? atOnce : runsAtOnce;
  return [
    `${how}, seeds ${seeds.first} to ${seeds.first + seeds.count - 1}, ${beside} servers side by side, ${(ms / 60_000).toFixed(1)} min`,
    `seconds to the kill: median ${rank(seconds, 50)}, 95th percentile ${rank(seconds, 95)}, worst ${rank(seconds, 100)}`,
    `calls in the smallest script: median ${percentile(calls, 50) ?? 0}, most ${percentile(calls, 100) ?? 0}`,
    `${kills.length} kills in ${timed.length} runs, ${variantTrials.length} short runs over lawful variants`,
    '',
  ].join('\n');
}

/** The matrix that the repository shows, and its page. */
async function keep(matrix: Matrix): Promise<void> {
  await writeFile(committed, matrixText(matrix));
  await writeFile(committed.replace(/json$/, 'md'), matrixPage(matrix));
}

/** The slow ones come first: they wait while the others work. A SHOULD is warned of only when the run has ended. */
function tasksOf(): Task[] {
  const slowness = ({ breaks: [main, ...others] }: Mutant): number =>
    Number(requirements[main].level === 'SHOULD' || [main, ...others].some((id) => slow.test(id)));
  const ordered = chosen.toSorted((a, b) => slowness(b) - slowness(a));
  const each = (kind: Task['kind'], ids: readonly { readonly id: string }[]): Task[] =>
    Array.from({ length: seeds.count }, (_, n) => ids.map(({ id }) => ({ kind, id, seed: seeds.first + n }))).flat();
  return [...each('run', quick ? [] : ordered), ...each('mutant', ordered), ...each('variant', lawful)];
}

/** A line of its own where a log grows; on a terminal only what is wrong stays. */
function tell(line: string, asItShouldBe: boolean): void {
  if (!process.stdout.isTTY || !asItShouldBe) process.stdout.write(`${clear()}${line}\n`);
}

function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`${clear()}${text}`);
}

function clear(): string {
  return process.stdout.isTTY ? '\r\u001b[2K' : '';
}
