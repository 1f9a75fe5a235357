import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange } from '../history.ts';
import type { Objection } from '../verdict.ts';
import { cutOff, step } from './session.ts';
import { type Claims, emptyWorld, type World, worldKey } from './state.ts';

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
type Unexplained = Extract<Explanation, { kind: 'unexplained' }>;

/** How an exchange takes part: its answer tells, it surely had no effect, or it may take effect at any later time. */
type Part = 'told' | 'void' | 'open-ended';

/**
 * Searches for an order of the exchanges that the model allows and that respects real time (Wing and Gong 1993; Lowe
 * 2017): whatever was answered before another was sent comes first. Intervals are closed: equal stamps are concurrent.
 * A request whose answer was lost never returns: it takes effect at any time after it was sent, or never. The history
 * of one client that lost nothing has one order, so the search is then a plain fold.
 */
export function explain(exchanges: readonly Exchange[], claims: Claims, budget = defaultBudget): Explanation {
  // An order that breaks no SHOULD explains more than one that does: a warning has to be without an alternative.
  const strict = searchOrder(exchanges, claims, budget, true);
  return strict.kind === 'explained' ? strict : searchOrder(exchanges, claims, budget, false);
}

function searchOrder(exchanges: readonly Exchange[], claims: Claims, budget: number, strict: boolean): Explanation {
  const order = exchanges.map((_, index) => index).sort((a, b) => at(exchanges, a).sentAt - at(exchanges, b).sentAt);
  const parts = exchanges.map(partOf);
  const total = parts.filter((part) => part !== 'open-ended').length;
  const done = new Set<number>();
  const seen = new Set<string>();
  const path: { observed: readonly RequirementId[]; warnings: readonly Objection[]; exchange: number }[] = [];
  let steps = 0;
  let stuck: (Omit<Unexplained, 'worlds'> & { readonly worlds: World[] }) | undefined;

  const search = (world: World, explained: number): World | undefined => {
    if (explained === total) return world;
    const next = candidates(exchanges, order, parts, done);
    if (next.length > 1) {
      const key = `${[...done].sort((a, b) => a - b).join()} ${worldKey(world)}`;
      if (seen.has(key)) return undefined;
      seen.add(key);
    }
    for (const index of next) {
      if (++steps > budget) return undefined;
      const exchange = at(exchanges, index);
      const part = parts[index] as Part;
      if (part === 'void') {
        const end = descend(index, cutOff(world, exchange), explained + 1, [], []);
        if (end) return end;
        continue;
      }
      const result = step(world, part === 'open-ended' ? unanswered(exchange) : exchange, claims, strict);
      if (result.kind === 'refused') {
        if (part === 'told') remember(index, result.objection, world, explained);
        continue;
      }
      const advance = part === 'told' ? 1 : 0;
      for (const after of result.worlds) {
        const end = descend(index, after, explained + advance, result.observed, result.warnings);
        if (end) return end;
      }
    }
    return undefined;
  };

  const descend = (
    index: number,
    world: World,
    explained: number,
    observed: readonly RequirementId[],
    warnings: readonly Objection[],
  ): World | undefined => {
    done.add(index);
    path.push({ observed, warnings, exchange: index });
    const end = search(world, explained);
    if (end) return end;
    done.delete(index);
    path.pop();
    return undefined;
  };

  const remember = (exchange: number, objection: Objection, world: World, explained: number): void => {
    if (stuck === undefined || explained > stuck.explained) {
      const order = path.map((one) => one.exchange);
      stuck = { kind: 'unexplained', exchange, objection, worlds: [world], explained, order };
    } else if (explained === stuck.explained && exchange === stuck.exchange) stuck.worlds.push(world);
  };

  const world = search(emptyWorld, 0);
  if (world) {
    const observed = path.flatMap((one) => one.observed);
    const warnings = path.flatMap((one) => one.warnings.map((w) => ({ ...w, exchange: one.exchange })));
    return { kind: 'explained', observed, warnings, order: path.map((one) => one.exchange), world };
  }
  if (steps > budget || stuck === undefined) return { kind: 'inconclusive', steps };
  return stuck;
}

/**
 * A 429 or a 507 says that nothing happened. Any other 5xx leaves that open, like an answer that was lost. A chunk whose
 * body ended early is never stored (`chunk.atomic`).
 */
function partOf({ call, sent, outcome }: Exchange): Part {
  if (outcome.kind === 'lost') return call.kind === 'chunk' && !sent.whole ? 'void' : 'open-ended';
  if (outcome.status === 429 || outcome.status === 507) return 'void';
  return outcome.status >= 500 ? 'open-ended' : 'told';
}

/** A 5xx tells as little of what happened as an answer that was lost. */
const unanswered = (exchange: Exchange): Exchange =>
  exchange.outcome.kind === 'lost'
    ? exchange
    : { ...exchange, outcome: { kind: 'lost', reason: `a ${exchange.outcome.status}` } };

/**
 * What may come next: every exchange that was sent before the first pending answer came back. Those whose answers tell
 * come first, so that an unseen effect is only supposed where the answers need it.
 */
function candidates(
  exchanges: readonly Exchange[],
  order: readonly number[],
  parts: readonly Part[],
  done: ReadonlySet<number>,
): number[] {
  const told: number[] = [];
  const openEnded: number[] = [];
  const waiting = new Set<string>();
  let firstReturn = Number.POSITIVE_INFINITY;
  for (const index of order) {
    if (done.has(index)) continue;
    const { sentAt, receivedAt, client } = at(exchanges, index);
    if (sentAt > firstReturn) break;
    // A client sends one request after another, even where the clock's resolution makes the stamps equal.
    if (waiting.has(client)) continue;
    if (parts[index] === 'open-ended') openEnded.push(index);
    else {
      told.push(index);
      waiting.add(client);
      firstReturn = Math.min(firstReturn, receivedAt);
    }
  }
  return [...told, ...openEnded];
}

const at = (exchanges: readonly Exchange[], index: number): Exchange => exchanges[index] as Exchange;
