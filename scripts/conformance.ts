/**
 * `npm run conformance [-- flags of run]`: the embedded reference server on a free port, judged over real HTTP by the
 * suite in a process of its own. Exits as the suite does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../conformance/cli.ts', import.meta.url));

/** Two principals, so that the suite can see whether one can reach the other's sessions. */
const tokens = { first: randomBytes(16).toString('hex'), second: randomBytes(16).toString('hex') };

const folder = await mkdtemp(join(tmpdir(), 'chunkproof-'));
const data = join(folder, 'data');
/** Holds the server's process id, for the command that kills it. */
const pidFile = join(folder, 'pid');
/** Kills the server, and returns when it is gone: it is started again by {@link startServer}. */
const restartCommand = `pid=$(cat '${pidFile}') && kill -9 "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done`;

/** The bytes of sessions and attachments as the disk holds them. A file may go while it is looked at. */
const storageCommand = `cd '${data}' && du -skc sessions attachments 2>/dev/null | awk 'END { print $1 * 1024 }'`;

/** Where Node keeps what it compiled: a server that is killed and started again is up in half the time. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/chunkproof', import.meta.url));

/** Any free one, and then always the same. */
let port = '0';

const children: ChildProcess[] = [];
/** From here on a server that ends is not started again. */
let over = false;
let interrupted = false;
let suite: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    // The suite first: it ends its sessions while the server still answers. The server is stopped below.
    (suite ?? children.at(-1))?.kill(signal);
  });
}

try {
  const url = await startServer();
  process.exitCode = interrupted ? 130 : await judge(url);
} finally {
  over = true;
  await Promise.all(children.map(stop));
  await rm(folder, { recursive: true, force: true });
}

/** Starts the server, and whenever it is killed starts it again, at the same port and with the same data. */
async function startServer(): Promise<string> {
  // A completion that has to read the file is told of at once (202), the others are done at once: both ways are judged.
  const ways = ['--complete-within', '0', '--log-level', 'warn'];
  const server = start(['serve', '--port', port, '--data', data, '--prefix', '/api', ...ways], {
    // By the environment, since everybody on this machine can read a command line.
    CHUNKPROOF_PRINCIPAL: `first:${tokens.first},second:${tokens.second}`,
  });
  if (server.stdout === null) throw new Error('the reference server has no standard output');
  // Also one that is killed before it listens.
  server.once('exit', (_, signal) => {
    if (!over && signal === 'SIGKILL') void startServer().catch(() => undefined);
  });
  await writeFile(pidFile, String(server.pid));
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^chunkproof serve: listening at (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    ({ port } = new URL(url));
    return url;
  }
  throw new Error('the reference server ended before it listened');
}

async function judge(url: string): Promise<number> {
  const [first, second] = [tokens.first, tokens.second].map((token) => `Authorization: Bearer ${token}`);
  const hooks = ['--restart-command', restartCommand, '--storage-command', storageCommand];
  const args = [
    'run',
    url,
    '--header',
    first ?? '',
    '--second-header',
    second ?? '',
    ...hooks,
    ...process.argv.slice(2),
  ];
  suite = start(args, {}, 'inherit');
  const [code, signal] = (await once(suite, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? (signal === 'SIGINT' ? 130 : 70);
}

/** Node 24 runs TypeScript by itself, which starts faster than any loader; older ones are given tsx. */
function start(args: readonly string[], env: NodeJS.ProcessEnv, out: 'pipe' | 'inherit' = 'pipe'): ChildProcess {
  const loader = Number.parseInt(process.versions.node, 10) >= 24 ? [] : ['--import', 'tsx'];
  const child = spawn(process.execPath, [...loader, cli, ...args], {
    stdio: ['ignore', out, 'inherit'],
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...env },
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
