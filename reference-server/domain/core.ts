/** What the shell's parts share: the ports, the clock, and the two ways to put a command to a session. */
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Bytes, Records, StoredChunk } from '../storage/ports.ts';
import type { Hashing } from './hashing.ts';
import type { InFlight, Reception } from './in-flight.ts';
import { type Command, type Decision, decide, type Refusal, type Session } from './session.ts';

/** Tells the operator; never with a secret, an id that grants access, or a file name. */
export type Log = (event: string, error: unknown) => void;

export type Core = Readonly<{
  records: Records;
  bytes: Bytes;
  /** Milliseconds since 1970. */
  clock: () => number;
  inFlight: InFlight;
  hashing: Hashing;
  /** Milliseconds after which a completion that still runs is told; 0: at once, if it has to read the file. */
  completeWithin: number;
  /** Lets a shutdown wait for `work`, whether or not its client does. */
  awaited: <T>(work: Promise<T>) => Promise<T>;
  /** Ends what is left of the session's completion, or waits for the end of one that is under way. */
  settle: (sessionId: string) => Promise<unknown>;
  /** Gives a session's bytes back, behind the caller's back; what fails is tried again by the sweeper. */
  release: (sessionId: string) => void;
  log: Log;
}>;

/** The session is unknown, forgotten, or another principal's: one answer, so that nobody can tell which. */
export type NotFound = Readonly<{ refused: 'session-not-found' }>;
/** Not now, through no fault of the request. */
export type Unavailable = Readonly<{ refused: 'unavailable' }>;
export type Denied = Refusal | NotFound | Unavailable;

/** Whose request it is, and about which session. */
export type Subject = Readonly<{ principal: string; sessionId: string }>;

/** What comes of a command: the session's decision, or that there is no such session, or nothing to be had now. */
type Answer = Decision | (Readonly<{ is: 'refused' }> & Denied);
/** An answer that nobody has to wait for any more. */
type Settled<A extends Answer = Answer> = Exclude<A, { is: 'wait' }>;

const notFound = { is: 'refused', refused: 'session-not-found' } as const;
const unavailable = { is: 'refused', refused: 'unavailable' } as const;

/** 192 random bits, URL-safe, and fit to be a file's name. */
export function newId(): string {
  return randomBytes(24).toString('base64url');
}

/** Puts a question to the session, which changes nothing: reading, and asking whether a chunk may come. */
export function look(
  core: Core,
  subject: Subject,
  command: Extract<Command, { do: 'read' | 'admit' }>,
): Promise<Settled> {
  return untilSettled(core, subject, () => lookOnce(core, subject, command));
}

async function lookOnce(core: Core, { sessionId, principal }: Subject, command: Command): Promise<Answer> {
  for (;;) {
    const session = await core.records.find(sessionId);
    if (session?.plan.principal !== principal) return notFound;
    const decision = decide(session, command, core.clock());
    if (!isOverdue(session, decision)) return decision;
    await core.records.advance(sessionId, null, (latest) => step(latest, { do: 'expire' }, core.clock()));
  }
}

/** Whether this is the first to see that the deadline has passed. */
function isOverdue({ life }: Session, decision: Decision): boolean {
  return life.state === 'open' && decision.is === 'refused' && decision.refused === 'session-expired';
}

/**
 * The decision on a command, and what to record of it. An expiry is recorded before anyone is told: clocks of several
 * machines differ by something, and what one has called expired must not be alive on another.
 */
function step(session: Session, command: Command, now: number): { answer: Decision; session: Session | null } {
  const answer = decide(session, command, now);
  const next = isOverdue(session, answer) ? decide(session, { do: 'expire' }, now) : answer;
  return { answer, session: next.is === 'changed' ? next.session : null };
}

/** Puts a command to the session, and records what comes of it before it is told. */
export function act(core: Core, subject: Subject, command: Exclude<Command, { do: 'store' }>): Promise<Settled> {
  return untilSettled(core, subject, () => actOnce(core, subject, command));
}

/** The same for who has the turn to complete the session, and would wait for itself. */
export async function actInTurn(core: Core, subject: Subject, command: Exclude<Command, { do: 'store' }>) {
  const answer = await actOnce(core, subject, command);
  return answer.is === 'wait' ? unavailable : answer;
}

async function actOnce(core: Core, { sessionId, principal }: Subject, command: Command): Promise<Answer> {
  const answer = await core.records.advance<Answer>(sessionId, null, (session) =>
    session.plan.principal === principal ? step(session, command, core.clock()) : { session: null, answer: notFound },
  );
  return answer ?? notFound;
}

/** What was recorded of a chunk before, and whether the new bytes took its place. */
type Replaced = Readonly<{ stored?: StoredChunk | null; kept?: boolean }>;

/**
 * Lets a chunk count whose bytes are durable. The same bytes again leave the record at the old slot: there is
 * nothing to gain from a second copy.
 */
export function store(core: Core, subject: Subject, chunk: StoredChunk, { signal }: Reception) {
  const { sessionId, principal } = subject;
  const { chunkId } = chunk;
  return untilSettled<Answer & Replaced>(core, subject, async () => {
    if (signal.aborted) {
      const answer = await lookOnce(core, subject, { do: 'admit', chunkId });
      return answer.is === 'unchanged' ? unavailable : answer;
    }
    const answer = await core.records.advance<Answer & Replaced>(sessionId, chunkId, (session, stored) => {
      if (session.plan.principal !== principal) return { session: null, answer: notFound };
      const { answer: decision, session: next } = step(session, { do: 'store', chunkId }, core.clock());
      if (decision.is !== 'changed') return { session: next, answer: decision };
      const kept = stored === null || Buffer.compare(stored.digest, chunk.digest) !== 0;
      return { session: next, chunk: kept ? chunk : null, answer: { ...decision, stored, kept } };
    });
    return answer ?? notFound;
  });
}

/** Resolves 'later' when a completion has had the time for which others wait for it. */
export function patience({ completeWithin }: Core): Promise<'later'> {
  return setTimeout(Math.max(completeWithin, 20), 'later', { ref: false });
}

/**
 * Where a completion is under way, waits until it has ended or is told, and tries again: every answer is one from before
 * it or after it, or tells of it.
 */
async function untilSettled<A extends Answer>(
  core: Core,
  { sessionId }: Subject,
  attempt: () => Promise<A | typeof unavailable>,
): Promise<Settled<A> | typeof unavailable> {
  let settling: Promise<'settled' | 'failed'> | null = null;
  for (;;) {
    const answer = await attempt();
    if (answer.is !== 'wait') return answer as Settled<A>;
    settling ??= core.settle(sessionId).then(
      () => 'settled',
      (error: unknown) => {
        core.log('a completion is left to the sweeper', error);
        return 'failed';
      },
    );
    const came = await Promise.race([settling, patience(core)]);
    if (came === 'failed') return unavailable;
    if (came === 'settled') settling = null;
  }
}
