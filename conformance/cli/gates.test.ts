import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startHonest } from '../mutants/honest.ts';
import { mutants } from '../mutants/mutants.ts';
import {
  action,
  component,
  containerGate,
  gates,
  ranBy,
  read,
  step,
  withoutFetching,
  workflowFaults,
} from './gates.testing.ts';

/** Runs a gate's script; of npx only the fetching is left out. What it fetches is tried by `npm run test:package`. */
async function ran(shell: string, script: string, env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'gate-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'stale.json'), '{ "known": [{ "requirement": "capabilities.document", "reason": "r" }] }');
  const ended = await ranBy(shell, script, folder, {
    PATH: withoutFetching(folder),
    NO_COLOR: '1',
    CHUNKPROOF_PACKAGE: 'chunkproof@0.1.0',
    CHUNKPROOF_ONLY: 'capabilities.document',
    CHUNKPROOF_REPORT: 'json,junit,md',
    CHUNKPROOF_OUT: 'chunkproof-report',
    GITHUB_STEP_SUMMARY: join(folder, 'step-summary.md'),
    ...env,
  });
  return { folder, ...ended };
}

async function served(id?: string): Promise<string> {
  const mutant = mutants.find((one) => one.id === id);
  const { url, close } = await startHonest(mutant && { ...mutant.options, seams: mutant.seams() });
  onTestFinished(close);
  return url;
}

test.each([...gates, containerGate])(
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

test.each([...gates, containerGate])(
  '%s takes nothing that it is given for a command',
  async (_file, shell, script) => {
    const hostile = '$(touch hit)`touch hit`"; touch hit; "';
    const { folder, code } = await ran(shell, script, { CHUNKPROOF_TARGET: hostile });
    expect({ code, hit: existsSync(join(folder, 'hit')) }).toEqual({ code: 2, hit: false });
    // What the CI itself puts in before a shell reads it stands in variables only.
    expect(script).not.toMatch(/\$\{\{|\$\[\[/);
  },
);

test('GitHub has nothing against the workflows of this repository', async () => {
  for (const path of globSync('.github/workflows/*.yml', { cwd: new URL('../..', import.meta.url) }))
    expect({ path, faults: await workflowFaults(read(path)) }).toEqual({ path, faults: [] });
  expect(await workflowFaults(read('.github/workflows/ci.yml').replace('runs-on', 'runs'))).toHaveLength(2);
});

test('no workflow of this repository puts anything into a command before its shell reads it', () => {
  for (const path of globSync('.github/workflows/*.yml', { cwd: new URL('../..', import.meta.url) }))
    for (const { steps } of Object.values<{ steps: { run?: string }[] }>(parse(read(path)).jobs))
      for (const { run = '' } of steps) expect(run, path).not.toContain('${{');
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
