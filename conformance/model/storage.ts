import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange, History } from '../history.ts';
import type { Objection } from '../verdict.ts';
import { second } from './representation.ts';
import type { Session, World } from './state.ts';

/** What the samples of the storage say of a history that is otherwise explained. */
export type StorageFinding =
  | { readonly kind: 'kept'; readonly observed: readonly RequirementId[] }
  | { readonly kind: 'broken'; readonly exchange: number; readonly objection: Objection }
  | { readonly kind: 'undecided'; readonly reason: string };

/** An aborted or expired session gives its storage back within this time, in ms (`abort.releases`, `expiry.releases`). */
const promptness = 5000;

/**
 * Whether storage is bounded by what is kept: the first sample before an upload, the second with it, the last one when
 * every session was aborted or had expired. The upload has to show in the second, or the samples say nothing; what was
 * there before may come and go by a quarter of it.
 *
 * @param world - the state in which the history ends
 */
export function examineStorage({ exchanges, samples = [] }: History, world: World): StorageFinding {
  const [before, full] = samples;
  const last = samples.at(-1);
  const nothing: StorageFinding = { kind: 'kept', observed: [] };
  if (before === undefined || full === undefined || last === undefined || last === full) return nothing;
  const sessions = [...world.sessions.values()];
  const expired = ({ phase, expiry }: Session) =>
    phase === 'open' && last.serverClock.earliest > expiry.atMost + second;
  if (!sessions.every((session) => session.phase === 'aborted' || expired(session))) return nothing;

  const uploads = exchanges.filter((one) => one.call.kind === 'chunk' && succeeded(one));
  const uploaded = uploads.reduce((sum, { sent }) => sum + sent.bodyLength, 0);
  const grown = full.bytes - before.bytes;
  if (uploaded === 0 || grown < uploaded / 2)
    return {
      kind: 'undecided',
      reason: `--storage-command does not see uploads: ${uploaded} bytes made it ${grown} more`,
    };
  const abort = exchanges.findLastIndex((one) => one.call.kind === 'abort' && succeeded(one));
  const requirement = abort === -1 ? 'expiry.releases' : 'abort.releases';
  const most = before.bytes + Math.floor(uploaded / 4);
  if (last.bytes <= most) return { kind: 'kept', observed: [requirement] };
  // A session has surely expired when the last sample is first asked for.
  const releasedAt = exchanges[abort]?.receivedAt ?? last.since;
  if (last.at - releasedAt < promptness + second)
    return { kind: 'undecided', reason: 'the storage was not looked at for long enough' };
  const cause = abort === -1 ? 'expiry' : 'abort';
  const expected = `storage of at most ${most} bytes again within 5 s of the ${cause}, and not ${last.bytes}`;
  return {
    kind: 'broken',
    exchange: abort === -1 ? exchanges.length - 1 : abort,
    objection: { requirement, expected },
  };
}

const succeeded = ({ outcome }: Exchange): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
