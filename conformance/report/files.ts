import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { counterexampleOf, failureNames } from './counterexample.ts';
import { curlScript } from './curl.ts';
import { resultsJson } from './json.ts';
import type { Results } from './results.ts';

/**
 * Writes `results.json` and, for each failure, the counterexample and a curl script. The results are redacted
 * already. Returns the path of each failure's counterexample.
 */
export function writeReport(results: Results, folder: string): readonly string[] {
  mkdirSync(join(folder, 'failures'), { recursive: true });
  writeFileSync(join(folder, 'results.json'), resultsJson(results));
  const names = failureNames(results.failures);
  return results.failures.map((failure, index) => {
    const base = join(folder, 'failures', names[index] ?? String(index));
    writeFileSync(`${base}.json`, `${JSON.stringify(counterexampleOf(failure, results), undefined, 2)}\n`);
    writeFileSync(`${base}.sh`, curlScript(failure, results.target), { mode: 0o755 });
    return `${base}.json`;
  });
}
