/** The shell around `session.ts`: every use of the server, as one function each, with its storage and its clock. */
import type { Readable } from 'node:stream';
import type { Allowance, Bytes, KeyUse, Records } from '../storage/ports.ts';
import { type Completion, complete, type Expectation, type Mismatch, settle } from './completing.ts';
import { act, type Core, type Denied, type Log, look, newId, type Subject } from './core.ts';
import type { Hashing } from './hashing.ts';
import { recover, sweep } from './housekeeping.ts';
import { createInFlight } from './in-flight.ts';
import { type Limits, type PlanRefusal, planFor, type Wish } from './plan.ts';
import { noneOf } from './received.ts';
import {
  type Admission,
  admitChunk,
  type Body,
  type ChunkRefusal,
  type Expected,
  type Receipt,
  receiveChunk,
} from './receiving.ts';
import type { Attachment, Session } from './session.ts';

export type InitiateRefusal =
  | PlanRefusal
  | Denied
  | Readonly<{ refused: 'idempotency-key-reused' | 'too-many-requests' | 'insufficient-storage' }>;
export type NoAttachment = Readonly<{ refused: 'attachment-not-found' }>;
/** Everything the domain can say no with. */
export type Refused = InitiateRefusal | ChunkRefusal | Mismatch | NoAttachment;

/** Each method rejects when the storage fails (`storageFault` says how), and answers with a value otherwise. */
export type Uploads = Readonly<{
  initiate(principal: string, wish: Wish, use: KeyUse | null): Promise<Session | InitiateRefusal>;
  session(subject: Subject): Promise<Session | Denied>;
  admit(subject: Subject, chunkId: number | null): Promise<Admission | Denied>;
  receive(admission: Admission, body: Body, expected: Expected): Promise<Receipt | ChunkRefusal>;
  /** The attachment; or the session, if its completion takes longer than others shall wait for it. */
  complete(subject: Subject, expectation: Expectation): Promise<Completion | Session | Denied | Mismatch>;
  abort(subject: Subject): Promise<null | Denied>;
  attachment(principal: string, attachmentId: string): Promise<Attachment | NoAttachment>;
  /** Bytes `first` to `last`, inclusive, of an attachment that `attachment` has shown. */
  content(attachmentId: string, first: number, last: number): Promise<Readable>;
  /** Settles what a crash left behind; before the first request. */
  recover(): Promise<void>;
  /** Gives back what has expired or could not be given back before; to be called every second or so. */
  sweep(): Promise<void>;
  /** Writes to the storage and reads from it; rejects if that fails. Leaves nothing behind. */
  probe(): Promise<void>;
  /** Refuses the chunks that are being received, so that a shutdown need not wait for slow bodies. */
  stop(): Promise<void>;
  /** Resolves when nothing runs behind a request's back any more. */
  idle(): Promise<void>;
}>;

export type UploadsOptions = Readonly<{
  records: Records;
  bytes: Bytes;
  hashing: Hashing;
  limits: Limits;
  /** What each principal may have unfinished at once. */
  allowance: Allowance;
  defaultTimeoutSeconds: number;
  /** Milliseconds after which a completion that still runs is told; 0: at once, if it has to read the file. */
  completeWithin: number;
  clock: () => number;
  log: Log;
}>;

/** The uploads over a storage. */
export function createUploads(options: UploadsOptions): Uploads {
  const { records, bytes, hashing, limits, allowance, defaultTimeoutSeconds, completeWithin, clock, log } = options;
  const inFlight = createInFlight();
  const completing = new Set<Promise<unknown>>();
  const releasing = new Map<string, Promise<void>>();
  /** What could not be given back: sessions of the records, and others that never got so far as to be in them. */
  const unreleased = new Set<string>();

  function release(sessionId: string): void {
    if (releasing.has(sessionId)) return;
    const released = inFlight
      .stop(sessionId)
      .then(() => bytes.release(sessionId))
      .then(() => records.released(sessionId))
      .catch((error: unknown) => {
        unreleased.add(sessionId);
        log('the bytes of an ended session were not given back', error);
      })
      .finally(() => releasing.delete(sessionId));
    releasing.set(sessionId, released);
  }

  /** Lets a shutdown wait for `work`, whether or not its client does. */
  function awaited<T>(work: Promise<T>): Promise<T> {
    const ended = work.catch(() => {}).finally(() => completing.delete(ended));
    completing.add(ended);
    return work;
  }

  const wait = (sessionId: string) => awaited(settle(core, sessionId, 'wait'));
  const core: Core = {
    records,
    bytes,
    clock,
    inFlight,
    hashing,
    completeWithin,
    awaited,
    settle: wait,
    release,
    log,
  };

  /** The session that an earlier request with this key made, as it now stands. */
  async function replay(principal: string, use: KeyUse): Promise<Session | InitiateRefusal | null> {
    const bound = await records.findByKey(principal, use.key);
    if (bound === null) return null;
    if (bound.fingerprint !== use.fingerprint) return { refused: 'idempotency-key-reused' };
    return session({ principal, sessionId: bound.sessionId });
  }

  async function initiate(principal: string, wish: Wish, use: KeyUse | null): Promise<Session | InitiateRefusal> {
    const terms = planFor(wish, limits, defaultTimeoutSeconds);
    if ('refused' in terms) return terms;
    const earlier = use === null ? null : await replay(principal, use);
    if (earlier !== null) return earlier;
    const plan = { sessionId: newId(), principal, ...terms };
    const { sessionId } = plan;
    await bytes.create(sessionId, plan.fileSize).catch((error: unknown) => {
      release(sessionId);
      throw error;
    });
    const expiresAt = clock() + plan.timeoutMs;
    const made: Session = { plan, life: { state: 'open' }, received: noneOf(plan.totalChunks), expiresAt };
    const inserted = await records.insert(made, use, allowance).catch(async (error: unknown) => {
      // The commit may have happened, and then the key leads here. Only if it has not may the bytes go.
      if ((await records.find(sessionId)) === null) release(sessionId);
      throw error;
    });
    if (inserted === 'inserted') return made;
    release(sessionId);
    if (inserted === 'too-many-sessions') return { refused: 'too-many-requests' };
    if (inserted === 'too-many-bytes') return { refused: 'insufficient-storage' };
    return (use && (await replay(principal, use))) ?? { refused: 'unavailable' };
  }

  async function session(subject: Subject): Promise<Session | Denied> {
    const decision = await look(core, subject, { do: 'read' });
    return decision.is === 'refused' ? decision : decision.session;
  }

  return {
    initiate,
    session,
    admit: (subject, chunkId) => admitChunk(core, subject, chunkId),
    receive: (admission, body, expected) => receiveChunk(core, admission, body, expected),
    complete: (subject, expectation) => awaited(complete(core, subject, expectation)),
    async abort(subject) {
      const decision = await act(core, subject, { do: 'abort' });
      if (decision.is === 'refused') return decision;
      if (decision.is === 'changed') release(subject.sessionId);
      return null;
    },
    async attachment(principal, attachmentId) {
      const found = await records.attachment(attachmentId);
      return found?.principal === principal ? found : { refused: 'attachment-not-found' };
    },
    content: (attachmentId, first, last) => bytes.content(attachmentId, first, last),
    recover: () => recover(core),
    async sweep() {
      const again = [...unreleased];
      unreleased.clear();
      again.forEach(release);
      await sweep(core);
    },
    async probe() {
      await records.census();
      const nobody = newId();
      await bytes.create(nobody, 0);
      await bytes.release(nobody);
    },
    stop: () => inFlight.stop(),
    async idle() {
      await Promise.all(completing);
      await Promise.all(releasing.values());
    },
  };
}
