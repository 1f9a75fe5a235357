import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange, History } from '../history.ts';
import type { Objection } from '../verdict.ts';
import { second } from './representation.ts';
import { chunkLength, type Session, sessionOf, type World } from './state.ts';

/** What the samples of the storage say of a history that is otherwise explained. */
export type StorageFinding =
  | {
      readonly kind: 'kept';
      readonly observed: readonly RequirementId[];
      readonly warnings: readonly (Objection & { readonly exchange: number })[];
    }
  | { readonly kind: 'broken'; readonly exchange: number; readonly objection: Objection }
  | { readonly kind: 'undecided'; readonly reason: string };

/** Storage is given back within this time, in ms (`chunk.releases`, `abort.releases`, `expiry.releases`). */
const promptness = 5000;

const nothing: StorageFinding = { kind: 'kept', observed: [], warnings: [] };

/**
 * Whether storage is bounded by what is kept. The first sample is taken before an upload, the last one after: with the
 * sessions still open they may hold twice as much as their files have, and when all have ended nothing. That the samples see
 * uploads at all has to show in one between, or in the last one of a session that is open. What was there before may come
 * and go by a quarter of the files.
 *
 * @param world - the state in which the history ends
 */
export function examineStorage({ exchanges, samples = [] }: History, world: World): StorageFinding {
  const [before] = samples;
  const last = samples.at(-1);
  if (before === undefined || last === undefined || last === before) return nothing;
  const sessions = [...world.sessions.values()];
  const files = sum(sessions.map(({ fileSize }) => fileSize));
  const sent = sum(exchanges.map((one) => handled(one, world)));
  const end = endOf(sessions, exchanges, last.serverClock.earliest);
  // Of open sessions nothing is seen unless more was sent than they may hold.
  if (end === undefined || sent === 0 || sent < 1.5 * end.allowed) return nothing;

  const { requirement, exchange, allowed } = end;
  const most = before.bytes + allowed + Math.floor(files / 4);
  if (last.bytes > most) {
    // A session has surely expired when the last sample is first asked for.
    const releasedAt = exchange === undefined ? last.since : (exchanges[exchange]?.receivedAt ?? last.since);
    if (last.at - releasedAt < promptness + second)
      return { kind: 'undecided', reason: 'the storage was not looked at for long enough' };
    const expected = `storage of at most ${most} bytes within 5 s, and not ${last.bytes}`;
    const at = exchange ?? exchanges.length - 1;
    // A SHOULD is warned of.
    return requirement === 'chunk.releases'
      ? { kind: 'kept', observed: [requirement], warnings: [{ requirement, expected, exchange: at }] }
      : { kind: 'broken', exchange: at, objection: { requirement, expected } };
  }
  const looks = allowed > 0 ? [last] : samples.slice(1, -1);
  if (looks.length === 0) return nothing;
  const held = sum(sessions.flatMap((session) => [...session.chunks.keys()].map((i) => chunkLength(session, i))));
  const grown = Math.max(...looks.map(({ bytes }) => bytes)) - before.bytes;
  if (held === 0 || grown < held / 2)
    return { kind: 'undecided', reason: `--storage-command does not see uploads: ${held} bytes made it ${grown} more` };
  return { kind: 'kept', observed: [requirement], warnings: [] };
}

interface End {
  readonly requirement: 'abort.releases' | 'expiry.releases' | 'chunk.releases';
  /** What ended the last session, by its index in the history; undefined if that was no request. */
  readonly exchange: number | undefined;
  /** How many bytes may be held on. */
  readonly allowed: number;
}

/** Which promise the last sample is about: undefined if sessions have ended in more than one way. */
function endOf(sessions: readonly Session[], exchanges: readonly Exchange[], at: number): End | undefined {
  const isAborted = ({ phase }: Session) => phase === 'aborted';
  const isExpired = ({ phase, expiry }: Session) => phase === 'open' && at > expiry.atMost + second;
  const isOpen = ({ phase, expiry }: Session) => phase === 'open' && at < expiry.atLeast - second;
  const abort = exchanges.findLastIndex(({ call, outcome }) => call.kind === 'abort' && outcome.kind === 'answered');
  if (sessions.every(isOpen)) {
    const allowed = 2 * sum(sessions.map(({ fileSize }) => fileSize));
    return { requirement: 'chunk.releases', exchange: exchanges.length - 1, allowed };
  }
  if (!sessions.every((session) => isAborted(session) || isExpired(session))) return undefined;
  return sessions.some(isAborted)
    ? { requirement: 'abort.releases', exchange: abort, allowed: 0 }
    : { requirement: 'expiry.releases', exchange: undefined, allowed: 0 };
}

/** The bytes that a request may have made the server store, for a while at least: those of a whole file, to complete it. */
function handled({ call, sent }: Exchange, world: World): number {
  if (call.kind === 'chunk') return sent.bodyLength;
  return call.kind === 'complete' ? (sessionOf(world, call.session)?.fileSize ?? 0) : 0;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
