import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange } from '../history.ts';

/** Which promises about races a history put to the test: pairs of requests on one session that were under way at once. */
export function racesIn(exchanges: readonly Exchange[]): RequirementId[] {
  const found = new Set<RequirementId>();
  for (const [i, a] of exchanges.entries())
    for (const b of exchanges.slice(i + 1)) {
      if (b.sentAt > a.receivedAt) break;
      if (a.client === b.client) continue;
      for (const race of raceOf(a, b)) found.add(race);
    }
  const unseen = exchanges.some(({ outcome, sent }) => outcome.kind === 'lost' && sent.whole && !outcome.unsent);
  if (found.size > 0 || unseen) found.add('session.linearizable');
  return [...found];
}

function raceOf(a: Exchange, b: Exchange): RequirementId[] {
  const kinds = [a.call.kind, b.call.kind].sort().join(' ');
  if (kinds === 'initiate initiate') return sameKey(a, b) ? ['idempotency.race'] : [];
  const sameSession = 'session' in a.call && 'session' in b.call && a.call.session === b.call.session;
  if (!sameSession) return [];
  switch (kinds) {
    case 'chunk chunk':
      return stored(a) && stored(b) && chunkOf(a) !== chunkOf(b) ? ['chunk.parallel'] : ['session.linearizable'];
    case 'chunk complete':
      return ['complete.atomic'];
    case 'complete complete':
      return ['complete.exactly-once'];
    case 'abort complete':
      return ['abort.race'];
    default:
      return ['session.linearizable'];
  }
}

const stored = ({ outcome }: Exchange): boolean => outcome.kind === 'answered' && outcome.status < 300;
const chunkOf = ({ call }: Exchange): number | string | undefined => (call.kind === 'chunk' ? call.chunk : undefined);

function sameKey(a: Exchange, b: Exchange): boolean {
  const key = ({ call }: Exchange) => (call.kind === 'initiate' ? call.idempotencyKey : undefined);
  return key(a) !== undefined && key(a) === key(b);
}
