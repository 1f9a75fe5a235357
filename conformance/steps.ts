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

/** Whether requests are under way at the same time: of several clients, or of one that sends its request twice. */
export const races = (script: Script): boolean =>
  script.together !== undefined || stepsOf(script).some(({ fault }) => fault?.kind === 'twice');

/** Whether a client pauses. */
export const waits = (script: Script): boolean =>
  stepsOf(script).some(({ call, fault }) => call.kind === 'wait' || fault?.kind === 'hold');

/** Whether it waits for seconds: then its candidates are played side by side. */
export const waitsLong = (script: Script): boolean =>
  stepsOf(script).some(({ call, fault }) =>
    [call, fault].some(
      (one) => (one?.kind === 'wait' || one?.kind === 'hold') && (one.expiryOf !== undefined || (one.ms ?? 0) >= 1000),
    ),
  );

/** Whether a body waits for seconds until another client was answered: no race of milliseconds is what counts then. */
export const lingers = (script: Script): boolean =>
  stepsOf(script).some(({ fault }) => fault?.kind === 'hold' && fault.until === 'another' && (fault.ms ?? 0) >= 1000);

/** Whether a client goes away, and the next request may be there before the server has seen that. */
export const cuts = (script: Script): boolean =>
  stepsOf(script).some(({ fault }) => fault?.kind === 'cut' || fault?.kind === 'lost');

/** Whether it looks at the target's storage, which takes seconds. */
export const measures = (script: Script): boolean => stepsOf(script).some(({ call }) => call.kind === 'storage');

/** Whether a script must not be played beside any other. */
export const disturbs = (script: Script): boolean =>
  measures(script) || stepsOf(script).some(({ call }) => call.kind === 'restart');
