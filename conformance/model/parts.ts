import type { Exchange } from '../history.ts';
import { declined, messageOf, ownLength, readsContent } from './framing.ts';
import { problemName } from './http.ts';
import { cutOff, type Step, step } from './session.ts';
import type { Claims, World } from './state.ts';

/** How an exchange takes part: its answer tells, it surely had no effect, or it may take effect at any later time. */
export type Part = 'told' | 'void' | 'open-ended';

/**
 * A 429 or a 507 says that nothing happened. Any other 5xx leaves that open, like an answer that was lost; but what only
 * reads has no effect at all, nor has a message that is broken or whose body ended early (`chunk.atomic`).
 */
export function partOf(exchange: Exchange): Part {
  const { call, sent, outcome } = exchange;
  const broken = messageOf(exchange) === 'broken';
  const reads = call.kind === 'status' || call.kind === 'attachment' || call.kind === 'content';
  const unseen = reads || broken ? 'void' : 'open-ended';
  if (outcome.kind === 'lost' && outcome.unsent) return 'void';
  if (outcome.kind === 'lost') return readsContent(exchange) && !sent.whole ? 'void' : unseen;
  if (outcome.status === 429 || outcome.status === 507) return 'void';
  if (outcome.status >= 500) return declined(exchange) ? 'told' : unseen;
  // More than was announced is the next request, and a refusal that names no problem may be the one of that.
  const ofTheRest = ownLength(sent) < sent.bodyLength && outcome.status >= 400 && problemName(outcome) === undefined;
  return ofTheRest ? unseen : 'told';
}

/** What comes of an exchange in a world, as far as it takes part. */
export function play(world: World, exchange: Exchange, claims: Claims, strict: boolean): Step {
  switch (partOf(exchange)) {
    case 'void': {
      const unsent = exchange.outcome.kind === 'lost' && exchange.outcome.unsent;
      return { kind: 'allowed', worlds: [unsent ? world : cutOff(world, exchange)], observed: [], warnings: [] };
    }
    case 'open-ended':
      return step(world, unanswered(exchange), claims, strict);
    case 'told':
      return step(world, exchange, claims, strict);
  }
}

/** A 5xx tells as little of what happened as an answer that was lost. */
const unanswered = (exchange: Exchange): Exchange =>
  exchange.outcome.kind === 'lost'
    ? exchange
    : { ...exchange, outcome: { kind: 'lost', reason: `a ${exchange.outcome.status}` } };
