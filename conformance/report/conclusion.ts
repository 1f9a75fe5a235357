import { exitCodes } from './exit-code.ts';
import type { RequirementResult, Results } from './results.ts';

/** What a run comes to, in words, and how it is to be taken. */
export interface Conclusion {
  readonly words: string;
  readonly tone: 'good' | 'doubt' | 'bad';
}

/** The one sentence in which every form of the report ends, or begins; `code` is the exit code of the same run. */
export function conclusionOf({ summary, baseline }: Pick<Results, 'summary' | 'baseline'>, code: number): Conclusion {
  const { must, should, may } = summary;
  const known = must['known-fail'] + should['known-fail'] + may['known-fail'];
  const failed = must.fail + should.fail + may.fail;
  switch (code) {
    case exitCodes.harness:
      return { words: 'the suite itself is at fault: please report this', tone: 'bad' };
    case exitCodes.failed:
      if (failed === 0 && baseline !== undefined && baseline.stale.length > 0)
        return { words: 'the baseline is stale', tone: 'bad' };
      return { words: 'does not conform', tone: 'bad' };
    case exitCodes.usage:
      return { words: 'a hook failed, so that what only it shows stayed open', tone: 'bad' };
    case exitCodes.notProved:
      return { words: 'less was proved than was asked for', tone: 'bad' };
    case exitCodes.refused:
      return { words: 'the target went away: a part of a run, in which nothing failed', tone: 'bad' };
    case exitCodes.nothingChecked:
      return { words: 'nothing was checked', tone: 'doubt' };
    case exitCodes.interrupted:
      return { words: 'interrupted: a part of a run, in which nothing failed', tone: 'doubt' };
  }
  if (known > 0)
    return { words: `conforms but for ${known} known ${known === 1 ? 'failure' : 'failures'}`, tone: 'doubt' };
  if (must.inconclusive > 0)
    return { words: `inconclusive: nothing failed, and ${must.inconclusive} MUST stayed open`, tone: 'doubt' };
  return { words: 'conforms, as far as was tested', tone: 'good' };
}

/** What to do about a fault of the suite. */
export const howToReport =
  'This is a fault of chunkproof, and says nothing against the target. Please report it as an issue of chunkproof, with results.json (credentials are redacted in it) or the command and its --seed, and the versions of chunkproof and node.';

/** What a run says nothing about, by verdict and reason: absence is never green, so it is never silent either. */
export function unproved(requirements: readonly RequirementResult[]): readonly Unproved[] {
  return kinds.flatMap((verdict) => {
    const members = requirements.filter((one) => one.verdict === verdict);
    const groups = Map.groupBy(members, ({ reason }) => reason ?? 'no reason given');
    return [...groups].map(([reason, some]) => ({ verdict, reason, ids: some.map(({ id }) => id) }));
  });
}

/** Requirements of which a run says nothing, for the same reason. */
export interface Unproved {
  readonly verdict: (typeof kinds)[number];
  readonly reason: string;
  readonly ids: readonly string[];
}

const kinds = ['inconclusive', 'not-tested', 'not-applicable'] as const;
