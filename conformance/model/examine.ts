import { type RequirementId, requirements } from '../../generated/requirements.ts';
import type { Objection } from '../verdict.ts';

/** Notes, while an answer is read, which promises it kept and which it broke. */
export interface Examination {
  /** Every promise that this answer was checked on, kept or not. */
  readonly observed: RequirementId[];
  readonly objections: Objection[];
  /** Records whether `holds`; `expected` says in words what would have been right. Returns `holds`. */
  expect(requirement: RequirementId, holds: boolean, expected: string): boolean;
}

export function examination(): Examination {
  const observed: RequirementId[] = [];
  const objections: Objection[] = [];
  return {
    observed,
    objections,
    expect(requirement, holds, expected) {
      observed.push(requirement);
      if (!holds) objections.push({ requirement, expected });
      return holds;
    },
  };
}

/**
 * Whether breaking it is a failure; a SHOULD is a warning, and the history goes on. What a server only MAY do binds it as
 * soon as it does (RFC 2119, section 5).
 */
export const isMust = ({ requirement }: Objection): boolean => requirements[requirement].level !== 'SHOULD';
