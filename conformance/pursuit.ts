import type { Count, Court, Docket } from './court.ts';
import { failureOf, type Shown } from './failure.ts';
import { type Heard, type Hearing, hurryAfter } from './hearing.ts';
import type { Script } from './history.ts';
import { plainer } from './plainer.ts';
import { inTurn, minimize, simpler } from './shrink.ts';
import { disturbs, lingers, measures, races, stepsOf, waits, waitsLong } from './steps.ts';
import { urgent } from './turns.ts';

/** Where a script that shows a promise broken comes from. */
export interface Source {
  readonly seed: number;
  readonly path: string;
  /** How many requests it had at first. */
  readonly from: number;
}

/**
 * Makes a counterexample as small as it gets, and reports it by the promise that the smallest one breaks. Of what may be a
 * passing fault gives what is still to be done for that, without a turn: it takes seconds, and turns of its own.
 *
 * @param smaller - the same, if something smaller than the first one has shown it already
 */
export type Pursue = (first: Shown, source: Source, count: Count, smaller?: Shown) => Promise<Confirm | undefined>;

/** Plays a counterexample over some seconds, with the target to itself, and reports it if it shows the same each time. */
export type Confirm = () => Promise<void>;

/** The most candidates that are played to make one counterexample smaller. */
const shrinkBudget = 150;
/** How often a counterexample is played again, to say how reliably it fails. */
const reproductions = 5;
/** The same, of a script that measures storage: each time waits for seconds, and its answer is a number, not chance. */
const remeasurements = 1;
/**
 * How long before each further time, in ms: all that comes within a moment may be one hiccup of the target, or the load
 * that the suite itself makes (`http.transient`).
 */
const pauses: readonly number[] = [300, 600, 1200, 2400];
/** How often a counterexample with a race in it is played again, if it did not come back at first. */
const raceReproductions = 25;

export function pursuit(
  { ledger, selection, progress, stopped, turns, pause }: Court,
  docket: Docket,
  hearing: Hearing,
): Pursue {
  const { examine, shows, again } = hearing;

  /** One step less, in plainer words or in turn, and the script breaks another promise: then that one is what is broken. */
  const slip = async (script: Script, first: Shown, count: Count): Promise<Shown | undefined> => {
    const { requirement } = first.judgement.objection;
    const fallen = async (candidate: Script): Promise<Shown | undefined> => {
      const { history, judgement } = await examine(candidate, count, hurryAfter(first));
      if (judgement.kind !== 'unexplained' || judgement.passing) return undefined;
      return judgement.objection.requirement === requirement ? undefined : { history, judgement };
    };
    const candidates = [...inTurn(script), ...simpler(script), ...plainer(script)];
    if (waits(script) && !disturbs(script))
      return (await Promise.all(candidates.map(fallen))).find((shown) => shown !== undefined);
    for (const candidate of candidates) {
      const shown = stopped() ? undefined : await fallen(candidate);
      if (shown) return shown;
    }
    return undefined;
  };

  const isProved = async (small: Script, first: Shown, count: Count): Promise<boolean> => {
    if (small === first.history.script || hurryAfter(first) === undefined) return true;
    const { judgement } = await examine(small, count);
    return (
      judgement.kind === 'unexplained' && judgement.objection.requirement === first.judgement.objection.requirement
    );
  };

  const pursue: Pursue = async (first, source, count, smaller = first) => {
    const { script } = smaller.history;
    const { requirement } = first.judgement.objection;
    const shownBy = new Map<Script, Shown>();
    const small = await minimize(
      script,
      async (candidate) => {
        const shown = await shows(candidate, first, count);
        if (shown) shownBy.set(candidate, shown);
        return shown !== undefined;
      },
      // A body and what waits for it make sense only together, and each look costs seconds, like one at the storage.
      measures(script) || lingers(script) ? 0 : shrinkBudget,
      waitsLong(script) && !script.together && !disturbs(script),
    );
    // What was waited for less long, to make it small, has to show the same to whoever waits as long as ever.
    const smallest = (await isProved(small, first, count)) ? small : first.history.script;
    let best = smallest === small ? (shownBy.get(small) ?? smaller) : first;
    const repeat = () => again(smallest, first, measures(script) ? remeasurements : reproductions, count);
    const slipped = async () => (measures(script) || lingers(script) ? undefined : await slip(smallest, first, count));
    // Waiting for both at once costs one wait.
    const [other, early] =
      waits(smallest) && !disturbs(smallest) ? await Promise.all([slipped(), repeat()]) : [await slipped()];
    const calm = other !== undefined && !races(other.history.script);
    // A race that was seen is told in the end, even if a simpler one always shows another promise broken.
    if (other && (docket.retract(requirement) || !races(script) || (calm && first.judgement.alone))) {
      const simplest = other.judgement.objection.requirement;
      // What was asked for led here, so it is told by its name, even if that was not asked for.
      if (selection.skipped.has(simplest)) ledger.broken.add(simplest);
      if (docket.has(simplest) || selection.skipped.has(simplest)) return undefined;
      docket.enter(simplest);
      return pursue(other, source, count);
    }
    const replays = early ?? (await repeat());
    // A target that now and then gives no answer gives none to some request of every long script: only the same one counts.
    const { passing, exchange } = best.judgement;
    const anyOne = !passing || requirement === 'chunk.parallel';
    const same = ({ judgement }: Heard): boolean =>
      judgement.kind === 'unexplained' &&
      judgement.objection.requirement === requirement &&
      (anyOne || judgement.exchange === exchange);
    // A window of a millisecond is seldom hit: it was seen, so it is told, and how seldom.
    while (
      races(smallest) &&
      !waits(smallest) &&
      !replays.some(same) &&
      replays.length < raceReproductions &&
      !stopped()
    )
      replays.push(...(await again(smallest, first, 1, count)));
    // That one upload waits for another is seen three times before this: a machine that stalls in one more disproves nothing.
    const isPassing = (): boolean => {
      const needed = requirement === 'chunk.parallel' ? replays.length / 2 : replays.length;
      return passing && replays.filter(same).length < needed;
    };
    const conclude = (): void => {
      const k = replays.filter(same).length;
      if (isPassing()) {
        ledger.undecided.push(
          `${seen(best)}; in ${replays.length} repetitions ${againInWords(k)}: a passing fault of the target, whose log may say why`,
        );
        docket.retract(requirement);
        return;
      }
      for (const { history, judgement } of replays)
        if (judgement.kind === 'unexplained' && same({ history, judgement })) best = { history, judgement };
      const { id } = count.property;
      ledger.failures.push(failureOf(id, best, { ...source, reproduced: { k, n: replays.length } }));
      progress({ kind: 'failure-told', property: id, requirement, calls: stepsOf(best.history.script).length });
    };
    const leaveOpen = (why: string): void => {
      const within = `${againInWords(replays.filter(same).length)} within a moment`;
      ledger.undecided.push(`${seen(best)}; ${within}, and nobody saw whether it lasts: ${why}`);
      docket.retract(requirement);
    };
    // What hangs has taken long enough.
    if (anyOne || isPassing() || hurryAfter(first) !== undefined) return void conclude();
    return async () => {
      for (const ms of pauses) {
        await pause(ms);
        const later = await turns.takeQuietly(urgent, () => again(smallest, first, 1, count));
        // What was cut off shows nothing, neither that it passes nor that it lasts.
        for (const { judgement } of later) if (judgement.kind === 'inconclusive') return leaveOpen(judgement.reason);
        replays.push(...later);
        if (isPassing()) break;
      }
      conclude();
    };
  };
  return pursue;
}

/** A passing fault in words. */
function seen({ history, judgement }: Shown): string {
  if (judgement.objection.requirement === 'chunk.parallel') return 'an upload waited for another one';
  const { outcome } = history.exchanges[judgement.exchange] ?? {};
  return outcome?.kind === 'answered' ? `a ${outcome.status} came` : 'a request was not answered';
}

/** How often it was seen again. */
function againInWords(times: number): string {
  if (times === 0) return 'that did not happen again';
  return times === 1 ? 'that happened once more' : `that happened ${times} times more`;
}
