/** For tests: follows a guide as its reader would, in a folder of its own, and says what came of each block. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../conformance/cli/free-ports.ts';
import { fencesOf } from './fences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A command of a guide: how it ended, how it should have, and what it wrote. */
export interface Followed {
  readonly command: string;
  readonly code: number | null;
  readonly expected: number;
  readonly output: string;
  /** The lines that the guide shows below it. */
  readonly shown: readonly string[];
}

/**
 * Writes each block that is a file, changes files by each `diff`, and runs each `sh`, in order. A command in the
 * background goes on until the same is started again, or the guide ends. The guide's ports become free ones.
 */
export async function follow(markdown: string): Promise<readonly Followed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chunkproof-guide-'));
  const running = new Map<string, ChildProcess>();
  try {
    const ports = new Map<string, string>();
    const written = [...new Set(markdown.match(/\b(?:8080|4010)\b/g))];
    const free = await freePorts(written.length);
    for (const [index, port] of written.entries()) ports.set(port, String(free[index]));
    const here = (text: string): string => text.replaceAll(/\b(?:8080|4010)\b/g, (port) => ports.get(port) ?? port);
    const env = surroundings(folder);
    const done: Followed[] = [];
    for (const { language, text, file, background, exits, notRun } of fencesOf(markdown)) {
      if (notRun !== undefined) continue;
      const last = done.at(-1);
      if (language === 'text' && last !== undefined)
        done[done.length - 1] = { ...last, shown: text.trimEnd().split('\n') };
      else if (file !== undefined) change(join(folder, file), language, here(text));
      else if (language === 'sh' && background) {
        await stop(running.get(text));
        running.set(text, await started(here(text), folder, env));
      } else if (language === 'sh') done.push({ ...(await ran(here(text), folder, env)), expected: exits, shown: [] });
    }
    return done;
  } finally {
    for (const child of running.values()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder whose `npx chunkproof` is this checkout's, and whose packages are those of this repository. */
function surroundings(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  const cli = join(root, 'conformance/cli.ts');
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${cli}' "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter);
  return { ...process.env, PATH: path, NO_COLOR: '1' };
}

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

async function ran(
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Omit<Followed, 'expected' | 'shown'>> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (output += part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { command, code, output };
}

/** A server of a guide says that it is listening. */
async function started(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn('bash', ['-c', `exec ${command}`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
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
