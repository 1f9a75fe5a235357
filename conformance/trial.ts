import { createHash, type Hash } from 'node:crypto';
import fc from 'fast-check';
import { problems } from '../generated/problems.ts';
import { type RequirementId, requirements } from '../generated/requirements.ts';
import type { Player } from './engine/player.ts';
import type { History, Outcome, Script } from './history.ts';
import { type Ledger, note } from './ledger.ts';
import { type Judgement, judge } from './model/judge.ts';
import type { Progress } from './options.ts';
import type { Target } from './preflight.ts';
import type { Property } from './properties/property.ts';
import type { Failure } from './report/results.ts';
import type { Selection } from './select.ts';
import { minimize } from './shrink.ts';

/** What a trial works with: a player, the target's claims, and the ledger that it writes to. */
export interface Court {
  readonly player: Player;
  readonly target: Target;
  readonly ledger: Ledger;
  readonly selection: Selection;
  readonly progress: (event: Progress) => void;
  /** Why nothing more is to be played; undefined while there is time. */
  readonly stopped: () => string | undefined;
}

export interface Trial {
  /** Plays a property's scripts, and reports each requirement that they show broken with its smallest script. */
  conduct(
    property: Property,
    scripts: fc.Arbitrary<Script>,
    seed: number,
    numRuns: number,
    /** Whether the script at this place is to be played; another part of the run plays those that are not. */
    mine?: (index: number) => boolean,
  ): Promise<{ readonly scripts: number; readonly calls: number; readonly note?: string }>;
  /** Time spent judging in ms, and a hash of each property's scripts: equal seeds make equal scripts. */
  totals(): { readonly judgingMs: number; readonly fingerprints: ReadonlyMap<string, string> };
}

type Unexplained = Extract<Judgement, { kind: 'unexplained' }>;
interface Shown {
  readonly history: History;
  readonly judgement: Unexplained;
}

/** How many requests a property has sent. */
interface Count {
  calls: number;
}

/** How many requirements one property may show broken, before it is left at that. */
const mostFailures = 5;
/** The most candidates that are played to make one counterexample smaller. */
const shrinkBudget = 150;
/** How often a counterexample is played again, to say how reliably it fails. */
const reproductions = 5;
/** How often a candidate with a race in it is played, before it counts as harmless. */
const raceAttempts = 4;

export function createTrial(court: Court): Trial {
  const { player, target, ledger, selection, progress, stopped } = court;
  const reported = new Set<RequirementId>();
  const fingerprints = new Map<string, string>();
  let judgingMs = 0;

  const examine = async (script: Script, count: Count): Promise<{ history: History; judgement: Judgement }> => {
    const history = await player.play(script);
    count.calls += history.exchanges.length;
    const started = performance.now();
    const judgement = judge(history, target);
    judgingMs += performance.now() - started;
    return { history, judgement };
  };

  /** Plays a script until it shows `wanted` broken: once, or a few times if it has a race in it. */
  const shows = async (script: Script, wanted: RequirementId, count: Count): Promise<Shown | undefined> => {
    for (let attempt = 0; attempt < (script.together ? raceAttempts : 1); attempt++) {
      if (stopped()) return undefined;
      const { history, judgement } = await examine(script, count);
      if (judgement.kind === 'unexplained' && judgement.objection.requirement === wanted) return { history, judgement };
    }
    return undefined;
  };

  /** A 5xx is a passing fault unless it comes back each time (`http.transient`). */
  const isLasting = async (script: Script, judgement: Unexplained, count: Count): Promise<boolean> =>
    !judgement.passing ||
    ((await shows(script, judgement.objection.requirement, count)) !== undefined &&
      (await shows(script, judgement.objection.requirement, count)) !== undefined);

  /** One script of a property: undefined, or what it shows broken that was not reported yet. */
  const hear = async (script: Script, counted: boolean, count: Count): Promise<Shown | undefined> => {
    const { history, judgement } = await examine(script, count);
    if (judgement.kind === 'inconclusive') ledger.undecided.push(judgement.reason);
    if (judgement.kind === 'explained' && counted) note(ledger, judgement.observed, judgement.warnings);
    if (judgement.kind !== 'unexplained') return undefined;
    const { requirement } = judgement.objection;
    if (reported.has(requirement) || !selection.requirements.has(requirement)) return undefined;
    if (!(await isLasting(script, judgement, count)) || reported.has(requirement)) return undefined;
    reported.add(requirement);
    return { history, judgement };
  };

  const pursue = async (
    property: Property,
    script: Script,
    first: Shown,
    found: { readonly seed: number; readonly path: string },
    count: Count,
  ): Promise<void> => {
    const { requirement } = first.judgement.objection;
    let best = first;
    const smallest = await minimize(
      script,
      async (candidate) => {
        const shown = await shows(candidate, requirement, count);
        if (shown) best = shown;
        return shown !== undefined;
      },
      shrinkBudget,
    );
    let k = 0;
    for (let n = 0; n < reproductions; n++) {
      const { history, judgement } = await examine(smallest, count);
      if (judgement.kind !== 'unexplained' || judgement.objection.requirement !== requirement) continue;
      k++;
      best = { history, judgement };
    }
    const from = first.history.exchanges.length;
    ledger.failures.push(failureOf(property.id, best, { ...found, from, reproduced: { k, n: reproductions } }));
  };

  return {
    async conduct(property, scripts, seed, numRuns, mine = () => true) {
      const fingerprint: Hash = createHash('sha256');
      let counted = 0;
      let played = 0;
      const count: Count = { calls: 0 };
      for (let found = 0; found < mostFailures && !stopped(); found++) {
        let index = 0;
        let first: Shown | undefined;
        let smallest: Shown | undefined;
        const predicate = fc.asyncProperty(scripts, async (script) => {
          if (stopped()) return;
          if (first === undefined) {
            // After a failure the scripts before it are played again: they were counted.
            const fresh = ++index > counted;
            if (fresh) counted = index;
            if (!mine(index - 1)) return;
            if (fresh) {
              played++;
              fingerprint.update(JSON.stringify(script));
            }
            first = await hear(script, fresh, count);
            if (first === undefined) return;
            smallest = first;
            const { requirement } = first.judgement.objection;
            progress({ kind: 'failure-found', property: property.id, requirement });
          } else {
            const shown = await shows(script, first.judgement.objection.requirement, count);
            if (shown === undefined) return;
            smallest = shown;
          }
          progress({ kind: 'shrinking', property: property.id, calls: smallest.history.exchanges.length });
          throw new Error(smallest.judgement.objection.expected);
        });
        const details = await fc.check(predicate, { seed, numRuns });
        // What the predicate throws of its own is told above; anything else is a defect of the suite.
        if (details.failed && first === undefined) throw details.errorInstance;
        if (!details.failed || first === undefined || smallest === undefined) break;
        const path = details.counterexamplePath ?? '';
        await pursue(property, details.counterexample?.[0] ?? first.history.script, first, { seed, path }, count);
      }
      fingerprints.set(property.id, fingerprint.digest('hex'));
      const why = stopped();
      return { scripts: played, calls: count.calls, ...(why !== undefined && counted < numRuns ? { note: why } : {}) };
    },
    totals: () => ({ judgingMs, fingerprints }),
  };
}

/** A counterexample as it is reported. */
export function failureOf(
  property: string,
  { history, judgement }: Shown,
  how: {
    readonly seed: number;
    readonly path: string;
    readonly from: number;
    readonly reproduced: Failure['reproduced'];
  },
): Failure {
  const { requirement, expected } = judgement.objection;
  const { exchanges } = history;
  const got = gotOf(exchanges[judgement.exchange]?.outcome);
  return {
    requirement,
    level: requirements[requirement].level,
    property,
    message: requirements[requirement].text,
    expected,
    got,
    script: history.script,
    history: exchanges,
    at: judgement.exchange,
    states: judgement.states,
    seed: how.seed,
    path: how.path,
    shrunk: { from: how.from, to: exchanges.length },
    reproduced: how.reproduced,
    explained: { k: judgement.explained, n: exchanges.length },
  };
}

/** An answer in few words: its status, and the problem that it names. */
function gotOf(outcome: Outcome | undefined): string {
  if (outcome === undefined || outcome.kind === 'lost') return 'no answer';
  const json = outcome.json;
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  const name = Object.entries(problems).find(([, problem]) => problem.type === type)?.[0];
  return name === undefined ? String(outcome.status) : `${outcome.status} ${name}`;
}
