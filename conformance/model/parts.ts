import type { Exchange } from '../history.ts';
import { cutOff, type Step, step } from './session.ts';
import type { Claims, World } from './state.ts';

/** How an exchange takes part: its answer tells, it surely had no effect, or it may take effect at any later time. */
export type Part = 'told' | 'void' | 'open-ended';

/**
 * A 429 or a 507 says that nothing happened. Any other 5xx leaves that open, like an answer that was lost; but what only
 * reads has no effect at all. A chunk whose body ended early is never stored (`chunk.atomic`).
 */
export function partOf({ call, sent, outcome }: Exchange): Part {
  const reads = call.kind === 'status' || call.kind === 'attachment' || call.kind === 'content';
  const unseen = reads ? 'void' : 'open-ended';
  if (outcome.kind === 'lost' && outcome.unsent) return 'void';
  if (outcome.kind === 'lost') return call.kind === 'chunk' && !sent.whole ? 'void' : unseen;
  if (outcome.status === 429 || outcome.status === 507) return 'void';
  return outcome.status >= 500 ? unseen : 'told';
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
