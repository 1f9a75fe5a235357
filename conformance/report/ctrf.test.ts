import { type CTRFReport, validate } from 'ctrf';
import { expect, test } from 'vitest';
import { type Verdict, verdicts } from '../verdict.ts';
import { badgeJson, badgeSvg } from './badge.ts';
import { ctrfJson } from './ctrf.ts';
import { exitCode, failOnLevels } from './exit-code.ts';
import { counts, everywhere, resultsWith } from './fixtures.ts';
import type { RequirementResult, Results } from './results.ts';

function read(text: string): CTRFReport {
  const report = JSON.parse(text);
  expect(validate(report)).toMatchObject({ valid: true });
  return report;
}

/** A run in which two requirements had these verdicts. */
function resultsOf(...both: readonly Verdict[]): Results {
  const ids = ['chunk.atomic', 'chunk.stored'] as const;
  const requirements = both.map(
    (verdict, index): RequirementResult => ({
      id: ids[index] ?? 'chunk.atomic',
      level: 'MUST',
      text: 'a promise',
      verdict,
      observations: 1,
    }),
  );
  const must = counts(Object.fromEntries(verdicts.map((one) => [one, both.filter((other) => other === one).length])));
  const summary = { verdict: both[0] ?? 'pass', must, should: counts({}), may: counts({}) };
  return resultsWith({ requirements, summary, failures: [] });
}

test('a failure has its counterexample, and what was not tested is skipped with its reason', () => {
  const { summary, tests } = read(ctrfJson(resultsWith(), { failOn: 'must', code: 1 }, ['out/x.json'])).results;
  expect(summary).toMatchObject({ tests: 4, passed: 2, failed: 1, skipped: 1 });
  expect(tests[0]).toMatchObject({ name: 'chunk.atomic', status: 'failed', tags: ['MUST'] });
  expect(tests[0]?.trace).toContain('replay: npx chunkproof replay out/x.json');
  expect(tests[2]?.message).toBe('no credentials of a second principal were given');
});

test('it is red exactly where the exit code is not 0, whatever the verdicts', () => {
  for (const failOn of failOnLevels)
    for (const one of verdicts)
      for (const other of verdicts) {
        const results = resultsOf(one, other);
        const code = exitCode(results, failOn);
        const { failed } = read(ctrfJson(results, { failOn, code })).results.summary;
        expect({ failOn, one, other, red: failed > 0 }).toEqual({ failOn, one, other, red: code !== 0 });
      }
});

test('a stale baseline is red in the run as a whole, and text of the target breaks no form', () => {
  const { tests } = read(ctrfJson(everywhere('\u0000"\ud800</x>'), { failOn: 'must', code: 1 })).results;
  expect(tests.at(-1)).toMatchObject({ name: 'run', status: 'failed' });
});

test('the badge has a denominator, and is green only if nothing is missing from it', () => {
  const shown = (...both: readonly Verdict[]) =>
    JSON.parse(badgeJson(resultsOf(...both), exitCode(resultsOf(...both), 'must')));
  expect(shown('pass', 'pass')).toEqual({
    schemaVersion: 1,
    label: 'contract 1.0',
    message: 'MUST 2/2',
    color: 'brightgreen',
  });
  expect(shown('pass', 'not-applicable')).toMatchObject({ message: 'MUST 1/1', color: 'brightgreen' });
  expect(shown('pass', 'not-tested')).toMatchObject({ message: 'MUST 1/2', color: 'yellow' });
  expect(shown('pass', 'known-fail')).toMatchObject({ message: 'MUST 1/2', color: 'yellow' });
  expect(shown('pass', 'fail')).toMatchObject({ message: 'MUST 1/2', color: 'red' });
  expect(shown('not-tested', 'not-tested').color).not.toBe('brightgreen');
  expect(badgeSvg(resultsOf('pass', 'fail'), 1)).toContain('<title>contract 1.0 · MUST 1/2</title>');
});
