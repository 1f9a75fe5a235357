import type { RequirementId } from '../../generated/requirements.ts';
import { bytesOf } from '../bytes.ts';
import type { Answer, ChunkCall, CompleteCall, Exchange, Json } from '../history.ts';
import { type Stored, sha256Base64 } from './digest.ts';
import type { Examination } from './examine.ts';
import { ownLength } from './framing.ts';
import { type Lawful, refusal } from './lawful.ts';
import { examineAttachment, examineReceipt, examineSession, expectationsHold } from './representation.ts';
import { chunkIndex, expectationsIn, isObject, type JsonReading, readChunk, readComplete } from './requests.ts';
import { type Claims, movable, ranges, type Session, type World, withSession } from './state.ts';

const aborted = refusal('session-aborted', 'abort.final', 'the session was aborted');

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

/** What a completion may answer (requirements `complete.*`). */
export function lawfulComplete(
  world: World,
  session: Session,
  exchange: Exchange,
  call: CompleteCall,
  claims: Claims,
): Lawful[] {
  if (session.phase === 'aborted') return [aborted, ...lawfulOfGone(session, exchange, call, claims, 'abort.final')];
  return readComplete(call, exchange.sent, claims).flatMap((reading) =>
    lawfulCompletion(world, session, reading, expectedBy(reading, exchange)),
  );
}

/**
 * What else a completion may be told of a session that is over. Nobody can tell which of its chunks are left: whatever
 * there was may be missed, and make no digest any more.
 */
export function lawfulOfGone(
  session: Session,
  exchange: Exchange,
  call: CompleteCall,
  claims: Claims,
  promise: RequirementId,
): Lawful[] {
  const missing = session.totalChunks > 0 ? [refusal('upload-incomplete', promise, 'the chunks are gone')] : [];
  const ofReadings = readComplete(call, exchange.sent, claims).flatMap((reading) => {
    const mismatch = refusal('digest-mismatched-values', promise, 'the chunks are gone');
    return [...refusalsFor(reading), ...(expectedBy(reading, exchange) === undefined ? [] : [mismatch])];
  });
  return [...missing, ...ofReadings];
}

const expectedBy = ({ json }: JsonReading, { sent }: Exchange): Exchange['sent']['expects'] =>
  json === undefined ? sent.expects : expectationsIn(json);

const refusalsFor = ({ faults, leave }: JsonReading): Lawful[] =>
  [...faults, ...leave].map((fault) => refusal(fault.problem, fault.requirement, 'the expectation does not parse'));

function lawfulCompletion(
  world: World,
  session: Session,
  reading: JsonReading,
  expects: Exchange['sent']['expects'],
): Lawful[] {
  const refusals = refusalsFor(reading);
  const matches = expectationsHold(session, expects);
  const mismatch = refusal('digest-mismatched-values', 'complete.digest', 'the chunks make another digest');
  const stillOpen = withSession(world, pledge(session, 'complete.digest'));
  const broken = reading.faults.length > 0;
  // One expectation may be malformed and the other one wrong: either may be told.
  const refused = matches ? refusals : [...refusals, mismatch];

  if (session.phase === 'completing') {
    const again = { requirement: 'complete.repeat', expected: '202 UploadSession', statuses: [202] } as const;
    const read = (answer: Answer, seen: Examination) => withSession(world, examineSession(session, answer.json, seen));
    return [...(broken ? [] : [{ ...again, read }]), ...refusals, ...(matches ? [] : [mismatch])];
  }
  if (session.phase === 'completed') {
    if (broken) return refused;
    if (!matches) return [mismatch, ...refusals];
    const read = (answer: Answer, seen: Examination) => {
      proveBytes(expects, seen);
      return readCompletion(world, movable(session), answer, seen);
    };
    const again = { requirement: 'complete.repeat', expected: '200 Attachment', statuses: [200] } as const;
    return [{ ...again, read, effect: withSession(world, movable(session)) }, ...refusals];
  }
  if (session.chunks.size < session.totalChunks) {
    const incomplete = refusal('upload-incomplete', missed(world, session), 'chunks are missing');
    const read = (answer: Answer, seen: Examination): World => {
      examineMissing(session, answer.json, seen);
      return withSession(world, pledge(session, 'complete.incomplete'));
    };
    // What the digest of an incomplete file is nobody can say, so a mismatch may be told first.
    const early = expects === undefined ? [] : [mismatch];
    return [{ ...incomplete, read }, ...refusals, ...early];
  }
  if (broken) return refused.map((fault) => ({ ...fault, read: () => stillOpen }));
  const running: Session = { ...movable(session), phase: 'completing', doomed: !matches };
  const later: Lawful = {
    requirement: 'complete.async',
    expected: '202 UploadSession',
    statuses: [202],
    read: (answer, seen) => withSession(world, examineSession(running, answer.json, seen)),
    effect: withSession(world, running),
  };
  if (!matches) return [{ ...mismatch, read: () => stillOpen }, ...refusals, later];
  const done: Session = { ...movable(session), phase: 'completed' };
  const plain = session.totalChunks === 0 ? 'complete.empty-file' : 'complete.created';
  const created: Lawful = {
    requirement: isObject(reading.json) && hasUnknown(reading.json) ? 'http.unknown-members' : plain,
    expected: '201 Attachment',
    statuses: [201],
    read: (answer, seen) => {
      seen.expect('complete.created', answer.headers['location'] !== undefined, 'a Location');
      if (expects?.whole !== undefined)
        seen.expect('complete.digest', hasMember(answer.json, 'digest'), 'the digest that the completion asked for');
      proveBytes(expects, seen);
      return readCompletion(world, done, answer, seen);
    },
    effect: withSession(world, done),
  };
  return [created, later, ...refusals];
}

/** Whether a request to complete has members that the contract does not know. */
const hasUnknown = (json: { readonly [member: string]: Json }): boolean =>
  Object.keys(json).some((member) => member !== 'digest' && member !== 'compositeDigest');

/**
 * Which promise is broken if a chunk that is missing is not missed: that of the upload which was refused or cut off, if
 * every missing chunk had one; or that sessions are apart, if another one has them all.
 */
function missed({ sessions }: World, { chunks, totalChunks, atStake }: Session): RequirementId {
  const missing = [...Array(totalChunks).keys()].filter((chunk) => !chunks.has(chunk));
  if (missing.every((chunk) => atStake.get(chunk) === 'chunk.atomic')) return 'chunk.atomic';
  const elsewhere = [...sessions.values()].some((other) => missing.every((chunk) => other.chunks.has(chunk)));
  return elsewhere ? 'session.isolated' : 'complete.incomplete';
}

/** A server that verified the digest of the whole has the bytes: where nothing can be read back, this is what shows them. */
function proveBytes(expects: Exchange['sent']['expects'], seen: Examination): void {
  if (expects?.whole !== undefined) seen.observed.push('complete.bytes');
}

function readCompletion(world: World, session: Session, answer: Answer, seen: Examination): World {
  return withSession(world, { ...session, attachment: examineAttachment(session, answer.json, seen) });
}

/** The same session, of which the next reading proves or breaks `promise`. */
export function pledge(session: Session, promise: RequirementId): Session {
  return { ...session, pledges: new Set(session.pledges).add(promise) };
}

const hasMember = (json: Json | undefined, name: string): boolean => isObject(json) && json[name] !== undefined;

function examineMissing(session: Session, json: Json | undefined, seen: Examination): void {
  const body = isObject(json) ? json : {};
  const missing = ranges(session.totalChunks, (chunk) => !session.chunks.has(chunk));
  const same = JSON.stringify(rangesOf(body['missingChunks'])) === JSON.stringify(missing);
  seen.expect('complete.incomplete', same, `missingChunks ${JSON.stringify(missing)}`);
  const count = session.totalChunks - session.chunks.size;
  seen.expect('complete.incomplete', body['missingCount'] === count, `missingCount ${count}`);
}

const rangesOf = (value: Json | undefined): Json =>
  Array.isArray(value)
    ? value.map((range: Json) =>
        isObject(range) ? { first: range['first'] ?? null, last: range['last'] ?? null } : range,
      )
    : null;

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
