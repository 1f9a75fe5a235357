import type { Verdict } from '../verdict.ts';
import type { Results, RunFacts } from './results.ts';

/** How much has to be proved; each level asks for all that the one before it asks for. */
export const failOnLevels = ['must', 'should', 'inconclusive'] as const;

export type FailOn = (typeof failOnLevels)[number];

/** The codes that a shell sees, each with its one meaning. */
export const exitCodes = {
  conforms: 0,
  failed: 1,
  usage: 2,
  notProved: 3,
  refused: 4,
  nothingChecked: 5,
  harness: 70,
  /** As shells have it for Ctrl-C: a part of a run, in which nothing failed. */
  interrupted: 130,
} as const;

/** Verdicts that say that something of the target was looked at. */
const looked: readonly Verdict[] = ['pass', 'fail', 'known-fail', 'warn', 'inconclusive'];

/**
 * The exit code of a run. A defect of the suite comes first, because nothing else that it says can be trusted then;
 * a failure comes before "nothing was checked", which a failure contradicts. A stale entry of the baseline is a failure.
 * Half a run in which nothing failed proves nothing, whoever ended it: it must not look green to a script. That the
 * target went away is no failure, since nobody is left on whom it could be proved. A hook that failed is a mistake of the
 * configuration that no look at the command line could find.
 */
export function exitCode(
  {
    summary,
    baseline,
    gone,
    brokenHook,
    run,
  }: Pick<Results, 'summary' | 'baseline' | 'gone' | 'brokenHook'> & { readonly run?: Pick<RunFacts, 'interrupted'> },
  failOn: FailOn,
): number {
  const count = (verdict: Verdict) => summary.must[verdict] + summary.should[verdict] + summary.may[verdict];
  if (summary.verdict === 'harness-error' || count('harness-error') > 0) return exitCodes.harness;
  if (count('fail') > 0 || (baseline?.stale.length ?? 0) > 0) return exitCodes.failed;
  if (gone) return exitCodes.refused;
  if (run?.interrupted) return exitCodes.interrupted;
  if (brokenHook !== undefined) return exitCodes.usage;
  if (looked.every((verdict) => count(verdict) === 0)) return exitCodes.nothingChecked;
  if (failOn !== 'must' && count('warn') > 0) return exitCodes.notProved;
  if (failOn === 'inconclusive' && count('inconclusive') > 0) return exitCodes.notProved;
  return exitCodes.conforms;
}
