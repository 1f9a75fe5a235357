import { expect, test } from 'vitest';
import { counts, failureWith, resultsWith } from './fixtures.ts';
import { markdown } from './markdown.ts';

test('a summary says what failed, by which requests, and what was not tested', () => {
  const text = markdown(resultsWith(), 1, ['out/failures/x.json']);
  expect(text).toMatch(/^## chunkproof: ❌ does not conform\n/);
  expect(text).toContain('| MUST | 58 | 1 | 0 | 0 | 0 | 11 | 0 |');
  expect(text).not.toContain('| MAY |');
  expect(text).toContain('### ❌ chunk\\.atomic (MUST)');
  expect(text).toMatch(/```text\n {2}A {2}initiate 10 B in chunks of 4 .*replay: [^\n]*\n```\n/s);
  expect(text).toContain('- not tested\\: no credentials of a second principal were given (auth\\.required)');
});

test.each<[number, string]>([
  [0, '✅ conforms, as far as was tested'],
  [3, '❌ less was proved'],
  [5, '❔ nothing was checked'],
  [70, '💥 the suite itself is at fault'],
  [130, '❔ interrupted'],
])('exit code %i has a headline of its own', (code, words) => {
  const summary = { verdict: 'pass', must: counts({ pass: 1 }), should: counts({}), may: counts({}) } as const;
  expect(markdown(resultsWith({ summary, failures: [], requirements: [] }), code)).toContain(`chunkproof: ${words}`);
});

test('a stale baseline is told by entry', () => {
  const summary = { verdict: 'pass', must: counts({ pass: 1 }), should: counts({}), may: counts({}) } as const;
  const stale = [{ requirement: 'chunk.range', reason: 'r', why: 'expired', expires: '2026-01-01' }] as const;
  const results = resultsWith({ summary, failures: [], requirements: [], baseline: { file: 'b', entries: 1, stale } });
  const text = markdown(results, 1);
  expect(text).toMatch(/^## chunkproof: ❌ the baseline is stale\n/);
  expect(text).toContain('- chunk\\.range was allowed to fail until 2026\\-01\\-01');
});

test('no text of the target becomes markup, or ends the block that it stands in', () => {
  const hostile = '<img src=x onerror=alert(1)> ```\n# h | [a](javascript:b) @everyone \u202e';
  const results = resultsWith({ target: hostile, failures: [failureWith({ expected: hostile, got: hostile })] });
  const [first] = results.requirements;
  const text = markdown({ ...results, requirements: first ? [{ ...first, reason: hostile }] : [] }, 1);
  const [fence = ''] = /^`{3,}/m.exec(text) ?? [];
  expect(fence).toBe('````');
  const outside = text.split(/^````.*$/m).filter((_, index) => index % 2 === 0);
  for (const part of outside) expect(part).not.toMatch(/(?<!\\)<img|(?<!\\)\[a\]|^# h|(?<!\\)@every|\u202e/m);
});

test('a summary stays short, however much went wrong', () => {
  const failures = Array.from({ length: 300 }, () => failureWith({ got: 'x'.repeat(5000) }));
  const [broken] = resultsWith().requirements;
  const requirements = broken ? failures.map((_, index) => ({ ...broken, failures: [index] })) : [];
  const text = markdown(resultsWith({ failures, requirements }), 1);
  expect(text.length).toBeLessThan(512 * 1024);
  expect(text).toContain('… and 280 more');
});
