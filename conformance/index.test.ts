import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { run } from './index.ts';
import { startHonest } from './mutants/honest.ts';
import { mutants } from './mutants/mutants.ts';

const some = { only: ['capabilities.document'], runs: 2, seed: 1 };

async function served(id?: string): Promise<string> {
  const mutant = mutants.find((one) => one.id === id);
  const { url, close } = await startHonest(mutant && { ...mutant.options, seams: mutant.seams() });
  onTestFinished(close);
  return url;
}

test('a server that keeps the contract conforms, and the text says how far', async () => {
  const write = vi.spyOn(process.stdout, 'write');
  const outcome = await run(await served(), some);
  expect(outcome).toMatchObject({ kind: 'judged', conforms: true, exitCode: 0, results: { run: { seed: 1 } } });
  expect(outcome.text).toMatch(/conforms, as far as was tested\n$/);
  expect(write).not.toHaveBeenCalled();
});

test('a server that breaks a promise does not, and the text shows by which requests', async () => {
  const outcome = await run(await served('limits-inconsistent'), some);
  expect(outcome).toMatchObject({ conforms: false, exitCode: 1 });
  expect(outcome.text).toMatch(/^FAIL capabilities\.document {2}MUST/);
});

test('what is known does not fail, until it passes', async () => {
  const known = [{ requirement: 'capabilities.document', reason: 'the limits are being worked out' }] as const;
  const broken = await run(await served('limits-inconsistent'), { ...some, known });
  expect(broken).toMatchObject({ conforms: true, exitCode: 0 });
  const repaired = await run(await served(), { ...some, known });
  expect(repaired).toMatchObject({ conforms: false, exitCode: 1 });
});

test('a run that checked nothing does not conform', async () => {
  expect(await run(await served(), { only: ['no.such'] })).toMatchObject({ conforms: false, exitCode: 5 });
});

test('a target that cannot be judged is refused, and does not conform', async () => {
  expect(await run('http://127.0.0.1:1')).toMatchObject({ kind: 'refused', conforms: false, code: 'unreachable' });
  expect(await run('http://198.51.100.1/api')).toMatchObject({ kind: 'refused', code: 'remote', exitCode: 4 });
  await expect(run('localhost:8080')).rejects.toThrow(/^the URL must begin with http/);
});

test('a report is written where it is asked for, without a credential in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'library-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = (await served('limits-inconsistent')).replace('//', '//me:open-sesame@');
  const outcome = await run(url, { ...some, report: { folder, formats: ['json', 'md'] } });
  const json = readFileSync(join(folder, 'results.json'), 'utf8');
  expect(existsSync(join(folder, 'summary.md'))).toBe(true);
  expect(outcome.text).toContain(join(folder, 'failures', 'capabilities.document'));
  for (const told of [json, JSON.stringify(outcome)]) expect(told).not.toContain('open-sesame');
});
