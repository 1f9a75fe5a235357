import type { RequirementId } from '../generated/requirements.ts';

/** Requirements that no property of this version puts to the test, each with the reason. */
export const excused: Partial<Record<RequirementId, string>> = {};
