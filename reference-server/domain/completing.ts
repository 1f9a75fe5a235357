/**
 * Completion: from the chunks to one attachment, exactly once, and safe to die in at any point.
 *
 *   record `completing` with the intent → check what is expected → stop late writers → move slots home, sync,
 *   rename → record `completed` → give the rest back
 *
 * Until the rename nothing that a record names has been touched, so the way back is to record `open` again;
 * from the rename on the only way is forward. `resume` looks which side of it a dead completion is on.
 */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Piece, type StoredChunk, storageFault } from '../storage/ports.ts';
import { actInTurn, type Core, type Denied, newId, patience, type Subject } from './core.ts';
import type { Algorithm, Digests } from './hashing.ts';
import type { Expected } from './receiving.ts';
import type { Attachment, Failure, Intent, Plan, Session } from './session.ts';
import { spanOf } from './session.ts';

/** What the client expects of the whole: nothing, or digests of the file and over the chunks' digests. */
export type Expectation = Readonly<{ digest: Expected; compositeDigest: Uint8Array | null }>;

export type Mismatch = Readonly<{ refused: 'digest-mismatched-values'; detail: string }>;
export type Completion = Readonly<{ created: boolean; attachment: Attachment }>;

/**
 * Completes a session, or answers as its completion did. One at a time a session; others wait and then repeat it. When it
 * takes long, those who began it and those who wait are told so, with the session as it then stands, and it runs on.
 */
export async function complete(
  core: Core,
  subject: Subject,
  expectation: Expectation,
): Promise<Completion | Session | Denied | Mismatch> {
  const told = Promise.withResolvers<Session>();
  let answered = false;
  const running = inTurn(core, subject.sessionId, 'wait', async () =>
    answered ? null : begin(core, subject, expectation, told.resolve),
  );
  core.awaited(running).catch((error: unknown) => {
    if (answered) core.log('a completion failed', error);
  });
  for (;;) {
    const answer = await Promise.race([running, told.promise, patience(core)]);
    if (answer === null) return { refused: 'unavailable' };
    if (answer !== 'later' && 'repeated' in answer) return repeat(core, answer.repeated, expectation);
    // Whoever waits for somebody else's completion begins none after this answer.
    const session = answer === 'later' ? await toldOf(core, subject) : answer;
    if (session === null) continue;
    answered = true;
    return session;
  }
}

/** The session, if it is told of that its completion runs. */
async function toldOf(core: Core, { sessionId, principal }: Subject): Promise<Session | null> {
  const session = await core.records.find(sessionId);
  return session?.plan.principal === principal && isTold(session) ? session : null;
}

function isTold({ life }: Session): boolean {
  return life.state === 'completing' && life.intent.told === true;
}

/** Settles what a crash or a fault has left of a completion; with `leave` not one that is under way, in any process. */
export async function settle(core: Core, sessionId: string, patience: 'wait' | 'leave'): Promise<void> {
  await inTurn(core, sessionId, patience, async () => {
    const session = await core.records.find(sessionId);
    if (session !== null) await resume(core, session);
  });
}

/** Runs `work` when nobody else completes this session; null if that is not to be waited for. */
async function inTurn<T>(
  core: Core,
  sessionId: string,
  patience: 'wait' | 'leave',
  work: () => Promise<T>,
): Promise<T | null> {
  const turn = await core.records.takeTurn(sessionId, patience);
  if (turn === null) return null;
  try {
    return await work();
  } finally {
    await turn.end();
  }
}

async function begin(core: Core, subject: Subject, expectation: Expectation, told: (session: Session) => void) {
  const left = await core.records.find(subject.sessionId);
  if (left?.life.state === 'completing') await resume(core, left);
  const intent: Intent = { attachmentId: newId(), createdAt: core.clock() };
  const decision = await actInTurn(core, subject, { do: 'complete', intent });
  if (decision.is === 'refused') return decision;
  const { life } = decision.session;
  if (life.state === 'completed') return { repeated: life.attachment };
  if (decision.is === 'unchanged') return decision.session; // the turn was lost, and another's completion is told of
  const telling = () => tell(core, subject, intent, told);
  // Reading takes its time; without it a completion is a rename, and has ended before it could be told.
  const atOnce = core.completeWithin === 0 && expectation.digest.size > 0;
  if (atOnce) await telling();
  const finished = finish(core, decision.session, intent, expectation);
  await tellUntil(finished, atOnce ? null : patience(core), telling, decision.session.plan.timeoutMs / 3);
  return finished;
}

/** Tells, when it is `late`, and again every so many milliseconds before the deadline has come, until `finished`. */
async function tellUntil(
  finished: Promise<unknown>,
  late: Promise<unknown> | null,
  telling: () => Promise<void>,
  every: number,
): Promise<void> {
  const ended = finished.then(
    () => true,
    () => true,
  );
  const after = (moment: Promise<unknown>) => Promise.race([ended, moment.then(() => false)]);
  if (late !== null) {
    if (await after(late)) return;
    await telling();
  }
  while (!(await after(setTimeout(every, null, { ref: false })))) await telling();
}

/** Records that it is told from now on that the completion runs, and tells so whoever began it; unless it has ended. */
async function tell(core: Core, subject: Subject, { attachmentId }: Intent, told: (session: Session) => void) {
  try {
    const decision = await actInTurn(core, subject, { do: 'tell', attachmentId });
    if (decision.is === 'changed') told(decision.session);
  } catch (error) {
    core.log('that a completion takes long was not recorded', error); // so everybody goes on waiting
  }
}

async function finish(core: Core, session: Session, intent: Intent, expectation: Expectation) {
  try {
    return await publish(core, session.plan, intent, expectation);
  } catch (error) {
    const reason = storageFault(error) === 'full' ? 'insufficient-storage' : 'unavailable';
    const attachment = await resume(core, session, { refused: reason }).catch((failure: unknown) => {
      core.log('a completion is left to the sweeper', failure);
      return 'unknown' as const;
    });
    // A completion that may yet happen must not be called impossible (507 says that nothing happened).
    if (attachment === 'unknown') return { refused: 'unavailable' } as const;
    if (attachment !== null) return { created: true, attachment };
    throw error;
  }
}

async function publish(
  core: Core,
  plan: Plan,
  { attachmentId, createdAt }: Intent,
  { digest: expected, compositeDigest }: Expectation,
): Promise<Completion | Mismatch> {
  const { sessionId } = plan;
  const chunks = await core.records.chunks(sessionId);
  const composite = compositeOf(chunks);
  const pieces = chunks.map(({ chunkId, slot }) => ({ slot, ...spanOf(plan, chunkId) }));
  const known = knownDigest(chunks);
  const digests = expected.size === 0 ? null : await digestPieces(core, plan, pieces, expected);
  const other = mismatch(expected, digests) ?? mismatchedComposite(compositeDigest, composite);
  if (other !== null) {
    await actInTurn(core, { principal: plan.principal, sessionId }, { do: 'reopen', attachmentId, failure: other });
    return other;
  }
  await core.inFlight.stop(sessionId);
  await core.bytes.publish(sessionId, attachmentId, pieces);
  const digest = digests?.get('sha-256')?.toString('base64') ?? known;
  const attachment = describe(plan, { attachmentId, createdAt }, composite, digest);
  await record(core, attachment, sessionId);
  return { created: true, attachment };
}

/**
 * Settles a completion that nobody runs any more: forward if its file is in place, else back to open.
 * Resolves the attachment, or null if there is none.
 */
async function resume(
  core: Core,
  { plan, life }: Session,
  failure: Failure = { refused: 'unavailable' },
): Promise<Attachment | null> {
  if (life.state !== 'completing') return life.state === 'completed' ? life.attachment : null;
  const subject = { principal: plan.principal, sessionId: plan.sessionId };
  const { attachmentId } = life.intent;
  if (!(await core.bytes.published(attachmentId))) {
    await actInTurn(core, subject, { do: 'reopen', attachmentId, failure });
    return null;
  }
  const chunks = await core.records.chunks(plan.sessionId);
  const attachment = describe(plan, life.intent, compositeOf(chunks), knownDigest(chunks));
  await record(core, attachment, plan.sessionId);
  return attachment;
}

async function record(core: Core, attachment: Attachment, sessionId: string): Promise<void> {
  const decision = await actInTurn(core, { principal: attachment.principal, sessionId }, { do: 'publish', attachment });
  if (decision.is === 'changed') core.release(sessionId);
  else if (!('session' in decision && isOf(decision.session, attachment)))
    throw new Error('A completion was settled by somebody else.');
}

/** Whether the session was completed with this attachment, by who had the turn taken over. */
function isOf({ life }: Session, { attachmentId }: Attachment): boolean {
  return life.state === 'completed' && life.attachment.attachmentId === attachmentId;
}

/** A repeat is held to what it expects, just as the first completion was, and changes nothing. */
async function repeat(core: Core, attachment: Attachment, expectation: Expectation): Promise<Completion | Mismatch> {
  const composite = Buffer.from(attachment.compositeDigest, 'base64');
  const otherComposite = mismatchedComposite(expectation.compositeDigest, composite);
  if (otherComposite !== null) return otherComposite;
  const { digest: expected } = expectation;
  if (expected.size === 0) return { created: false, attachment };
  const remembered = attachment.digest === null ? null : Buffer.from(attachment.digest, 'base64');
  const onlyRemembered = remembered !== null && [...expected.keys()].every((algorithm) => algorithm === 'sha-256');
  const digests = onlyRemembered
    ? new Map<Algorithm, Buffer>([['sha-256', remembered]])
    : await digestOf(core, contentOf(core, attachment), attachment.fileSize, expected);
  const other = mismatch(expected, digests);
  if (other !== null) return other;
  const digest = digests.get('sha-256')?.toString('base64') ?? null;
  if (attachment.digest === null && digest !== null) await core.records.learnDigest(attachment.attachmentId, digest);
  return { created: false, attachment: { ...attachment, digest } };
}

async function* contentOf(core: Core, { attachmentId, fileSize }: Attachment): AsyncGenerator<Uint8Array> {
  if (fileSize > 0) yield* await core.bytes.content(attachmentId, 0, fileSize - 1);
}

function digestPieces(core: Core, plan: Plan, pieces: readonly Piece[], expected: Expected): Promise<Digests> {
  async function* whole(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield* core.bytes.read(plan.sessionId, piece);
  }
  return digestOf(core, whole(), plan.fileSize, expected);
}

async function digestOf(
  core: Core,
  bytes: AsyncIterable<Uint8Array>,
  length: number,
  expected: Expected,
): Promise<Digests> {
  const { blocks, digests } = core.hashing.pass(
    bytes,
    [...new Set<Algorithm>(['sha-256', ...expected.keys()])],
    length,
  );
  for await (const _ of blocks);
  return digests();
}

function mismatch(expected: Expected, digests: Digests | null): Mismatch | null {
  for (const [algorithm, value] of expected)
    if (!digests?.get(algorithm)?.equals(value))
      return {
        refused: 'digest-mismatched-values',
        detail: 'The file does not have the digest that the request gives.',
      };
  return null;
}

function mismatchedComposite(wanted: Uint8Array | null, composite: Buffer): Mismatch | null {
  if (wanted === null || composite.equals(wanted)) return null;
  const detail = 'The stored chunks do not have the composite digest that the request gives.';
  return { refused: 'digest-mismatched-values', detail };
}

/** SHA-256 over the chunks' raw SHA-256 digests, in index order (contract, section 1, `CompleteRequest`). */
function compositeOf(chunks: readonly StoredChunk[]): Buffer {
  const hash = createHash('sha256');
  for (const { digest } of chunks) hash.update(digest);
  return hash.digest();
}

/** The file's own digest where it costs no reading: of a file of one chunk, and of none. */
function knownDigest(chunks: readonly StoredChunk[]): string | null {
  if (chunks.length > 1) return null;
  const digest = chunks[0]?.digest ?? createHash('sha256').digest();
  return Buffer.from(digest).toString('base64');
}

function describe(plan: Plan, intent: Intent, composite: Buffer, digest: string | null): Attachment {
  const { principal, fileName, fileSize, contentType } = plan;
  const { attachmentId, createdAt } = intent;
  return {
    attachmentId,
    createdAt,
    principal,
    fileName,
    fileSize,
    contentType,
    compositeDigest: composite.toString('base64'),
    digest,
  };
}
