/**
 * `npm run self-test [-- --seeds N --first N --only GLOB --out FILE]`: the default run of the suite against every mutant,
 * each until it is killed, and a short run against every lawful variant, with each of the seeds. Writes the matrix of
 * what came of them, and its page; with `--only` neither, unless `--out` says where. The exit code is 1 if a mutant
 * survives, or a variant is blamed.
 *
 * With `--quick` one seed, and the mutants alone: each is judged by few scripts of the properties that are to find it, then
 * by more. That proves that it can be found, by a script of few calls; the default run does not have to find it.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killedByDefault, killedCheaply, type Trial } from '../conformance/mutants/kill.ts';
import { judged, shortRun, wronged } from '../conformance/mutants/lawful/trial.ts';
import { variants } from '../conformance/mutants/lawful/variants.ts';
import { matrixOf, percentile, shortcomings, type VariantTrial } from '../conformance/mutants/matrix.ts';
import { matrixPage, matrixText } from '../conformance/mutants/matrix-page.ts';
import type { Mutant } from '../conformance/mutants/mutant.ts';
import { mutants } from '../conformance/mutants/mutants.ts';
import { matchesGlob } from '../conformance/select.ts';
import { isWorker, shareOut, work } from './workers.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '*' },
    out: { type: 'string' },
    /** Servers side by side in one process. */
    width: { type: 'string', default: '6' },
  },
});
const { quick, only, out } = values;
const seeds = { first: Number(values.first), count: quick ? 1 : Number(values.seeds) };
const chosen = mutants.filter(({ id }) => matchesGlob(id, only));
const lawful = quick ? [] : variants.filter(({ id }) => matchesGlob(id, only));

interface Task {
  readonly kind: 'mutant' | 'variant';
  readonly id: string;
  readonly seed: number;
}

type Report = { readonly mutant: Trial } | { readonly variant: VariantTrial };

if (isWorker) await work(perform);
else process.exitCode = await judgeAll();

async function perform({ kind, id, seed }: Task): Promise<Report> {
  const mutant = kind === 'mutant' && mutants.find((one) => one.id === id);
  const variant = variants.find((one) => one.id === id);
  const told = ({ stack, message }: Error): string => stack ?? message;
  if (mutant) {
    const trial = (quick ? killedCheaply : killedByDefault)(mutant, seed);
    return { mutant: await trial.catch((error: Error) => ({ id, seed, seconds: 0, said: [told(error)] })) };
  }
  if (!variant) throw new Error(`there is no ${kind} ${id}`);
  const wrong = await judged(variant, shortRun(seed)).then(
    (results) => wronged(variant, results),
    (error: Error) => [told(error)],
  );
  return { variant: { id, seed, wrong } };
}

async function judgeAll(): Promise<number> {
  const trials: Trial[] = [];
  const variantTrials: VariantTrial[] = [];
  const tasks = tasksOf();
  const started = performance.now();
  let done = 0;
  await shareOut<Task, Report>(tasks, Number(values.width), (report) => {
    done++;
    if ('mutant' in report) {
      trials.push(report.mutant);
      const { id, seed, seconds, kill, said } = report.mutant;
      const how = kill ? `killed by ${kill.requirement}` : `SURVIVED: ${said.join(', ') || 'nothing was said'}`;
      tell(`${id}, seed ${seed}: ${how}, ${seconds.toFixed(1)} s`, kill !== undefined);
    } else {
      variantTrials.push(report.variant);
      const { id, seed, wrong } = report.variant;
      tell(
        `${id}, seed ${seed}: ${wrong.length > 0 ? `BLAMED: ${wrong.join(', ')}` : 'not blamed'}`,
        wrong.length === 0,
      );
    }
    progress(`${done} of ${tasks.length}`);
  });
  progress('');
  const matrix = matrixOf(seeds, chosen, lawful, trials, variantTrials);
  const target =
    out ??
    (quick || only !== '*' ? undefined : fileURLToPath(new URL('../conformance/mutants/matrix.json', import.meta.url)));
  if (target !== undefined) await writeFile(target, matrixText(matrix));
  if (target !== undefined && out === undefined) await writeFile(target.replace(/json$/, 'md'), matrixPage(matrix));
  const wrong = shortcomings(matrix);
  for (const line of wrong) process.stdout.write(`${line}\n`);
  const seconds = trials.map((trial) => trial.seconds);
  const [median, late, worst] = [50, 95, 100].map((percent) => (percentile(seconds, percent) ?? 0).toFixed(1));
  const atOnce = Number(values.width) * availableParallelism();
  process.stdout.write(
    `${quick ? 'few scripts first' : 'default runs'}, seeds ${seeds.first} to ${seeds.first + seeds.count - 1}, ${atOnce} servers at once, ${((performance.now() - started) / 60_000).toFixed(1)} min\n` +
      `seconds to the kill: median ${median}, 95th percentile ${late}, worst ${worst}; calls in the smallest script: median ${matrix.calls}\n` +
      `${trials.filter(({ kill }) => kill).length} of ${trials.length} kills, ${variantTrials.length} short runs over lawful variants, ${wrong.length} wrong\n`,
  );
  return wrong.length === 0 && done === tasks.length && done > 0 ? 0 : 1;
}

/** Those that only time finds out come first: they wait while the others work. */
function tasksOf(): Task[] {
  const slowness = ({ breaks }: Mutant): number =>
    Number(breaks.some((id) => id === 'status.safe' || /^expiry|releases$|durable$/.test(id)));
  const ordered = chosen.toSorted((a, b) => slowness(b) - slowness(a));
  const each = (kind: Task['kind'], ids: readonly { readonly id: string }[]): Task[] =>
    Array.from({ length: seeds.count }, (_, n) => ids.map(({ id }) => ({ kind, id, seed: seeds.first + n }))).flat();
  return [...each('mutant', ordered), ...each('variant', lawful)];
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
