import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import MarkdownIt from 'markdown-it';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { freePorts } from '../../conformance/cli/free-ports.ts';
import { action, step as gate, ranBy, workflowFaults } from '../../conformance/cli/gates.testing.ts';
import { checkGlobs } from '../../conformance/cli/ids.ts';
import { mutants } from '../../conformance/mutants/mutants.ts';
import { runAgainst } from '../../conformance/mutants/trial.ts';
import { properties } from '../../conformance/properties/index.ts';
import { writeReport } from '../../conformance/report/files.ts';
import { requirementIds } from '../../generated/requirements.ts';
import { strictest } from '../package/consumer.ts';
import { fencesOf } from './fences.ts';
import { type Followed, follow, patched } from './follow.ts';
import { newReader } from './reader.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const guides = globSync('docs/guides/*.md', { cwd: root }).sort();
const patiently = { timeout: 240_000 };

test('there are guides', () => expect(guides.length).toBeGreaterThan(0));

test.each(guides)('%s leads where it says, command by command', patiently, async (file) =>
  everyEnds(await follow(read(file))),
);

/** What whoever reads the README has: a server, two results, a counterexample, and a list of known failures. */
const before = `
\`\`\`sh in background
npx chunkproof serve --port 8080 --prefix /api --data data
\`\`\`
\`\`\`sh
npx chunkproof run http://127.0.0.1:8080/api --report json
cp chunkproof-report/results.json old.json && cp old.json new.json
\`\`\`
\`\`\`json known.json
{ "known": [] }
\`\`\`
`;

test('every command and program of the README does what it says', patiently, async () => {
  const variables = {
    URL: 'http://127.0.0.1:8080/api',
    FILE: await counterexample(),
    GITHUB_STEP_SUMMARY: 'step-summary.md',
    // Of a run it is asked what it does, and not what it finds; and what serves takes any port.
    CHUNKPROOF_ONLY: 'capabilities.document',
    CHUNKPROOF_PORT: '0',
  };
  everyEnds(await follow(before + read('README.md'), variables));
});

test.each([...guides, 'README.md'])('every block of %s is followed, or says why not', (file) => {
  for (const { language, text, file: name, notRun } of fencesOf(read(file))) {
    if (language === 'json') JSON.parse(text);
    expect(['sh', 'text', 'json'].includes(language) || (name ?? notRun) !== undefined, text).toBe(true);
  }
});

const others = [
  'CONTRIBUTING.md',
  'reference-server/README.md',
  'spec/protocol.md',
  ...globSync('docs/*.md', { cwd: root }),
];

test.each(others)('no command of %s is left out without a reason', (file) => {
  for (const { language, text, notRun } of fencesOf(read(file)))
    expect(['sh', 'ts', 'js'].includes(language) && notRun === undefined, text).toBe(false);
});

test.each([...guides, ...others, 'README.md'])(
  'no block of %s hides from that: all that Markdown has are known here',
  (file) => {
    const blocks = new MarkdownIt().parse(read(file), {}).filter(({ type, info }) => type === 'fence' && info !== '');
    expect(fencesOf(read(file)).map(({ text }) => text)).toEqual(blocks.map(({ content }) => content));
  },
);

test.each([...guides, 'README.md'])('every program of %s is used by a command that is run', (file) => {
  const blocks = fencesOf(read(file)).filter(({ notRun }) => notRun === undefined);
  for (const [index, { language, file: name }] of blocks.entries())
    if (name !== undefined && ['ts', 'js', 'sh'].includes(language))
      expect(
        blocks.slice(index).some((one) => one.language === 'sh' && one.text.includes(name)),
        name,
      ).toBe(true);
});

test('the TypeScript of every page compiles, as strictly as anybody may ask for', patiently, async () => {
  const { folder, env, leave } = newReader();
  onTestFinished(leave);
  const programs = [...guides, 'README.md'].flatMap((file) =>
    fencesOf(read(file)).filter(({ language }) => language === 'ts'),
  );
  expect(programs.length).toBeGreaterThan(1);
  for (const { file = '', text } of programs) writeFileSync(join(folder, file), text);
  const compilerOptions = { ...strictest, skipLibCheck: true, module: 'nodenext', allowImportingTsExtensions: true };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder], { env }).catch((error) => error);
  expect(stdout).toBe('');
});

const block = (guide: string, name: string): string =>
  fencesOf(read(`docs/guides/${guide}.md`)).find(({ file }) => file === name)?.text ?? '';

test.each(['gate.sh', 'Jenkinsfile'])('the guide to gates shows %s as it is', (name) =>
  expect(block('gate-your-pipeline', name)).toBe(read(`ci/${name}`)),
);

test('the workflow of the guide is one that GitHub takes, and its commands lead to a verdict', patiently, async () => {
  const [port = 0] = await freePorts(1);
  const workflow = block('gate-your-pipeline', '.github/workflows/contract.yml').replaceAll('8080', String(port));
  expect(await workflowFaults(workflow)).toEqual([]);
  const reader = newReader();
  onTestFinished(reader.leave);
  const steps: readonly Step[] = parse(workflow).jobs.contract.steps;
  const asked = steps.find(({ uses }) => uses === './.github/actions/chunkproof')?.with ?? {};
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(asked)));
  writeFileSync(join(reader.folder, 'chunkproof-baseline.json'), '{ "known": [] }');
  const commands = steps.flatMap(({ run, uses }) => run ?? (uses?.startsWith('./') ? gate.run : []));
  const { code, out } = await ranBy('bash -e', commands.join('\n'), reader.folder, {
    ...(reader.env as Readonly<Record<string, string>>),
    URL: `http://127.0.0.1:${port}`,
    CHUNKPROOF_TARGET: asked['url'] ?? '',
    CHUNKPROOF_BASELINE: asked['baseline'] ?? '',
    CHUNKPROOF_PACKAGE: action.inputs.package.default,
    CHUNKPROOF_ONLY: 'capabilities.document',
    CHUNKPROOF_REPORT: action.inputs.report.default,
    CHUNKPROOF_OUT: action.inputs.out.default,
    GITHUB_STEP_SUMMARY: join(reader.folder, 'step-summary.md'),
  });
  expect(code, out).toBe(0);
  expect(out).toContain('conforms, as far as was tested');
});

test('the component of the guide has the inputs that are given to it', () => {
  const [{ inputs }] = parse(block('gate-your-pipeline', '.gitlab-ci.yml')).include;
  const known = parseAllDocuments(read('templates/chunkproof.yml'))[0]?.toJS().spec.inputs;
  expect(Object.keys(known)).toEqual(expect.arrayContaining(Object.keys(inputs)));
});

test('whatever a page calls a promise or a property is one', () => {
  const known = [...requirementIds, ...properties.map(({ id }) => id)];
  const families = [...new Set(requirementIds.map((id) => id.split('.')[0]))].join('|');
  const name = new RegExp(`(?:--only|CHUNKPROOF_ONLY=)[ ']*([a-z*.-]+)|\`((?:${families})\\.[a-z-]+)\``, 'g');
  const named = [...guides, 'README.md'].flatMap((file) => [...read(file).matchAll(name)]);
  expect(named.length).toBeGreaterThan(50);
  for (const [, asked, told] of named) checkGlobs('--only', [asked ?? told ?? ''], known);
});

test('the Express server of the guide is about as long as it says', () => {
  const server = fencesOf(read('docs/guides/test-your-server.md')).find(({ file }) => file === 'server.js');
  expect(server?.text.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(62);
});

test('a diff that fits nowhere, or at two places, is told', () => {
  expect(() => patched('a\nb\n', '-c\n+d\n')).toThrow(/0 times/);
  expect(() => patched('a\na\n', '-a\n+d\n')).toThrow(/2 times/);
  expect(patched('a\nb\n', ' a\n-b\n+c\n')).toBe('a\nc\n');
});

/** Of a workflow's step what is played here. */
interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

/** Each command ended as the page says, and wrote what it shows. */
function everyEnds(commands: readonly Followed[]): void {
  expect(commands.length).toBeGreaterThan(0);
  for (const { command, code, expected, output, shown } of commands) {
    expect({ command, code, output }).toEqual({ command, code: expected, output });
    for (const line of shown) expect(output, command).toContain(line);
  }
}

/** A file that `replay` takes: the failure that the README shows. */
async function counterexample(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'chunkproof-counterexample-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const mutant = mutants.find(({ id }) => id === 'cut-replacement-destroys');
  const options = { ...mutant?.options, ...(mutant === undefined ? {} : { seams: mutant.seams() }) };
  const found = await runAgainst(options, { only: ['chunk.atomic'] });
  const [path = ''] = writeReport(found, folder, [], { failOn: 'must', code: 1 });
  return path;
}
