/**
 * `npm run bench:run [-- flags of run]`: the default run against the embedded server, measured. Exits with 1 if it fails,
 * or is not what issue 3 asks of it: requests enough, in time, in little memory, and little of the time spent judging.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Results } from '../conformance/report/results.ts';

const asked = { requests: 20_000, seconds: 45, peakMiB: 300, judging: 0.1 };

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'chunkproof-bench-'));
try {
  const peaks = join(folder, 'peaks');
  const NODE_OPTIONS = `${process.env['NODE_OPTIONS'] ?? ''} --import ${new URL('peak.mjs', import.meta.url).href}`;
  const args = [...process.execArgv, here('conformance.ts'), '--out', folder, ...process.argv.slice(2)];
  const run = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_OPTIONS, CHUNKPROOF_PEAKS: peaks },
  });
  const [code] = (await once(run, 'exit')) as [number | null];
  const { stats, run: ran } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
  const peakMiB = Math.max(
    ...(await readFile(peaks, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly command: string; readonly peakKiB: number })
      .filter(({ command }) => command === 'run')
      .map(({ peakKiB }) => peakKiB / 1024),
  );
  const seconds = ran.durationMs / 1000;
  const judging = stats.judgingMs / ran.durationMs;
  const met =
    stats.calls >= asked.requests &&
    seconds < asked.seconds &&
    peakMiB < asked.peakMiB &&
    judging < asked.judging &&
    code === 0;
  process.stdout.write(
    [
      `requests       ${stats.calls.toLocaleString('en')} (at least ${asked.requests.toLocaleString('en')})`,
      `seconds        ${seconds.toFixed(1)} (under ${asked.seconds})`,
      `peak memory    ${peakMiB.toFixed(0)} MiB of the suite's process (under ${asked.peakMiB})`,
      `judging        ${(100 * judging).toFixed(1)} % of the run (under ${100 * asked.judging})`,
      `seed           ${ran.seed}, exit code ${code}`,
      '',
    ].join('\n'),
  );
  if (!met) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
