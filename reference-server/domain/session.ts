/**
 * The heart of the server: what an upload session is, and what each command makes of it.
 * Pure: no clock, no I/O, no HTTP. The shell around it is `uploads.ts`.
 */
import { countOf, has, including, type Range, type Received, rangesOf } from './received.ts';

/** What initiate settled, once and for all. Sizes in bytes, times in milliseconds. */
export type Plan = Readonly<{
  sessionId: string;
  principal: string;
  fileName: string;
  fileSize: number;
  contentType: string;
  chunkSize: number;
  totalChunks: number;
  timeoutMs: number;
}>;

/** A published file. Digests are raw SHA-256, in base64. `createdAt` in milliseconds since 1970. */
export type Attachment = Readonly<{
  attachmentId: string;
  principal: string;
  fileName: string;
  fileSize: number;
  contentType: string;
  compositeDigest: string;
  digest: string | null;
  createdAt: number;
}>;

/**
 * What a completion means to publish: enough to finish it, or undo it, after a crash. `told`: it takes its time, and
 * whoever asks is told that it runs (202); until then whoever asks waits for its end.
 */
export type Intent = Readonly<{ attachmentId: string; createdAt: number; told?: true }>;

/** Why a completion of which somebody was told that it runs has published nothing. */
export type Failure =
  | Readonly<{ refused: 'digest-mismatched-values'; detail: string }>
  | Readonly<{ refused: 'insufficient-storage' | 'unavailable' }>;

export type Life =
  /** `failure` stays until the next completion begins. */
  | Readonly<{ state: 'open'; failure?: Failure }>
  | Readonly<{ state: 'completing'; intent: Intent }>
  | Readonly<{ state: 'completed'; attachment: Attachment }>
  | Readonly<{ state: 'aborted' }>
  | Readonly<{ state: 'expired' }>;

export type Session = Readonly<{ plan: Plan; life: Life; received: Received; expiresAt: number }>;

export type Command =
  | Readonly<{ do: 'read' }>
  /** Before a chunk's body is read: may it come? */
  | Readonly<{ do: 'admit'; chunkId: number | null }>
  /** A chunk's last byte is stored and durable: let it count. */
  | Readonly<{ do: 'store'; chunkId: number }>
  | Readonly<{ do: 'complete'; intent: Intent }>
  /** The assembled file is in its place. */
  | Readonly<{ do: 'publish'; attachment: Attachment }>
  /** The completion takes long: from now on whoever asks is told that it runs, until the deadline; to be repeated. */
  | Readonly<{ do: 'tell'; attachmentId: string }>
  /** The completion found a reason not to publish. */
  | Readonly<{ do: 'reopen'; attachmentId: string; failure: Failure }>
  | Readonly<{ do: 'abort' }>
  | Readonly<{ do: 'expire' }>;

/** Why a session says no. The names are the contract's (section 2). */
export type Refusal =
  | Readonly<{ refused: 'session-aborted' }>
  | Readonly<{ refused: 'session-expired'; expiredAt: number }>
  | Readonly<{ refused: 'session-completed' }>
  | Readonly<{ refused: 'chunk-not-found'; totalChunks: number }>
  | Readonly<{ refused: 'upload-incomplete'; missingChunks: readonly Range[]; missingCount: number }>;

/**
 * - `changed`: the session is now `session`; that has to be recorded before anyone is told.
 * - `unchanged`: granted, and nothing to record: a read, an admission, a repeat.
 * - `wait`: a completion is under way; ask again when it has ended, or has been told.
 */
export type Decision =
  | Readonly<{ is: 'changed'; session: Session }>
  | Readonly<{ is: 'unchanged'; session: Session }>
  | Readonly<{ is: 'wait' }>
  | (Readonly<{ is: 'refused' }> & Refusal);

/** Decides `command` on `session` at the instant `now` (milliseconds since 1970). */
export function decide(session: Session, command: Command, now: number): Decision {
  const unchanged: Decision = { is: 'unchanged', session };
  switch (session.life.state) {
    case 'open':
      return decideOpen(session, command, now);
    case 'completing':
      return decideCompleting(session, session.life.intent, command, now);
    case 'completed':
      if (command.do === 'admit' || command.do === 'store' || command.do === 'abort')
        return { is: 'refused', refused: 'session-completed' };
      return unchanged;
    case 'aborted':
      return command.do === 'abort' ? unchanged : { is: 'refused', refused: 'session-aborted' };
    case 'expired':
      return expired(session);
  }
}

function decideCompleting(session: Session, intent: Intent, command: Command, now: number): Decision {
  const unchanged: Decision = { is: 'unchanged', session };
  // A completion publishes nothing past the deadline (contract, section 8): where it takes long the deadline gives way.
  const moved = Math.max(session.expiresAt, now + session.plan.timeoutMs);
  const become = (life: Life, told = intent.told): Decision => ({
    is: 'changed',
    session: { ...session, life, expiresAt: told ? moved : session.expiresAt },
  });
  // The attachment's id is the fencing token: a completion that lost its turn changes nothing.
  switch (command.do) {
    case 'publish':
      if (command.attachment.attachmentId !== intent.attachmentId) return unchanged;
      return become({ state: 'completed', attachment: command.attachment });
    case 'reopen':
      if (command.attachmentId !== intent.attachmentId) return unchanged;
      return become(intent.told ? { state: 'open', failure: command.failure } : { state: 'open' });
    case 'tell':
      if (command.attachmentId !== intent.attachmentId) return unchanged;
      return become({ state: 'completing', intent: { ...intent, told: true } }, true);
  }
  if (!intent.told || now >= session.expiresAt) return { is: 'wait' };
  if (command.do === 'admit' || command.do === 'store' || command.do === 'abort')
    return { is: 'refused', refused: 'session-completed' };
  return unchanged;
}

function decideOpen(session: Session, command: Command, now: number): Decision {
  const { plan, received, expiresAt } = session;
  if (now >= expiresAt) {
    return command.do === 'expire'
      ? { is: 'changed', session: { ...session, life: { state: 'expired' } } }
      : expired(session);
  }
  switch (command.do) {
    case 'admit':
    case 'store': {
      const { chunkId } = command;
      if (chunkId === null || chunkId >= plan.totalChunks)
        return { is: 'refused', refused: 'chunk-not-found', totalChunks: plan.totalChunks };
      if (command.do === 'admit') return { is: 'unchanged', session };
      // Sliding, and never back: a session opened with a long timeout keeps its first deadline.
      const moved = Math.max(expiresAt, now + plan.timeoutMs);
      return { is: 'changed', session: { ...session, received: including(received, chunkId), expiresAt: moved } };
    }
    case 'complete': {
      const missingChunks = rangesOf(received, plan.totalChunks, false);
      if (missingChunks.length > 0)
        return { is: 'refused', refused: 'upload-incomplete', missingChunks, missingCount: countOf(missingChunks) };
      return { is: 'changed', session: { ...session, life: { state: 'completing', intent: command.intent } } };
    }
    case 'abort':
      return { is: 'changed', session: { ...session, life: { state: 'aborted' } } };
    case 'read':
    case 'publish':
    case 'tell':
    case 'reopen':
    case 'expire':
      return { is: 'unchanged', session };
  }
}

function expired(session: Session): Decision {
  return { is: 'refused', refused: 'session-expired', expiredAt: session.expiresAt };
}

/** Where chunk `chunkId` lies in the file, in bytes (contract, section 1, geometry). */
export function spanOf(plan: Plan, chunkId: number): Readonly<{ offset: number; length: number }> {
  const offset = chunkId * plan.chunkSize;
  return { offset, length: Math.min(plan.chunkSize, plan.fileSize - offset) };
}

/** How many bytes of the file are stored. */
export function receivedBytes({ plan, received }: Session): number {
  const whole = countOf(rangesOf(received, plan.totalChunks)) * plan.chunkSize;
  const lastIsHere = plan.totalChunks > 0 && has(received, plan.totalChunks - 1);
  return lastIsHere ? whole - (plan.totalChunks * plan.chunkSize - plan.fileSize) : whole;
}
