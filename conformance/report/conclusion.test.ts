import { expect, test } from 'vitest';
import { summarize } from '../ledger.ts';
import type { Verdict } from '../verdict.ts';
import { conclusionOf, unproved } from './conclusion.ts';
import { exitCode } from './exit-code.ts';
import { resultsWith } from './fixtures.ts';
import type { RequirementResult } from './results.ts';

const one = (verdict: Verdict, level: RequirementResult['level'] = 'MUST', reason?: string): RequirementResult => ({
  id: 'chunk.atomic',
  level,
  text: 't',
  verdict,
  observations: 0,
  ...(reason === undefined ? {} : { reason }),
});

/** What `results.json` and every other form of the report say of a run that came to this. */
function saidOf(...all: readonly RequirementResult[]) {
  const results = resultsWith({ summary: summarize(all), requirements: all, failures: [] });
  return { verdict: results.summary.verdict, ...conclusionOf(results, exitCode(results, 'must')) };
}

test.each<[Verdict, string]>([
  ['harness-error', 'the suite itself is at fault: please report this'],
  ['fail', 'does not conform'],
  ['known-fail', 'conforms but for 1 known failure'],
  ['inconclusive', 'inconclusive: nothing failed, and 1 MUST stayed open'],
  ['pass', 'conforms, as far as was tested'],
])('the words say what the verdict of results.json says: %s', (verdict, words) => {
  expect(saidOf(one(verdict), one('pass'))).toMatchObject({ verdict, words });
});

test('a run that looked at a SHOULD only has checked something', () => {
  const passed = { verdict: 'pass', words: 'conforms, as far as was tested' };
  expect(saidOf(one('pass', 'SHOULD'), one('not-tested'))).toMatchObject(passed);
  expect(saidOf(one('warn', 'SHOULD'), one('not-tested'))).toMatchObject({ ...passed, verdict: 'warn' });
  expect(saidOf(one('not-tested', 'SHOULD'), one('not-tested'))).toMatchObject({
    verdict: 'not-tested',
    words: 'nothing was checked',
  });
});

test('what nothing is said about is told by verdict, and within that by reason', () => {
  const all = [one('not-tested', 'MUST', 'a'), one('pass'), one('inconclusive'), one('not-tested', 'MUST', 'a')];
  expect(unproved(all)).toEqual([
    { verdict: 'inconclusive', reason: 'no reason given', ids: ['chunk.atomic'] },
    { verdict: 'not-tested', reason: 'a', ids: ['chunk.atomic', 'chunk.atomic'] },
  ]);
});
