import XmlBuilder from 'fast-xml-builder';
import { conclusionOf, howToReport } from './conclusion.ts';
import { clip, escapeText } from './escape.ts';
import { exitCodes, type FailOn } from './exit-code.ts';
import type { RequirementResult, Results } from './results.ts';
import { counterexample, staleInWords } from './terminal.ts';

/** How the run was judged: how much had to be proved, and the exit code that came of it. */
export interface Outcome {
  readonly failOn: FailOn;
  readonly code: number;
}

/** One test case: what its element holds beside its name. Attributes begin with `@`. */
type Body = { readonly [member: string]: unknown };

/**
 * JUnit XML: a suite for each group of requirements, a test case for each requirement. It is red exactly where the exit
 * code is: what was not looked at is skipped with its reason, and what only the run as a whole shows (a stale baseline,
 * nothing checked) is a case of its own. The results are redacted already.
 */
export function junitXml(results: Results, verdict: Outcome, paths: readonly (string | undefined)[] = []): string {
  const { failOn } = verdict;
  const groups = [...Map.groupBy(results.requirements, ({ id }) => id.replace(/\..*/, ''))].map(([name, members]) =>
    suite(
      name,
      members.map((one) => testcase(`chunkproof.${name}`, one.id, bodyOf(one, results, failOn, paths))),
    ),
  );
  const whole = suite('run', [testcase('chunkproof', 'run', wholeRun(results, verdict.code))]);
  const suites = [...groups, whole];
  const xml = new XmlBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  return xml.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': 'chunkproof',
      ...sums(suites),
      '@time': (results.run.durationMs / 1000).toFixed(3),
      testsuite: suites,
    },
  });
}

function testcase(classname: string, name: string, body: Body): Body {
  return { '@classname': classname, '@name': name, '@time': '0', ...body };
}

function bodyOf(
  requirement: RequirementResult,
  results: Results,
  failOn: FailOn,
  paths: readonly (string | undefined)[],
): Body {
  const { id, level, text, verdict, reason } = requirement;
  const why = safe(reason ?? '');
  const red = (element: 'failure' | 'error'): Body => {
    const blocks = (requirement.failures ?? []).flatMap((index) => {
      const failure = results.failures[index];
      return failure ? [counterexample(failure, { color: false, verbose: true }, paths[index])] : [];
    });
    const message = clip(safe(`${id} ${level}: ${text}`), 500);
    // The blocks are escaped where they are made; their line breaks stay.
    return {
      [element]: { '@message': message, '@type': verdict, '#text': [why, ...blocks].filter(Boolean).join('\n') },
    };
  };
  const skipped = (message: string): Body => ({ skipped: { '@message': clip(safe(message), 500) } });
  switch (verdict) {
    case 'pass':
      return {};
    case 'fail':
      return red('failure');
    case 'harness-error':
      return red('error');
    case 'warn':
      return failOn === 'must' ? { 'system-out': `warned: ${why || safe(text)}` } : red('failure');
    case 'known-fail':
      return skipped(`known failure: ${reason ?? ''}`);
    case 'inconclusive':
      return failOn === 'inconclusive' ? red('failure') : skipped(`inconclusive: ${reason ?? ''}`);
    case 'not-tested':
    case 'not-applicable':
      return skipped(`${verdict.replace('-', ' ')}: ${reason ?? ''}`);
  }
}

/** What no single requirement shows. */
function wholeRun(results: Results, code: number): Body {
  const stale = results.baseline?.stale ?? [];
  const { words } = conclusionOf(results, code);
  if (stale.length > 0) {
    const lines = stale.map((entry) => safe(staleInWords(entry)));
    return { failure: { '@message': words, '@type': 'stale', '#text': lines.join('\n') } };
  }
  if (code === exitCodes.harness) {
    const lines = (results.defects ?? []).map(({ property, message }) => safe(`${property}: ${message}`));
    return { error: { '@message': words, '@type': 'harness-error', '#text': [howToReport, ...lines].join('\n') } };
  }
  // A failure is red in the case of its requirement.
  if (code === exitCodes.conforms || code === exitCodes.failed) return {};
  const why = results.gone?.message ?? results.brokenHook;
  const text = why === undefined ? {} : { '#text': safe(why) };
  return { failure: { '@message': words, '@type': `exit-${code}`, ...text } };
}

function suite(name: string, cases: readonly Body[]): Body {
  const count = (element: string) => cases.filter((one) => element in one).length;
  return {
    '@name': name,
    '@tests': String(cases.length),
    '@failures': String(count('failure')),
    '@errors': String(count('error')),
    '@skipped': String(count('skipped')),
    testcase: cases,
  };
}

function sums(suites: readonly Body[]): Body {
  const names = ['@tests', '@failures', '@errors', '@skipped'];
  return Object.fromEntries(
    names.map((name) => [name, String(suites.reduce((sum, one) => sum + Number(one[name]), 0))]),
  );
}

/** What is left of C0 and of unpaired surrogates is escaped here: XML 1.0 cannot hold them at all. */
const safe = escapeText;
