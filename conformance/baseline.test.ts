import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, cell, parseBaseline, withBaseline } from './baseline.ts';
import { exitCode } from './report/exit-code.ts';
import { resultsWith } from './report/fixtures.ts';
import type { RequirementResult } from './report/results.ts';
import { type Verdict, verdicts } from './verdict.ts';

/** Every verdict a run can give, expected to fail, and the same under an entry whose day has passed. */
const table: Readonly<Record<Verdict, { readonly yes: Cell; readonly exit: number }>> = {
  fail: { yes: { verdict: 'known-fail' }, exit: 0 },
  warn: { yes: { verdict: 'known-fail' }, exit: 0 },
  pass: { yes: { verdict: 'pass', stale: 'passes' }, exit: 1 },
  // Never given by a run; it stays what it is.
  'known-fail': { yes: { verdict: 'known-fail' }, exit: 0 },
  inconclusive: { yes: { verdict: 'inconclusive' }, exit: 0 },
  'not-tested': { yes: { verdict: 'not-tested' }, exit: 5 },
  'not-applicable': { yes: { verdict: 'not-applicable' }, exit: 5 },
  'harness-error': { yes: { verdict: 'harness-error' }, exit: 70 },
};

test.each(verdicts)('%s: unexpected it stays, expected it is as the table says, expired it is stale', (verdict) => {
  expect(cell(verdict, 'no')).toEqual({ verdict });
  expect(cell(verdict, 'yes')).toEqual(table[verdict].yes);
  expect(cell(verdict, 'expired')).toEqual({ verdict, stale: 'expired' });
});

const known = { requirement: 'chunk.atomic', reason: 'the disk driver is being replaced', issue: '#7' } as const;
const one = (verdict: Verdict): RequirementResult => ({
  id: 'chunk.atomic',
  level: 'MUST',
  text: 'a promise',
  verdict,
  observations: 1,
});
const judged = (verdict: Verdict, entries: Parameters<typeof withBaseline>[1], today = '2026-11-22') =>
  withBaseline(resultsWith({ requirements: [one(verdict)] }), entries, 'known.json', today);

test.each(verdicts)('an expected %s gives its exit code, and an expired entry fails the run', (verdict) => {
  expect(exitCode(judged(verdict, [known]), 'must')).toBe(table[verdict].exit);
  const expired = judged(verdict, [{ ...known, expires: '2026-11-21' }]);
  expect(exitCode(expired, 'must')).toBe(verdict === 'harness-error' ? 70 : 1);
  expect(expired.baseline?.stale).toMatchObject([{ requirement: 'chunk.atomic', why: 'expired' }]);
});

test('a known failure carries its entry, and the summary counts it', () => {
  const results = judged('fail', [known]);
  expect(results.requirements[0]).toMatchObject({ verdict: 'known-fail', known, reason: known.reason });
  expect(results.summary).toMatchObject({ verdict: 'known-fail', must: { 'known-fail': 1, fail: 0 } });
  expect(results.baseline).toEqual({ file: 'known.json', entries: 1, stale: [] });
});

test('an entry for what passes says nothing of the requirement', () => {
  expect(judged('pass', [known]).requirements).toEqual([one('pass')]);
});

test('an entry is allowed on its last day, and no longer', () => {
  const until = [{ ...known, expires: '2026-11-22' }];
  expect(judged('fail', until, '2026-11-22').requirements[0]?.verdict).toBe('known-fail');
  expect(judged('fail', until, '2026-11-23').requirements[0]?.verdict).toBe('fail');
});

test('a failure that nobody expected is judged as without a baseline', () => {
  const results = judged('fail', [{ ...known, requirement: 'chunk.range' }]);
  expect(exitCode(results, 'must')).toBe(1);
  expect(results.requirements).toEqual([one('fail')]);
});

test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /not JSON/],
  ['an array', [], /^it must be object$/],
  ['no list', {}, /^it must have required property 'known'$/],
  ['no reason', { known: [{ requirement: 'chunk.atomic' }] }, /\/known\/0 must have required property 'reason'/],
  [
    'an empty reason',
    { known: [{ requirement: 'chunk.atomic', reason: '' }] },
    /\/known\/0\/reason must NOT have fewer/,
  ],
  ['another member', { known: [{ ...known, isue: '#7' }] }, /additional properties: isue/],
  ['an unknown id', { known: [{ ...known, requirement: 'chunk.atomc' }] }, /did you mean chunk\.atomic\?/],
  ['two entries', { known: [known, known] }, /has two entries/],
  ['no day', { known: [{ ...known, expires: '2026-02-30' }] }, /2026-02-30, which is no day/],
  ['another form of day', { known: [{ ...known, expires: '1.2.2026' }] }, /\/known\/0\/expires must match pattern/],
])('a baseline with %s is refused in one line', (_, json, line) => {
  const parsed = parseBaseline(typeof json === 'string' ? json : JSON.stringify(json));
  expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(line) });
});

test('a baseline is read as it was written, and no text makes the reader throw', () => {
  const entries = [known, { ...known, requirement: 'chunk.range', expires: '2028-02-29' }];
  expect(parseBaseline(JSON.stringify({ $schema: 'x', known: entries }))).toEqual({ ok: true, known: entries });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(typeof parseBaseline(text).ok).toBe('boolean');
    }),
  );
});
