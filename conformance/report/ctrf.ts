import { conclusionOf } from './conclusion.ts';
import { escapeText } from './escape.ts';
import { exitCodes, type FailOn } from './exit-code.ts';
import type { Outcome } from './junit.ts';
import type { RequirementResult, Results } from './results.ts';
import { counterexample, staleInWords } from './terminal.ts';

type Status = 'passed' | 'failed' | 'skipped' | 'other';

/**
 * CTRF (Common Test Report Format) JSON: a test for each requirement, and one for the run as a whole, which is red exactly
 * where no requirement is and the exit code is not 0. The results are redacted already.
 */
export function ctrfJson(
  results: Results,
  { failOn, code }: Outcome,
  paths: readonly (string | undefined)[] = [],
): string {
  const { suite, run, requirements, baseline } = results;
  const start = Date.parse(run.startedAt);
  const judged = requirements.map((one) => ({
    name: one.id,
    status: statusOf(one, failOn),
    // How long a single requirement took nobody can say: one request is looked at by many.
    duration: 0,
    suite: ['chunkproof', one.id.replace(/\..*/, '')],
    tags: [one.level],
    rawStatus: one.verdict,
    message: escapeText(one.reason ?? one.text),
    ...traceOf(one, results, paths),
  }));
  const green = code === exitCodes.conforms || judged.some(({ status }) => status === 'failed');
  const stale = (baseline?.stale ?? []).map((entry) => escapeText(staleInWords(entry)));
  const whole = {
    name: 'run',
    status: green && stale.length === 0 ? ('passed' as const) : ('failed' as const),
    duration: run.durationMs,
    suite: ['chunkproof'],
    message: [conclusionOf(results, code).words, ...stale].join('\n'),
  };
  const tests = [...judged, whole];
  const count = (status: Status) => tests.filter((one) => one.status === status).length;
  const report = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: suite.name, version: suite.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        pending: 0,
        skipped: count('skipped'),
        other: count('other'),
        start,
        stop: start + run.durationMs,
      },
      tests,
    },
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function statusOf({ verdict }: RequirementResult, failOn: FailOn): Status {
  switch (verdict) {
    case 'pass':
      return 'passed';
    case 'fail':
    case 'harness-error':
      return 'failed';
    case 'warn':
      return failOn === 'must' ? 'passed' : 'failed';
    case 'inconclusive':
      return failOn === 'inconclusive' ? 'failed' : 'other';
    case 'known-fail':
      return 'other';
    case 'not-tested':
    case 'not-applicable':
      return 'skipped';
  }
}

function traceOf({ failures = [] }: RequirementResult, results: Results, paths: readonly (string | undefined)[]) {
  const blocks = failures.flatMap((index) => {
    const failure = results.failures[index];
    return failure === undefined ? [] : [counterexample(failure, { color: false, verbose: true }, paths[index])];
  });
  return blocks.length === 0 ? {} : { trace: blocks.join('\n') };
}
