/**
 * `npm run test:seeds [-- --count N --first N --at-once N] [-- flags of run]`: the default run against the embedded server,
 * with one seed after another. Shows every run that is not clean, and keeps its report; the exit code is 1 if one failed,
 * or left undecided what it could have decided.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Results } from '../conformance/report/results.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '2' },
  },
});
const [count, first, atOnce] = [Number(values.count), Number(values.first), Number(values['at-once'])];
const conformance = fileURLToPath(new URL('conformance.ts', import.meta.url));

interface Outcome {
  readonly clean: boolean;
  readonly calls: number;
  readonly seconds: number;
}

const outcomes: Outcome[] = [];
const started = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < count) outcomes.push(await judged(first + next++));
  }),
);
const unclean = outcomes.filter(({ clean }) => !clean).length;
const calls = outcomes.reduce((sum, one) => sum + one.calls, 0);
const minutes = (performance.now() - started) / 60_000;
process.stdout.write(
  `${outcomes.length} runs, ${calls.toLocaleString('en')} requests, ${minutes.toFixed(0)} min: ${unclean} not clean\n`,
);
process.exitCode = unclean > 0 ? 1 : 0;

async function judged(seed: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), `chunkproof-seed-${seed}-`));
  // A machine that does several runs at once may be slow, which is no finding.
  const args = ['--seed', String(seed), '--max-time', '900', '--quiet', '--out', folder, ...positionals];
  const run = spawn(process.execPath, [...process.execArgv, conformance, ...args], { stdio: 'ignore' });
  const [code] = (await once(run, 'exit')) as [number | null];
  const results = await readFile(join(folder, 'results.json'), 'utf8').then(
    (text) => JSON.parse(text) as Results,
    () => undefined,
  );
  const wrong = (results?.requirements ?? []).filter(
    ({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable',
  );
  const clean = code === 0 && results !== undefined && wrong.length === 0;
  const said = clean
    ? ''
    : `, exit code ${code}: ${wrong.map(({ id, verdict, reason }) => `${id} ${verdict} ${reason ?? ''}`).join(', ')}; ${folder}`;
  const seconds = (results?.run.durationMs ?? 0) / 1000;
  process.stdout.write(`seed ${seed}: ${results?.stats.calls ?? 0} requests, ${seconds.toFixed(0)} s${said}\n`);
  if (clean) await rm(folder, { recursive: true, force: true });
  return { clean, calls: results?.stats.calls ?? 0, seconds };
}
