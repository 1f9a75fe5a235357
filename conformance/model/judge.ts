import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange, History } from '../history.ts';
import type { Objection } from '../verdict.ts';
import { raceBehind, racesIn } from './concurrency.ts';
import { declined, messageOf } from './framing.ts';
import { isBusy } from './http.ts';
import { firstBetrayal } from './isolation.ts';
import { type Explanation, explain } from './linearize.ts';
import { firstSerialised } from './parallel.ts';
import { firstTorn } from './provenance.ts';
import { step } from './session.ts';
import { isUnanswered } from './silence.ts';
import { type Claims, describeWorld } from './state.ts';
import { examineStorage } from './storage.ts';

export type Judgement =
  | {
      readonly kind: 'explained';
      readonly observed: readonly RequirementId[];
      readonly warnings: readonly (Objection & { readonly exchange: number })[];
    }
  | {
      readonly kind: 'unexplained';
      readonly exchange: number;
      readonly objection: Objection;
      /** The states that the contract still allowed, in words. */
      readonly states: readonly string[];
      readonly explained: number;
      /** The longest order that the contract explains, as indices into the history. */
      readonly order: readonly number[];
      /** A 5xx, or a long wait, may be a passing fault: it breaks a promise only if it comes back each time (`http.transient`). */
      readonly passing: boolean;
      /** Of what a race is behind: the promise by which the same answer would be told if no requests had raced. */
      readonly alone?: RequirementId;
    }
  | { readonly kind: 'inconclusive'; readonly reason: string };

/**
 * Whether the contract explains a history. Pure: the same history always gets the same judgement.
 *
 * @param claims - what the target says of itself (profiles, limits): it is held to that
 */
export function judge(history: History, claims: Claims): Judgement {
  const { exchanges, brokenOff } = history;
  if (brokenOff !== undefined) return { kind: 'inconclusive', reason: brokenOff };
  const read = torn(exchanges, claims);
  if (read) return read;
  const explanation = explain(exchanges, claims);
  if (explanation.kind === 'inconclusive')
    return {
      kind: 'inconclusive',
      reason: `no order was found within ${explanation.steps} steps of the model; another --seed may race less`,
    };
  if (explanation.kind === 'unexplained') {
    const states = [...new Set(explanation.worlds.map(describeWorld))];
    return toldByRace({ ...explanation, states, passing: false }, exchanges, claims);
  }
  const { order: whole } = explanation;
  const failed = serverError(history, claims) ?? betrayed(exchanges, whole) ?? serialised(exchanges, whole);
  if (failed) return failed;
  const found = examineStorage(history, explanation.world);
  if (found.kind === 'undecided') return { kind: 'inconclusive', reason: found.reason };
  if (found.kind === 'kept') {
    const observed = [...explanation.observed, ...found.observed];
    const warnings = [...explanation.warnings, ...found.warnings];
    return settle({ ...explanation, observed, warnings }, exchanges);
  }
  const states = [describeWorld(explanation.world)];
  const { order } = explanation;
  return { ...found, kind: 'unexplained', states, explained: exchanges.length, order, passing: false };
}

/** What two requests that raced are behind is told by the promise about their race, unless it is about time or HTTP. */
function toldByRace(
  unexplained: Extract<Judgement, { kind: 'unexplained' }>,
  exchanges: readonly Exchange[],
  claims: Claims,
): Judgement {
  const { requirement: alone, expected } = unexplained.objection;
  if (/^(expiry|http|auth)\./.test(alone)) return unexplained;
  const behind = raceBehind(exchanges, unexplained.exchange, claims);
  if (behind === undefined) return unexplained;
  const objection = { requirement: behind.requirement, expected: `${expected}; ${behind.told}` };
  return { ...unexplained, objection, alone };
}

/** Bytes that no upload sent can be read in no order: they are told before one is searched for the whole history. */
function torn(exchanges: readonly Exchange[], claims: Claims): Judgement | undefined {
  const found = firstTorn(exchanges);
  if (found === undefined) return undefined;
  const before = explain(exchanges.slice(0, found.exchange), claims);
  // What goes wrong earlier is told first.
  if (before.kind === 'unexplained') return undefined;
  const known = before.kind === 'explained' ? before : undefined;
  const tried = known && step(known.world, exchanges[found.exchange] as Exchange, claims);
  const told = tried?.kind === 'refused' ? tried.objection : undefined;
  const requirement = told && told.requirement !== 'complete.bytes' ? told.requirement : found.requirement;
  return {
    kind: 'unexplained',
    exchange: found.exchange,
    objection: { requirement, expected: `each chunk as one upload sent it, but ${found.found}` },
    states: known ? [describeWorld(known.world)] : [],
    explained: known?.order.length ?? 0,
    order: known?.order ?? [],
    passing: false,
  };
}

/** An answer about another principal's session that differs from the one about none. */
function betrayed(exchanges: readonly Exchange[], whole: readonly number[]): Judgement | undefined {
  const difference = firstBetrayal(exchanges);
  if (difference === undefined) return undefined;
  const { exchange, expected } = difference;
  const objection: Objection = { requirement: 'auth.isolated', expected };
  const order = whole.filter((index) => index < exchange);
  return { kind: 'unexplained', exchange, objection, states: [], explained: order.length, order, passing: false };
}

function settle(explained: Extract<Explanation, { kind: 'explained' }>, exchanges: readonly Exchange[]): Judgement {
  const answered = exchanges.filter(({ outcome }) => outcome.kind === 'answered');
  const transient: RequirementId[] = answered.length > 0 ? ['http.transient'] : [];
  return { ...explained, observed: [...explained.observed, ...transient, ...racesIn(exchanges)] };
}

/** A chunk that had to wait for another one's body. The network may have been slow just then: it has to come back each time. */
function serialised(exchanges: readonly Exchange[], order: readonly number[]): Judgement | undefined {
  const found = firstSerialised(exchanges);
  if (found === undefined) return undefined;
  const { exchange, expected } = found;
  const objection: Objection = { requirement: 'chunk.parallel', expected };
  return { kind: 'unexplained', exchange, objection, states: [], explained: order.length, order, passing: true };
}

/**
 * A 5xx that is no "busy" and no "full", a "busy" that did not end, or no answer at all: told by the promise that the
 * request would have had.
 */
function serverError({ script, exchanges }: History, claims: Claims): Judgement | undefined {
  const killed = stepsIn(script).some(({ call }) => call.kind === 'restart');
  const index = exchanges.findIndex(
    (exchange) => exchange.gaveUp || isServerError(exchange) || (!killed && isUnanswered(exchange)),
  );
  const failed = exchanges[index];
  if (failed === undefined) return undefined;
  const before = explain(exchanges.slice(0, index), claims);
  if (before.kind !== 'explained') return undefined;
  const tried = step(before.world, failed, claims);
  const objection: Objection =
    tried.kind === 'refused' && messageOf(failed) !== 'broken'
      ? tried.objection
      : { requirement: 'http.transient', expected: failed.outcome.kind === 'lost' ? 'an answer' : 'no 5xx' };
  const states = [describeWorld(before.world)];
  const { order } = before;
  return { kind: 'unexplained', exchange: index, objection, states, explained: index, order, passing: true };
}

const isServerError = (exchange: Exchange): boolean => {
  const { outcome } = exchange;
  if (outcome.kind === 'lost' || outcome.status < 500 || outcome.status === 507) return false;
  return !isBusy(outcome) && !declined(exchange);
};

const stepsIn = ({ calls, together = [], after = [] }: History['script']) => [...calls, ...together.flat(), ...after];
