import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { fitted, spared } from './fitted.ts';
import type { Script } from './history.ts';
import type { Progress, RunOptions } from './options.ts';
import type { Environment, Property } from './properties/property.ts';
import type { PropertyResult } from './report/results.ts';
import { isMine, otherPart } from './shard.ts';
import type { Plan, Trial } from './trial.ts';

/** What came of one property. */
export interface Played {
  readonly result: PropertyResult;
  /** How many requests it has sent. */
  readonly observed: number;
  /** The fault of the suite itself that ended it. */
  readonly defect?: unknown;
}

/**
 * Plays one property to its end. Never throws: a fault of the suite itself ends the property, and no other.
 *
 * @param place - of the property among all
 */
export async function playProperty(
  property: Property,
  place: number,
  environment: Environment,
  options: RunOptions,
  trial: Trial,
  progress: (event: Progress) => void,
): Promise<Played> {
  const started = performance.now();
  const { id, title } = property;
  const result = (scripts: number, calls: number, note?: string): PropertyResult => {
    const durationMs = Math.round(performance.now() - started);
    return { id, title, scripts, calls, durationMs, ...(note === undefined ? {} : { note }) };
  };
  try {
    const unfit = property.unfit?.(environment);
    if (unfit !== undefined) return { result: result(0, 0, unfit), observed: 0 };
    progress({ kind: 'property-started', property: id, title });
    const { shard } = options;
    const plan = planOf(property, environment, options, (index) => isMine(shard, place, index));
    const { scripts, calls, note, defect } = await trial.conduct(property, plan);
    const why = note ?? (shard && scripts === 0 ? otherPart(shard) : undefined);
    progress({ kind: 'property-finished', property: id, scripts, calls });
    const faulty = defect === undefined ? {} : { defect };
    return { result: result(scripts, calls, defect === undefined ? why : endedByDefect), observed: calls, ...faulty };
  } catch (defect) {
    // It could not even say what is to be played.
    progress({ kind: 'property-finished', property: id, scripts: 0, calls: 0 });
    return { result: result(0, 0, endedByDefect), observed: 0, defect };
  }
}

const endedByDefect = 'ended by a fault of the suite itself';

function planOf(
  property: Property,
  environment: Environment,
  options: RunOptions,
  mine: (index: number) => boolean,
): Plan {
  const { profiles, sparing } = environment;
  const suited = (script: Script, turn: number): Script =>
    fitted(turn % sparing === 0 ? script : spared(script), profiles);
  const turn = sparing === 1 ? fc.constant(0) : fc.nat(sparing - 1);
  const scripted = property.scripts?.(environment);
  const random = scripted && fc.tuple(scripted, turn).map(([script, turn]) => suited(script, turn));
  return {
    examples: (property.examples?.(environment) ?? []).map(suited),
    ...(random ? { scripts: random } : {}),
    seed: seedOf(options.seed, property.id),
    numRuns: Math.max(1, Math.round(options.runs * property.weight)),
    mine,
  };
}

/** Each property has a seed of its own, so that it makes the same scripts whatever else runs, and in which order. */
const seedOf = (seed: number, property: string): number =>
  createHash('sha256').update(`${seed} ${property}`).digest().readInt32BE(0);
