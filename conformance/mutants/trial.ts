import { requirements } from '../../generated/requirements.ts';
import type { Script } from '../history.ts';
import type { Progress, RunOptions } from '../options.ts';
import type { Results } from '../report/results.ts';
import { run } from '../run.ts';
import { type HonestOptions, startHonest } from './honest.ts';
import { type Line, openLine } from './lawful/line.ts';
import type { Mutant } from './mutant.ts';

/** A reproduction that takes more calls than this is none that a person would have written. */
const mostCalls = 6;

/** Runs the suite, by default as the command line does and with the seed 1, against a server of these options. */
export async function runAgainst(
  server: HonestOptions & { readonly line?: Line },
  options: Partial<RunOptions> = {},
  progress?: (event: Progress) => void,
): Promise<Results> {
  const { url, restart, storage, close } = await startHonest(server);
  const line = server.line && (await openLine(Number(new URL(url).port), server.line));
  try {
    const [first, second] = (server.tokens ?? []).map((token) => ({ authorization: `Bearer ${token}` }));
    const asked: RunOptions = {
      target: line ? url.replace(/:\d+/, `:${line.port}`) : url,
      seed: 1,
      runs: 25,
      maxTimeSeconds: 120,
      maxBytes: 2 ** 30,
      waitExpirySeconds: 5,
      only: [],
      skip: [],
      headers: first ?? {},
      ...(second && { secondHeaders: second }),
      workers: 4,
      tls: { insecure: false },
      hooks: { restart, storage },
      ...options,
    };
    const results = await run(asked, progress);
    if ('kind' in results) throw new Error(`${results.code}: ${results.message}`);
    return results;
  } finally {
    await line?.close();
    await close();
  }
}

/**
 * What the suite says of a mutant: `found` if it blames it for a promise that it breaks, with a script of few calls;
 * else what it says instead. It is asked where it is cheap first: few scripts of the properties that say that they
 * test the promise, then all properties, then many scripts.
 */
export async function verdictOn(mutant: Mutant): Promise<string> {
  // How fast this machine is with all of them at once is not what is asked.
  const maxTimeSeconds = 600;
  const few = { only: mutant.breaks, runs: 8, maxTimeSeconds };
  const many = { only: mutant.breaks, runs: 150, maxTimeSeconds };
  const attempts: readonly Partial<RunOptions>[] = [few, { maxTimeSeconds }, many];
  const said = new Set<string>();
  for (const options of attempts) {
    const results = await search(mutant, options);
    const calls = fewestCalls(results, mutant);
    if (calls !== undefined && calls <= mostCalls) return 'found';
    if (calls !== undefined) said.add(`found, but by ${calls} calls`);
    for (const { requirement, property } of results.failures) said.add(`${requirement} blamed by ${property}`);
  }
  return [...said].join(', ') || 'nothing';
}

/** A run that ends once a broken promise of the mutant was shown by few calls. */
function search(mutant: Mutant, options: Partial<RunOptions>): Promise<Results> {
  const enough = new AbortController();
  const server = { ...mutant.options, seams: mutant.seams() };
  return runAgainst(server, { ...options, signal: enough.signal }, (event) => {
    const told = event.kind === 'failure-told' && mutant.breaks.some((id) => id === event.requirement);
    if (told && event.calls <= mostCalls) enough.abort();
  });
}

/** Calls of the shortest script that shows a broken promise of the mutant; 0 for a SHOULD, of which no script is kept. */
function fewestCalls(results: Results, { breaks }: Mutant): number | undefined {
  const shown = results.failures.filter(({ requirement }) => breaks.includes(requirement));
  if (shown.length > 0) return Math.min(...shown.map(({ script }) => callsOf(script)));
  const [main] = breaks;
  const warned = results.requirements.some(({ id, verdict }) => id === main && verdict === 'warn');
  return requirements[main].level === 'SHOULD' && warned ? 0 : undefined;
}

const callsOf = ({ calls, together = [], after = [] }: Script): number =>
  calls.length + together.flat().length + after.length;
