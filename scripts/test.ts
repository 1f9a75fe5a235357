/**
 * `npm test`: all that CI runs, stage by stage. Stages go on after one that failed, so that one run tells everything;
 * the last line, `N passed, N failed`, counts the unit tests, the mutants, and each other stage as one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matrix } from '../conformance/mutants/matrix.ts';
import { parseResults } from '../conformance/report/results-file.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

interface Stage {
  readonly title: string;
  readonly run: () => Promise<Tally>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = await mkdtemp(join(tmpdir(), 'chunkproof-test-'));

const stages: readonly Stage[] = [
  { title: 'generated/ is what spec/ generates', run: generatedIsCurrent },
  { title: 'the description keeps the lint rules', run: () => program('redocly', 'lint') },
  { title: 'types', run: () => program('tsc', '-p', 'tsconfig.json') },
  { title: 'biome', run: () => program('biome', 'check', '.') },
  { title: 'oxlint', run: () => program('oxlint', '--deny-warnings') },
  { title: 'knip', run: () => program('knip') },
  { title: 'unit tests', run: unitTests },
  { title: 'the documentation is built', run: () => program('tsx', 'scripts/docs.ts', join(temporary, 'site')) },
  { title: 'every mutant is found', run: mutantsAreFound },
  { title: 'the command line runs as it is built', run: builtExplains },
  { title: 'the package works where it is installed', run: () => program('tsx', 'scripts/test-package.ts') },
  { title: 'the embedded reference server conforms, and shows all that the contract asks for', run: embeddedConforms },
  {
    title: 'three servers over one database and one object store conform, also while they are killed',
    run: distributed,
  },
];

const failed: string[] = [];
let sum: Tally = { passed: 0, failed: 0 };
try {
  for (const [index, { title, run }] of stages.entries()) {
    say(`\n── ${index + 1}/${stages.length} ${title}`);
    const started = performance.now();
    const tally = await run();
    sum = { passed: sum.passed + tally.passed, failed: sum.failed + tally.failed };
    if (tally.failed > 0) failed.push(title);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`── ${outcomeOf(tally)} after ${seconds} s: ${title}`);
  }
} finally {
  await rm(temporary, { recursive: true, force: true });
}
say(failed.length === 0 ? '\neverything passed' : `\nfailed:\n${failed.map((title) => `  ${title}`).join('\n')}`);
say(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

function outcomeOf({ passed, failed }: Tally): string {
  if (failed > 0) return 'FAILED';
  return passed > 0 ? 'ok' : 'SKIPPED';
}

/** Compares with the files as they are, not with the last commit, so that it also helps before one. */
async function generatedIsCurrent(): Promise<Tally> {
  const before = join(temporary, 'generated');
  await cp(join(root, 'generated'), before, { recursive: true });
  const generated = await program('npm', 'run', '--silent', 'generate');
  if (generated.failed > 0) return generated;
  return program('git', '--no-pager', 'diff', '--no-index', '--stat', before, join(root, 'generated'));
}

async function unitTests(): Promise<Tally> {
  const file = join(temporary, 'vitest.json');
  const { failed: broken } = await program(
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  );
  const counts = await readFile(file, 'utf8').then(parseCounts, () => ({ passed: 0, failed: 0 }));
  // A file that does not load, or an error outside a test, fails the run without failing a test.
  return { passed: counts.passed, failed: broken > 0 ? Math.max(1, counts.failed) : counts.failed };
}

function parseCounts(text: string): Tally {
  const { numPassedTests, numFailedTests } = JSON.parse(text) as Record<string, number>;
  return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 0 };
}

/** Each mutant counts as a test: one that survives has failed. */
async function mutantsAreFound(): Promise<Tally> {
  const out = join(temporary, 'matrix.json');
  const { failed: broken } = await program('tsx', 'scripts/self-test.ts', '--quick', '--out', out);
  const { mutants } = await readFile(out, 'utf8').then(
    (text): Pick<Matrix, 'mutants'> => JSON.parse(text),
    () => ({ mutants: [] }),
  );
  const survived = mutants.filter(({ killed }) => killed === 0).length;
  return { passed: mutants.length - survived, failed: broken > 0 ? Math.max(1, survived) : survived };
}

/** The build, and of its commands the one that loads what no other does. */
async function builtExplains(): Promise<Tally> {
  const built = await program('tsc', '-p', 'tsconfig.build.json');
  return built.failed > 0 ? built : program('node', 'dist/conformance/cli.js', 'explain', 'chunk.atomic');
}

/** "Tested" is what this run's own answers showed: of this server there is nothing that none of them may show. */
async function embeddedConforms(): Promise<Tally> {
  const out = join(temporary, 'report');
  // What is seen must not depend on how fast this machine is.
  const judged = await program('tsx', 'scripts/conformance.ts', '--out', out, '--max-time', '600');
  if (judged.failed > 0) return judged;
  const parsed = parseResults(await readFile(join(out, 'results.json'), 'utf8'));
  if (!parsed.ok) {
    say(`results.json breaks its own schema: ${parsed.error}`);
    return { passed: 0, failed: 1 };
  }
  const { requirements } = parsed.results;
  const unseen = requirements.filter(({ observations }) => observations === 0).map(({ id }) => id);
  if (unseen.length === 0) return judged;
  say(`no answer showed ${unseen.join(', ')}`);
  return { passed: 0, failed: 1 };
}

/** 77 is how it says that what it needs is not there and may not be installed; it has told why. */
async function distributed(): Promise<Tally> {
  const code = await codeOf('tsx', 'scripts/distributed.ts');
  return code === 77 ? { passed: 0, failed: 0 } : verdictOf(code);
}

/** Runs one program of this repository; its exit code is the verdict. */
async function program(name: string, ...args: readonly string[]): Promise<Tally> {
  return verdictOf(await codeOf(name, ...args));
}

function verdictOf(code: number | null): Tally {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function codeOf(name: string, ...args: readonly string[]): Promise<number | null> {
  const bin = join(root, 'node_modules', '.bin');
  const child = spawn(name, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
