import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Exchange, Json } from '../history.ts';
import type { Stored } from './digest.ts';
import { assemble, compositeDigest, sha256Base64, sha256Member } from './digest.ts';
import type { Examination } from './examine.ts';
import { isObject } from './requests.ts';
import { chunkLength, movable, type Published, ranges, type Session } from './state.ts';

/** Clients and the suite allow a second around time stamps: the resolution of `Date`. In ms. */
export const second = 1000;

/** The instant of an RFC 3339 text in epoch ms, NaN for any other value. */
export const instant = (value: Json | undefined): number =>
  typeof value === 'string' ? Date.parse(value) : Number.NaN;

/** Reads an `UploadSession` of a session that is known: nothing but its expiry and its attachment may be new. */
export function examineSession(
  session: Session,
  json: Json | undefined,
  seen: Examination,
  neighbours: readonly Session[] = [],
): Session {
  const body = isObject(json) ? json : {};
  seen.expect('status.received', body['sessionId'] === session.id, `sessionId ${session.id}`);
  for (const member of ['fileName', 'fileSize', 'contentType'] as const)
    seen.expect('initiate.echo', body[member] === session[member], `${member} ${JSON.stringify(session[member])}`);
  for (const member of ['chunkSize', 'totalChunks'] as const)
    seen.expect('initiate.geometry', body[member] === session[member], `${member} ${session[member]}`);
  examineReceived(session, body, seen, neighbours);
  if (neighbours.length > 0) seen.observed.push('session.isolated');
  const state = session.phase;
  seen.expect(promiseOfState(session, body['state']), body['state'] === state, `state ${state}`);
  if (session.reopened)
    seen.expect(
      'complete.async',
      body['completionError'] !== undefined,
      'completionError, which says why it is open again',
    );
  const later = examineExpiry(session, body['expiresAt'], 'status.safe', seen);
  for (const pledge of session.pledges) seen.observed.push(pledge);
  const read = { ...later, pledges: new Set<never>(), reopened: false };
  if (state !== 'completed') return read;
  // A completion that was answered with 202, or not at all, is seen here for the first time.
  if (session.totalChunks === 0) seen.observed.push('complete.empty-file');
  return { ...read, attachment: examineAttachment(session, body['attachment'], seen) };
}

/**
 * Who is to blame for another state than the session's: a completion that takes its time, a request that was refused, or
 * else a reading, which ends what nobody asked to end.
 */
function promiseOfState({ phase, pledges }: Session, told: Json | undefined): RequirementId {
  if (phase === 'completed') return 'status.completed';
  if (phase === 'completing') return 'complete.async';
  const [refused = 'status.safe'] = pledges;
  return phase === 'open' && told === 'completed' ? refused : 'status.received';
}

function examineReceived(
  session: Session,
  body: { readonly [member: string]: Json },
  seen: Examination,
  neighbours: readonly Session[],
): void {
  const listed = new Set<number>();
  const items = Array.isArray(body['receivedChunks']) ? (body['receivedChunks'] as Json[]) : [];
  for (const range of items) {
    if (!isObject(range)) continue;
    // A range is only walked as far as the session goes: a hostile one cannot keep the judge busy.
    const last = Math.min(Number(range['last']), session.totalChunks - 1);
    for (let chunk = Math.max(0, Number(range['first'])); chunk <= last; chunk++) listed.add(chunk);
  }
  for (let chunk = 0; chunk < session.totalChunks; chunk++) {
    const held = session.chunks.get(chunk);
    const elsewhere = !held && neighbours.some(({ chunks }) => chunks.has(chunk));
    const [refused] = session.pledges;
    const otherwise = held
      ? (refused ?? 'status.read-your-writes')
      : elsewhere
        ? 'session.isolated'
        : 'status.received';
    const promise = session.atStake.get(chunk) ?? otherwise;
    const wanted = held ? `chunk ${chunk} is listed: it holds w${held.write}` : `chunk ${chunk} is not listed`;
    if (held) seen.observed.push('status.read-your-writes');
    const tells = held !== undefined || session.atStake.has(chunk) || listed.has(chunk);
    if (tells) seen.expect(promise, listed.has(chunk) === !!held, wanted);
  }
  const wanted = JSON.stringify(ranges(session.totalChunks, (chunk) => session.chunks.has(chunk)));
  const got = JSON.stringify(
    items.map((range) => (isObject(range) ? { first: range['first'], last: range['last'] } : range)),
  );
  seen.expect('status.received', got === wanted, `receivedChunks ${wanted}`);
  const bytes = [...session.chunks.keys()].reduce((sum, chunk) => sum + chunkLength(session, chunk), 0);
  seen.expect('status.received', body['receivedBytes'] === bytes, `receivedBytes ${bytes}`);
}

/** Holds an `expiresAt` against what is known, and narrows that. `blame` is the promise that a later time breaks. */
export function examineExpiry(
  session: Session,
  value: Json | undefined,
  blame: 'status.safe' | 'expiry.monotonic',
  seen: Examination,
): Session {
  const at = instant(value);
  const { atLeast, atMost } = session.expiry;
  seen.expect('expiry.monotonic', at >= atLeast - second, `expiresAt not before ${iso(atLeast)}`);
  seen.expect(blame, !(at > atMost + second), `expiresAt still ${iso(atMost)}`);
  if (Number.isNaN(at)) return session;
  return { ...session, expiry: { atLeast: Math.max(atLeast, at), atMost: Math.min(atMost, at) } };
}

/** Reads an `Attachment` of a completed session, and binds its id. */
export function examineAttachment(session: Session, json: Json | undefined, seen: Examination): Published {
  const body = isObject(json) ? json : {};
  seen.expect('status.completed', isObject(json), 'the attachment');
  for (const member of ['fileName', 'fileSize', 'contentType'] as const)
    seen.expect('complete.created', body[member] === session[member], `${member} ${JSON.stringify(session[member])}`);
  if (session.download)
    seen.expect('complete.created', typeof body['contentUrl'] === 'string', 'a contentUrl, as download is claimed');
  const id = body['attachmentId'];
  const known = session.attachment.id;
  if (known !== undefined) seen.expect('complete.repeat', id === known, `attachmentId ${known}`);
  const composite = compositeDigest(session.chunks);
  seen.expect(suspect(session), sha256Member(body['compositeDigest']) === composite, `compositeDigest ${composite}`);
  seen.observed.push('complete.digest');
  if (body['digest'] !== undefined) {
    const whole = wholeDigest(session);
    seen.expect('complete.digest', sha256Member(body['digest']) === whole, `digest ${whole}`);
  }
  const { createdAt: made } = session.attachment;
  const createdAt = body['createdAt'];
  const still = made === undefined || Math.abs(instant(createdAt) - instant(made)) <= second;
  seen.expect('status.completed', still, `createdAt still ${made}`);
  return {
    ...session.attachment,
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof createdAt === 'string' ? { createdAt: made ?? createdAt } : {}),
  };
}

/** Which promise a wrong composite breaks: that of a chunk which was cut off, replaced or sent again, if there is one. */
function suspect(session: Session): RequirementId {
  const telling: readonly RequirementId[] = ['chunk.atomic', 'chunk.replace', 'chunk.replay'];
  return telling.find((promise) => [...session.atStake.values()].includes(promise)) ?? 'complete.digest';
}

/** Reads a `ChunkReceipt`, and moves the session's expiry as far as the receipt says. */
export function examineReceipt(
  session: Session,
  chunk: number,
  held: Stored,
  json: Json | undefined,
  seen: Examination,
): Session {
  const body = isObject(json) ? json : {};
  seen.expect('chunk.stored', body['chunkId'] === chunk, `chunkId ${chunk}`);
  seen.expect('chunk.stored', body['offset'] === chunk * session.chunkSize, `offset ${chunk * session.chunkSize}`);
  const length = chunkLength(session, chunk);
  seen.expect('chunk.stored', body['length'] === length, `length ${length}`);
  const digest = sha256Member(body['digest']);
  seen.expect('chunk.stored', digest === held.digest, `digest ${held.digest}, that of w${held.write}`);
  // A stored chunk may move the expiry to any later time, so only the lower bound is held against it.
  return examineExpiry(movable(session), body['expiresAt'], 'expiry.monotonic', seen);
}

/** The digests that a completion expects, held against the chunks: whether every one matches. */
export function expectationsHold(session: Session, expects: Exchange['sent']['expects']): boolean {
  if (expects?.composite !== undefined && expects.composite !== compositeDigest(session.chunks)) return false;
  return expects?.whole === undefined || expects.whole === wholeDigest(session);
}

export const wholeBytes = (session: Session): Uint8Array =>
  assemble(session.chunks, (chunk) => chunkLength(session, chunk));

/** Digests of whole files, by their chunks: several answers tell the same one, and a large file takes a while. */
const digests = new WeakMap<Session['chunks'], string>();

export function wholeDigest(session: Session): string {
  const { chunks } = session;
  // Stryker disable all: what is known is not hashed again, which no answer shows.
  const [only] = chunks.size === 1 ? chunks.values() : [];
  const digest = digests.get(chunks) ?? only?.digest ?? sha256Base64(wholeBytes(session));
  digests.set(chunks, digest);
  // Stryker restore all
  return digest;
}

/** Whether the answer carries the media type that was declared, in whatever spelling. */
export function sameMediaType(answer: Answer, declared: string): boolean {
  return oneSpelling(answer.headers['content-type'] ?? '') === oneSpelling(declared);
}

/** A media type without what says nothing: case, white space, empty parameters, needless quotes (RFC 9110 8.3.1, 5.6.6). */
function oneSpelling(type: string): string {
  const unquoted = type.toLowerCase().replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => {
    const value = text.replace(/\\(.)/g, '$1');
    return /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(value) ? value : JSON.stringify(value);
  });
  return unquoted.replace(/[ \t]*;[ \t;]*/g, ';').replace(/;$/, '');
}

const iso = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'any time');
