import { type RequirementId, requirementIds, requirements } from '../generated/requirements.ts';
import { nothingSeen, type Seen } from './coverage.ts';
import { excused, leftOut } from './excused.ts';
import type { Property } from './properties/property.ts';
import type { Defect, Failure, Gone, RequirementResult, Summary } from './report/results.ts';
import type { Selection } from './select.ts';
import type { Objection, Verdict } from './verdict.ts';
import { verdicts } from './verdict.ts';

/** What a run has seen of each requirement. */
export interface Ledger {
  readonly observed: Map<RequirementId, number>;
  readonly warnings: Map<RequirementId, string>;
  /** Which statuses and states the answers had. */
  readonly seen: Seen;
  readonly failures: Failure[];
  /** What the suite itself did wrong. */
  readonly defects: Defect[];
  /** That the target went away before the end. */
  gone?: Gone;
  /** Why a property did not play, by its id. */
  readonly unplayed: Map<string, string>;
  /** Why a property that played did not come to its end, by its id. */
  readonly cutShort: Map<string, string>;
  /** Promises that are left out of this run, and that it saw broken all the same. */
  readonly broken: Set<RequirementId>;
  /** Other origins that let nobody in without credentials, which are for the target's own. */
  readonly closed: Set<string>;
  /** Why some histories could not be judged. */
  readonly undecided: string[];
  /** Why this run saw only a part of what there is to see; undefined if it was to see all. */
  readonly partial: string | undefined;
  /** What the target cannot show, each with the reason. */
  readonly beyond: Partial<Record<RequirementId, string>>;
}

export const openLedger = (partial?: string, beyond: Ledger['beyond'] = {}): Ledger => ({
  observed: new Map(),
  warnings: new Map(),
  seen: nothingSeen(),
  failures: [],
  defects: [],
  unplayed: new Map(),
  cutShort: new Map(),
  broken: new Set(),
  closed: new Set(),
  undecided: [],
  partial,
  beyond,
});

/** Writes down what an explained history showed, and returns what it is the first to warn of. */
export function note(
  ledger: Ledger,
  observed: readonly RequirementId[],
  warnings: readonly Objection[],
): readonly RequirementId[] {
  for (const id of observed) ledger.observed.set(id, (ledger.observed.get(id) ?? 0) + 1);
  return warnings.flatMap(({ requirement, expected }) => {
    if (ledger.warnings.has(requirement)) return [];
    ledger.warnings.set(requirement, `expected ${expected}`);
    return [requirement];
  });
}

/** The verdict on every requirement of the contract: what was not seen is never a pass. */
export function conclude(
  ledger: Ledger,
  selection: Selection,
  all: readonly Property[],
  profiles: readonly string[],
): RequirementResult[] {
  return requirementIds.map((id) => {
    const { level, text } = requirements[id];
    const observations = ledger.observed.get(id) ?? 0;
    const failures = ledger.failures.flatMap((failure, i) => (failure.requirement === id ? [i] : []));
    const { verdict, reason } = verdictOf(id, { ledger, selection, all, profiles, failed: failures.length > 0 });
    return {
      id,
      level,
      text,
      verdict,
      observations,
      ...(reason === undefined ? {} : { reason }),
      ...(failures.length > 0 ? { failures } : {}),
    };
  });
}

interface Known {
  readonly ledger: Ledger;
  readonly selection: Selection;
  readonly all: readonly Property[];
  readonly profiles: readonly string[];
  readonly failed: boolean;
}

function verdictOf(id: RequirementId, known: Known): { readonly verdict: Verdict; readonly reason?: string } {
  const { ledger, selection, all, profiles, failed } = known;
  const { level, profile } = requirements[id];
  if (!selection.requirements.has(id) && (!failed || selection.skipped.has(id))) {
    const broken = ledger.broken.has(id) ? '; and broken, as this run saw by the way' : '';
    return { verdict: 'not-tested', reason: `left out by --only or --skip${broken}` };
  }
  const testing = all.filter((property) => property.requirements.includes(id));
  const defect = ledger.defects.find((one) => testing.some((property) => property.id === one.property));
  if (defect) return { verdict: 'harness-error', reason: `the suite's own ${defect.property}: ${defect.message}` };
  if (failed) return { verdict: level === 'SHOULD' ? 'warn' : 'fail' };
  if (ledger.gone && id === 'http.transient') return { verdict: 'inconclusive', reason: ledger.gone.message };
  const hollow = id === 'capabilities.truth' ? hollowProfile(known) : undefined;
  if (hollow)
    return { verdict: 'fail', reason: `the profile ${hollow} is claimed, and no answer of this run showed it` };
  const warning = ledger.warnings.get(id);
  if (warning !== undefined) return { verdict: 'warn', reason: warning };
  if (ledger.observed.has(id)) return { verdict: 'pass' };
  const omission = leftOut[id];
  if (omission && ledger.observed.has(omission.beside) && ledger.partial === undefined && !isBroken(ledger))
    return { verdict: 'warn', reason: omission.reason };
  if (!profiles.includes(profile))
    return { verdict: 'not-applicable', reason: `the target does not claim the profile ${profile}` };
  const beyond = ledger.beyond[id];
  if (beyond !== undefined) return { verdict: 'not-tested', reason: beyond };
  const reasons = testing.map((property) => ledger.unplayed.get(property.id));
  if (reasons.length > 0 && reasons.every((reason) => reason !== undefined))
    return { verdict: 'not-tested', reason: reasons[0] as string };
  const [undecided] = ledger.undecided;
  if (ledger.partial !== undefined && undecided === undefined) return { verdict: 'not-tested', reason: ledger.partial };
  const cut = testing.find((property) => ledger.cutShort.has(property.id));
  const excuse = excused[id];
  if (level === 'MAY' && ledger.partial === undefined) {
    const unused = 'the target made no use of it';
    return { verdict: 'not-applicable', reason: cut ? `${unused}, as far as was played` : (excuse ?? unused) };
  }
  if (level !== 'MAY' && excuse !== undefined) return { verdict: 'not-tested', reason: excuse };
  const [closed] = ledger.closed;
  const more =
    closed === undefined ? 'give more --runs' : `${closed} asks for credentials, which are for the target's own origin`;
  const why = cut ? `the property ${cut.id} was cut short: ${ledger.cutShort.get(cut.id)}` : more;
  return { verdict: 'inconclusive', reason: undecided ?? `no answer of this run showed it; ${why}` };
}

/** Whether the run did not come to its end, so that nothing follows from what it has not seen. */
const isBroken = ({ defects, gone }: Ledger): boolean => defects.length > 0 || gone !== undefined;

/** A claimed profile of which nothing was seen, though everything that could show it was played to its end. */
function hollowProfile({ ledger, selection, all, profiles }: Known): string | undefined {
  if (selection.properties.length < all.length || ledger.partial !== undefined || ledger.failures.length > 0)
    return undefined;
  if (isBroken(ledger) || ledger.closed.size > 0) return undefined;
  return profiles.find((profile) => {
    const own = requirementIds.filter((id) => requirements[id].profile === profile);
    const showing = all.filter((property) => property.requirements.some((id) => own.includes(id)));
    if (showing.some(({ id }) => ledger.unplayed.has(id) || ledger.cutShort.has(id))) return false;
    return own.length > 0 && own.every((id) => !ledger.observed.has(id));
  });
}

/**
 * The verdicts counted, by level; the run's is the worst of a MUST and of a MAY that was made use of wrongly, or of the rest
 * where no MUST was looked at. A defect of the suite is the run's verdict whatever it is about.
 */
export function summarize(results: readonly RequirementResult[], defects: readonly Defect[] = []): Summary {
  const count = (level: RequirementResult['level']) =>
    Object.fromEntries(
      verdicts.map((verdict) => [verdict, results.filter((r) => r.level === level && r.verdict === verdict).length]),
    ) as Record<Verdict, number>;
  const [must, should, may] = [count('MUST'), count('SHOULD'), count('MAY')];
  const misused = { ...may, inconclusive: 0, warn: 0, pass: 0 };
  const told: readonly Verdict[] = ['harness-error', 'fail', 'known-fail', 'inconclusive', 'warn', 'pass'];
  const worst = (...levels: (typeof must)[]) => told.find((verdict) => levels.some((counts) => counts[verdict] > 0));
  return {
    verdict: defects.length > 0 ? 'harness-error' : (worst(must, misused) ?? worst(should, may) ?? 'not-tested'),
    must,
    should,
    may,
  };
}
