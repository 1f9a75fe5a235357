import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badgeJson, badgeSvg } from './badge.ts';
import type { Compared } from './compare.ts';
import { counterexampleOf, failureNames } from './counterexample.ts';
import { ctrfJson } from './ctrf.ts';
import { curlScript } from './curl.ts';
import { harJson } from './har.ts';
import { html } from './html.ts';
import { resultsJson } from './json.ts';
import { junitXml, type Outcome } from './junit.ts';
import { markdown } from './markdown.ts';
import type { Results } from './results.ts';
import { parseResults } from './results-file.ts';

/** What can be written beside the counterexamples. */
export type FileFormat = 'json' | 'html' | 'junit' | 'md' | 'har' | 'ctrf' | 'badge' | 'shields';

/**
 * Writes the formats that are asked for (`results.json`, `report.html`, `junit.xml`, …) and, for each failure, the
 * counterexample and a curl script; so too for each script that may have ended the target. The results are redacted
 * already. A `results.json` that an earlier run left there is what the page compares with. Returns the paths of the
 * counterexamples: of the failures, then of those scripts.
 */
export function writeReport(
  results: Results,
  folder: string,
  formats: readonly FileFormat[],
  outcome: Outcome,
): readonly string[] {
  mkdirSync(join(folder, 'failures'), { recursive: true });
  const earlier = formats.includes('html') ? resultsIn(folder) : undefined;
  const kept = [...results.failures, ...(results.gone?.suspects ?? [])];
  const names = failureNames(kept);
  const paths = kept.map((failure, index) => {
    const base = join(folder, 'failures', names[index] ?? String(index));
    writeFileSync(`${base}.json`, `${JSON.stringify(counterexampleOf(failure, results), undefined, 2)}\n`);
    writeFileSync(`${base}.sh`, curlScript(failure, results.target), { mode: 0o755 });
    return `${base}.json`;
  });
  const write = {
    json: () => writeFileSync(join(folder, 'results.json'), resultsJson(results)),
    html: () => writeFileSync(join(folder, 'report.html'), html(results, outcome.code, paths, earlier)),
    junit: () => writeFileSync(join(folder, 'junit.xml'), junitXml(results, outcome, paths)),
    md: () => writeFileSync(join(folder, 'summary.md'), markdown(results, outcome.code, paths)),
    har: () => writeFileSync(join(folder, 'failures.har'), harJson(results)),
    ctrf: () => writeFileSync(join(folder, 'ctrf.json'), ctrfJson(results, outcome, paths)),
    badge: () => writeFileSync(join(folder, 'badge.svg'), badgeSvg(results, outcome.code)),
    shields: () => writeFileSync(join(folder, 'badge.json'), badgeJson(results, outcome.code)),
  } satisfies Record<FileFormat, () => void>;
  for (const format of new Set(formats)) write[format]();
  return paths;
}

/** What an earlier run left; undefined if it left nothing that this version reads. */
function resultsIn(folder: string): Compared | undefined {
  const path = join(folder, 'results.json');
  const parsed = existsSync(path) ? parseResults(readFileSync(path, 'utf8')) : undefined;
  return parsed?.ok ? parsed.results : undefined;
}
