import type { Verdict } from '../verdict.ts';
import type { Results } from './results.ts';

/** What of a results file is compared. */
export type Compared = Pick<Results, 'suite' | 'contract' | 'run' | 'target' | 'summary' | 'requirements'>;

/** What happened to a requirement between the first file and the last. `changed` is neither better nor worse. */
export type Change = 'fixed' | 'broken' | 'changed' | 'same';

export interface ComparedRequirement {
  readonly id: string;
  readonly level: string;
  /** A verdict for each file; null where the file does not know the requirement. */
  readonly verdicts: readonly (Verdict | null)[];
  readonly change: Change;
}

export interface Comparison {
  readonly files: readonly {
    readonly file: string;
    readonly target: string;
    readonly suite: string;
    readonly contract: string;
    readonly seed: number;
    readonly verdict: Verdict;
  }[];
  readonly summary: Readonly<Record<Change, number>>;
  readonly requirements: readonly ComparedRequirement[];
}

/** Verdicts that say that an answer broke the requirement, allowed or not. */
const broke: readonly (Verdict | null)[] = ['fail', 'known-fail', 'warn'];

/**
 * What became of a requirement. Broken is what fails now and did not before, also where nobody had looked before: it is
 * not known to have been right. Fixed is only what was seen to be right; what is no longer looked at has changed.
 */
export function changeOf(before: Verdict | null, after: Verdict | null): Change {
  if (before === after) return 'same';
  if (broke.includes(before) && broke.includes(after)) return 'changed';
  if (broke.includes(after)) return 'broken';
  return broke.includes(before) && after === 'pass' ? 'fixed' : 'changed';
}

/** Lays results side by side. Requirements keep the order of the last file; what only others know comes behind. */
export function compare(all: readonly { readonly file: string; readonly results: Compared }[]): Comparison {
  const ids = new Set([...all].reverse().flatMap(({ results }) => results.requirements.map(({ id }) => id)));
  const tables = all.map(({ results }) => new Map(results.requirements.map((one) => [one.id, one])));
  const requirements = [...ids].map((id): ComparedRequirement => {
    const found = tables.map((table) => table.get(id));
    const verdicts = found.map((one) => one?.verdict ?? null);
    const level = found.findLast((one) => one !== undefined)?.level ?? '';
    return { id, level, verdicts, change: changeOf(verdicts[0] ?? null, verdicts.at(-1) ?? null) };
  });
  const count = (change: Change) => requirements.filter((one) => one.change === change).length;
  return {
    files: all.map(({ file, results }) => ({
      file,
      target: results.target,
      suite: results.suite.version,
      contract: results.contract,
      seed: results.run.seed,
      verdict: results.summary.verdict,
    })),
    summary: { fixed: count('fixed'), broken: count('broken'), changed: count('changed'), same: count('same') },
    requirements,
  };
}
