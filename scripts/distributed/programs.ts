/** Programs that a test starts and stops: each logs to a file, which is shown if it fails, and none outlives the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Who a program runs as; needed where root may not. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Program {
  readonly name: string;
  readonly child: ChildProcess;
  /** The last lines that it wrote. */
  log(): Promise<string>;
  /** Ends it at once, and resolves when it is gone. */
  kill(): Promise<void>;
}

interface Start {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where its log goes. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly owner?: Owner | undefined;
  /** What ends it at once; SIGKILL, unless it has to take something away with it. */
  readonly ending?: NodeJS.Signals;
}

/** All that are running: whatever this process ends by, short of SIGKILL, they end with it. */
const running = new Map<ChildProcess, NodeJS.Signals>();
process.on('exit', () => {
  for (const [child, ending] of running) child.kill(ending);
});

/** Starts a program; a Ctrl-C at the terminal does not reach it, so that it goes when it is told to. */
export function start({ name, command, args, folder, env = {}, owner, ending = 'SIGKILL' }: Start): Program {
  const file = join(folder, `${name}.log`);
  const log = openSync(file, 'a');
  const options = { stdio: ['ignore', log, log] as ['ignore', number, number], detached: true, cwd: folder };
  const child = spawn(command, args, { ...options, env: { ...process.env, ...env }, ...owner });
  closeSync(log);
  running.set(child, ending);
  child.once('exit', () => running.delete(child));
  const gone = Promise.race([once(child, 'exit'), once(child, 'error')]).catch(() => {});
  return {
    name,
    child,
    log: () => readFile(file, 'utf8').then((text) => text.split('\n').slice(-20).join('\n')),
    async kill() {
      child.kill(ending);
      await gone;
    },
  };
}

/** Runs a program to its end; rejects with what it said if that is not 0. */
export async function run(what: Start): Promise<void> {
  const program = start(what);
  const [code] = (await once(program.child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${what.name} ended with ${code}:\n${await program.log()}`);
}

/** Resolves when somebody listens at the port of a program; rejects when the program has ended, or after 30 s. */
export async function listening(program: Program, port: number): Promise<void> {
  for (const until = Date.now() + 30_000; ; await sleep(20)) {
    if (await accepts(port)) return;
    const ended = program.child.exitCode ?? program.child.signalCode;
    if (ended !== null) throw new Error(`${program.name} ended with ${ended}:\n${await program.log()}`);
    if (Date.now() > until) throw new Error(`${program.name} does not listen:\n${await program.log()}`);
  }
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)])
    .catch(() => false)
    .finally(() => socket.destroy());
}
