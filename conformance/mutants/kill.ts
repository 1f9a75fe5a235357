import { type RequirementId, requirements } from '../../generated/requirements.ts';
import type { Script } from '../history.ts';
import { defaults, type Progress, type RunOptions } from '../options.ts';
import type { Results } from '../report/results.ts';
import { stepsOf } from '../steps.ts';
import type { Mutant } from './mutant.ts';
import { runAgainst } from './trial.ts';

/** A reproduction that takes more calls than this is none that a person would have written. */
const mostCalls = 6;

/** A machine that judges several servers at once may be slow, which is no finding. In seconds. */
const patience = 900;

/** What came of judging a mutant once. */
export interface Trial {
  readonly id: string;
  readonly seed: number;
  /** Until it was blamed for a promise that it breaks, by a script made small; or until the suite gave up. */
  readonly seconds: number;
  readonly kill?: Kill;
  /** What the suite said of it instead of a kill. */
  readonly said: readonly string[];
}

/** What came of a default run over a mutant. */
export interface Run {
  readonly id: string;
  readonly seed: number;
  /** Until it was blamed for a promise that it breaks; or until the run ended. */
  readonly seconds: number;
  /** That promise. */
  readonly kill?: RequirementId;
  /** What it was blamed for instead. */
  readonly said: readonly string[];
}

/** How a mutant was killed: a promise that it breaks is shown broken, and the script that shows it is small. */
export interface Kill {
  readonly requirement: RequirementId;
  /** The rest is not there for a warning, of which no script is kept. */
  readonly by?: {
    readonly property: string;
    /** Requests that the property had sent when it first showed this. */
    readonly sent: number;
    /** Calls in the smallest script. */
    readonly calls: number;
    /** Whether time has a part in this script, or in the one that was first: then the numbers differ from run to run. */
    readonly timed: boolean;
  };
}

/** Judges a mutant as a user would, who gives nothing but a target and a seed, and stops at the kill. */
export async function killedByDefaultRun(mutant: Mutant, seed: number): Promise<Run> {
  const started = performance.now();
  const { kill, said } = await search(mutant, { ...defaults, seed }, Number.POSITIVE_INFINITY);
  const seconds = (performance.now() - started) / 1000;
  return { id: mutant.id, seed, seconds, ...(kill && { kill: kill.requirement }), said };
}

/**
 * Judges a mutant by the scripts of the default run, and stops at the kill. The properties that say that they test the
 * promise come first, and the others only if those do not see it: which scripts a property plays hangs on the seed alone,
 * so what they show, the whole run shows. Properties take turns one by one, so that which of them comes first does not
 * depend on how fast the machine is: what runs side by side is the servers.
 */
export async function killedInOrder(mutant: Mutant, seed: number): Promise<Trial> {
  const started = performance.now();
  const options = { seed, runs: defaults.runs, workers: 1, maxTimeSeconds: patience };
  const part = await search(mutant, { ...options, only: mutant.breaks }, Number.POSITIVE_INFINITY);
  const { kill, said } = part.kill ? part : await search(mutant, options, Number.POSITIVE_INFINITY);
  return { id: mutant.id, seed, seconds: (performance.now() - started) / 1000, ...(kill && { kill }), said };
}

/**
 * Judges a mutant where it is cheap first: few scripts of the properties that say that they test the promise, then all
 * properties, then many scripts. It is killed if a script of few calls shows it.
 */
export async function killedCheaply(mutant: Mutant, seed: number): Promise<Trial> {
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1000;
  const few = { only: mutant.breaks, runs: 8 };
  const many = { only: mutant.breaks, runs: 150 };
  const attempts: readonly Partial<RunOptions>[] = [few, {}, many];
  const said = new Set<string>();
  for (const options of attempts) {
    const found = await search(mutant, { ...options, seed, maxTimeSeconds: patience }, mostCalls);
    const calls = found.kill?.by?.calls ?? 0;
    if (found.kill && calls <= mostCalls)
      return { id: mutant.id, seed, seconds: since(), kill: found.kill, said: found.said };
    for (const one of found.kill ? [`killed, but by ${calls} calls`] : found.said) said.add(one);
  }
  return { id: mutant.id, seed, seconds: since(), said: [...said] };
}

/** A run that ends once a broken promise of the mutant was shown by so few calls, and the shortest kill of it. */
async function search(
  mutant: Mutant,
  options: Partial<RunOptions>,
  most: number,
): Promise<{ readonly kill?: Kill; readonly said: readonly string[] }> {
  const { breaks } = mutant;
  const enough = new AbortController();
  const found = new Map<string, Extract<Progress, { kind: 'failure-found' }>>();
  const results = await runAgainst(
    { ...mutant.options, seams: mutant.seams() },
    { ...options, signal: enough.signal },
    (event) => {
      if (event.kind === 'failure-found') found.set(event.property, event);
      const told = 'requirement' in event && breaks.some((id) => id === event.requirement);
      if (told && event.kind === 'failure-told' && event.calls <= most) enough.abort();
      if (told && event.kind === 'warning-found' && event.requirement === breaks[0]) enough.abort();
    },
  );
  const kills = results.failures.flatMap(({ requirement, property, script }): Kill[] => {
    if (!breaks.includes(requirement)) return [];
    const first = found.get(property);
    const timed = isTimed(script) || (first !== undefined && isTimed(first.script));
    return [{ requirement, by: { property, sent: first?.sent ?? 0, calls: stepsOf(script).length, timed } }];
  });
  const [kill = warningOf(results, mutant)] = kills.sort((a, b) => (a.by?.calls ?? 0) - (b.by?.calls ?? 0));
  const said = results.failures.map(({ requirement, property }) => `${requirement} blamed by ${property}`);
  return { ...(kill && { kill }), said };
}

/** A SHOULD that is broken is warned of. */
function warningOf({ requirements: results }: Results, { breaks: [main] }: Mutant): Kill | undefined {
  const warned = results.some(({ id, verdict }) => id === main && verdict === 'warn');
  return warned && requirements[main].level === 'SHOULD' ? { requirement: main } : undefined;
}

/** Whether a script's answers hang on the clock: its clients race, it waits, or a body comes slowly or not to its end. */
const isTimed = (script: Script): boolean =>
  script.together !== undefined ||
  stepsOf(script).some(
    ({ call, fault }) =>
      ['wait', 'storage'].includes(call.kind) || ['hold', 'trickle', 'cut', 'lost'].includes(fault?.kind ?? ''),
  );
