/**
 * `npm run test:variants [-- --runs N --seed N --only GLOB --width N]`: many short runs, each with a seed of its own, over the
 * servers that differ from one another and all keep the contract. Whoever is blamed is shown with the script, and the
 * exit code is 1.
 */
import { parseArgs } from 'node:util';
import { judged, shortRun, wronged } from '../conformance/mutants/lawful/trial.ts';
import { variants } from '../conformance/mutants/lawful/variants.ts';
import { matchesGlob } from '../conformance/select.ts';
import { isWorker, shareOut, work } from './workers.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string', default: '*' },
    /** Runs side by side in one process: they wait for sessions to expire. */
    width: { type: 'string', default: '6' },
  },
});
const [runs, first, width] = [Number(values.runs), Number(values.seed), Number(values.width)];
const chosen = variants.filter(({ id }) => matchesGlob(id, values.only));

interface Report {
  readonly id: string;
  readonly seed: number;
  readonly calls: number;
  readonly seconds: number;
  readonly wrong: readonly string[];
}

if (isWorker) await work(judge);
else process.exitCode = await judgeAll();

async function judge(place: number): Promise<Report> {
  const seed = first + place;
  const variant = chosen[place % chosen.length];
  if (variant === undefined) throw new Error(`no variant is called ${values.only}`);
  const started = performance.now();
  const told = await judged(variant, shortRun(seed)).then(
    (results) => ({ calls: results.stats.calls, wrong: wronged(variant, results) }),
    (error: Error) => ({ calls: 0, wrong: [error.stack ?? error.message] }),
  );
  return { ...told, id: variant.id, seed, seconds: (performance.now() - started) / 1000 };
}

async function judgeAll(): Promise<number> {
  const reports: Report[] = [];
  const places = chosen.length === 0 ? [] : Array.from({ length: runs }, (_, place) => place);
  await shareOut<number, Report>(places, width, (report) => {
    reports.push(report);
    for (const wrong of report.wrong) process.stdout.write(`${report.id}, seed ${report.seed}: ${wrong}\n`);
  });
  const rows = chosen.map(({ id }) => {
    const own = reports.filter((report) => report.id === id);
    const sum = (of: (report: Report) => number) => own.reduce((total, report) => total + of(report), 0);
    const blamed = own.filter(({ wrong }) => wrong.length > 0).length;
    return {
      variant: id,
      runs: own.length,
      requests: sum(({ calls }) => calls),
      seconds: Math.round(sum((one) => one.seconds)),
      blamed,
    };
  });
  console.table(rows);
  const blamed = rows.reduce((total, row) => total + row.blamed, 0);
  process.stdout.write(
    `${reports.length} runs over ${chosen.length} lawful servers, ${blamed} in which one was blamed\n`,
  );
  return blamed === 0 && reports.length === runs ? 0 : 1;
}
