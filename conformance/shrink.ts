import type { Call, Script, Step } from './history.ts';

/**
 * Makes a failing script smaller for as long as it still fails: leaves out runs of steps, then single ones, then takes
 * away what is special about each call. What is left fails without nothing of it being needless: a person would have
 * written it so. (fast-check shrinks first, by how the script was made; this shrinks the script itself.)
 *
 * @param fails - plays a candidate; whether it fails in the same way
 * @param budget - the most candidates that are played
 */
export async function minimize(
  script: Script,
  fails: (candidate: Script) => Promise<boolean>,
  budget: number,
): Promise<Script> {
  let smallest = script;
  let left = budget;
  const attempt = async (candidate: Script): Promise<boolean> => {
    if (left-- <= 0 || !(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (
    let size = Math.ceil(stepsOf(smallest).length / 2);
    size >= 1 && left > 0;
    size = size > 1 ? Math.ceil(size / 2) : 0
  ) {
    for (let from = stepsOf(smallest).length - size; from >= 0 && left > 0; from -= size)
      await attempt(without(smallest, from, size));
    if (size === 1) break;
  }
  for (let changed = true; changed && left > 0; ) {
    changed = false;
    for (const candidate of simpler(smallest)) {
      if (left <= 0) break;
      if (await attempt(candidate)) {
        changed = true;
        break;
      }
    }
  }
  return smallest;
}

/** Every step of a script, in the order of their numbers: calls, branches, after. */
export const stepsOf = (script: Script): readonly Step[] => [
  ...script.calls,
  ...(script.together ?? []).flat(),
  ...(script.after ?? []),
];

/** The script with each step replaced by what `change` makes of it: any number of steps. Empty branches go. */
export function mapSteps(script: Script, change: (step: Step, number: number) => readonly Step[]): Script {
  let number = 0;
  const map = (steps: readonly Step[]) => steps.flatMap((step) => change(step, number++));
  const calls = map(script.calls);
  const together = (script.together ?? []).map(map).filter((steps) => steps.length > 0);
  const after = map(script.after ?? []);
  // One branch runs alone: it is part of the sequence.
  if (together.length < 2) return { calls: [...calls, ...together.flat(), ...after] };
  return { calls, together, ...(after.length > 0 ? { after } : {}) };
}

const without = (script: Script, from: number, size: number): Script =>
  mapSteps(script, (step, number) => (number >= from && number < from + size ? [] : [step]));

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
];
