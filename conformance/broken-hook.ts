import type { Hooks } from './engine/hooks.ts';
import type { Ledger } from './ledger.ts';
import type { Environment, Property } from './properties/property.ts';
import type { RequirementResult } from './report/results.ts';

/** What became of a run. */
interface Run {
  readonly ledger: Pick<Ledger, 'undecided'>;
  readonly properties: readonly Property[];
  readonly environment: Environment;
  readonly requirements: readonly RequirementResult[];
}

/**
 * Why a hook failed, if that left open what only it shows. One that failed once, and showed all the same what it was
 * given for, did its work.
 *
 * @param failed - the hooks that failed, by why they did
 */
export function brokenHook(failed: ReadonlyMap<string, keyof Hooks>, run: Run): string | undefined {
  const { ledger, properties, environment, requirements } = run;
  return ledger.undecided.find((why) => {
    const hook = failed.get(why);
    if (hook === undefined) return false;
    const without = { ...environment, hooks: environment.hooks.filter((other) => other !== hook) };
    const needing = properties.filter(
      ({ unfit }) => unfit?.(environment) === undefined && unfit?.(without) !== undefined,
    );
    return requirements.some(
      ({ id, verdict }) => verdict === 'inconclusive' && needing.some((property) => property.requirements.includes(id)),
    );
  });
}
