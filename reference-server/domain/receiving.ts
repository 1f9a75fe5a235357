/** How a chunk gets from a body into the record: admitted, received and checked, durable, recorded. */
import type { Held, Target } from '../storage/ports.ts';
import { type Core, type Denied, look, type Subject, store } from './core.ts';
import type { Algorithm, Hashing } from './hashing.ts';
import type { Reception } from './in-flight.ts';
import { has } from './received.ts';
import { type Plan, spanOf } from './session.ts';

/** Raw digests that somebody expects; all must match. */
export type Expected = ReadonlyMap<Algorithm, Uint8Array>;

/** A body on its way. What it yields must stop coming, by a throw, when it is cut or when `signal` aborts. */
export type Body = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

export type Admission = Readonly<{ plan: Plan; chunkId: number; offset: number; length: number }>;

/** Proof of storage. Lengths in bytes; `digest` is raw SHA-256 in base64; `expiresAt` in milliseconds since 1970. */
export type Receipt = Readonly<{
  created: boolean;
  chunkId: number;
  offset: number;
  length: number;
  digest: string;
  expiresAt: number;
}>;

export type ChunkRefusal =
  | Denied
  | Readonly<{ refused: 'chunk-length-mismatch'; expectedLength: number }>
  | Readonly<{ refused: 'digest-mismatched-values'; detail: string }>;

type How = 'whole' | 'short' | 'long' | 'other-digest' | 'cut' | 'storage-failed';
type Measure = { how: How; digest: Buffer };

/** Whether chunk `chunkId` (null: a spelling that names none) may come, and where it lies. */
export async function admitChunk(core: Core, subject: Subject, chunkId: number | null): Promise<Admission | Denied> {
  const decision = await look(core, subject, { do: 'admit', chunkId });
  if (decision.is === 'refused') return decision;
  const { plan } = decision.session;
  return { plan, chunkId: chunkId ?? 0, ...spanOf(plan, chunkId ?? 0) };
}

/** Receives, checks, stores and records the body of an admitted chunk. Rejects when the storage fails. */
export async function receiveChunk(
  core: Core,
  { plan, chunkId, offset, length }: Admission,
  body: Body,
  expected: Expected,
): Promise<Receipt | ChunkRefusal> {
  const { sessionId } = plan;
  const subject = { principal: plan.principal, sessionId };
  const reception = core.inFlight.enter(sessionId);
  try {
    // Asked again, now that whoever ends the session can see this upload and stop it.
    const decision = await look(core, subject, { do: 'admit', chunkId });
    if (decision.is === 'refused') return decision;
    const vacant = async () => {
      const session = await core.records.find(sessionId);
      return session !== null && !has(session.received, chunkId);
    };
    const target = { sessionId, chunkId, offset, length, vacant };

    const measure: Measure = { how: 'storage-failed', digest: Buffer.alloc(0) };
    const checked = check(body(reception.signal), length, expected, core.hashing, measure);
    const held = await reception
      .write(() => core.bytes.receive(target, checked))
      .catch((error: unknown) => ({ error }));
    if (held === 'stopped' || 'error' in held) {
      const stopped = held === 'stopped' || reception.signal.aborted;
      if (stopped) return await endOf(core, subject, chunkId);
      if (measure.how === 'storage-failed') {
        const ended = await endOf(core, subject, chunkId);
        if (ended.refused !== 'unavailable') return ended;
        throw held.error;
      }
      return measure.how === 'other-digest'
        ? {
            refused: 'digest-mismatched-values',
            detail: 'The body does not have the digest that Content-Digest gives.',
          }
        : { refused: 'chunk-length-mismatch', expectedLength: length };
    }
    return await record(core, subject, target, held, measure.digest, reception);
  } finally {
    reception.leave();
  }
}

async function record(
  core: Core,
  subject: Subject,
  { sessionId, chunkId, offset, length }: Target,
  held: Held,
  digest: Buffer,
  reception: Reception,
): Promise<Receipt | Denied> {
  const chunk = { chunkId, digest, slot: held.slot };
  const decision = await store(core, subject, chunk, reception).catch(async (error: unknown) => {
    // The commit may have happened, and may yet. Only if this advance, after which it cannot, says that it has not
    // may the bytes go.
    const named = await core.records
      .advance(sessionId, chunkId, (session, stored) => ({ session, answer: stored?.slot === held.slot }))
      .then(
        (answer) => answer ?? false,
        () => true,
      );
    await held.settle(named);
    throw error;
  });
  if (decision.is !== 'changed') {
    await held.settle(false).catch((error: unknown) => core.log('a refused chunk was not discarded', error));
    return decision.is === 'refused' ? decision : { refused: 'unavailable' };
  }
  const { stored = null, kept = false, session } = decision;
  const cleaned = [held.settle(kept), ...(kept && stored ? [core.bytes.discard(sessionId, stored.slot)] : [])];
  await Promise.all(cleaned).catch((error: unknown) => core.log('a replaced chunk was not discarded', error));
  const { expiresAt } = session;
  return { created: stored === null, chunkId, offset, length, digest: digest.toString('base64'), expiresAt };
}

/** How the session has ended that stopped an upload or took its folder away; if it has not, the client may try again. */
async function endOf(core: Core, subject: Subject, chunkId: number): Promise<Denied> {
  const decision = await look(core, subject, { do: 'admit', chunkId });
  return decision.is === 'refused' ? decision : { refused: 'unavailable' };
}

/** Passes a body on while it keeps to `length`, hashing it; its end comes only if the whole is as expected. */
async function* check(
  body: AsyncIterable<Uint8Array>,
  length: number,
  expected: Expected,
  hashing: Hashing,
  measure: Measure,
): AsyncGenerator<Uint8Array> {
  const refuse = (how: How) => {
    measure.how = how;
    return new Error(`The body was refused: ${how}.`);
  };
  async function* measured(): AsyncGenerator<Uint8Array> {
    let count = 0;
    try {
      for await (const piece of body) {
        count += piece.length;
        if (count > length) throw refuse('long');
        yield piece;
      }
    } catch (error) {
      throw measure.how === 'long' ? error : refuse('cut');
    }
    if (count < length) throw refuse('short');
  }
  const { blocks, digests } = hashing.pass(
    measured(),
    [...new Set<Algorithm>(['sha-256', ...expected.keys()])],
    length,
  );
  yield* blocks;
  for (const [algorithm, digest] of await digests()) {
    if (algorithm === 'sha-256') measure.digest = digest;
    const wanted = expected.get(algorithm);
    if (wanted !== undefined && !digest.equals(wanted)) throw refuse('other-digest');
  }
}
