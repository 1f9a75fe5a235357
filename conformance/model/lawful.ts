import { type ProblemName, problems } from '../../generated/problems.ts';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Json } from '../history.ts';
import type { Examination } from './examine.ts';
import type { World } from './state.ts';

/** One answer that the contract allows, and where it leads. */
export interface Lawful {
  /** The promise that is broken if no lawful answer fits. */
  readonly requirement: RequirementId;
  readonly expected: string;
  readonly statuses: readonly number[];
  readonly problem?: ProblemName;
  /** Extension members that the problem has, with their values. */
  readonly members?: Readonly<Record<string, Json>>;
  /** Reads the rest of the answer; the state after it. */
  readonly read?: (answer: Answer, seen: Examination) => World;
  /** The state after it, if nobody read the answer. Absent: nothing changes. */
  readonly effect?: World;
}

/** The refusal of a request by a problem of the table: nothing changes. */
export function refusal(
  problem: ProblemName,
  requirement: RequirementId,
  because: string,
  members: Readonly<Record<string, Json>> = {},
): Lawful {
  const { status } = problems[problem];
  return { requirement, expected: `${status} ${problem}: ${because}`, statuses: [status], problem, members };
}
