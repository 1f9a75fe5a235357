import type { RequirementId } from '../generated/requirements.ts';
import { vouchForForm, vouchForReadings } from './blame.ts';
import type { Count, Court, Docket } from './court.ts';
import { see } from './coverage.ts';
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
  /** Plays a part of such a script once. A request may be without an answer for so many ms; default as long as ever. */
  examine(script: Script, count: Count, timeoutMs?: number): Promise<Heard>;
  /**
   * Plays it until it shows what `first` shows: once, or a few times if it has a race or a cut in it. What hangs is waited
   * for less long than in `first`, so what is shown then is not yet proved.
   */
  shows(script: Script, first: Shown, count: Count): Promise<Shown | undefined>;
  /** Plays it so many times: at once if `first` hangs or it waits, since waiting side by side costs one wait. */
  again(script: Script, first: Shown, times: number, count: Count): Promise<Heard[]>;
  /** Time spent judging, in ms. */
  judgingMs(): number;
}

/** How often a candidate with a race in it is played, before it counts as harmless. */
const raceAttempts = 8;
/** The same, of one with a cut in it: a server learns of that a moment sooner or later. */
const cutAttempts = 3;

export function openHearing(
  { player, target, ledger, selection, progress, stopped, watch }: Court,
  docket: Docket,
): Hearing {
  let judgingMs = 0;

  /** @param own - whether the script is as the property made it, and not a part of it */
  const examine = async (script: Script, count: Count, own: boolean, timeoutMs?: number): Promise<Heard> => {
    try {
      const history = await player.play(script, timeoutMs);
      count.calls += history.exchanges.length;
      see(ledger.seen, history.exchanges);
      if (own && history.brokenOff !== undefined) count.brokenOff ??= history.brokenOff;
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

  const look = async (script: Script, first: Shown, count: Count, timeoutMs?: number): Promise<Shown | undefined> => {
    const wanted = first.judgement.objection.requirement;
    const raced = races(script) && !lingers(script);
    const most = raced ? (attempts.get(wanted) ?? raceAttempts) : cuts(script) ? cutAttempts : 1;
    for (let attempt = 1; attempt <= most; attempt++) {
      if (stopped()) return undefined;
      const { history, judgement } = await examine(script, count, false, timeoutMs);
      if (judgement.kind !== 'unexplained' || judgement.objection.requirement !== wanted) continue;
      if (timeoutMs !== undefined && kindOf({ history, judgement }) !== kindOf(first)) continue;
      if (raced) attempts.set(wanted, Math.min(raceAttempts, 3 * attempt));
      return { history, judgement };
    }
    return undefined;
  };

  /** A 5xx, or no answer, is a passing fault unless the same call meets it each time (`http.transient`). */
  const isLasting = async (script: Script, first: Shown, count: Count): Promise<boolean> => {
    if (!first.judgement.passing) return true;
    const same = (shown: Shown | undefined) => shown?.judgement.exchange === first.judgement.exchange;
    if (lingers(script) || hurryAfter(first) !== undefined)
      return (await Promise.all([look(script, first, count), look(script, first, count)])).every(same);
    return same(await look(script, first, count)) && same(await look(script, first, count));
  };

  /** What a race showed broken, if the same requests one after another break it, too: no race is needed to tell of it. */
  const alone = async (script: Script, { alone }: Unexplained, count: Count): Promise<Shown | undefined> => {
    for (const calm of alone === undefined ? [] : inTurn(script)) {
      if (stopped()) return undefined;
      const { history, judgement } = await examine(calm, count, false);
      if (judgement.kind === 'unexplained' && judgement.objection.requirement === alone) return { history, judgement };
    }
    return undefined;
  };

  return {
    async hear(script, counted, count) {
      const { history, judgement } = await examine(script, count, true);
      if (judgement.kind === 'inconclusive') ledger.undecided.push(judgement.reason);
      if (judgement.kind === 'explained' && counted)
        for (const requirement of note(ledger, judgement.observed, judgement.warnings))
          if (selection.requirements.has(requirement))
            progress({ kind: 'warning-found', property: count.property.id, requirement });
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
      if (!(await isLasting(shown.history.script, shown, count)) || docket.has(requirement)) return undefined;
      docket.enter(requirement);
      return shown;
    },
    examine: (script, count, timeoutMs) => examine(script, count, false, timeoutMs),
    shows: (script, first, count) => look(script, first, count, hurryAfter(first)),
    async again(script, first, times, count) {
      const plays = Array.from({ length: times });
      const atOnce = waits(script) || hurryAfter(first) !== undefined;
      if (atOnce && !disturbs(script)) return Promise.all(plays.map(() => examine(script, count, false)));
      const all = [];
      for (const _ of plays) all.push(await examine(script, count, false));
      return all;
    },
    judgingMs: () => judgingMs,
  };
}

/** How long an answer is waited for at least, in ms, while a script that hangs is made smaller. */
const leastPatience = 3000;

/**
 * The patience with parts of a script that got no answer, in ms: many times what its other requests took, and less than
 * its own. Undefined for what does not hang.
 */
export function hurryAfter({ history: { exchanges }, judgement }: Shown): number | undefined {
  const hanging = exchanges[judgement.exchange];
  if (!judgement.passing || hanging?.outcome.kind !== 'lost' || hanging.fault !== undefined) return undefined;
  const answered = exchanges.filter(({ outcome }) => outcome.kind === 'answered');
  const slowest = Math.max(0, ...answered.map(({ sentAt, receivedAt }) => receivedAt - sentAt));
  const enough = Math.max(leastPatience, 10 * slowest);
  return hanging.receivedAt - hanging.sentAt >= enough ? enough : undefined;
}

const kindOf = ({ history, judgement }: Shown) => history.exchanges[judgement.exchange]?.call.kind;
