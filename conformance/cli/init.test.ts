import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startHonest } from '../mutants/honest.ts';
import { mutants } from '../mutants/mutants.ts';
import { diagnosisWith } from '../report/fixtures.ts';
import { freePorts } from './free-ports.ts';
import { cli, ranBy, withoutFetching, workflowFaults } from './gates.testing.ts';
import { surroundingsIn, typed } from './testing.ts';

const written = ['chunkproof.config.json', 'chunkproof-baseline.json', '.github/workflows/chunkproof.yml'];
const workflow = '.github/workflows/chunkproof.yml';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (path: string) => readFileSync(join(folder, path), 'utf8');
const put = (path: string, content: string) => writeFileSync(join(folder, path), content);

/** Types `chunkproof init` in the folder, where a server answers. */
const init = (...args: readonly string[]) => typed(['init', ...args], { surroundings: surroundingsIn(folder) });

/** Types `chunkproof run` in the folder. */
const judged = async () =>
  typed(['run', 'http://127.0.0.1:8080', '--report', 'terminal', '--baseline', join(folder, written[1] ?? '')], {
    surroundings: surroundingsIn(folder),
  });

test('it writes a config, a baseline and a workflow, and says what is left to do', async () => {
  const { code, out, err } = await init();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const path of written) expect(out).toMatch(new RegExp(`^wrote ${path} `, 'm'));
  expect(out).toContain('http://127.0.0.1:8080 answers, with the profiles core');
  expect(out).toContain('npx chunkproof run http://127.0.0.1:8080\n');
});

test('run understands the config, and also with everything that is offered there in a comment', async () => {
  await init('https://uploads.example.com/api');
  const plain = await judged();
  expect(plain.out).toContain('config chunkproof.config.json: failOn must, maxTime 60\n');
  const config = text('chunkproof.config.json');
  const offered = config.replaceAll(/^ {2}\/\/ (?=")/gm, '  ');
  expect(offered.split('\n').filter((line, index) => line !== config.split('\n')[index])).toHaveLength(4);
  // The storage command is tried before the run.
  put('chunkproof.config.json', offered.replace('/srv/uploads', folder));
  const { out, asked } = await judged();
  expect(out).toContain('maxTime 60, allowRemote true, waitExpiry 10, restartCommand docker compose');
  expect(asked[0]?.hooks).toEqual({ restart: expect.any(String), storage: expect.any(String) });
});

test('the baseline is one, and so is the entry that it shows in a comment', async () => {
  await init();
  expect((await judged()).asked).toHaveLength(1);
  const [, entry] = /\/\/ (\{ .*\})/.exec(text('chunkproof-baseline.json')) ?? [];
  put('chunkproof-baseline.json', text('chunkproof-baseline.json').replace('[]', `[${entry}]`));
  expect((await judged()).out).toContain('known');
});

test('what is there already is not written over without --force, and then nothing is written at all', async () => {
  put('chunkproof-baseline.json', 'mine');
  const refused = await init();
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toMatch(/^chunkproof: there already: chunkproof-baseline\.json; .*--force[^\n]*\n$/);
  expect(readdirSync(folder)).toEqual(['chunkproof-baseline.json']);
  expect(text('chunkproof-baseline.json')).toBe('mine');
  expect((await init('--force')).code).toBe(0);
  expect(text('chunkproof-baseline.json')).toContain('"known": []');
});

test('--dry-run shows what would be written, byte for byte, and writes nothing', async () => {
  const { code, out } = await init('--dry-run');
  expect({ code, files: readdirSync(folder) }).toEqual({ code: 0, files: [] });
  await init();
  for (const path of written) expect(out).toContain(`── ${path}\n${text(path)}`);
  expect((await init('--dry-run')).out).toContain(`nothing was written; there already: ${written.join(', ')}`);
});

test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
  ['nothing', {}, workflow, /write into this file how the server is started" && exit 1/],
  ['a compose file', { 'compose.yaml': '' }, workflow, /docker compose up --detach\n/],
  ['a start script', { 'package.json': '{"scripts":{"start":"x"}}' }, workflow, /npm install\n +npm start &\n/],
  [
    'a start script and a lock',
    { 'package.json': '{"scripts":{"start":"x"}}', 'package-lock.json': '{}' },
    workflow,
    /npm ci\n +npm start &\n/,
  ],
  ['a package.json that is none', { 'package.json': '[' }, workflow, /exit 1/],
  ['GitLab', { '.gitlab-ci.yml': '' }, 'chunkproof.gitlab-ci.yml', /^chunkproof:\n {2}image: node/m],
])('where there is %s it finds out how CI is to start the server', async (_, files, gate, start) => {
  for (const [path, content] of Object.entries(files)) put(path, content);
  const { out } = await init('http://127.0.0.1:9000/api');
  expect(text(gate)).toMatch(start);
  expect(text(gate)).toContain('CHUNKPROOF_TARGET: "http://127.0.0.1:9000/api"');
  expect(out.includes('nothing here says it')).toBe(text(gate).includes('exit 1'));
  if (gate === workflow) expect(await workflowFaults(text(gate))).toEqual([]);
  else {
    const { chunkproof } = parse(text(gate));
    expect(chunkproof.script.at(-1)).toContain('chunkproof run -- "$CHUNKPROOF_TARGET"');
    expect(out).toContain('include: [{ local: chunkproof.gitlab-ci.yml }]');
  }
});

test('the remote of the repository tells GitLab, too, and reports are to be ignored', async () => {
  mkdirSync(join(folder, '.git'));
  put('.git/config', '[remote "origin"]\n\turl = git@gitlab.example.com:a/b.git\n');
  const { out } = await init();
  expect(existsSync(join(folder, 'chunkproof.gitlab-ci.yml'))).toBe(true);
  expect(out).toContain('chunkproof-report/ into .gitignore');
});

test('it says what a server asks for, and that one on another machine may not be what is to be tested', async () => {
  const asking = diagnosisWith({ profiles: ['core', 'auth'] });
  const { out } = await typed(['init', 'https://ann:sesame@uploads.example.com'], {
    surroundings: surroundingsIn(folder),
    examine: async () => asking,
  });
  expect(out).toContain("CHUNKPROOF_HEADER='Authorization: …'");
  expect(out).toContain('allowRemote in chunkproof.config.json');
  expect(text('chunkproof.config.json')).toContain('// "allowRemote": true,');
  // There is no server to start; and of the credentials nothing is kept.
  expect(text(workflow)).not.toContain('Start the server');
  expect([out, ...written.map(text)].join()).not.toContain('sesame');
});

test('where nothing answers, starting the server comes first', async () => {
  const absent = { kind: 'refused', code: 'unreachable', message: 'nothing listens there' } as const;
  const { code, out } = await typed(['init'], { surroundings: surroundingsIn(folder), examine: async () => absent });
  expect(code).toBe(0);
  expect(out).toContain('unreachable: nothing listens there\nnext:\n  1. start the server');
});

test('a URL that is none is one line, and nothing is written', async () => {
  const { code, err } = await init('uploads.example.com');
  expect(code).toBe(2);
  expect(err).toMatch(/^chunkproof: the URL must begin with http[^\n]+\n$/);
  expect(readdirSync(folder)).toEqual([]);
});

/** Plays the workflow as GitHub does: its commands one after another, each by a bash of its own, until one fails. */
async function play(env: Readonly<Record<string, string>> = {}): Promise<{ step: string; code: number | null }> {
  const { steps, env: given } = parse(text(workflow)).jobs.contract;
  const machine = mkdtempSync(join(folder, '.bin-'));
  const summary = join(folder, 'step-summary.md');
  let failed = { step: 'none', code: 0 as number | null };
  for (const { name, run, if: condition } of steps) {
    if (run === undefined || (failed.code !== 0 && condition !== 'always()')) continue;
    const { code } = await ranBy('bash -e', run, folder, {
      PATH: withoutFetching(machine),
      NO_COLOR: '1',
      CHUNKPROOF_TARGET: given.CHUNKPROOF_TARGET,
      CHUNKPROOF_PACKAGE: given.CHUNKPROOF_PACKAGE,
      GITHUB_STEP_SUMMARY: summary,
      ...env,
    });
    if (code !== 0 && failed.code === 0) failed = { step: name, code };
  }
  return failed;
}

test.each([
  ['green for a server that keeps the contract', undefined, { step: 'none', code: 0 }],
  ['red for one that does not', 'limits-inconsistent', { step: 'Judge the server', code: 1 }],
])('the workflow runs, and is %s', { timeout: 240_000 }, async (_, id, expected) => {
  const mutant = mutants.find((one) => one.id === id);
  const { url, close } = await startHonest(mutant && { ...mutant.options, seams: mutant.seams() });
  try {
    await init(url);
    // The server is there already.
    put(workflow, text(workflow).replace(/echo .* && exit 1/, ':'));
    expect(await play({ CHUNKPROOF_ONLY: 'capabilities.document' })).toEqual(expected);
    expect(text('step-summary.md')).toContain('chunkproof:');
    expect(existsSync(join(folder, 'chunkproof-report/junit.xml'))).toBe(true);
  } finally {
    await close();
  }
});

test('the workflow starts the server by itself, and waits until it answers', { timeout: 240_000 }, async () => {
  const [port] = await freePorts(1);
  const start = `sleep 1 && '${process.execPath}' '${cli}' serve --port ${port} --log-level silent`;
  put('package.json', JSON.stringify({ private: true, scripts: { start } }));
  await init(`http://127.0.0.1:${port}`);
  const { steps, env } = parse(text(workflow)).jobs.contract;
  const commands = steps.flatMap(({ run }: { run?: string }) => run ?? []).join('\n');
  const { code, out } = await ranBy('bash -e', commands, folder, {
    PATH: withoutFetching(mkdtempSync(join(folder, '.bin-'))),
    HOME: folder,
    NO_COLOR: '1',
    CHUNKPROOF_TARGET: env.CHUNKPROOF_TARGET,
    CHUNKPROOF_PACKAGE: env.CHUNKPROOF_PACKAGE,
    CHUNKPROOF_ONLY: 'capabilities.document',
    GITHUB_STEP_SUMMARY: join(folder, 'step-summary.md'),
  });
  expect(code, out).toBe(0);
  expect(out).toContain('conforms, as far as was tested');
});

test('the workflow is red before it checks anything where nobody has said how the server is started', async () => {
  await init();
  expect(await play()).toEqual({ step: 'Start the server', code: 1 });
});
