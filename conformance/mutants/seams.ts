/**
 * The honest server, cut where a broken one would differ. Each seam is one small promise of the contract kept; a
 * mutant replaces one or two of them. Whatever can be seen from outside (a field ignored, a status or member wrong)
 * needs no seam of its own: {@link honest.around} sees each request before and each reply after.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { compositeOf, digestsOf, parseDigests } from './digests.ts';
import { invalidMembers, nameIsAcceptable } from './initiate.ts';
import type { ProblemName } from './replies.ts';
import type {
  Body,
  Digests,
  Geometry,
  Head,
  JsonObject,
  Limits,
  Operation,
  Reply,
  Request,
  Session,
  State,
} from './state.ts';

export type Seams = typeof honest;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The bytes of a session's chunks. */
export const chunkBytes = ({ chunks }: Session): number =>
  [...chunks.values()].reduce((sum, { length }) => sum + length, 0);

/** The defaults of every seam: the contract. */
export const honest = {
  /** The server's clock, epoch ms. */
  now: (): number => Date.now(),

  /** The field by which every response tells that clock. */
  dated: (now: number): { readonly Date?: string } => ({ Date: new Date(now).toUTCString() }),

  /** Everything that happens to one request once its body is read. */
  around: (request: Request, next: (request: Request) => Reply, _state: State): Reply | Promise<Reply> => next(request),

  /** A refusal that does not wait for the body: whether the connection then goes on, or ends. */
  early: (_head: Head, _state: State): { readonly reply: Reply; readonly close: boolean } | undefined => undefined,

  /** Puts a reply onto its connection. */
  write(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, content: Buffer): void {
    response.writeHead(status, headers);
    response.end(content);
  },

  /** The path of this contract that a request target stands for. */
  resource: (target: string): string => target,

  /** Where an attachment is, below the prefix; its content is one segment further. */
  attachmentPath: (id: string): string => `/attachments/${id}`,
  contentPath: (id: string): string => `/attachments/${id}/content`,

  /** The credentials that a request carries (RFC 6750). */
  token: (headers: Request['headers']): string | undefined =>
    /^bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1],

  /** How a client is told to send them. */
  challenge: 'Bearer realm="upload"',

  /** One segment of a path. Text that is no percent-encoding names nothing, so it may stay as it is. */
  decode(segment: string): string {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  },

  owns: (owner: string, principal: string, _operation: Operation): boolean => owner === principal,

  /** Why the state of a session forbids an operation. */
  guard(session: Session, operation: Operation, now: number): ProblemName | undefined {
    if (session.state === 'aborted') return operation === 'abortUpload' ? undefined : 'session-aborted';
    if (session.state !== 'completed' && now >= session.expiresAt) return 'session-expired';
    if (session.state === 'open') return undefined;
    return operation === 'uploadChunk' || operation === 'abortUpload' ? 'session-completed' : undefined;
  },

  /** Whether a session is forgotten once it is aborted or completed: never, this server has room. */
  forgets: (_session: Session): boolean => false,

  /** 128 random bits, URL-safe; compared exactly, so there is one spelling. */
  newId: (): string => randomBytes(16).toString('base64url'),

  /** What is wrong with an initiate body, by JSON Pointer. */
  invalidMembers: (json: JsonObject): Readonly<Record<string, string>> => invalidMembers(json),

  nameIsAcceptable: (fileName: string): boolean => nameIsAcceptable(fileName),

  geometry(fileSize: number, preferred: number | undefined, limits: Limits): Geometry {
    const { minChunkSize, maxChunkSize, maxChunks } = limits;
    const fits = (size: number) => size >= minChunkSize && size <= maxChunkSize && fileSize <= size * maxChunks;
    const chunkSize =
      preferred !== undefined && fits(preferred)
        ? preferred
        : clamp(Math.max(2 ** 20, Math.ceil(fileSize / maxChunks)), minChunkSize, maxChunkSize);
    return { chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
  },

  timeoutSeconds: (preferred: number | undefined, limits: Limits): number =>
    clamp(preferred ?? 3600, limits.minTimeoutSeconds, limits.maxTimeoutSeconds),

  /** `expiresAt` after an operation that succeeded. */
  expiresAt: (session: Session, operation: Operation, now: number): number =>
    operation === 'uploadChunk' ? Math.max(session.expiresAt, now + session.timeoutMs) : session.expiresAt,

  /** Where a new session keeps its chunks. */
  chunkTable: (): Map<number, Buffer> => new Map(),

  /** The chunk that a path segment names. */
  chunkIndex: (text: string, session: Session): number | undefined =>
    /^(0|[1-9][0-9]*)$/.test(text) && Number(text) < session.totalChunks ? Number(text) : undefined,

  chunkLength: (session: Session, index: number): number =>
    Math.min(session.chunkSize, session.fileSize - index * session.chunkSize),

  /** Told of a chunk's first field line, and of each part of its body: nothing is stored before the last byte. */
  receiving: (_session: Session, _index: number, _soFar: () => Buffer): void => {},
  /** No more will come of a chunk's body, of which `receiving` was told with this function. */
  cutOff: (_session: Session, _soFar: () => Buffer): void => {},

  /** Whether a request that was cut is looked at: only a chunk's has an answer of its own, the others did not happen. */
  proceeds: (operation: Operation | undefined): boolean => operation === 'uploadChunk',

  /** Whether a chunk's body may be stored. */
  accepts: (body: Body, expected: number): boolean => body.whole && body.length === expected,

  /** Compares an RFC 9530 field (or member) with what was received or assembled. */
  digestFault(field: string, actual: Digests, _of: 'chunk' | 'digest' | 'compositeDigest'): ProblemName | undefined {
    const named = parseDigests(field);
    if (named === undefined) return 'digest-invalid-values';
    const supported = [...named].filter(([name]) => Object.hasOwn(actual, name));
    if (supported.length === 0) return 'digest-unsupported-algorithms';
    if (supported.some(([name, value]) => value?.length !== actual[name]?.length)) return 'digest-invalid-values';
    const matches = supported.every(([name, value]) => value !== undefined && actual[name]?.equals(value));
    return matches ? undefined : 'digest-mismatched-values';
  },

  /** Keeps a chunk; says whether there was one before. */
  store(session: Session, index: number, bytes: Buffer): boolean {
    const present = session.chunks.has(index);
    session.chunks.set(index, bytes);
    return present;
  },

  /** The chunks that a status lists, ascending. */
  received: (session: Session): readonly number[] => [...session.chunks.keys()].sort((a, b) => a - b),

  /** The chunks that a completion lacks, ascending. */
  missing: (session: Session): readonly number[] =>
    Array.from({ length: session.totalChunks }, (_, index) => index).filter((index) => !session.chunks.has(index)),

  /** The chunks of the whole, in the order of their bytes. */
  assemble: (session: Session): readonly Buffer[] =>
    [...session.chunks].sort(([a], [b]) => a - b).map(([, bytes]) => bytes),

  composite: (chunks: readonly Buffer[]): Digests => compositeOf(chunks),

  /** The algorithms that are computed and compared, of a chunk and of the whole. */
  digests: (bytes: Uint8Array): Digests => digestsOf(bytes),

  /** How long a completion takes after it was answered with 202, in ms; undefined if it is done before it is answered. */
  completesAfter: (_session: Session): number | undefined => undefined,

  attachmentId: (_session: Session): string => randomBytes(16).toString('base64url'),

  /** What an earlier completion made. */
  published: (session: Session): Session['attachment'] => session.attachment,

  /** The bytes that the storage holds: of a session that has ended, or expired, its attachment at most. */
  held({ sessions, attachments }: State, now: number): number {
    const lives = ({ state, expiresAt }: Session) => (state === 'open' || state === 'completing') && now < expiresAt;
    const chunks = [...sessions.values()].filter(lives).reduce((sum, session) => sum + chunkBytes(session), 0);
    return [...attachments.values()].reduce((sum, { bytes }) => sum + bytes.length, chunks);
  },

  /** What a kill takes: nothing, as whatever is decided counts as on the disk, and whatever is under way is in no table. */
  killed: (_state: State): void => {},

  /** Whether an idempotency key comes back with the request that it belongs to. */
  sameRequest: (first: JsonObject, again: JsonObject): boolean => isDeepStrictEqual(first, again),
};
