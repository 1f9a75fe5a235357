/** Several server processes over one storage, each started again whenever it ends. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../conformance/cli/free-ports.ts';
import { listening, type Program, start } from './programs.ts';

export interface Cluster {
  readonly ports: readonly number[];
  /** A shell command that kills all of them, and returns when they are gone. */
  readonly restartCommand: string;
  /** Kills one process after another until `done`, each when the one before is back. Gives how many. */
  killInTurn(everyMs: number, done: AbortSignal): Promise<number>;
  /** Kills all of them; resolves when all are back. */
  restart(): Promise<void>;
  /** Kills all of them, once and for all. */
  stop(): Promise<void>;
}

/** Starts `count` processes of `cli serve`; `env` has their settings. Their logs are in `folder`. */
export async function startCluster(
  count: number,
  cli: string,
  env: NodeJS.ProcessEnv,
  folder: string,
): Promise<Cluster> {
  const ports = await freePorts(count);
  const programs: Program[] = [];
  let over = false;
  const pidFile = (index: number) => join(folder, `server-${index}.pid`);

  async function run(index: number): Promise<void> {
    const port = ports[index] ?? 0;
    const name = `server-${index}`;
    const args = [cli, 'serve', '--port', String(port), '--log-level', 'warn'];
    const program = start({ name, command: process.execPath, args, folder, env });
    programs[index] = program;
    program.child.once('exit', () => {
      if (!over) void run(index).catch(() => {}); // it is killed again, or does not start: then nobody listens there
    });
    await writeFile(pidFile(index), String(program.child.pid));
    await listening(program, port);
  }

  async function restart(index: number): Promise<void> {
    await programs[index]?.kill();
    const next = programs[index]; // which was started when the other's end was seen
    if (next !== undefined) await listening(next, ports[index] ?? 0);
  }

  await Promise.all(ports.map((_, index) => run(index)));
  const files = ports.map((_, index) => `'${pidFile(index)}'`).join(' ');
  return {
    ports,
    restartCommand: `for pid in $(cat ${files}); do kill -9 $pid; while kill -0 $pid; do sleep 0.01; done; done 2>/dev/null; true`,
    async killInTurn(everyMs, done) {
      let kills = 0;
      for (; !done.aborted; kills++) {
        const index = kills % count;
        await restart(index);
        await sleep(everyMs, undefined, { signal: done }).catch(() => {});
      }
      return kills;
    },
    restart: async () => void (await Promise.all(ports.map((_, index) => restart(index)))),
    async stop() {
      over = true;
      await Promise.all(programs.map((program) => program.kill()));
    },
  };
}
