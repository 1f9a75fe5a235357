import { createHash, type Hash } from 'node:crypto';
import fc from 'fast-check';
import { type Count, type Court, openDocket } from './court.ts';
import type { Shown } from './failure.ts';
import { openHearing } from './hearing.ts';
import type { Script } from './history.ts';
import type { Property } from './properties/property.ts';
import { pursuit } from './pursuit.ts';
import { measures, waits, waitsLong } from './steps.ts';
import { urgent } from './turns.ts';

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

/** How many requirements one property may show broken, before it is left at that. */
const mostFailures = 5;
export function createTrial(court: Court): Trial {
  const { progress, turns, stopped } = court;
  const docket = openDocket();
  const hearing = openHearing(court, docket);
  const { hear, shows } = hearing;
  const pursue = pursuit(court, docket, hearing);
  const fingerprints = new Map<string, string>();

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
      shown.map(async (one) => {
        const confirm = await pursue(one, { seed, path: '', from: one.history.exchanges.length }, count);
        await confirm?.();
      }),
    );
    return why ?? (count.brokenOff === undefined ? undefined : stopped());
  };

  const conductInTurn = async (property: Property, plan: Plan, count: Count): Promise<string | undefined> => {
    const { examples, seed, mine = () => true } = plan;
    const scripts = plan.scripts ?? fc.constantFrom(...examples);
    const numRuns = examples.length + (plan.scripts ? plan.numRuns : 0);
    const take = property.alone ? turns.takeAlone : turns.take;
    const fingerprint: Hash = createHash('sha256');
    /**
     * How far the property has come with this script: nobody's random scripts come before everybody's examples, and an
     * example that waits for seconds, and lets others wait, comes after those that do not.
     */
    const wayTo = (place: number, script: Script): number => {
      // Where nothing is written down the first half counts as examples.
      const first = examples.length || numRuns / 2;
      // In a row and half-way: after each of them the server may be a while in coming back to its pace.
      if (place >= first) return 1 + (property.alone ? 0.5 : (place - first) / (numRuns - first));
      return waitsLong(script) ? 1 : place / first;
    };
    const smaller = (script: Script, first: Shown) => take(urgent, () => shows(script, first, count));
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
          const shown = await smaller(script, first);
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
        await take(wayTo(place, script), async () => {
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
      const shown = first;
      // What was shown last is of the smallest script; a race may show nothing of it again.
      const confirm = await take(urgent, () => pursue(shown, { seed, path, from }, count, latest));
      await confirm?.();
    }
    fingerprints.set(property.id, fingerprint.digest('hex'));
    const why = stopped();
    const cut = why !== undefined && (counted < numRuns || count.brokenOff !== undefined);
    return cut ? `${counted} of ${numRuns} scripts, ${why}` : undefined;
  };

  return {
    async conduct(property, plan) {
      const atOnce = plan.scripts === undefined && plan.examples.some(waits) && !property.alone;
      const count: Count = { property, scripts: 0, calls: 0 };
      try {
        const note = await (atOnce
          ? turns.beside(() => conductAtOnce(property, plan, count))
          : conductInTurn(property, plan, count));
        return { scripts: count.scripts, calls: count.calls, ...(note === undefined ? {} : { note }) };
      } catch (error) {
        return { scripts: count.scripts, calls: count.calls, defect: error };
      }
    },
    totals: () => ({ judgingMs: hearing.judgingMs(), fingerprints }),
  };
}

/** All results, or the first error, but not before everything has ended. */
async function allOf<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
