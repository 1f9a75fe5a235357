/**
 * Mutants that the suite does not find yet, and what it says instead. Their tests are expected to fail: one that
 * passes has to leave this list, so it cannot outlive its reasons.
 */
export const atLarge: Readonly<Record<string, string>> = {
  // Nothing proposes the script that would show it.
  'status-lists-a-thousand': 'no session has more than a dozen chunks',

  // The model does not look.
  'session-answers-forbidden': "answers about another principal's session are not compared with those about none",
  'completion-always-busy': 'a 503 with Retry-After never counts, however often it comes',

  // The model blames another promise.
  'failed-completion-destroys': 'chunk.stored, chunk.any-order',
  'status-completes': 'status.received, chunk.replay',
};
