/**
 * `npm run test:variants [-- --runs N --seed N --only GLOB --width N]`: many short runs, each with a seed of its own, over the
 * servers that differ from one another and all keep the contract. Whoever is blamed is shown with the script, and the
 * exit code is 1.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { judged, shortRun, wronged } from '../conformance/mutants/lawful/trial.ts';
import { variants } from '../conformance/mutants/lawful/variants.ts';
import { matchesGlob } from '../conformance/select.ts';

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

if (process.send) await work();
else process.exitCode = await share();

/** One process: takes the places that it is given, several at once, and tells what came of each. */
async function work(): Promise<void> {
  const send = (message: object): void => void process.send?.(message);
  process.on('message', async (place: number) => {
    const seed = first + place;
    const variant = chosen[place % chosen.length];
    if (variant === undefined) return;
    const started = performance.now();
    const told = await judged(variant, shortRun(seed)).then(
      (results) => ({ calls: results.stats.calls, wrong: wronged(variant, results) }),
      (error: Error) => ({ calls: 0, wrong: [error.stack ?? error.message] }),
    );
    send({ ...told, id: variant.id, seed, seconds: (performance.now() - started) / 1000 } satisfies Report);
  });
  send({ ready: true });
  await once(process, 'disconnect');
}

/** All processes: hands out the places, and shows what came of them. */
async function share(): Promise<number> {
  const reports: Report[] = [];
  let place = 0;
  const children = Array.from({ length: availableParallelism() }, () =>
    fork(process.argv[1] ?? '', process.argv.slice(2)),
  );
  await Promise.all(
    children.map(async (child) => {
      await once(child, 'message');
      const next = (): boolean => place < runs && child.send(place++);
      let open = 0;
      while (open < width && next()) open++;
      while (open > 0) {
        const [report] = (await once(child, 'message')) as [Report];
        reports.push(report);
        for (const wrong of report.wrong) process.stdout.write(`${report.id}, seed ${report.seed}: ${wrong}\n`);
        if (!next()) open--;
      }
      child.disconnect();
    }),
  );
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
