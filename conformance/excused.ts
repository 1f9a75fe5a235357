import type { RequirementId } from '../generated/requirements.ts';

/** Requirements that no property of this version puts to the test, each with the reason. */
export const excused: Partial<Record<RequirementId, string>> = {
  'abort.releases': "needs to see the target's storage, which this version cannot ask for",
  'expiry.releases': "needs to see the target's storage, which this version cannot ask for",
};
