/**
 * Mutants that the suite does not find yet, and what it says instead. Their tests are expected to fail: one that
 * passes has to leave this list, so it cannot outlive its reasons.
 */
export const atLarge: Readonly<Record<string, string>> = {};
