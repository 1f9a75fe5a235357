import type { Script, Step } from './history.ts';

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
