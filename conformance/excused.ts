import type { RequirementId } from '../generated/requirements.ts';

/**
 * Requirements that a whole run may leave unseen, each with the reason: no property of this version puts it to the test,
 * or a server that keeps the contract need not show it. Whatever else no answer showed is `inconclusive`, never passed.
 */
export const excused: Partial<Record<RequirementId, string>> = {
  'complete.async': 'the target made no use of it: it answered every completion at once, never with 202',
};
