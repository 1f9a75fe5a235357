import { type RequirementId, requirementIds } from '../generated/requirements.ts';
import type { components } from '../generated/types.ts';

/**
 * Requirements that a whole run may leave unseen, each with the reason: no property of this version puts it to the test,
 * or a server that keeps the contract need not show it. Whatever else no answer showed is `inconclusive`, never passed.
 */
export const excused: Partial<Record<RequirementId, string>> = {
  'complete.async': 'the target made no use of it: it answered every completion at once, never with 202',
};

/** Promises of something that a server only should send: never seen beside its companion, it is left out. */
export const leftOut: Partial<Record<RequirementId, { readonly beside: RequirementId; readonly reason: string }>> = {
  'content.digest': { beside: 'content.exact', reason: 'no content came with a Repr-Digest' },
};

/** Promises other than those of `chunk.*` that only a chunk can show. */
const ofChunks: readonly RequirementId[] = [
  'status.read-your-writes',
  'complete.incomplete',
  'abort.releases',
  'expiry.releases',
];

/** What this target cannot show, by what it says of itself: each requirement with the reason. */
export function beyond(target: {
  readonly profiles: readonly string[];
  readonly limits: Readonly<components['schemas']['Limits']>;
}): Partial<Record<RequirementId, string>> {
  const { maxFileSize, minChunkSize, maxChunks } = target.limits;
  const reasons: Partial<Record<RequirementId, string>> = {};
  if (!target.profiles.includes('download'))
    reasons['expiry.attachment'] = 'what became of an attachment can only be seen with the profile download';
  if (maxChunks < 2 || maxFileSize <= minChunkSize)
    for (const id of ['chunk.any-order', 'chunk.parallel'] as const) reasons[id] = 'no file may have two chunks';
  if (maxFileSize === 0)
    for (const id of requirementIds)
      if (id.startsWith('chunk.') || ofChunks.includes(id)) reasons[id] = 'no file may have a byte';
  return reasons;
}
