/**
 * `npm run conformance [-- flags of run]`: the embedded reference server on a free port, judged over real HTTP by the
 * suite in a process of its own. Exits as the suite does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../conformance/cli.ts', import.meta.url));

/** Two principals, so that the suite can see whether one can reach the other's sessions. */
const tokens = { first: randomBytes(16).toString('hex'), second: randomBytes(16).toString('hex') };

const folder = await mkdtemp(join(tmpdir(), 'chunkproof-'));
const children: ChildProcess[] = [];
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    // The suite first: it ends its sessions while the server still answers. The server is stopped below.
    children.at(-1)?.kill(signal);
  });
}

try {
  const { url, server } = await startServer();
  process.exitCode = interrupted ? 130 : await judge(url);
  await stop(server);
} finally {
  await Promise.all(children.map(stop));
  await rm(folder, { recursive: true, force: true });
}

async function startServer(): Promise<{ readonly url: string; readonly server: ChildProcess }> {
  const server = start(['serve', '--port', '0', '--data', folder, '--prefix', '/api', '--log-level', 'warn'], {
    // By the environment, since everybody on this machine can read a command line.
    CHUNKPROOF_PRINCIPAL: `first:${tokens.first},second:${tokens.second}`,
  });
  if (server.stdout === null) throw new Error('the reference server has no standard output');
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^chunkproof serve: listening at (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { url, server };
  }
  throw new Error('the reference server ended before it listened');
}

async function judge(url: string): Promise<number> {
  const [first, second] = [tokens.first, tokens.second].map((token) => `Authorization: Bearer ${token}`);
  const args = ['run', url, '--header', first ?? '', '--second-header', second ?? '', ...process.argv.slice(2)];
  const suite = start(args, {}, 'inherit');
  const [code, signal] = (await once(suite, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? (signal === 'SIGINT' ? 130 : 70);
}

/** Node 24 runs TypeScript by itself, which starts faster than any loader; older ones are given tsx. */
function start(args: readonly string[], env: NodeJS.ProcessEnv, out: 'pipe' | 'inherit' = 'pipe'): ChildProcess {
  const loader = Number.parseInt(process.versions.node, 10) >= 24 ? [] : ['--import', 'tsx'];
  const child = spawn(process.execPath, [...loader, cli, ...args], {
    stdio: ['ignore', out, 'inherit'],
    env: { ...process.env, ...env },
    // Ctrl-C reaches the whole group of a terminal, but these two must end one after the other, and be told once.
    detached: true,
  });
  children.push(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(last);
}
