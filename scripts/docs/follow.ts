/** For tests: follows a page as its reader would, in a folder of its own, and says what came of each block. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../../conformance/cli/free-ports.ts';
import { fencesOf } from './fences.ts';
import { newReader } from './reader.ts';

/** A command of a page: how it ended, how it should have, and what it wrote. */
export interface Followed {
  readonly command: string;
  readonly code: number | null;
  readonly expected: number;
  readonly output: string;
  /** The lines that the page shows below it. */
  readonly shown: readonly string[];
}

const portsOfPages = /\b(?:808\d|4010)\b/g;

/**
 * Writes each block that is a file, changes files by each `diff`, and runs each `sh`, in order. A command in the
 * background goes on until the same is started again, or the page ends. The page's ports become free ones.
 */
export async function follow(
  markdown: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly Followed[]> {
  const written = [...new Set(markdown.match(portsOfPages))];
  const free = await freePorts(written.length);
  const here = (text: string): string =>
    text.replaceAll(portsOfPages, (port) => String(free[written.indexOf(port)] ?? port));
  const at = newReader(Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, here(value)])));
  const running = new Map<string, ChildProcess>();
  const done: Followed[] = [];
  try {
    for (const { language, text, file, background, exits, lineByLine, notRun } of fencesOf(markdown)) {
      if (notRun !== undefined) continue;
      const last = done.at(-1);
      if (language === 'text' && last !== undefined)
        done[done.length - 1] = { ...last, shown: text.trimEnd().split('\n') };
      else if (file !== undefined) change(join(at.folder, file), language, here(text));
      else if (language === 'sh' && background) {
        await stop(running.get(text));
        running.set(text, await started(here(text), at));
      } else if (language === 'sh') {
        const commands = lineByLine ? linesOf(text).map((line) => `exec env ${line}`) : [text];
        for (const command of commands)
          done.push({ ...(await ran(here(command), at, lineByLine)), expected: exits, shown: [] });
      }
    }
    return done;
  } finally {
    for (const child of running.values()) await stop(child);
    at.leave();
  }
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

function change(path: string, language: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, language === 'diff' ? patched(readFileSync(path, 'utf8'), text) : text);
}

/** The lines without `+` must stand in the file once; those without `-` take their place. */
export function patched(before: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const side = (left: string): string =>
    lines
      .filter((line) => !line.startsWith(left))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const parts = before.split(side('+'));
  if (parts.length !== 2) throw new Error(`this stands ${parts.length - 1} times in the file:\n${side('+')}`);
  return parts.join(side('-'));
}

type Surroundings = { readonly folder: string; readonly env: NodeJS.ProcessEnv };

/** Runs a command to its end; one that may serve has done all that is asked of it when it says that it listens. */
async function ran(
  command: string,
  { folder, env }: Surroundings,
  mayServe: boolean,
): Promise<Omit<Followed, 'expected' | 'shown'>> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let serves = false;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part) => {
      output += part;
      if (!mayServe || serves || !/\blistening\b/.test(output)) return;
      serves = true;
      child.kill('SIGTERM');
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { command, code: serves ? 0 : code, output };
}

/** A server of a page says that it is listening. */
async function started(command: string, { folder, env }: Surroundings): Promise<ChildProcess> {
  const child = spawn('bash', ['-c', `exec env ${command}`], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!/listening/.test(line)) continue;
    child.stdout.resume();
    return child;
  }
  throw new Error(`it ended before it listened: ${command}`);
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
