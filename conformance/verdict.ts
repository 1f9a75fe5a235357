import type { RequirementId } from '../generated/requirements.ts';

/**
 * What the suite says of one requirement. Absence is never green: `pass` needs observations of this very run.
 * The order is from worst to best; a summary shows the worst.
 */
export const verdicts = [
  'harness-error',
  'fail',
  'known-fail',
  'inconclusive',
  'warn',
  'not-tested',
  'not-applicable',
  'pass',
] as const;

export type Verdict = (typeof verdicts)[number];

/** An answer that the contract does not allow, and what it would have allowed. */
export interface Objection {
  readonly requirement: RequirementId;
  /** What would have been right, in the words of the field. */
  readonly expected: string;
}
