import { expect, test } from 'vitest';
import type { Verdict } from '../verdict.ts';
import { exitCode, failOnLevels } from './exit-code.ts';
import { counts } from './fixtures.ts';
import type { Summary } from './results.ts';

/** What a single requirement of each verdict, beside one that passed, makes of the run: must, should, inconclusive. */
const besideAPass: Readonly<Record<Verdict, readonly [number, number, number]>> = {
  'harness-error': [70, 70, 70],
  fail: [1, 1, 1],
  'known-fail': [0, 0, 0],
  inconclusive: [0, 0, 3],
  warn: [0, 3, 3],
  'not-tested': [0, 0, 0],
  'not-applicable': [0, 0, 0],
  pass: [0, 0, 0],
};

/** The same without the one that passed. */
const alone: Readonly<Record<Verdict, readonly [number, number, number]>> = {
  ...besideAPass,
  'not-tested': [5, 5, 5],
  'not-applicable': [5, 5, 5],
};

function summaryOf(level: 'must' | 'should' | 'may', some: Partial<Record<Verdict, number>>): Summary {
  return { verdict: 'pass', must: counts({}), should: counts({}), may: counts({}), [level]: counts(some) };
}

const cases = (table: typeof alone) => Object.entries(table) as [Verdict, readonly number[]][];

for (const level of ['must', 'should', 'may'] as const) {
  test.each(cases(alone))(`one ${level} requirement of verdict %s, alone`, (verdict, codes) => {
    expect(failOnLevels.map((failOn) => exitCode({ summary: summaryOf(level, { [verdict]: 1 }) }, failOn))).toEqual(
      codes,
    );
  });

  test.each(cases(besideAPass))(`one ${level} requirement of verdict %s, beside a pass`, (verdict, codes) => {
    const summary = {
      ...summaryOf(level, { [verdict]: 1 }),
      may: counts({ pass: 1, ...(level === 'may' && { [verdict]: 1 }) }),
    };
    expect(failOnLevels.map((failOn) => exitCode({ summary }, failOn))).toEqual(codes);
  });
}

test('no requirement at all is nothing checked', () => {
  expect(exitCode({ summary: summaryOf('must', {}) }, 'must')).toBe(5);
});

test('a defect of the suite comes before a failure of the target, and a failure before all that is unproved', () => {
  expect(exitCode({ summary: summaryOf('must', { 'harness-error': 1, fail: 1 }) }, 'must')).toBe(70);
  expect(exitCode({ summary: { ...summaryOf('must', { fail: 1 }), verdict: 'harness-error' } }, 'must')).toBe(70);
  expect(exitCode({ summary: summaryOf('must', { fail: 1, warn: 1, inconclusive: 1 }) }, 'inconclusive')).toBe(1);
});

test('a stale entry of the baseline fails a run that has nothing else against it', () => {
  const stale = [{ requirement: 'chunk.atomic', reason: 'r', why: 'passes' }] as const;
  const summary = summaryOf('must', { pass: 1 });
  expect(exitCode({ summary, baseline: { file: 'b.json', entries: 1, stale } }, 'must')).toBe(1);
  expect(exitCode({ summary, baseline: { file: 'b.json', entries: 1, stale: [] } }, 'must')).toBe(0);
});

test('a hook that failed is a mistake of the configuration, unless the target failed as well', () => {
  const brokenHook = '--restart-command ended with exit code 1';
  expect(exitCode({ summary: summaryOf('must', { pass: 1, inconclusive: 1 }), brokenHook }, 'must')).toBe(2);
  expect(exitCode({ summary: summaryOf('must', { inconclusive: 1 }), brokenHook }, 'inconclusive')).toBe(2);
  expect(exitCode({ summary: summaryOf('must', { fail: 1, inconclusive: 1 }), brokenHook }, 'must')).toBe(1);
});
