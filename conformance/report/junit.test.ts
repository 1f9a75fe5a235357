import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { type Verdict, verdicts } from '../verdict.ts';
import { exitCode, failOnLevels } from './exit-code.ts';
import { counts, failureWith, resultsWith } from './fixtures.ts';
import { junitXml } from './junit.ts';
import type { RequirementResult, Results } from './results.ts';

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly failure?: { readonly message: string; readonly '#text'?: string };
  readonly error?: { readonly message: string };
  readonly skipped?: { readonly message: string };
}

/** Reads a JUnit file as a CI server does, with two parsers that do not know each other: what they see is the same. */
function read(xml: string): { readonly cases: readonly Case[]; readonly totals: Record<string, string> } {
  const seen = readStrictly(xml);
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(xml, 'text/xml');
  const cases = [...document.getElementsByTagName('testcase')];
  const redIn = (elements: readonly string[]) => elements.some((name) => name === 'failure' || name === 'error');
  expect(
    cases.map((one) => [one.getAttribute('name'), redIn([...one.childNodes].map(({ nodeName }) => nodeName))]),
  ).toEqual(seen.cases.map((one) => [one.name, redIn(Object.keys(one))]));
  const texts = cases.flatMap((one) => [...one.getElementsByTagName('failure')].map(({ textContent }) => textContent));
  expect(texts.map((text) => text?.trim() ?? '')).toEqual(
    seen.cases.flatMap(({ failure }) => (failure === undefined ? [] : [failure['#text'] ?? ''])),
  );
  for (const name of ['tests', 'failures', 'errors', 'skipped'])
    expect(document.documentElement?.getAttribute(name)).toBe(seen.totals[name]);
  return seen;
}

function readStrictly(xml: string): { readonly cases: readonly Case[]; readonly totals: Record<string, string> } {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  });
  const { testsuites } = parser.parse(xml);
  return { cases: testsuites.testsuite.flatMap((suite: { testcase: Case[] }) => suite.testcase), totals: testsuites };
}

const one = (verdict: Verdict, id: RequirementResult['id'] = 'chunk.atomic'): RequirementResult => ({
  id,
  level: verdict === 'warn' ? 'SHOULD' : 'MUST',
  text: 'a promise',
  verdict,
  observations: 1,
  reason: 'a reason',
});

function resultsOf(requirements: readonly RequirementResult[]): Results {
  const some = (level: string) => {
    const own = requirements.filter((requirement) => requirement.level === level).map(({ verdict }) => verdict);
    return counts(Object.fromEntries(own.map((verdict) => [verdict, own.filter((other) => other === verdict).length])));
  };
  const summary = { verdict: 'pass', must: some('MUST'), should: some('SHOULD'), may: some('MAY') } as const;
  return resultsWith({ requirements, summary, failures: [] });
}

test('a failure is red, with its counterexample; what was not tested is skipped, with its reason', () => {
  const { cases, totals } = read(junitXml(resultsWith(), { failOn: 'must', code: 1 }, ['out/failures/x.json']));
  const [broken, stored, absent, run] = cases;
  expect(broken).toMatchObject({ classname: 'chunkproof.chunk', name: 'chunk.atomic' });
  expect(broken?.failure?.message).toMatch(/^chunk\.atomic MUST: an interrupted upload/);
  expect(broken?.failure?.['#text']).toContain('expected: chunk 1 holds w1 or w2');
  expect(broken?.failure?.['#text']).toContain('replay: npx chunkproof replay out/failures/x.json');
  expect(stored).not.toHaveProperty('failure');
  expect(absent?.skipped?.message).toBe('not tested: no credentials of a second principal were given');
  expect(run).toMatchObject({ name: 'run' });
  expect(totals).toMatchObject({ tests: '4', failures: '1', errors: '0', skipped: '1' });
});

test.each(verdicts)('beside a pass, %s is red exactly where the exit code is', (verdict) => {
  for (const failOn of failOnLevels) {
    const results = resultsOf([one(verdict), one('pass', 'chunk.stored')]);
    const code = exitCode(results, failOn);
    const { cases } = read(junitXml(results, { failOn, code }));
    const red = cases.some(({ failure, error }) => failure !== undefined || error !== undefined);
    expect(red, `${verdict} with --fail-on ${failOn}, exit code ${code}`).toBe(code !== 0);
  }
});

test.each<[string, Results, number]>([
  ['went away', { ...resultsOf([one('pass')]), gone: { message: 'gone', suspects: [failureWith()] } }, 4],
  ['nothing was checked', resultsOf([one('not-tested')]), 5],
  ['interrupted', resultsOf([one('pass')]), 130],
  [
    'stale',
    {
      ...resultsOf([one('pass')]),
      baseline: { file: 'b', entries: 1, stale: [{ requirement: 'chunk.atomic', reason: 'r', why: 'passes' }] },
    },
    1,
  ],
])('what only the run as a whole shows is red too: %s', (words, results, code) => {
  const { cases, totals } = read(junitXml(results, { failOn: 'must', code }));
  expect(cases.at(-1)?.failure?.message).toContain(words);
  expect(totals['failures']).toBe('1');
});

test('a fault of the suite is an error and no failure', () => {
  const results = {
    ...resultsOf([one('harness-error'), one('pass', 'chunk.stored')]),
    defects: [{ property: 'races', message: 'the model is broken' }],
  };
  const { cases, totals } = read(junitXml(results, { failOn: 'must', code: exitCode(results, 'must') }));
  expect(totals).toMatchObject({ failures: '0', errors: '2' });
  expect(cases.map(({ error }) => error !== undefined)).toEqual([true, false, true]);
});

test('no text of the target leaves its element, or makes the file unreadable', () => {
  const evil = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(']]></failure><testcase/>', '"/><x a="', '<!--', '&amp;&#0;', '\u0000\u001b[2J', '\ud800', 'true'),
  );
  fc.assert(
    fc.property(evil, (text) => {
      const failures = [failureWith({ expected: text, got: text, states: [text] })];
      const requirements = [
        { ...one('fail'), failures: [0], reason: text },
        { ...one('not-tested', 'chunk.stored'), reason: text },
        { ...one('warn', 'http.method'), reason: text },
      ];
      const { cases } = read(junitXml(resultsWith({ requirements, failures }), { failOn: 'must', code: 1 }));
      expect(cases).toHaveLength(4);
      expect(cases.filter(({ failure }) => failure !== undefined)).toHaveLength(1);
      expect(cases[1]?.skipped?.message).toContain('not tested');
    }),
  );
});
