/**
 * `npm run fuzz [-- --requests 200000 --seed 1 --connections 32]`: malformed requests to the reference server in a process
 * of its own. Exits with 1 if it crashes, answers with a 5xx, leaves a client without an end, or grows: what its process
 * holds of memory and file handles after the first parts of the run is compared with what it holds after the last.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzz, parts, type Vitals } from '../reference-server/fuzz/fuzz.ts';

/** By how much memory may be over what it was after the first parts, and how many handles may be open beside those before. */
const allowed = { memory: 1.1, handles: 5 };
/** Parts after which code is compiled, caches are full, and memory is as large as it gets. */
const warmUp = 5;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '200000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    connections: { type: 'string', default: '32' },
  },
});
const [requests, seed, connections] = [values.requests, values.seed, values.connections].map(Number) as [
  number,
  number,
  number,
];

const folder = await mkdtemp(join(tmpdir(), 'chunkproof-fuzz-'));
const logFile = join(folder, 'log');
let server: ChildProcess | null = null;
try {
  const cli = fileURLToPath(new URL('../conformance/cli.ts', import.meta.url));
  const flags = ['--port', '0', '--admin-port', '0', '--data', join(folder, 'data'), '--log-level', 'error'];
  server = spawn(process.execPath, [cli, 'serve', ...flags], { stdio: ['ignore', 'pipe', openSync(logFile, 'a')] });
  const gone = once(server, 'exit');
  const [url, adminUrl] = await urlsOf(server);
  const started = performance.now();
  const { findings, statuses, vitals } = await fuzz({ url, adminUrl, requests, seed, connections, onPart: tell });
  const seconds = (performance.now() - started) / 1000;
  const exited = server.exitCode ?? server.signalCode;
  server.kill('SIGTERM');
  await gone;

  const log = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== '');
  const early = most(vitals.slice(1, 1 + warmUp));
  const late = least(vitals.slice(-warmUp));
  const before = vitals[0] as Vitals;
  const grown = late.rss > allowed.memory * early.rss || late.heap > allowed.memory * early.heap;
  const leaked = late.handles > before.handles + allowed.handles;
  for (const { what, index, request } of findings.slice(0, 10))
    say(
      `request ${index} (${request.kind}): ${what}\n  ${JSON.stringify(request.bytes.toString('latin1').slice(0, 2000))}`,
    );
  for (const line of log.slice(0, 10)) say(`the server logged: ${line}`);
  const answered = [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status || 'none'}: ${count.toLocaleString('en')}`);
  say(`requests       ${requests.toLocaleString('en')} in ${seconds.toFixed(1)} s, seed ${seed}`);
  say(`answers        ${answered.join(', ')}`);
  say(
    `5xx, hung      ${findings.length}; errors in the log ${log.length}; ${exited === null ? 'no crash' : `ended by ${exited}`}`,
  );
  say(
    `memory         ${mib(early.rss)} resident, ${mib(early.heap)} heap after the first parts; ${mib(late.rss)}, ${mib(late.heap)} after the last`,
  );
  say(`file handles   ${before.handles} before, ${late.handles} after`);
  if (findings.length > 0 || log.length > 0 || exited !== null || grown || leaked) process.exitCode = 1;
} finally {
  server?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

async function urlsOf({ stdout }: ChildProcess): Promise<[string, string]> {
  const found: string[] = [];
  if (stdout !== null)
    for await (const line of createInterface({ input: stdout })) {
      found.push(/ at (\S+)$/.exec(line)?.[1] ?? '');
      if (found.length === 2) return [found[0] ?? '', found[1] ?? ''];
    }
  throw new Error('the reference server ended before it listened');
}

function tell(part: number, { rss, heap, handles }: Vitals): void {
  const done = Math.floor((part * requests) / parts).toLocaleString('en');
  process.stderr.write(`${done} requests: ${mib(rss)} resident, ${mib(heap)} heap, ${handles} handles\n`);
}

/** The most that was held at any of these moments; the least, of the last ones: garbage comes and goes. */
function most(moments: readonly Vitals[]): Vitals {
  return reduce(moments, Math.max);
}
function least(moments: readonly Vitals[]): Vitals {
  return reduce(moments, Math.min);
}
function reduce(moments: readonly Vitals[], pick: (...values: number[]) => number): Vitals {
  const of = (name: keyof Vitals) => pick(...moments.map((one) => one[name]));
  return { rss: of('rss'), heap: of('heap'), handles: of('handles') };
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
