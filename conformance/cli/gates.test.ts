import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startHonest } from '../mutants/honest.ts';
import { mutants } from '../mutants/mutants.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

const action = parse(read('action.yml'));
const [step] = action.runs.steps;
const component = parseAllDocuments(read('templates/chunkproof.yml'))[1]?.toJS();

/** What each gate runs, as its file has it, and by which shell. */
const gates: readonly (readonly [string, string, string])[] = [
  ['action.yml', 'bash -eo pipefail', step.run],
  ['templates/chunkproof.yml', 'sh -e', component.chunkproof.script.join('\n')],
  ['ci/Jenkinsfile', 'sh -e', /sh '''(.*?)'''/s.exec(read('ci/Jenkinsfile'))?.[1] ?? ''],
  ['ci/gate.sh', 'sh', read('ci/gate.sh')],
];

/** Runs a gate's script; of npx only the fetching is left out: it runs the command line of this checkout. */
async function ran(shell: string, script: string, env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'gate-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const npx = `#!/bin/sh\n[ "$1 $2 $3 $4" = "--yes --package chunkproof@0.1.0 chunkproof" ] || exit 99\nshift 4\nexec '${process.execPath}' '${cli}' "$@"\n`;
  writeFileSync(join(folder, 'npx'), npx);
  chmodSync(join(folder, 'npx'), 0o755);
  writeFileSync(join(folder, 'stale.json'), '{ "known": [{ "requirement": "capabilities.document", "reason": "r" }] }');
  writeFileSync(join(folder, 'script'), script);
  const [program = 'sh', ...flags] = shell.split(' ');
  const child = spawn(program, [...flags, 'script'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${folder}:${process.env['PATH']}`,
      NO_COLOR: '1',
      CHUNKPROOF_PACKAGE: 'chunkproof@0.1.0',
      CHUNKPROOF_ONLY: 'capabilities.document',
      CHUNKPROOF_REPORT: 'json,junit,md',
      CHUNKPROOF_OUT: 'chunkproof-report',
      GITHUB_STEP_SUMMARY: join(folder, 'step-summary.md'),
      ...env,
    },
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { folder, out, err, code };
}

async function served(id?: string): Promise<string> {
  const mutant = mutants.find((one) => one.id === id);
  const { url, close } = await startHonest(mutant && { ...mutant.options, seams: mutant.seams() });
  onTestFinished(close);
  return url;
}

test.each(gates)(
  '%s lets a server through that keeps the contract, and no other',
  { timeout: 240_000 },
  async (file, shell, script) => {
    const CHUNKPROOF_TARGET = await served();
    const good = await ran(shell, script, { CHUNKPROOF_TARGET });
    expect(good).toMatchObject({ code: 0, err: '' });
    if (file === 'action.yml')
      expect(readFileSync(join(good.folder, 'step-summary.md'), 'utf8')).toContain('chunkproof: ✅');
    const broken = { CHUNKPROOF_TARGET: await served('limits-inconsistent') };
    expect(await ran(shell, script, broken)).toMatchObject({ code: 1 });
    expect(await ran(shell, script, { CHUNKPROOF_TARGET, CHUNKPROOF_BASELINE: 'stale.json' })).toMatchObject({
      code: 1,
    });
    expect(await ran(shell, script, { CHUNKPROOF_TARGET, CHUNKPROOF_ONLY: 'chunk.durable' })).toMatchObject({
      code: 5,
    });
    expect(await ran(shell, script, { CHUNKPROOF_TARGET: 'http://127.0.0.1:1' })).toMatchObject({ code: 4 });
  },
);

test.each(gates)('%s takes nothing that it is given for a command', async (_file, shell, script) => {
  const hostile = '$(touch hit)`touch hit`"; touch hit; "';
  const { folder, code } = await ran(shell, script, { CHUNKPROOF_TARGET: hostile });
  expect({ code, hit: existsSync(join(folder, 'hit')) }).toEqual({ code: 2, hit: false });
  // What the CI itself puts in before a shell reads it stands in variables only.
  expect(script).not.toMatch(/\$\{\{|\$\[\[/);
});

test('every input of the action and of the component arrives in a variable', () => {
  const given = Object.values(step.env as Record<string, string>);
  expect(given.toSorted()).toEqual(
    Object.keys(action.inputs)
      .map((name) => `\${{ inputs.${name} }}`)
      .toSorted(),
  );
  const inputs = parseAllDocuments(read('templates/chunkproof.yml'))[0]?.toJS().spec.inputs;
  for (const name of Object.keys(inputs)) expect(JSON.stringify(component)).toContain(`$[[ inputs.${name} ]]`);
});
