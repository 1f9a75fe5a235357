import type { RunOptions } from '../../options.ts';
import type { Results } from '../../report/results.ts';
import { runAgainst } from '../trial.ts';
import type { Variant } from './variant.ts';

/** Runs the suite against a lawful server. */
export function judged(variant: Variant, options: Partial<RunOptions> = {}): Promise<Results> {
  const { line, seams } = variant;
  const server = { ...variant.options, ...(line && { line }), ...(seams && { seams: seams() }) };
  return runAgainst(server, { ...variant.run, ...options });
}

/** Of so many short runs with seeds in a row every example is in one. */
const parts = 6;

/** One in so many short runs kills the server, and looks at its storage. */
const hooked = 5;

/** A short run: a part of every property's scripts, which part and which scripts by the seed. */
export const shortRun = (seed: number): Partial<RunOptions> => ({
  seed,
  runs: 12,
  shard: { index: (seed % parts) + 1, count: parts },
  maxTimeSeconds: 10,
  // What the hooks show costs seconds of waiting, and hardly a variant has to do with it.
  ...(seed % hooked === 0 ? {} : { hooks: {} }),
});

/** What the suite wrongly says of a lawful server: a broken promise, or a warning that nothing calls for. */
export function wronged({ warns = [] }: Variant, { failures, requirements }: Results): string[] {
  const said = requirements.filter(({ verdict }) => verdict === 'harness-error' || verdict === 'fail');
  const warned = requirements.filter(({ id, verdict }) => verdict === 'warn' && !warns.includes(id));
  const shown = failures.map(
    ({ requirement, property, expected, seed, script }) =>
      `${requirement}, by ${property} (seed ${seed}): expected ${expected}\n${JSON.stringify(script)}`,
  );
  const bare = said.filter(({ id }) => !failures.some(({ requirement }) => requirement === id));
  return [...shown, ...bare.map(({ id }) => id), ...warned.map(({ id, reason }) => `warned of ${id}: ${reason}`)];
}
