/**
 * What the server asks of its storage: records (who, what, when) and bytes (the chunks themselves).
 * Every method is a promise in words; `storage.test.ts` holds each adapter to them.
 *
 * A port that cannot keep its promise rejects with an `Error` that carries a `code`, as Node's own
 * do; `ENOSPC` means that there is no room. Data goes before its record, and a record before its data is removed.
 */
import type { Readable } from 'node:stream';
import type { Attachment, Life, Session } from '../domain/session.ts';

/** A chunk as recorded: the raw SHA-256 of its bytes, and the slot in which `Bytes` keeps them. */
export type StoredChunk = Readonly<{ chunkId: number; digest: Uint8Array; slot: string }>;

/** An idempotency key in use, and what it was used for. */
export type KeyUse = Readonly<{ key: string; fingerprint: string }>;

/** The most that one principal may have unfinished (open or completing) at once: sessions, and bytes of their files. */
export type Allowance = Readonly<{ sessions: number; bytes: number }>;
export const unlimited: Allowance = { sessions: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** What one step makes of a session: the new record, or null to leave it, and the answer for the caller. */
export type Step<T> = Readonly<{ session: Session | null; chunk?: StoredChunk | null; answer: T }>;

/** Ends once; does not reject. */
export type Turn = Readonly<{ end(): Promise<void> }>;

export type Records = Readonly<{
  /**
   * Adds a session, durably. Nothing is added if this principal's key is already bound (`key-taken`), or if with it
   * the principal would have more than `allowance` (`too-many-sessions`, `too-many-bytes`; usually {@link unlimited}),
   * insertions that run at the same time included.
   */
  insert(
    session: Session,
    use: KeyUse | null,
    allowance?: Allowance,
  ): Promise<'inserted' | 'key-taken' | 'too-many-sessions' | 'too-many-bytes'>;
  find(sessionId: string): Promise<Session | null>;
  /** The session that this principal's key is bound to, and the fingerprint it was bound with. */
  findByKey(principal: string, key: string): Promise<{ sessionId: string; fingerprint: string } | null>;
  /**
   * Runs `step` on the session and records what it returns, as one: no other advance of the session comes
   * between, and what it returns is durable before this resolves. `step` is pure and may run more than once;
   * it is shown the stored chunk `chunkId`, if one was named and is there. Resolves null for an unknown session.
   *
   * One that rejects may have happened, or may yet, but not after a later advance that records has resolved.
   * What ends the session (completed, aborted, expired) also notes that its bytes are to be given back.
   */
  advance<T>(
    sessionId: string,
    chunkId: number | null,
    step: (session: Session, chunk: StoredChunk | null) => Step<T>,
  ): Promise<T | null>;
  /** The stored chunks of a session, in index order. */
  chunks(sessionId: string): Promise<StoredChunk[]>;
  attachment(attachmentId: string): Promise<Attachment | null>;
  /** Remembers the digest of an attachment that was published without one. */
  learnDigest(attachmentId: string, digest: string): Promise<void>;
  /** How many sessions are recorded in each state, of all principals. */
  census(): Promise<Readonly<Record<Life['state'], number>>>;
  /** Ids of the sessions whose completion has begun and not ended. */
  completing(): Promise<string[]>;
  /** Ids of the open sessions whose `expiresAt` is at or before `now`. */
  overdue(now: number): Promise<string[]>;
  /**
   * Ids of ended sessions whose bytes nobody has reported as given back, as many as are to be begun with; where several
   * processes share the records, without those that ended in the last second, since whoever ended them is at it.
   */
  unreleased(): Promise<string[]>;
  /** Reports that a session's bytes have been given back. */
  released(sessionId: string): Promise<void>;
  /** Forgets every ended session whose `expiresAt` is before `before`, its chunks and its key. Attachments stay. */
  forget(before: number): Promise<void>;
  /**
   * The turn to complete a session, which one has at a time, of all processes that share the records. It goes with
   * the process that has it, and from one that hangs it is taken away: who had it must not rely on having it, and
   * is kept from harm by `advance`. Resolves null only if it is not worth a `wait`.
   */
  takeTurn(sessionId: string, patience: 'wait' | 'leave'): Promise<Turn | null>;
  close(): Promise<void>;
}>;

/**
 * Where a chunk's bytes go. Offsets and lengths in bytes. `vacant` says whether no record names bytes of this
 * chunk yet; a store that would write to a chunk's own place asks once nobody else can take that place.
 */
export type Target = Readonly<{
  sessionId: string;
  chunkId: number;
  offset: number;
  length: number;
  vacant: () => Promise<boolean>;
}>;

/** Stored bytes of a chunk: in which slot, and where they belong in the file. */
export type Piece = Readonly<{ slot: string; offset: number; length: number }>;

/** Durable bytes that no record names yet. Exactly one `settle` follows, once the record has been decided. */
export type Held = Readonly<{ slot: string; settle(kept: boolean): Promise<void> }>;

/** What is still wanted, asked id by id while orphans are collected. */
export type Keep = Readonly<{
  /** The slots that an unfinished session's record names, or null if the session needs no bytes. */
  slots(sessionId: string): Promise<ReadonlySet<string> | null>;
  /** Whether the attachment is recorded, or a completion is under way that may record it. */
  attachment(attachmentId: string): Promise<boolean>;
}>;

export type Bytes = Readonly<{
  /** Makes room for a session of `size` bytes. */
  create(sessionId: string, size: number): Promise<void>;
  /**
   * Stores what `body` yields, and resolves when it is durable. Never touches bytes that a record names. What `body`
   * yields may be used until the next is asked for; a store that needs it longer copies it.
   * If `body` throws, nothing is kept and this rejects with the same error.
   */
  receive(target: Target, body: AsyncIterable<Uint8Array>): Promise<Held>;
  /** The stored bytes of one piece, in order; what it yields may be used until the next is asked for. */
  read(sessionId: string, piece: Piece): AsyncIterable<Uint8Array>;
  /**
   * Makes the session's pieces the content of an attachment, durably, all or nothing: until it has happened
   * the pieces can still be read and the call repeated. Nobody may be receiving into the session.
   */
  publish(sessionId: string, attachmentId: string, pieces: readonly Piece[]): Promise<void>;
  /** Whether the attachment's content is in its place, durably. */
  published(attachmentId: string): Promise<boolean>;
  /** Bytes `first` to `last`, inclusive, of an attachment; opened when this resolves. */
  content(attachmentId: string, first: number, last: number): Promise<Readable>;
  /** Gives back the bytes of a slot that no record names any more. */
  discard(sessionId: string, slot: string): Promise<void>;
  /** Gives back everything of a session that has ended; no error if there is nothing. */
  release(sessionId: string): Promise<void>;
  /**
   * Gives back what `keep` does not claim. At the start of a process, whose own requests come later; where others share
   * the storage and are at work, it leaves what one of them may be about to record, for `release` to find.
   */
  collect(keep: Keep): Promise<void>;
}>;

/** What kind of failure of the storage `error` is, or null if it is none. */
export function storageFault(error: unknown): 'full' | 'fault' | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  if (error.code.startsWith('ERR_') && error.code !== 'ERR_SQLITE_ERROR') return null; // misuse of Node: our bug
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code) ? 'full' : 'fault';
}
