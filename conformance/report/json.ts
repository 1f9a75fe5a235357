import { storedExchange } from './counterexample.ts';
import type { Failure, Results } from './results.ts';

/** The text of `results.json`, as `results.schema.json` describes it. The results are redacted already. */
export function resultsJson(results: Results): string {
  const { failures, gone } = results;
  const absence = gone && { gone: { ...gone, suspects: gone.suspects.map(stored) } };
  return `${JSON.stringify({ ...results, failures: failures.map(stored), ...absence }, undefined, 2)}\n`;
}

const stored = (failure: Failure) => ({ ...failure, history: failure.history.map(storedExchange) });
