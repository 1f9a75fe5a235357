import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { defaults } from '../options.ts';
import type { Diagnosis } from '../report/diagnosis.ts';
import { escapeText } from '../report/escape.ts';
import { exitCodes } from '../report/exit-code.ts';
import { suiteVersion } from '../report/version.ts';
import { type Project, type StarterFile, starterFiles } from '../starter.ts';
import { type Io, UsageError } from './io.ts';
import { refusalInWords } from './run-command.ts';
import type { Suite } from './suite.ts';
import { parseTarget } from './target.ts';
import { waiting } from './waiting.ts';

interface InitFlags {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

const examples = `
Examples:
  npx chunkproof init
  npx chunkproof init http://127.0.0.1:8080/api
  npx chunkproof init --dry-run

It looks whether CI is GitHub's or GitLab's, how the project is started (a compose file, "start" in package.json), and
what the server says if it answers. Exit codes: 0 done, 2 usage, or a file is there already and nothing was written.
`;

/** Adds `chunkproof init [url]`. */
export function addInitCommand(program: Command, io: Io, suite: Suite, done: (code: number) => void): void {
  program
    .command('init')
    .description('write a config, a baseline and a workflow file into this folder')
    .argument('[url]', 'base URL of the server, as for run', 'http://127.0.0.1:8080')
    .option('--dry-run', 'show the files, and write none')
    .option('--force', 'write over files that are there')
    .addHelpText('after', examples)
    .action(async (url: string, flags: InitFlags) => done(await init(url, flags, io, suite)));
}

async function init(typed: string, flags: InitFlags, io: Io, suite: Suite): Promise<number> {
  const folder = suite.surroundings.cwd();
  const target = parseTarget(typed);
  const project = { ...lookAround(folder), url: target.url, loopback: target.loopback };
  const files = starterFiles(project);
  const there = files.filter(({ path }) => existsSync(join(folder, path)));
  if (flags.dryRun === true) {
    for (const { path, text } of files) io.out(`── ${path}\n${text}\n`);
    io.out(`nothing was written${there.length === 0 ? '' : `; there already: ${names(there)}`}\n`);
    return exitCodes.conforms;
  }
  if (there.length > 0 && flags.force !== true)
    throw new UsageError(
      `there already: ${names(there)}; nothing was written. --force writes over, --dry-run shows what would be written`,
    );
  for (const { path, text, purpose } of files) {
    write(join(folder, path), path, text, flags.force === true);
    io.out(`wrote ${path.padEnd(32)}  ${purpose}\n`);
  }
  const { tell, end } = waiting(io);
  const server = await suite
    .examine(
      {
        target: target.url,
        headers: target.headers,
        maxBytes: defaults.maxBytes,
        maxTimeSeconds: defaults.maxTimeSeconds,
        waitExpirySeconds: defaults.waitExpirySeconds,
        only: [],
        skip: [],
        tls: { insecure: false },
        signal: io.signal,
      },
      tell,
    )
    .finally(end);
  if (server.kind === 'refused') io.out(`\n${refusalInWords(server.code, server.message)}\n`);
  else io.out(`\n${target.url} answers, with the profiles ${escapeText(server.profiles.join(', ')) || 'none'}\n`);
  const todo = next(project, server.kind === 'refused' ? undefined : server, ignoresReports(folder));
  io.out(`next:\n${todo.map((line, index) => `  ${index + 1}. ${line}\n`).join('')}`);
  return exitCodes.conforms;
}

/** What is left to whoever typed the command: only what nobody else can do or find out. */
function next(project: Project, server: Diagnosis | undefined, ignored: boolean): readonly string[] {
  const { url, loopback, ci, start } = project;
  const asks = server !== undefined && (server.access.first === 'refused' || server.profiles.includes('auth'));
  return [
    ...(server === undefined && loopback ? [`start the server, so that it answers at ${url}`] : []),
    ...(loopback
      ? []
      : ['if you may send that server faults, races and bad input: allowRemote in chunkproof.config.json']),
    ...(asks
      ? ["it asks for credentials: CHUNKPROOF_HEADER='Authorization: …' and CHUNKPROOF_SECOND_HEADER, here and in CI"]
      : []),
    `npx chunkproof run ${url}`,
    ...(loopback && start === undefined
      ? ['write into the workflow how CI starts the server: nothing here says it']
      : []),
    ...(ci === 'gitlab' ? ['in .gitlab-ci.yml: include: [{ local: chunkproof.gitlab-ci.yml }]'] : []),
    ...(ignored ? [] : ['chunkproof-report/ into .gitignore']),
    'commit the three files; what fails and has to wait goes into chunkproof-baseline.json',
  ];
}

/** What the folder tells of the project. */
function lookAround(folder: string): Omit<Project, 'url' | 'loopback'> {
  const has = (path: string) => existsSync(join(folder, path));
  const compose = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'].some(has);
  const { scripts = {} } = packageJson(folder);
  const remote = /^\s*url\s*=.*\bgitlab\b/m.test(textOf(join(folder, '.git/config')));
  const ci = has('.gitlab-ci.yml') || (remote && !has('.github')) ? 'gitlab' : 'github';
  const install = has('package-lock.json') ? 'npm ci' : 'npm install';
  // A job of GitLab is a container without Docker.
  const start =
    compose && ci === 'github'
      ? ['docker compose up --detach']
      : typeof scripts['start'] === 'string'
        ? [install, 'npm start &']
        : undefined;
  return { ci, package: `chunkproof@${suiteVersion}`, ...(start === undefined ? {} : { start }) };
}

function packageJson(folder: string): { readonly scripts?: Readonly<Record<string, unknown>> } {
  try {
    const json: unknown = JSON.parse(textOf(join(folder, 'package.json')));
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
}

/** The text of a file; empty if it cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const ignoresReports = (folder: string): boolean =>
  !existsSync(join(folder, '.git')) || textOf(join(folder, '.gitignore')).includes('chunkproof-report');

function write(path: string, name: string, text: string, over: boolean): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: over ? 'w' : 'wx' });
  } catch {
    throw new UsageError(`${name} cannot be written; may you write into this folder?`);
  }
}

const names = (files: readonly StarterFile[]): string => files.map(({ path }) => path).join(', ');
