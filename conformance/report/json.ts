import { storedExchange } from './counterexample.ts';
import type { Results } from './results.ts';

/** The text of `results.json`, as `results.schema.json` describes it. The results are redacted already. */
export function resultsJson(results: Results): string {
  const failures = results.failures.map((failure) => ({ ...failure, history: failure.history.map(storedExchange) }));
  return `${JSON.stringify({ ...results, failures }, undefined, 2)}\n`;
}
