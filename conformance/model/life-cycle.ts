import type { RequirementId } from '../../generated/requirements.ts';
import { bytesOf } from '../bytes.ts';
import type { Answer, ChunkCall, Exchange } from '../history.ts';
import { type Stored, sha256Base64 } from './digest.ts';
import type { Examination } from './examine.ts';
import { ownLength } from './framing.ts';
import { type Lawful, refusal } from './lawful.ts';
import { examineReceipt, examineSession } from './representation.ts';
import { chunkIndex, readChunk } from './requests.ts';
import { type Claims, movable, pledge, type Session, type World, withSession } from './state.ts';

/** What every operation on an aborted session but a further abort is answered with. */
export const aborted = refusal('session-aborted', 'abort.final', 'the session was aborted');

/** What a status request may answer (requirements `status.*`). */
export function lawfulStatus(world: World, session: Session, { call, sent }: Exchange): Lawful[] {
  if (session.phase === 'aborted') return [aborted];
  const head = sent.method === 'HEAD';
  const neighbours = [...world.sessions.values()].filter(({ name }) => name !== session.name);
  const read = (answer: Answer, seen: Examination): World =>
    head ? world : withSession(world, examineSession(session, answer.json, seen, neighbours));
  const linked = call.kind === 'status' && call.spelling === 'location';
  const plain = session.phase === 'completed' ? 'status.completed' : 'status.received';
  const requirement = linked ? 'initiate.location' : head ? 'status.head' : plain;
  return [{ requirement, expected: '200 UploadSession', statuses: [200], read }];
}

/** What a chunk upload may answer (requirements `chunk.*`). A refusal leaves the chunk as it was. */
export function lawfulChunk(
  world: World,
  session: Session,
  exchange: Exchange,
  call: ChunkCall,
  claims: Claims,
): Lawful[] {
  const { sent } = exchange;
  const length = ownLength(sent);
  const partly = length < sent.bodyLength;
  const received = { ...sent, bodyLength: length, bodyDigest: partly ? '' : (sent.bodyDigest ?? '') };
  const reading = readChunk(partly ? withoutTheRest(call) : call, session, received, claims);
  const faults = [...reading.faults, ...reading.leave].map((fault) =>
    refusal(fault.problem, fault.requirement, describeFault(call, session), fault.members),
  );
  if (session.phase === 'aborted') return [aborted, ...faults];
  if (session.phase !== 'open')
    return [refusal('session-completed', 'complete.atomic', 'the session is complete'), ...faults];

  const chunk = chunkIndex(call.chunk, session.totalChunks);
  if (chunk === undefined || reading.faults.length > 0) {
    const untouched = chunk === undefined ? world : atStake(world, session, chunk, 'chunk.atomic');
    return faults.map((fault) => ({ ...fault, read: () => untouched }));
  }
  const digest = length < sent.bodyLength ? sha256Base64(bytesOf(call.write, chunk, length)) : sent.bodyDigest;
  const held: Stored = { write: call.write, digest: digest ?? '' };
  const before = session.chunks.get(chunk);
  const promises = chunkPromises(exchange, call, session, chunk, before, held);
  const next: Session = {
    ...session,
    chunks: new Map(session.chunks).set(chunk, held),
    atStake: staked(
      session,
      chunk,
      promises.find((promise) => telling.includes(promise)),
    ),
  };
  const read = (answer: Answer, seen: Examination): World => {
    seen.observed.push(...promises);
    const wanted = before ? 200 : 201;
    seen.expect('chunk.created', answer.status === wanted, `${wanted}: the chunk was ${before ? 'present' : 'absent'}`);
    return withSession(world, examineReceipt(next, chunk, held, answer.json, seen));
  };
  const statuses = [200, 201];
  return [
    {
      requirement: promises[0],
      expected: before ? '200 or 201 ChunkReceipt' : '201 or 200 ChunkReceipt',
      statuses,
      read,
      effect: withSession(world, movable(next)),
    },
    ...faults,
  ];
}

/** The same upload without what follows after its `Content-Length`: a digest over all that was sent is no longer right. */
const withoutTheRest = (call: ChunkCall): ChunkCall =>
  call.contentDigest === 'right' || call.contentDigest === 'several' ? { ...call, contentDigest: 'wrong' } : call;

/** Promises that a later reading of the chunk proves: of a plain upload it proves only that it was listed and kept. */
const telling: readonly RequirementId[] = ['chunk.replay', 'chunk.replace', 'chunk.transfer-coding'];

function staked(session: Session, chunk: number, promise: RequirementId | undefined): Map<number, RequirementId> {
  const stakes = new Map(session.atStake);
  // Without a promise of its own an upload leaves what was at stake: what was cut off may do its harm late.
  if (promise) stakes.set(chunk, promise);
  return stakes;
}

/** The same world, in which the next reading of this chunk proves or breaks `promise`. */
export function atStake(world: World, session: Session, chunk: number, promise: RequirementId): World {
  return withSession(world, { ...session, atStake: staked(session, chunk, promise) });
}

/** What accepting this upload keeps, the most telling first. */
function chunkPromises(
  { fault }: Exchange,
  call: ChunkCall,
  session: Session,
  chunk: number,
  before: Stored | undefined,
  held: Stored,
): [RequirementId, ...RequirementId[]] {
  const promises: RequirementId[] = [];
  if (before) promises.push(before.digest === held.digest ? 'chunk.replay' : 'chunk.replace');
  if (call.framing === 'chunked' || fault?.kind === 'framing') promises.push('chunk.transfer-coding');
  if (call.contentDigest === 'several' || namesMore(call)) promises.push('chunk.digest-unsupported');
  if (call.contentDigest === 'right' || typeof call.contentDigest === 'object') promises.push('chunk.digest');
  if (call.contentRange !== undefined) promises.push('chunk.content-range');
  const respelt = typeof call.chunk === 'string' || typeof call.spelling === 'object';
  if (call.spelling === 'percent-encoded' || respelt) promises.push('initiate.unguessable');
  const gap = [...Array(chunk).keys()].some((lower) => !session.chunks.has(lower));
  if (gap) promises.push('chunk.any-order');
  const [first = 'chunk.stored', ...rest] = promises;
  return [first, ...rest];
}

/** Whether the text of a digest field names other algorithms, too. */
const namesMore = ({ contentDigest }: ChunkCall): boolean =>
  typeof contentDigest === 'object' && contentDigest.raw.includes(',');

function describeFault(call: ChunkCall, session: Session): string {
  const index = chunkIndex(call.chunk, session.totalChunks);
  return index === undefined
    ? `the session has ${session.totalChunks} chunks`
    : `chunk ${index} as sent is not acceptable`;
}

/** What an abort may answer (requirements `abort.*`). */
export function lawfulAbort(world: World, session: Session): Lawful[] {
  if (session.phase === 'completed' || session.phase === 'completing') {
    const kept = withSession(world, pledge(session, 'abort.completed'));
    return [{ ...refusal('session-completed', 'abort.completed', 'the session is complete'), read: () => kept }];
  }
  const requirement = session.phase === 'aborted' ? 'abort.repeat' : 'abort.aborted';
  const after = withSession(world, { ...session, phase: 'aborted' });
  return [{ requirement, expected: '204', statuses: [204], effect: after }];
}
