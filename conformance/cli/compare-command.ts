import type { Command } from 'commander';
import { compare } from '../report/compare.ts';
import { compared } from '../report/comparison.ts';
import { escapeText } from '../report/escape.ts';
import { exitCodes } from '../report/exit-code.ts';
import { parseResults } from '../report/results-file.ts';
import { fileText } from './flags.ts';
import { type Io, UsageError } from './io.ts';

const examples = `
Examples:
  npx chunkproof compare before/results.json after/results.json
  npx chunkproof compare go.json rust.json java.json
  npx chunkproof compare before.json after.json --json | jq '.requirements[] | select(.change == "broken")'

Exit codes: 0 nothing broke between the first and the last, 1 something did, 2 usage, or a file that is no results.json.
`;

/** Adds `chunkproof compare <files...>`. */
export function addCompareCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('compare')
    .description('results.json files side by side: fixed, broken, same; a matrix for many')
    .argument('<file>', 'results.json of one run')
    .argument('<files...>', 'of others; the first and the last decide')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action((first: string, others: readonly string[], flags: { readonly json?: boolean }) => {
      const comparison = compare([first, ...others].map((file) => ({ file, results: load(file) })));
      const json = flags.json === true;
      io.out(json ? `${JSON.stringify(comparison, undefined, 2)}\n` : compared(comparison, io.color));
      done(comparison.summary.broken > 0 ? exitCodes.failed : exitCodes.conforms);
    });
}

function load(file: string) {
  const parsed = parseResults(fileText(file, file, 'a results.json'));
  if (!parsed.ok) throw new UsageError(`${file}: not a usable results.json: ${escapeText(parsed.error)}`);
  return parsed.results;
}
