import type { Call, Script, Step } from './history.ts';
import { plainer } from './plainer.ts';
import { mapSteps, races, stepsOf } from './steps.ts';

/**
 * Makes a failing script smaller for as long as it still fails: leaves out whole sessions, runs of steps, then single ones, takes away
 * what is special about each call, and says the rest in plainer words. What is left fails without nothing of it being
 * needless: a person would have written it so. (fast-check shrinks first, by how the script was made; this shrinks the
 * script itself.)
 *
 * @param fails - plays a candidate; whether it fails in the same way
 * @param budget - the most candidates that are played
 * @param atOnce - whether to play side by side what could come next: of scripts that wait, all of it costs one wait
 */
export async function minimize(
  script: Script,
  fails: (candidate: Script) => Promise<boolean>,
  budget: number,
  atOnce = false,
): Promise<Script> {
  let smallest = script;
  let left = budget;
  const firstToFail = async (candidates: Iterable<Script>): Promise<Script | undefined> => {
    if (atOnce) {
      const played = [...candidates].slice(0, left);
      left -= played.length;
      const failed = await Promise.all(played.map(fails));
      return played.find((_, i) => failed[i]);
    }
    for (const candidate of candidates) {
      if (left-- <= 0) return undefined;
      if (await fails(candidate)) return candidate;
    }
    return undefined;
  };
  if (!atOnce)
    for (const session of sessionsOf(script).toReversed())
      smallest = (await firstToFail([withoutSession(smallest, session)])) ?? smallest;
  const longest = stepsOf(smallest).length;
  for (let size = atOnce ? 1 : Math.ceil(longest / 2); size > 1; size = Math.ceil(size / 2))
    for (let from = stepsOf(smallest).length - size; from >= 0; from -= size)
      smallest = (await firstToFail([without(smallest, from, size)])) ?? smallest;
  for (let next: Script | undefined = smallest; next && left > 0; smallest = next ?? smallest)
    next = await firstToFail([...(atOnce ? shorter(smallest) : []), ...simpler(smallest), ...plainer(smallest)]);
  return smallest;
}

const sessionOf = ({ call }: Step): string | undefined => ('session' in call ? call.session : undefined);

/** The sessions of a script, if they are several: of one alone nothing would be left. */
function sessionsOf(script: Script): readonly string[] {
  const all = new Set(stepsOf(script).flatMap((step) => sessionOf(step) ?? []));
  return all.size > 1 ? [...all] : [];
}

const withoutSession = (script: Script, session: string): Script =>
  mapSteps(script, (step) => (sessionOf(step) === session ? [] : [step]));

const without = (script: Script, from: number, size: number): Script =>
  mapSteps(script, (step, number) => (number >= from && number < from + size ? [] : [step]));

/** Every script without a run of steps, the longest runs first. */
function* shorter(script: Script): Generator<Script> {
  const total = stepsOf(script).length;
  for (let size = total - 1; size > 1; size--)
    for (let from = total - size; from >= 0; from--) yield without(script, from, size);
}

/** Every script that is one small step simpler: without a race, a step less, a fault less, an option less. */
export function* simpler(script: Script): Generator<Script> {
  const total = stepsOf(script).length;
  if (script.together) yield { calls: stepsOf(script) };
  for (let at = total - 1; at >= 0; at--) yield without(script, at, 1);
  for (let at = 0; at < total; at++) {
    const step = stepsOf(script)[at] as Step;
    const swap = (simple: Step) => mapSteps(script, (one, number) => [number === at ? simple : one]);
    if (step.fault) yield swap({ call: step.call });
    for (const option of optional) {
      if (!(option in step.call)) continue;
      const { [option as keyof Call]: _, ...rest } = step.call;
      yield swap({ ...step, call: rest as Call });
    }
  }
}

/** As many branches have all their orders looked at; of more the first to come and the last to come. */
const mostOrdered = 3;

/** The same requests one after another, each branch as a whole, in the orders that the branches may have; none if none race. */
export function inTurn(script: Script): readonly Script[] {
  const { calls, together = [], after = [] } = script;
  if (!races(script)) return [];
  const orders = together.length > mostOrdered ? [together, together.toReversed()] : permutations(together);
  return orders.map((order) => ({
    calls: [...calls.flatMap(calmed), ...order.flat().filter(isRequest).flatMap(calmed), ...after.flatMap(calmed)],
  }));
}

/** A step whose body comes as fast as it can, and twice in a row if it came twice at once. */
function calmed({ call, fault }: Step): readonly Step[] {
  if (fault?.kind === 'twice') return [{ call }, { call }];
  return fault?.kind === 'hold' || fault?.kind === 'trickle' ? [{ call }] : [fault ? { call, fault } : { call }];
}

const isRequest = ({ call }: Step): boolean => call.kind !== 'wait';

const permutations = <One>(all: readonly One[]): readonly (readonly One[])[] =>
  all.length < 2
    ? [all]
    : all.flatMap((one, at) => permutations(all.filter((_, i) => i !== at)).map((rest) => [one, ...rest]));

/** Members of a call that it also means something without. */
const optional: readonly string[] = [
  'head',
  'order',
  'resume',
  'framing',
  'contentDigest',
  'contentRange',
  'expectContinue',
  'spelling',
  'compositeDigest',
  'digest',
  'range',
  'ifNoneMatch',
  'ifRange',
  'idempotencyKey',
  'again',
  'fields',
  'excess',
  'mediaType',
  'contentEncoding',
];
