/**
 * Which uploads the bytes that were read back come from. The bytes of each upload are its own (`bytesOf`), so that a chunk
 * which no upload sent shows at once, in time that grows with what was read, and before any order is searched.
 */
import type { RequirementId } from '../../generated/requirements.ts';
import { bytesOf } from '../bytes.ts';
import type { Answer, Exchange } from '../history.ts';
import { chunkIndex, isObject } from './requests.ts';

/** The bytes of one chunk, whole, as a client read them back. */
export interface Reading {
  /** The answer that they came with, by its index in the history. */
  readonly exchange: number;
  /** The session's id. */
  readonly session: string;
  readonly chunk: number;
  readonly bytes: Uint8Array;
}

/** A chunk that holds what no upload sent. */
export interface Torn {
  readonly exchange: number;
  /** The promise that its pieces show broken. */
  readonly requirement: RequirementId;
  /** Where its bytes come from: `chunk 1 holds bytes 0–2 of w3 and byte 3 of w4`. */
  readonly found: string;
}

/** Every chunk that was read back, of each session whose geometry an answer told. Bytes that were not kept tell nothing. */
export function readingsOf(exchanges: readonly Exchange[]): readonly Reading[] {
  const sessions = sessionsOf(exchanges);
  return exchanges.flatMap(({ call, sent, outcome }, exchange) => {
    if (call.kind !== 'content' || sent.method === 'HEAD' || outcome.kind === 'lost') return [];
    const session = sessions.get(call.session);
    const start = session && startOf(outcome, session.fileSize);
    if (session === undefined || start === undefined || outcome.bytes === undefined) return [];
    const found: Reading[] = [];
    const end = start + outcome.bytes.length;
    for (let chunk = Math.ceil(start / session.chunkSize); chunk * session.chunkSize < end; chunk++) {
      const [from, to] = [chunk * session.chunkSize, Math.min((chunk + 1) * session.chunkSize, session.fileSize)];
      if (to <= end)
        found.push({ exchange, session: session.id, chunk, bytes: outcome.bytes.subarray(from - start, to - start) });
    }
    return found;
  });
}

/** The first chunk that was read back and that no upload of its session sent like that. */
export function firstTorn(exchanges: readonly Exchange[]): Torn | undefined {
  const uploads = uploadsOf(exchanges);
  for (const { exchange, session, chunk, bytes } of readingsOf(exchanges)) {
    const all = uploads.get(`${session} ${chunk}`) ?? [];
    if (all.some(({ write }) => equal(bytesOf(write, chunk, bytes.length), bytes))) continue;
    const pieces = piecesOf(bytes, chunk, all);
    const found = `chunk ${chunk} holds ${pieces.map(inWords).join(', and ')}`;
    return { exchange, requirement: promiseOf(pieces), found };
  }
  return undefined;
}

/** For each session's id and chunk, as `id chunk`, the uploads that ended up there as the bytes read back say. */
export function holdersOf(exchanges: readonly Exchange[]): ReadonlyMap<string, ReadonlySet<number>> {
  const uploads = uploadsOf(exchanges);
  const holders = new Map<string, ReadonlySet<number>>();
  for (const { session, chunk, bytes } of readingsOf(exchanges)) {
    const place = `${session} ${chunk}`;
    if (holders.has(place)) continue;
    const same = (uploads.get(place) ?? []).filter(({ write }) => equal(bytesOf(write, chunk, bytes.length), bytes));
    holders.set(place, new Set(same.map(({ write }) => write)));
  }
  return holders;
}

interface Opened {
  readonly id: string;
  readonly fileSize: number;
  readonly chunkSize: number;
}

/** What the first answer told of each session, by the names that the script has for it. */
export function sessionsOf(exchanges: readonly Exchange[]): ReadonlyMap<string, Opened> {
  const found = new Map<string, Opened>();
  for (const { call, outcome } of exchanges) {
    if (call.kind !== 'initiate' || outcome.kind === 'lost' || !isObject(outcome.json)) continue;
    const { sessionId: id, fileSize, chunkSize } = outcome.json;
    if (typeof id !== 'string' || typeof fileSize !== 'number' || typeof chunkSize !== 'number') continue;
    if (chunkSize > 0 && !found.has(call.session)) found.set(call.session, { id, fileSize, chunkSize });
  }
  return found;
}

interface Upload {
  readonly write: number;
  /** Whether its last byte may have reached the server. */
  readonly whole: boolean;
}

/** Each upload that may have reached the server, by the id of its session and its chunk, as `id chunk`. */
function uploadsOf(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Upload[]> {
  const sessions = sessionsOf(exchanges);
  const uploads = exchanges.flatMap(({ call, sent }) => {
    const session = call.kind === 'chunk' ? sessions.get(call.session) : undefined;
    const chunk = call.kind === 'chunk' ? chunkIndex(call.chunk, Number.POSITIVE_INFINITY) : undefined;
    if (call.kind !== 'chunk' || session === undefined || chunk === undefined) return [];
    return [{ place: `${session.id} ${chunk}`, write: call.write, whole: sent.whole }];
  });
  return Map.groupBy(uploads, ({ place }) => place);
}

/** Where an answer's bytes start in the file; undefined if it is none that shows bytes as they are. */
function startOf({ status, headers, length }: Answer, fileSize: number): number | undefined {
  if (headers['content-encoding'] !== undefined) return undefined;
  if (status === 200) return length === fileSize ? 0 : undefined;
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  const fits = status === 206 && Number(size) === fileSize && Number(last) - Number(first) + 1 === length;
  return fits ? Number(first) : undefined;
}

/** Bytes of a chunk that one upload sent, or none; `last` is included. */
interface Piece {
  readonly first: number;
  readonly last: number;
  readonly upload: Upload | undefined;
}

/** A chunk's bytes cut into pieces, each as long as any one upload goes on to fit. */
function piecesOf(bytes: Uint8Array, chunk: number, uploads: readonly Upload[]): readonly Piece[] {
  const sources = uploads.map((upload) => ({ upload, bytes: bytesOf(upload.write, chunk, bytes.length) }));
  const pieces: Piece[] = [];
  for (let first = 0; first < bytes.length; ) {
    let [end, upload]: [number, Upload | undefined] = [first, undefined];
    for (const source of sources) {
      let to = first;
      while (to < bytes.length && source.bytes[to] === bytes[to]) to++;
      if (to > end) [end, upload] = [to, source.upload];
    }
    const before = pieces.at(-1);
    if (upload === undefined && before !== undefined && before.upload === undefined)
      pieces[pieces.length - 1] = { ...before, last: first };
    else pieces.push({ first, last: Math.max(first, end - 1), upload });
    first = Math.max(first + 1, end);
  }
  return pieces;
}

function promiseOf(pieces: readonly Piece[]): RequirementId {
  const sources = pieces.map(({ upload }) => upload);
  if (sources.some((upload) => upload?.whole === false)) return 'chunk.atomic';
  return sources.includes(undefined) ? 'complete.bytes' : 'chunk.replace';
}

function inWords({ first, last, upload }: Piece): string {
  const bytes = first === last ? `byte ${first}` : `bytes ${first}–${last}`;
  return upload === undefined ? `${bytes} that nobody sent` : `${bytes} of w${upload.write}`;
}

/** Of equal length, since the bytes of an upload are made for the place where they are looked for. */
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, index) => byte === b[index]);
