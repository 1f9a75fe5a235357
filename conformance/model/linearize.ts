import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange } from '../history.ts';
import type { Objection } from '../verdict.ts';
import { type Foresight, foresee } from './foresight.ts';
import { partOf, play } from './parts.ts';
import { pendingOf } from './pending.ts';
import { type Claims, emptyWorld, type World, worldKey } from './state.ts';
import { mayHelp, settlesUnseen } from './unseen.ts';

/** The most steps of the model that one history may cost, before the search ends undecided. */
const defaultBudget = 200_000;

export type Explanation =
  | {
      readonly kind: 'explained';
      readonly observed: readonly RequirementId[];
      readonly warnings: readonly (Objection & { readonly exchange: number })[];
      /** The order that was found, as indices into the history; a request without an answer only if it took effect. */
      readonly order: readonly number[];
      /** The state in which that order ends. */
      readonly world: World;
    }
  | {
      readonly kind: 'unexplained';
      /** The first answer that no order explains, by its index in the history. */
      readonly exchange: number;
      readonly objection: Objection;
      /** The states that the longest orders lead to, before that answer. */
      readonly worlds: readonly World[];
      /** How many answers the longest order explains. */
      readonly explained: number;
      /** That order, as indices into the history: what came before the answer that fits nowhere. */
      readonly order: readonly number[];
    }
  | { readonly kind: 'inconclusive'; readonly steps: number };

/**
 * Searches for an order of the exchanges that the model allows and that respects real time (Wing and Gong 1993; Lowe
 * 2017): whatever was answered before another was sent comes first. Intervals are closed: equal stamps are concurrent.
 * A request whose answer was lost never returns: it takes effect at any time after it was sent, or never. The history
 * of one client that lost nothing has one order, so the search is then a plain fold.
 */
export function explain(exchanges: readonly Exchange[], claims: Claims, budget = defaultBudget): Explanation {
  // An order that breaks no SHOULD explains more than one that does: a warning has to be without an alternative.
  const foresight = foresee(exchanges);
  const strict = searchOrder(exchanges, claims, budget, true, foresight);
  return strict.kind === 'explained' ? strict : searchOrder(exchanges, claims, budget, false, foresight);
}

/** A place that was found for an exchange, after all those before it. */
interface Placed {
  readonly before: Placed | undefined;
  readonly exchange: number;
  /** Whether others could have had this place, or one before it. */
  readonly raced: boolean;
  readonly world: World;
  readonly observed: readonly RequirementId[];
  readonly warnings: readonly Objection[];
}

/** The answers that were refused after the longest order so far. */
interface Stuck {
  readonly exchange: number;
  readonly objection: Objection;
  readonly worlds: World[];
  readonly explained: number;
  readonly last: Placed | undefined;
}

function searchOrder(
  exchanges: readonly Exchange[],
  claims: Claims,
  budget: number,
  strict: boolean,
  foresight: Foresight,
): Explanation {
  const pending = pendingOf(exchanges, foresight);
  const required = pending.required();
  const seen = new Set<string>();
  let steps = 0;
  let stuck: Stuck | undefined;

  function* placesAfter(last: Placed | undefined): Generator<Placed, undefined> {
    const world = last?.world ?? emptyWorld;
    const candidates = pending.candidates();
    const raced = last?.raced || candidates.length > 1;
    // Before there was a choice, nobody can have come here another way.
    if (raced) {
      const key = `${pending.key()} ${worldKey(world, foresight.visible)}`;
      if (seen.has(key)) return;
      seen.add(key);
    }
    /** Answers that may lack an unseen effect. */
    const lacking: Exchange[] = [];
    for (const exchange of candidates) {
      const candidate = exchanges[exchange] as Exchange;
      // An unseen effect is only supposed where an answer needs it.
      if (partOf(candidate) === 'open-ended' && !lacking.some((answer) => mayHelp(candidate, answer, world, foresight)))
        continue;
      if (++steps > budget) return;
      const result = play(world, candidate, claims, strict);
      if (result.kind === 'refused') {
        lacking.push(candidate);
        remember(exchange, result.objection, world, last);
        continue;
      }
      if (settlesUnseen(candidate)) lacking.push(candidate);
      const { observed, warnings } = result;
      for (const after of result.worlds) yield { before: last, exchange, raced, world: after, observed, warnings };
    }
  }

  const remember = (exchange: number, objection: Objection, world: World, last: Placed | undefined): void => {
    const explained = required - pending.required();
    if (stuck === undefined || explained > stuck.explained)
      stuck = { exchange, objection, worlds: [world], explained, last };
    else if (explained === stuck.explained && exchange === stuck.exchange) stuck.worlds.push(world);
  };

  // Depth first, on a stack of its own: a history may be longer than the stack of calls is deep.
  let last: Placed | undefined;
  const open = [placesAfter(last)];
  while (pending.required() > 0 && steps <= budget) {
    const place = open.at(-1)?.next().value;
    if (place) {
      pending.take(place.exchange);
      last = place;
      open.push(placesAfter(place));
    } else if (last) {
      open.pop();
      pending.putBack(last.exchange);
      last = last.before;
    } else break;
  }
  if (pending.required() === 0) return explained(pathTo(last));
  if (steps > budget || stuck === undefined) return { kind: 'inconclusive', steps: budget };
  const { last: end, ...why } = stuck;
  return { kind: 'unexplained', ...why, order: pathTo(end).map(({ exchange }) => exchange) };
}

function explained(path: readonly Placed[]): Explanation {
  return {
    kind: 'explained',
    observed: path.flatMap(({ observed }) => observed),
    warnings: path.flatMap(({ warnings, exchange }) => warnings.map((warning) => ({ ...warning, exchange }))),
    order: path.map(({ exchange }) => exchange),
    world: path.at(-1)?.world ?? emptyWorld,
  };
}

/** All places up to this one, from the first. */
function pathTo(last: Placed | undefined): readonly Placed[] {
  const path: Placed[] = [];
  for (let one = last; one; one = one.before) path.push(one);
  return path.reverse();
}
