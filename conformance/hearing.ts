import type { RequirementId } from '../generated/requirements.ts';
import { vouchForForm, vouchForReadings } from './blame.ts';
import type { Count, Court, Docket } from './court.ts';
import type { Shown, Unexplained } from './failure.ts';
import type { History, Script } from './history.ts';
import { note } from './ledger.ts';
import { type Judgement, judge } from './model/judge.ts';
import { isAsked } from './select.ts';
import { inTurn } from './shrink.ts';
import { cuts, disturbs, lingers, races, waits } from './steps.ts';

/** A history, and what the model says of it. */
export interface Heard {
  readonly history: History;
  readonly judgement: Judgement;
}

/** Plays scripts and judges what comes of them. */
export interface Hearing {
  /** One script of a property: undefined, or what it shows broken that is on the docket from now on. */
  hear(script: Script, counted: boolean, count: Count): Promise<Shown | undefined>;
  /** Plays a part of such a script once. */
  examine(script: Script, count: Count): Promise<Heard>;
  /** Plays it until it shows `wanted` broken: once, or a few times if it has a race or a cut in it. */
  shows(script: Script, wanted: RequirementId, count: Count): Promise<Shown | undefined>;
  /** Plays it so many times: at once if it waits, since waiting side by side costs one wait. */
  again(script: Script, times: number, count: Count): Promise<Heard[]>;
  /** Time spent judging, in ms. */
  judgingMs(): number;
}

/** How often a candidate with a race in it is played, before it counts as harmless. */
const raceAttempts = 8;
/** The same, of one with a cut in it: a server learns of that a moment sooner or later. */
const cutAttempts = 3;

export function openHearing({ player, target, ledger, selection, stopped, watch }: Court, docket: Docket): Hearing {
  let judgingMs = 0;

  /** @param own - whether the script is as the property made it, and not a part of it */
  const examine = async (script: Script, count: Count, own = false): Promise<Heard> => {
    try {
      const history = await player.play(script);
      count.calls += history.exchanges.length;
      await watch.look(count.property.id, history);
      const started = performance.now();
      if (own && !count.property.malformed && target.deviations.length === 0) vouchForForm(history);
      vouchForReadings(history, target);
      const judgement = judge(history, target);
      judgingMs += performance.now() - started;
      return { history, judgement };
    } catch (error) {
      // Whoever catches it, as fast-check does: it is not forgotten.
      count.defect ??= error;
      throw error;
    }
  };

  /** How often a script with a race in it is played for each promise: more often, the more seldom it has shown it broken. */
  const attempts = new Map<RequirementId, number>();

  const shows: Hearing['shows'] = async (script, wanted, count) => {
    const raced = races(script) && !lingers(script);
    const most = raced ? (attempts.get(wanted) ?? raceAttempts) : cuts(script) ? cutAttempts : 1;
    for (let attempt = 1; attempt <= most; attempt++) {
      if (stopped()) return undefined;
      const { history, judgement } = await examine(script, count);
      if (judgement.kind !== 'unexplained' || judgement.objection.requirement !== wanted) continue;
      if (raced) attempts.set(wanted, Math.min(raceAttempts, 3 * attempt));
      return { history, judgement };
    }
    return undefined;
  };

  /** A 5xx, or no answer, is a passing fault unless the same call meets it each time (`http.transient`). */
  const isLasting = async (script: Script, judgement: Unexplained, count: Count): Promise<boolean> => {
    if (!judgement.passing) return true;
    const look = () => shows(script, judgement.objection.requirement, count);
    const same = (shown: Shown | undefined) => shown?.judgement.exchange === judgement.exchange;
    if (lingers(script)) return (await Promise.all([look(), look()])).every(same);
    return same(await look()) && same(await look());
  };

  /** What a race showed broken, if the same requests one after another break it, too: no race is needed to tell of it. */
  const alone = async (script: Script, { alone }: Unexplained, count: Count): Promise<Shown | undefined> => {
    for (const calm of alone === undefined ? [] : inTurn(script)) {
      if (stopped()) return undefined;
      const { history, judgement } = await examine(calm, count);
      if (judgement.kind === 'unexplained' && judgement.objection.requirement === alone) return { history, judgement };
    }
    return undefined;
  };

  return {
    async hear(script, counted, count) {
      const { history, judgement } = await examine(script, count, true);
      if (judgement.kind === 'inconclusive') ledger.undecided.push(judgement.reason);
      if (judgement.kind === 'explained' && counted) note(ledger, judgement.observed, judgement.warnings);
      if (judgement.kind !== 'unexplained') return undefined;
      if (docket.has(judgement.objection.requirement)) return undefined;
      const shown = (await alone(script, judgement, count)) ?? { history, judgement };
      const { requirement } = shown.judgement.objection;
      const led = [judgement, shown.judgement].some(({ objection }) =>
        isAsked(selection, count.property, objection.requirement),
      );
      const asked = led && !selection.skipped.has(requirement);
      if (!asked) ledger.broken.add(requirement);
      if (docket.has(requirement) || !asked) return undefined;
      if (!(await isLasting(script, shown.judgement, count)) || docket.has(requirement)) return undefined;
      docket.enter(requirement);
      return shown;
    },
    examine: (script, count) => examine(script, count),
    shows,
    async again(script, times, count) {
      const plays = Array.from({ length: times });
      if (waits(script) && !disturbs(script)) return Promise.all(plays.map(() => examine(script, count)));
      const all = [];
      for (const _ of plays) all.push(await examine(script, count));
      return all;
    },
    judgingMs: () => judgingMs,
  };
}
