import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange } from '../history.ts';
import type { Objection } from '../verdict.ts';
import { problemName } from './http.ts';
import { type Session, sessionOf, type World } from './state.ts';

/** The state as it is when the request is sent: a restart changes nothing, and puts at stake all that was acknowledged. */
export function restarted(world: World, { restarts = 0 }: Exchange): World {
  if (restarts <= world.restarts) return world;
  const sessions = [...world.sessions.values()].map((session) => [session.name, survivor(session)] as const);
  return { ...world, restarts, sessions: new Map(sessions) };
}

function survivor(session: Session): Session {
  const held = [...session.chunks.keys()].map((chunk) => [chunk, 'chunk.durable'] as const);
  const pledges = new Set<RequirementId>(session.pledges);
  if (session.phase === 'completed') pledges.add('complete.durable');
  return { ...session, survived: session.phase, pledges, atStake: new Map([...session.atStake, ...held]) };
}

/** What a session breaks that lost its chunks, or itself, or brings back other bytes. */
const forgotten: readonly RequirementId[] = [
  'expiry.not-early',
  'complete.created',
  'complete.digest',
  'complete.bytes',
  'content.exact',
  'status.received',
];

/** The promise that an answer breaks which would have been right, had the target not been killed. */
export function blamedOnRestart(world: World, { call, outcome }: Exchange, objection: Objection): Objection {
  const session = 'session' in call ? sessionOf(world, call.session) : undefined;
  if (!session?.survived || objection.requirement.startsWith('http.')) return objection;
  if (session.survived === 'completed') return { ...objection, requirement: 'complete.durable' };
  // A session that is locked has lost nothing.
  if (outcome.kind === 'answered' && problemName(outcome) === 'session-completed') return objection;
  const lost = session.survived === 'open' && session.phase !== 'aborted' && forgotten.includes(objection.requirement);
  if (!lost) return objection;
  if ([...session.atStake.values()].includes('chunk.durable')) return { ...objection, requirement: 'chunk.durable' };
  // It had no chunk that could be lost with it.
  return objection.requirement === 'expiry.not-early' ? { ...objection, requirement: 'session.remembered' } : objection;
}
