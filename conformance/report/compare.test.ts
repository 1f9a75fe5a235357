import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Verdict, verdicts } from '../verdict.ts';
import { type Change, changeOf, compare } from './compare.ts';
import { compared } from './comparison.ts';
import { counts, resultsWith } from './fixtures.ts';
import { resultsJson } from './json.ts';
import type { RequirementResult } from './results.ts';
import { parseResults } from './results-file.ts';

const bad: readonly (Verdict | null)[] = ['fail', 'known-fail', 'warn'];
const all: readonly (Verdict | null)[] = [...verdicts, null];

test('of all pairs of verdicts, broken is what fails and did not, fixed what passes and failed', () => {
  for (const before of all) {
    for (const after of all) {
      const expected: Change =
        before === after
          ? 'same'
          : bad.includes(after) && !bad.includes(before)
            ? 'broken'
            : bad.includes(before) && after === 'pass'
              ? 'fixed'
              : 'changed';
      expect(changeOf(before, after), `${before} → ${after}`).toBe(expected);
    }
  }
});

/** A run of these verdicts, under a name. */
function file(name: string, some: Readonly<Record<string, Verdict>>) {
  const requirements = Object.entries(some).map(([id, verdict]): RequirementResult => {
    // Any text may stand in a file of another version; only the type knows the ids of this one.
    return { id: id as RequirementResult['id'], level: 'MUST', text: 't', verdict, observations: 1 };
  });
  const summary = { verdict: 'pass', must: counts({}), should: counts({}), may: counts({}) } as const;
  return { file: name, results: resultsWith({ requirements, summary, target: `http://${name}` }) };
}

test('two files are told by what became of each requirement', () => {
  const before = file('a', {
    'chunk.atomic': 'fail',
    'chunk.stored': 'pass',
    'chunk.range': 'pass',
    'http.date': 'pass',
  });
  const after = file('b', {
    'chunk.atomic': 'pass',
    'chunk.stored': 'fail',
    'chunk.range': 'not-tested',
    'http.date': 'pass',
  });
  expect(compared(compare([before, after]), false)).toBe(`  A  a  http://a  contract 1.0, suite 0.1.0, seed 42  pass
  B  b  http://b  contract 1.0, suite 0.1.0, seed 42  pass
broken
  chunk.stored  MUST  pass → fail
fixed
  chunk.atomic  MUST  fail → pass
changed
  chunk.range  MUST  pass → not-tested
1 broken, 1 fixed, 1 changed, 1 same
`);
});

test('many files are a matrix of what they differ in, and the first and the last decide', () => {
  const text = compared(
    compare([
      file('a', { 'chunk.atomic': 'pass', 'chunk.stored': 'pass', old: 'pass', 'http.date': 'pass' }),
      file('b', { 'chunk.atomic': 'fail', 'chunk.stored': 'pass', 'http.date': 'pass' }),
      file('c', { 'chunk.atomic': 'pass', 'chunk.stored': 'fail', 'http.date': 'pass' }),
    ]),
    false,
  );
  expect(text).toMatch(/^ {22}A {5}B {5}C$/m);
  expect(text).toMatch(/chunk\.atomic {2}MUST {2}pass {2}fail {2}pass$/m);
  expect(text).toMatch(/chunk\.stored {2}MUST {2}pass {2}pass {2}fail {2}broken$/m);
  expect(text).toMatch(/old {11}MUST {2}pass {2}— {5}— {5}changed$/m);
  expect(text).not.toContain('http.date');
  expect(text).toMatch(/\n1 broken, 0 fixed, 1 changed, 2 same between A and C\n$/);
});

test('text of a file moves no cursor', () => {
  const hostile = '\u001b[2J\u202e\n';
  const text = compared(compare([file('a', { [hostile]: 'pass' }), file(hostile, { [hostile]: 'fail' })]), false);
  for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
});

test('a results file is read as it was written', () => {
  expect(parseResults(resultsJson(resultsWith()))).toMatchObject({ ok: true, results: { contract: '1.0' } });
});

test.each([
  ['', 'it is not JSON'],
  ['[]', 'it is no results.json of chunkproof'],
  ['{"schemaVersion":2}', 'it has schema version 2, and this chunkproof reads version 1'],
  ['{"schemaVersion":1}', "it must have required property 'suite'"],
  [
    resultsJson(resultsWith()).replace('"verdict": "pass"', '"verdict": "fine"'),
    '/requirements/1/verdict must be equal',
  ],
])('%.30s is refused in one line', (text, error) => {
  expect(parseResults(text)).toMatchObject({ ok: false, error: expect.stringContaining(error) });
});

test('no text makes the reader throw', () => {
  const good = resultsJson(resultsWith());
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.nat(20), fc.string())
    .map(([from, length, other]) => good.slice(0, from) + other + good.slice(from + length));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), damaged), (text) => {
      expect(typeof parseResults(text).ok).toBe('boolean');
    }),
  );
});
