import { createHash, type Hash } from 'node:crypto';
import fc from 'fast-check';
import type { RequirementId } from '../generated/requirements.ts';
import { vouchForForm, vouchForReadings } from './blame.ts';
import type { Player } from './engine/player.ts';
import { failureOf, type Shown, type Unexplained } from './failure.ts';
import type { History, Script } from './history.ts';
import { type Ledger, note } from './ledger.ts';
import { type Judgement, judge } from './model/judge.ts';
import type { Progress } from './options.ts';
import type { Target } from './preflight.ts';
import type { Property } from './properties/property.ts';
import type { Selection } from './select.ts';
import { minimize, simpler } from './shrink.ts';
import { cuts, disturbs, lingers, measures, stepsOf, waits, waitsLong } from './steps.ts';
import type { Turns } from './turns.ts';
import type { Watch } from './watch.ts';

/** What a trial works with: a player, the target's claims, and the ledger that it writes to. */
export interface Court {
  readonly player: Player;
  readonly target: Target;
  readonly ledger: Ledger;
  readonly selection: Selection;
  readonly progress: (event: Progress) => void;
  /** Whose script is played next. */
  readonly turns: Turns;
  /** Why nothing more is to be played; undefined while there is time. */
  readonly stopped: () => string | undefined;
  /** Sees whether the target is still there. */
  readonly watch: Pick<Watch, 'look'>;
}

export interface Trial {
  /**
   * Plays a property's scripts, and reports each requirement that they show broken with its smallest script. Never
   * throws: a defect of the suite ends the property, and no other.
   */
  conduct(property: Property, plan: Plan): Promise<Conducted>;
  /** Time spent judging in ms, and a hash of each property's scripts: equal seeds make equal scripts. */
  totals(): { readonly judgingMs: number; readonly fingerprints: ReadonlyMap<string, string> };
}

export interface Conducted {
  readonly scripts: number;
  readonly calls: number;
  /** Why it did not come to its end. */
  readonly note?: string;
  /** The fault of the suite itself that ended it: an exception, or a request that it should not have sent. */
  readonly defect?: unknown;
}

/** What of a property is played: its examples, then as many random scripts; or its examples at once, if they wait. */
export interface Plan {
  readonly examples: readonly Script[];
  readonly scripts?: fc.Arbitrary<Script>;
  readonly seed: number;
  /** How many random scripts. */
  readonly numRuns: number;
  /** Whether the script at this place is to be played; another part of the run plays those that are not. */
  readonly mine?: (index: number) => boolean;
}

/** A history, and what the model says of it. */
interface Heard {
  readonly history: History;
  readonly judgement: Judgement;
}

/** How far a property has come. */
interface Count {
  readonly property: Property;
  /** Scripts played, and requests sent. */
  scripts: number;
  calls: number;
  /** What the suite itself did wrong: then nothing more of the property is played. */
  defect?: unknown;
}

/** How many requirements one property may show broken, before it is left at that. */
const mostFailures = 5;
/** How often a promise is taken for broken and found to be another one, or a passing fault. */
const mostRetractions = 3;
/** The most candidates that are played to make one counterexample smaller. */
const shrinkBudget = 150;
/** How often a counterexample is played again, to say how reliably it fails. */
const reproductions = 5;
/** The same, of a script that measures storage: each time waits for seconds, and its answer is a number, not chance. */
const remeasurements = 1;
/** Comes before every script: what was found is made small while it still shows. */
const urgent = -1;
/** How often a candidate with a race in it is played, before it counts as harmless. */
const raceAttempts = 8;
/** The same, of one with a cut in it: a server learns of that a moment sooner or later. */
const cutAttempts = 3;
/** How often a counterexample with a race in it is played again, if it did not come back at first. */
const raceReproductions = 25;

export function createTrial(court: Court): Trial {
  const { player, target, ledger, selection, progress, turns, stopped, watch } = court;
  const reported = new Set<RequirementId>();
  const retracted = new Map<RequirementId, number>();
  const fingerprints = new Map<string, string>();
  let judgingMs = 0;

  /** Lets other scripts show a promise broken, after one that seemed to did not; not for ever, since each costs time. */
  const retract = (requirement: RequirementId): boolean => {
    const times = (retracted.get(requirement) ?? 0) + 1;
    retracted.set(requirement, times);
    if (times < mostRetractions) reported.delete(requirement);
    return times < mostRetractions;
  };

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

  /** Plays a script until it shows `wanted` broken: once, or a few times if it has a race or a cut in it. */
  const shows = async (script: Script, wanted: RequirementId, count: Count): Promise<Shown | undefined> => {
    const races = script.together !== undefined && !lingers(script);
    const most = races ? (attempts.get(wanted) ?? raceAttempts) : cuts(script) ? cutAttempts : 1;
    for (let attempt = 1; attempt <= most; attempt++) {
      if (stopped()) return undefined;
      const { history, judgement } = await examine(script, count);
      if (judgement.kind !== 'unexplained' || judgement.objection.requirement !== wanted) continue;
      if (races) attempts.set(wanted, Math.min(raceAttempts, 3 * attempt));
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

  /** One script of a property: undefined, or what it shows broken that was not reported yet. */
  const hear = async (script: Script, counted: boolean, count: Count): Promise<Shown | undefined> => {
    const { history, judgement } = await examine(script, count, true);
    if (judgement.kind === 'inconclusive') ledger.undecided.push(judgement.reason);
    if (judgement.kind === 'explained' && counted) note(ledger, judgement.observed, judgement.warnings);
    if (judgement.kind !== 'unexplained') return undefined;
    const { requirement } = judgement.objection;
    if (!selection.requirements.has(requirement)) ledger.broken.add(requirement);
    if (reported.has(requirement) || !selection.requirements.has(requirement)) return undefined;
    if (!(await isLasting(script, judgement, count)) || reported.has(requirement)) return undefined;
    reported.add(requirement);
    return { history, judgement };
  };

  /** Plays a script a few times: at once if it waits, since waiting side by side costs one wait. */
  const again = async (script: Script, times: number, count: Count): Promise<Heard[]> => {
    const plays = Array.from({ length: times });
    if (waits(script) && !disturbs(script)) return Promise.all(plays.map(() => examine(script, count)));
    const all = [];
    for (const _ of plays) all.push(await examine(script, count));
    return all;
  };

  /** One step less and the script breaks another promise: then that one is what is broken. */
  const slip = async (script: Script, requirement: RequirementId, count: Count): Promise<Shown | undefined> => {
    const fallen = async (candidate: Script): Promise<Shown | undefined> => {
      const { history, judgement } = await examine(candidate, count);
      if (judgement.kind !== 'unexplained' || judgement.passing) return undefined;
      return judgement.objection.requirement === requirement ? undefined : { history, judgement };
    };
    if (waits(script) && !disturbs(script))
      return (await Promise.all([...simpler(script)].map(fallen))).find((shown) => shown !== undefined);
    for (const candidate of simpler(script)) {
      const shown = stopped() ? undefined : await fallen(candidate);
      if (shown) return shown;
    }
    return undefined;
  };

  /** Makes a counterexample as small as it gets, and reports it by the promise that the smallest one breaks. */
  const pursue = async (
    property: Property,
    script: Script,
    first: Shown,
    found: { readonly seed: number; readonly path: string; readonly from: number },
    count: Count,
  ): Promise<void> => {
    const { requirement } = first.judgement.objection;
    const shownBy = new Map<Script, Shown>();
    const smallest = await minimize(
      script,
      async (candidate) => {
        const shown = await shows(candidate, requirement, count);
        if (shown) shownBy.set(candidate, shown);
        return shown !== undefined;
      },
      // A body and what waits for it make sense only together, and each look costs seconds, like one at the storage.
      measures(script) || lingers(script) ? 0 : shrinkBudget,
      waitsLong(script) && !script.together && !disturbs(script),
    );
    let best = shownBy.get(smallest) ?? first;
    const other = measures(script) || lingers(script) ? undefined : await slip(smallest, requirement, count);
    // A race that was seen is told in the end, even if a simpler script always shows another promise broken.
    if (other && (retract(requirement) || !script.together)) {
      const simplest = other.judgement.objection.requirement;
      if (!selection.requirements.has(simplest)) ledger.broken.add(simplest);
      if (reported.has(simplest) || !selection.requirements.has(simplest)) return;
      reported.add(simplest);
      await pursue(property, other.history.script, other, found, count);
      return;
    }
    const replays = await again(smallest, measures(script) ? remeasurements : reproductions, count);
    const same = ({ judgement }: Heard): boolean =>
      judgement.kind === 'unexplained' && judgement.objection.requirement === requirement;
    // A window of a millisecond is seldom hit: it was seen, so it is told, and how seldom.
    while (
      smallest.together &&
      !waits(smallest) &&
      !replays.some(same) &&
      replays.length < raceReproductions &&
      !stopped()
    )
      replays.push(...(await again(smallest, 1, count)));
    const k = replays.filter(same).length;
    for (const { history, judgement } of replays)
      if (judgement.kind === 'unexplained' && same({ history, judgement })) best = { history, judgement };
    if (best.judgement.passing && k < replays.length) {
      const { outcome } = best.history.exchanges[best.judgement.exchange] ?? {};
      const fault = outcome?.kind === 'lost' ? 'a request was not answered' : 'a 5xx came';
      const seen = requirement === 'chunk.parallel' ? 'an upload waited for another one' : fault;
      ledger.undecided.push(
        `${seen} ${k} of ${replays.length} times, so it was a passing fault of the target; its log may say why`,
      );
      retract(requirement);
      return;
    }
    ledger.failures.push(failureOf(property.id, best, { ...found, reproduced: { k, n: replays.length } }));
    progress({ kind: 'failure-told', property: property.id, requirement, calls: stepsOf(best.history.script).length });
  };

  /** Plays scripts that wait side by side: the whole family costs one wait. */
  const conductAtOnce = async (
    property: Property,
    { examples, seed, mine = () => true }: Plan,
    count: Count,
  ): Promise<string | undefined> => {
    // Once begun they all come to their end.
    const why = stopped();
    const scripts = why === undefined ? examples.filter((_, index) => mine(index)) : [];
    count.scripts = scripts.length;
    const heard = await allOf(scripts.map((script) => hear(script, true, count)));
    fingerprints.set(property.id, createHash('sha256').update(JSON.stringify(scripts)).digest('hex'));
    const shown = heard.flatMap((one) => (one ? [one] : []));
    const { calls: sent } = count;
    for (const { history, judgement } of shown) {
      const { requirement } = judgement.objection;
      progress({ kind: 'failure-found', property: property.id, requirement, script: history.script, sent });
    }
    await allOf(
      shown.map((one) =>
        pursue(property, one.history.script, one, { seed, path: '', from: one.history.exchanges.length }, count),
      ),
    );
    return why;
  };

  const conductInTurn = async (property: Property, plan: Plan, count: Count): Promise<string | undefined> => {
    const { examples, seed, mine = () => true } = plan;
    const scripts = plan.scripts ?? fc.constantFrom(...examples);
    const numRuns = examples.length + (plan.scripts ? plan.numRuns : 0);
    const fingerprint: Hash = createHash('sha256');
    /** How far the property has come with this script: nobody's random scripts come before everybody's examples. */
    const wayTo = (place: number): number => {
      // Where nothing is written down the first half counts as examples.
      const first = examples.length || numRuns / 2;
      return place < first ? place / first : 1 + (place - first) / (numRuns - first);
    };
    const smaller = (script: Script, requirement: RequirementId) =>
      turns.take(urgent, () => shows(script, requirement, count));
    let counted = 0;
    for (let found = 0; found < mostFailures && !stopped(); found++) {
      let index = 0;
      let first: Shown | undefined;
      let latest: Shown | undefined;
      const predicate = fc.asyncProperty(scripts, async (script) => {
        if (stopped() || count.defect !== undefined) return;
        // Of samples that make sense only together nothing can be left out, and each look costs seconds.
        if (measures(script) && (first !== undefined || index < counted)) {
          index++;
          return;
        }
        if (first !== undefined) {
          const shown = await smaller(script, first.judgement.objection.requirement);
          if (shown === undefined) return;
          latest = shown;
          progress({ kind: 'shrinking', property: property.id, calls: shown.history.exchanges.length });
          throw new Error(shown.judgement.objection.expected);
        }
        const place = index++;
        if (!mine(place)) {
          counted = Math.max(counted, index);
          return;
        }
        await turns.take(wayTo(place), async () => {
          if (stopped()) return;
          // After a failure the scripts before it are played again: they were counted.
          const fresh = place >= counted;
          if (fresh) {
            counted = place + 1;
            count.scripts++;
            fingerprint.update(JSON.stringify(script));
          }
          first = await hear(script, fresh, count);
        });
        if (first === undefined) return;
        const { requirement, expected } = (first as Shown).judgement.objection;
        progress({ kind: 'failure-found', property: property.id, requirement, script, sent: count.calls });
        throw new Error(expected);
      });
      const details = await fc.check(predicate, { seed, numRuns, examples: examples.map((script) => [script]) });
      // What the predicate throws of its own is told above; anything else is a defect of the suite.
      if (count.defect !== undefined) throw count.defect;
      if (details.failed && first === undefined) throw details.errorInstance;
      if (!details.failed || first === undefined) break;
      const path = details.counterexamplePath ?? '';
      const from = first.history.exchanges.length;
      // What was shown last is of the smallest script; a race may show nothing of it again.
      const shown = latest ?? first;
      await turns.take(urgent, () => pursue(property, shown.history.script, shown, { seed, path, from }, count));
    }
    fingerprints.set(property.id, fingerprint.digest('hex'));
    const why = stopped();
    const cut = why !== undefined && counted < numRuns;
    return cut ? `${counted} of ${numRuns} scripts, ${why}` : undefined;
  };

  return {
    async conduct(property, plan) {
      const atOnce = plan.scripts === undefined && plan.examples.some(waits) && !property.alone;
      const count: Count = { property, scripts: 0, calls: 0 };
      try {
        const note = await (atOnce ? conductAtOnce : conductInTurn)(property, plan, count);
        return { scripts: count.scripts, calls: count.calls, ...(note === undefined ? {} : { note }) };
      } catch (error) {
        return { scripts: count.scripts, calls: count.calls, defect: error };
      }
    },
    totals: () => ({ judgingMs, fingerprints }),
  };
}

/** All results, or the first error, but not before everything has ended. */
async function allOf<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
