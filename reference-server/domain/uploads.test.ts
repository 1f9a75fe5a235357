/** The shell over storage that fails, stalls and dies on purpose. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { memoryBytes, memoryRecords } from '../storage/memory.ts';
import { type Allowance, type Bytes, type Records, unlimited } from '../storage/ports.ts';
import { createTurns } from '../storage/turns.ts';
import { createHashing } from './hashing.ts';
import type { Admission, Receipt } from './receiving.ts';
import { createUploads, type Uploads } from './uploads.ts';

const limits = {
  maxFileSize: 1000,
  minChunkSize: 1,
  maxChunkSize: 1000,
  maxChunks: 10_000,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 1000,
};
const hashing = createHashing(0);
const noExpectation = { digest: new Map(), compositeDigest: null };
const wish = {
  fileName: 'f',
  fileSize: 8,
  contentType: 'x/y',
  preferredChunkSize: 4,
  preferredTimeoutSeconds: 10,
};
const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
const broken = Object.assign(new Error('broken'), { code: 'EIO' });

/** Uploads over memory, with some methods of the storage replaced and a clock that is set by hand. */
type Faults = {
  over?: { records?: Records; bytes?: Bytes };
  records?: Partial<Records>;
  bytes?: Partial<Bytes>;
  allowance?: Allowance;
  completeWithin?: number;
};
function make(faults: Faults = {}) {
  const time = { now: 0 };
  const stores = { records: faults.over?.records ?? memoryRecords(), bytes: faults.over?.bytes ?? memoryBytes() };
  const records = { ...stores.records, ...faults.records };
  const bytes = { ...stores.bytes, ...faults.bytes };
  const { allowance = unlimited, completeWithin = 60_000 } = faults;
  const options = { limits, allowance, completeWithin, defaultTimeoutSeconds: 10, log: () => {} };
  const clock = () => time.now;
  const uploads = createUploads({ ...options, clock, hashing, records, bytes });
  /** As after a crash: the same storage without its faults, everything else new. A turn goes with its process. */
  const restart = () =>
    createUploads({ ...options, clock, hashing, ...stores, records: { ...stores.records, takeTurn: createTurns() } });
  /** Another process over the same storage, whose clock is behind by `lag` milliseconds. */
  const beside = (lag = 0) => createUploads({ ...options, clock: () => time.now - lag, hashing, records, bytes });
  return { uploads, time, stores, restart, beside };
}

async function begin(uploads: Uploads, fileSize = 8) {
  const session = await uploads.initiate('', { ...wish, fileSize }, null);
  if ('refused' in session) throw new Error(session.refused);
  return { principal: '', sessionId: session.plan.sessionId };
}

async function admit(uploads: Uploads, subject: { principal: string; sessionId: string }, chunkId: number) {
  return (await uploads.admit(subject, chunkId)) as Admission;
}

async function put(uploads: Uploads, subject: { principal: string; sessionId: string }, chunkId: number, text: string) {
  const admission = await admit(uploads, subject, chunkId);
  return uploads.receive(admission, () => bodyOf(text), new Map()) as Promise<Receipt>;
}

async function* bodyOf(...pieces: string[]) {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function uploadAll(uploads: Uploads) {
  const subject = await begin(uploads);
  await put(uploads, subject, 0, 'abcd');
  await put(uploads, subject, 1, 'efgh');
  return subject;
}

test('however many completions race, one attachment is made, and one of them says so', async () => {
  const { uploads, stores } = make();
  const subject = await uploadAll(uploads);
  const answers = await Promise.all(Array.from({ length: 8 }, () => uploads.complete(subject, noExpectation)));
  const ids = answers.map((answer) => ('attachment' in answer ? answer.attachment.attachmentId : ''));
  expect(new Set(ids).size).toBe(1);
  expect(answers.filter((answer) => 'created' in answer && answer.created)).toHaveLength(1);
  expect(await stores.bytes.published(ids[0] ?? '')).toBe(true);
});

test('of a racing abort and completion exactly one wins, and both are told', async () => {
  for (const abortFirst of [true, false]) {
    const { uploads } = make();
    const subject = await uploadAll(uploads);
    const [first, second] = abortFirst
      ? [await Promise.all([uploads.abort(subject), uploads.complete(subject, noExpectation)])].flat()
      : [await Promise.all([uploads.complete(subject, noExpectation), uploads.abort(subject)])].flat();
    const lost = [first, second].filter((answer) => answer !== null && answer !== undefined && 'refused' in answer);
    expect(lost).toHaveLength(1);
  }
});

test('a completion that fails to publish leaves the session open, and succeeds when it is repeated', async () => {
  let failures = 3;
  const memory = memoryBytes();
  const publish: Bytes['publish'] = async (...all) => {
    if (failures-- > 0) throw failures % 2 ? full : broken;
    return memory.publish(...all);
  };
  const { uploads } = make({ over: { bytes: memory }, bytes: { publish } });
  const subject = await uploadAll(uploads);
  for (let i = 0; i < 3; i++) {
    await expect(uploads.complete(subject, noExpectation)).rejects.toThrow();
    expect(await uploads.session(subject)).toMatchObject({ life: { state: 'open' } });
  }
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ created: true });
});

test('a completion whose record fails after the file is in place is finished, not undone', async () => {
  let armed = false;
  let failures = 0;
  const memory = memoryRecords();
  const advance: Records['advance'] = async (id, chunkId, step) => {
    const session = await memory.find(id);
    if (armed && session?.life.state === 'completing' && failures++ < 3) throw broken;
    return memory.advance(id, chunkId, step);
  };
  const { uploads } = make({ over: { records: memory }, records: { advance } });
  const subject = await uploadAll(uploads);
  armed = true;
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ refused: 'unavailable' });
  expect(await uploads.session(subject)).toMatchObject({ refused: 'unavailable' });
  await uploads.sweep();
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'completed' } });
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ created: false });
});

test('a completion that died before its file was in place is undone at the start, one that died after is finished', async () => {
  for (const published of [false, true]) {
    const never = new Promise<never>(() => {});
    const memory = memoryBytes();
    const started = Promise.withResolvers<void>();
    const publish: Bytes['publish'] = async (...all) => {
      if (published) await memory.publish(...all);
      started.resolve();
      return never;
    };
    const { uploads, restart } = make({ over: { bytes: memory }, bytes: { publish } });
    const subject = await uploadAll(uploads);
    void uploads.complete(subject, noExpectation);
    await started.promise;
    const restarted = restart();
    await restarted.recover();
    const state = published ? 'completed' : 'open';
    expect(await restarted.session(subject)).toMatchObject({ life: { state } });
    expect(await restarted.complete(subject, noExpectation)).toMatchObject({ created: !published });
  }
});

test('what asks during a completion is answered as after it', async () => {
  const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const memory = memoryBytes();
  const publish: Bytes['publish'] = async (...all) => {
    started.resolve();
    await gate.promise;
    return memory.publish(...all);
  };
  const { uploads } = make({ over: { bytes: memory }, bytes: { publish } });
  const subject = await uploadAll(uploads);
  const completion = uploads.complete(subject, noExpectation);
  await started.promise;
  const racing = Promise.all([uploads.session(subject), uploads.admit(subject, 0), uploads.abort(subject)]);
  gate.resolve();
  expect(await completion).toMatchObject({ created: true });
  expect(await racing).toMatchObject([
    { life: { state: 'completed' } },
    { refused: 'session-completed' },
    { refused: 'session-completed' },
  ]);
});

test('a mismatch publishes nothing and leaves the session open; digests of the whole are checked by reading', async () => {
  const { uploads, stores } = make();
  const subject = await uploadAll(uploads);
  const sha = (text: string) => createHash('sha256').update(text).digest();
  const other = { digest: new Map([['sha-256', sha('other')]] as const), compositeDigest: null };
  expect(await uploads.complete(subject, other)).toMatchObject({ refused: 'digest-mismatched-values' });
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'open' } });
  await put(uploads, subject, 1, 'EFGH');
  const right = { digest: new Map([['sha-256', sha('abcdEFGH')]] as const), compositeDigest: null };
  const completion = await uploads.complete(subject, right);
  expect(completion).toMatchObject({ created: true, attachment: { digest: sha('abcdEFGH').toString('base64') } });
  expect(await stores.records.completing()).toEqual([]);
});

test('a chunk counts if its last byte is stored before the deadline, and is refused from then on', async () => {
  const { uploads, time } = make();
  const subject = await begin(uploads);
  const admission = await admit(uploads, subject, 0);
  const slow = async function* (until: number) {
    yield Buffer.from('ab');
    time.now = until;
    yield Buffer.from('cd');
  };
  expect(await uploads.receive(admission, () => slow(9_999), new Map())).toMatchObject({ expiresAt: 19_999 });
  expect(await uploads.receive(admission, () => slow(19_999), new Map())).toMatchObject({
    refused: 'session-expired',
    expiredAt: 19_999,
  });
});

test('the sweeper ends what is overdue, gives its bytes back, and forgets it a day later', async () => {
  const { uploads, time, stores } = make();
  const subject = await uploadAll(uploads);
  await uploads.sweep();
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'open' } });
  time.now = 10_000;
  await uploads.sweep();
  await uploads.idle();
  const left = await stores.bytes
    .receive(
      { sessionId: subject.sessionId, chunkId: 0, offset: 0, length: 4, vacant: async () => true },
      bodyOf('abcd'),
    )
    .catch((error: { code: string }) => error.code);
  expect(left).toBe('ENOENT');
  time.now = 0; // a clock that is set back revives nothing
  expect(await uploads.session(subject)).toMatchObject({ refused: 'session-expired' });
  time.now = 10_000 + 25 * 60 * 60 * 1000;
  await uploads.sweep();
  expect(await uploads.session(subject)).toMatchObject({ refused: 'session-not-found' });
});

test('bytes that could not be given back are given back by the next sweep', async () => {
  let failures = 1;
  const memory = memoryBytes();
  const released: string[] = [];
  const release: Bytes['release'] = async (sessionId) => {
    if (failures-- > 0) throw broken;
    released.push(sessionId);
    return memory.release(sessionId);
  };
  const { uploads } = make({ over: { bytes: memory }, bytes: { release } });
  const subject = await uploadAll(uploads);
  expect(await uploads.abort(subject)).toBeNull();
  expect(await uploads.abort(subject)).toBeNull();
  await uploads.idle();
  expect(released).toEqual([]);
  await uploads.sweep();
  await uploads.idle();
  expect(released).toEqual([subject.sessionId]);
});

test('storage that fails while a chunk is stored leaves what was there, and the chunk can be sent again', async () => {
  const faults = { receive: false, advance: false };
  const memory = { records: memoryRecords(), bytes: memoryBytes() };
  const receive: Bytes['receive'] = async (...all) => {
    if (faults.receive) throw full;
    return memory.bytes.receive(...all);
  };
  const advance: Records['advance'] = async (...all) => {
    if (faults.advance) throw broken;
    return memory.records.advance(...all);
  };
  const { uploads } = make({ over: memory, records: { advance }, bytes: { receive } });
  const subject = await uploadAll(uploads);
  for (const fault of ['receive', 'advance'] as const) {
    faults[fault] = true;
    await expect(put(uploads, subject, 0, 'XXXX')).rejects.toThrow();
    faults[fault] = false;
  }
  expect(await memory.records.chunks(subject.sessionId)).toHaveLength(2);
  expect(await put(uploads, subject, 0, 'ABCD')).toMatchObject({ created: false });
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ created: true });
});

test('one key makes one session, however many requests race, and answers with it as it stands', async () => {
  const { uploads } = make();
  const use = { key: 'k', fingerprint: 'f' };
  const sessions = await Promise.all(Array.from({ length: 5 }, () => uploads.initiate('', wish, use)));
  const ids = sessions.map((session) => ('refused' in session ? session.refused : session.plan.sessionId));
  expect(new Set(ids).size).toBe(1);
  const subject = { principal: '', sessionId: ids[0] ?? '' };
  await put(uploads, subject, 1, 'efgh');
  expect(await uploads.initiate('', wish, use)).toMatchObject({ received: Uint8Array.of(2) });
  expect(await uploads.initiate('', wish, { ...use, fingerprint: 'g' })).toMatchObject({
    refused: 'idempotency-key-reused',
  });
  expect(await uploads.initiate('bob', wish, { ...use, fingerprint: 'g' })).not.toHaveProperty('refused');
  await uploads.abort(subject);
  expect(await uploads.initiate('', wish, use)).toMatchObject({ refused: 'session-aborted' });
});

test('what a principal may have unfinished is bounded, others are not, and an abort or a completion makes room', async () => {
  const { uploads } = make({ allowance: { sessions: 2, bytes: 20 } });
  const ask = (principal: string, fileSize = 8) => uploads.initiate(principal, { ...wish, fileSize }, null);
  const raced = await Promise.all(Array.from({ length: 5 }, () => ask('ann')));
  const open = raced.flatMap((one) => ('plan' in one ? [{ principal: 'ann', sessionId: one.plan.sessionId }] : []));
  expect(raced.filter((one) => 'refused' in one && one.refused === 'too-many-requests')).toHaveLength(3);
  expect(open).toHaveLength(2);
  expect(await ask('bob', 20)).toHaveProperty('plan');
  expect(await ask('bob', 1)).toEqual({ refused: 'insufficient-storage' });
  const [first, second] = open;
  if (!first || !second) throw new Error('two sessions are open');
  await uploads.abort(first);
  await put(uploads, second, 0, 'abcd');
  await put(uploads, second, 1, 'efgh');
  await uploads.complete(second, noExpectation);
  expect(await ask('ann', 20)).toHaveProperty('plan');
});

test('what one process has called expired is expired on one whose clock is behind', async () => {
  const { uploads, time, beside } = make();
  const subject = await begin(uploads);
  const behind = beside(5);
  const admission = await admit(behind, subject, 0);
  time.now = 10_001;
  expect(await behind.session(subject)).toMatchObject({ life: { state: 'open' } });
  expect(await uploads.session(subject)).toMatchObject({ refused: 'session-expired' });
  const late = await behind.receive(admission, () => bodyOf('abcd'), new Map());
  expect(late).toMatchObject({ refused: 'session-expired' });
});

test('an abort on one process refuses the chunk that another receives, and nothing of it is kept', async () => {
  const { uploads, beside, stores } = make();
  const subject = await begin(uploads);
  const other = beside();
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = async function* () {
    yield Buffer.from('ab');
    begun.resolve();
    await gate.promise;
    yield Buffer.from('cd');
  };
  const receiving = other.receive(await admit(other, subject, 0), slow, new Map());
  await begun.promise;
  expect(await uploads.abort(subject)).toBeNull();
  expect(await other.session(subject)).toMatchObject({ refused: 'session-aborted' });
  gate.resolve();
  expect(await receiving).toMatchObject({ refused: 'session-aborted' });
  await uploads.idle();
  expect(await stores.records.unreleased()).toEqual([]);
});

test('a completion on one process is waited for on another, and a chunk that comes meanwhile is refused', async () => {
  const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const memory = memoryBytes();
  const publish: Bytes['publish'] = async (...all) => {
    started.resolve();
    await gate.promise;
    return memory.publish(...all);
  };
  const { uploads, beside } = make({ over: { bytes: memory }, bytes: { publish } });
  const subject = await uploadAll(uploads);
  const other = beside();
  const admission = await admit(other, subject, 0);
  const completion = uploads.complete(subject, noExpectation);
  await started.promise;
  const racing = Promise.all([
    other.receive(admission, () => bodyOf('ABCD'), new Map()),
    other.session(subject),
    other.complete(subject, noExpectation),
  ]);
  await other.sweep(); // leaves alone what is under way
  gate.resolve();
  expect(await completion).toMatchObject({ created: true });
  expect(await racing).toMatchObject([
    { refused: 'session-completed' },
    { life: { state: 'completed' } },
    { created: false },
  ]);
});

test('a completion whose turn was taken over does not undo what was made of it, nor call it undone', async () => {
  for (const published of [true, false]) {
    const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const memory = memoryBytes();
    const publish: Bytes['publish'] = async (...all) => {
      if (published) await memory.publish(...all);
      started.resolve();
      await gate.promise;
      return memory.publish(...all);
    };
    const { uploads, restart } = make({ over: { bytes: memory }, bytes: { publish } });
    const subject = await uploadAll(uploads);
    const hung = uploads.complete(subject, noExpectation);
    await started.promise;
    const taker = restart(); // with turns of its own: as if the database had taken the turn away
    await taker.sweep();
    expect(await taker.session(subject)).toMatchObject({ life: { state: published ? 'completed' : 'open' } });
    gate.resolve();
    expect(await hung).toMatchObject(published ? { created: true } : { refused: 'unavailable' });
    const { attachment } = (await taker.complete(subject, noExpectation)) as { attachment: { attachmentId: string } };
    expect(await uploads.attachment('', attachment.attachmentId)).toMatchObject({ fileSize: 8 });
  }
});

test('what a process that died has not given back is given back by another', async () => {
  const memory = memoryBytes();
  const given: string[] = [];
  const never = new Promise<never>(() => {});
  const { uploads, stores } = make({ over: { bytes: memory }, bytes: { release: () => never } });
  const subject = await uploadAll(uploads);
  await uploads.abort(subject);
  const release: Bytes['release'] = async (id) => void given.push(id);
  const { uploads: other } = make({ over: stores, bytes: { release } });
  await other.sweep();
  await other.idle();
  expect(given).toEqual([subject.sessionId]);
});

test('a chunk whose record failed in a way that leaves it open keeps its bytes if the record names them', async () => {
  const memory = { records: memoryRecords(), bytes: memoryBytes() };
  let lost = true;
  const advance: Records['advance'] = async (id, chunkId, step) => {
    const answer = await memory.records.advance(id, chunkId, step);
    if (chunkId === 1 && lost) {
      lost = false;
      throw broken; // recorded, but nobody was told
    }
    return answer;
  };
  const { uploads } = make({ over: memory, records: { advance } });
  const subject = await begin(uploads);
  await put(uploads, subject, 0, 'abcd');
  await expect(put(uploads, subject, 1, 'efgh')).rejects.toThrow('broken');
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ created: true });
});

/** A storage in which a publication begins, and then waits to be let on. */
function slowPublication(memory = memoryBytes()) {
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const publish: Bytes['publish'] = async (...all) => {
    begun.resolve();
    await released.promise;
    return memory.publish(...all);
  };
  return { memory, publish, begun: begun.promise, letOn: released.resolve, fail: released.reject };
}

test('a completion that takes long is told of to all who ask, runs on, and ends once', async () => {
  const { memory, publish, begun, letOn } = slowPublication();
  const { uploads } = make({ over: { bytes: memory }, bytes: { publish }, completeWithin: 20 });
  const subject = await uploadAll(uploads);
  const completions = [uploads.complete(subject, noExpectation), uploads.complete(subject, noExpectation)];
  await begun;
  const completing = { plan: { sessionId: subject.sessionId }, life: { state: 'completing' } };
  for (const completion of completions) expect(await completion).toMatchObject(completing);
  expect(await uploads.session(subject)).toMatchObject(completing);
  expect(await uploads.admit(subject, 0)).toMatchObject({ refused: 'session-completed' });
  expect(await uploads.abort(subject)).toMatchObject({ refused: 'session-completed' });
  letOn();
  await uploads.idle();
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'completed' } });
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ created: false });
});

test('a completion that fails after it was told of leaves the reason, until the next one begins', async () => {
  const { memory, publish, begun, fail } = slowPublication();
  let published = 0;
  const bytes: Partial<Bytes> = { publish: (...all) => (published++ === 0 ? publish : memory.publish)(...all) };
  const { uploads } = make({ over: { bytes: memory }, bytes, completeWithin: 20 });
  const subject = await uploadAll(uploads);
  const completion = uploads.complete(subject, noExpectation);
  await begun;
  expect(await completion).toMatchObject({ life: { state: 'completing' } });
  const waiting = uploads.complete(subject, noExpectation);
  expect(await waiting).toMatchObject({ life: { state: 'completing' } });
  fail(full);
  await uploads.idle();
  const failure = { refused: 'insufficient-storage' };
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'open', failure } });
  expect(published, 'who was told that it runs began none of its own').toBe(1);
  expect(await put(uploads, subject, 0, 'ABCD')).toMatchObject({ created: false });
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'open', failure } });
  expect(await uploads.complete(subject, noExpectation)).toMatchObject({ created: true });
});

/** The digest of what `uploadAll` uploads, or a wrong one. */
const digestOf = (text: string) => ({
  digest: new Map([['sha-256', createHash('sha256').update(text).digest()] as const]),
  compositeDigest: null,
});

test('with no time at all every completion that reads is told of, and a wrong digest later', async () => {
  const { uploads } = make({ completeWithin: 0 });
  const subject = await uploadAll(uploads);
  const wrong = digestOf('something else');
  expect(await uploads.complete(subject, wrong)).toMatchObject({ life: { state: 'completing' } });
  await uploads.idle();
  const failure = { refused: 'digest-mismatched-values' };
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'open', failure } });
  expect(await uploads.complete(subject, digestOf('abcdefgh'))).toMatchObject({ life: { state: 'completing' } });
  await uploads.idle();
  expect(await uploads.session(subject)).toMatchObject({ life: { state: 'completed' } });
  expect(await uploads.complete(await uploadAll(uploads), noExpectation)).toMatchObject({ created: true });
});

test('a completion that was told of and died is undone with a reason, or done, when the server starts again', async () => {
  for (const before of [true, false]) {
    const { memory, publish, begun } = slowPublication();
    const dies: Bytes['publish'] = async (...all) => {
      if (!before) await memory.publish(...all);
      return publish(...all);
    };
    const { uploads, restart } = make({ over: { bytes: memory }, bytes: { publish: dies }, completeWithin: 0 });
    const subject = await uploadAll(uploads);
    expect(await uploads.complete(subject, digestOf('abcdefgh'))).toMatchObject({ life: { state: 'completing' } });
    await begun;
    const again = restart();
    await again.recover();
    const life = before ? { state: 'open', failure: { refused: 'unavailable' } } : { state: 'completed' };
    expect(await again.session(subject)).toMatchObject({ life });
  }
});
