/**
 * Digests of streams of bytes. Hashing is what a chunk costs most (about 5 ms for 8 MiB), so long streams are hashed in
 * worker threads, beside the event loop that receives them; short ones cost less here than the way to a thread.
 */
import { createHash } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** The hash algorithms this server checks, by their name in the IANA registry (RFC 9530, section 7.2). */
export const algorithms = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;
export type Algorithm = keyof typeof algorithms;
/** Raw digests by algorithm. */
export type Digests = ReadonlyMap<Algorithm, Buffer>;

/** A stream that is hashed on its way. */
export type Hashed = Readonly<{
  /** Its bytes, gathered to blocks. A block may be used until the next is asked for: then others are written there. */
  blocks: AsyncIterable<Uint8Array>;
  /** The digests of all the bytes, after the last block. */
  digests(): Promise<Digests>;
}>;

export type Hashing = Readonly<{
  /** Hashes `body`, which has about `length` bytes, while its blocks are read. Done with a piece when it asks for the next. */
  pass(body: AsyncIterable<Uint8Array>, wanted: readonly Algorithm[], length: number): Hashed;
  close(): Promise<void>;
}>;

/** Bytes that the way to a thread is not worth. */
const short = 128 * 1024;
/** To wake a thread (or the disk's) costs as much as to copy this many bytes. */
const blockLength = 256 * 1024;
/** So many blocks that nobody uses are kept for the next stream. */
const kept = 128;

/** Hashes short streams here, and long ones in up to `threads` threads, each started when it is first needed. */
export function createHashing(threads: number): Hashing {
  const pool: Thread[] = [];
  const blocks = createBlocks();
  return {
    pass(body, wanted, length) {
      if (threads === 0 || length <= short) return hashHere(body, wanted, length);
      if (pool.length < threads) pool.push(startThread(blocks));
      const idlest = pool.reduce((one, other) => (other.streams() < one.streams() ? other : one));
      return idlest.pass(body, wanted);
    },
    close: async () => void (await Promise.all(pool.map((thread) => thread.stop()))),
  };
}

/** The bytes of `body`, copied into one `place` after another, each full but for the last. */
async function* gathered(body: AsyncIterable<Uint8Array>, next: () => Uint8Array): AsyncGenerator<Uint8Array> {
  let place = next();
  let length = 0;
  for await (const piece of body)
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + place.length - length);
      place.set(part, length);
      length += part.length;
      from += part.length;
      if (length < place.length) continue;
      yield place;
      place = next();
      length = 0;
    }
  if (length > 0) yield place.subarray(0, length);
}

/** Hashes where it is called. */
function hashHere(body: AsyncIterable<Uint8Array>, wanted: readonly Algorithm[], length: number): Hashed {
  const hashes = wanted.map((name) => [name, createHash(algorithms[name])] as const);
  async function* blocks() {
    const place = Buffer.allocUnsafe(Math.max(1, Math.min(length, blockLength)));
    for await (const block of gathered(body, () => place)) {
      for (const [, hash] of hashes) hash.update(block);
      yield block;
    }
  }
  return { blocks: blocks(), digests: async () => new Map(hashes.map(([name, hash]) => [name, hash.digest()])) };
}

/** What a thread is told: that a stream begins, its next bytes, that it ends. */
type Task =
  | Readonly<{ stream: number; wanted: readonly Algorithm[] }>
  | Readonly<{ stream: number; bytes: Uint8Array }>
  | Readonly<{ stream: number }>;
/** What it tells: that it has done with the bytes, or the digests of them all. */
type Done = Readonly<{ stream: number; digests: readonly [Algorithm, Uint8Array][] | null }>;

type Thread = Readonly<{
  pass(body: AsyncIterable<Uint8Array>, wanted: readonly Algorithm[]): Hashed;
  streams(): number;
  stop(): Promise<number>;
}>;

/** Memory that a thread sees, too: that of earlier streams, if there is some. */
function createBlocks(): { take(): Uint8Array; giveBack(block: Uint8Array): void } {
  const free: Uint8Array[] = [];
  return {
    take: () => free.pop() ?? new Uint8Array(new SharedArrayBuffer(blockLength)),
    giveBack: (block) => void (free.length < kept && free.push(block)),
  };
}

function startThread(blocks: ReturnType<typeof createBlocks>): Thread {
  const worker = new Worker(new URL(import.meta.url), { workerData: { hashes: true } });
  const streams = new Map<number, { hashed(): void; end: PromiseWithResolvers<Digests> }>();
  let begun = 0;
  const tell = (task: Task) => worker.postMessage(task);
  worker.unref();
  worker.on('message', ({ stream, digests }: Done) => {
    if (digests === null) return streams.get(stream)?.hashed();
    streams.get(stream)?.end.resolve(new Map(digests.map(([name, digest]) => [name, Buffer.from(digest)])));
    streams.delete(stream);
  });

  /** A stream has two blocks: one is filled while the other is hashed, and used by whoever reads. */
  async function* pass(
    body: AsyncIterable<Uint8Array>,
    stream: number,
    wanted: readonly Algorithm[],
    end: PromiseWithResolvers<Digests>,
  ) {
    const pair = [blocks.take(), blocks.take()] as const;
    let turn = 0;
    let hashed = Promise.withResolvers<void>();
    hashed.resolve();
    streams.set(stream, { hashed: () => hashed.resolve(), end });
    tell({ stream, wanted });
    try {
      for await (const bytes of gathered(body, () => pair[turn++ % 2 === 0 ? 0 : 1])) {
        await hashed.promise;
        hashed = Promise.withResolvers<void>();
        tell({ stream, bytes });
        yield bytes;
      }
    } finally {
      tell({ stream });
      void end.promise.then(() => pair.forEach(blocks.giveBack));
    }
  }

  return {
    streams: () => streams.size,
    pass(body, wanted) {
      const end = Promise.withResolvers<Digests>();
      return { blocks: pass(body, begun++, wanted, end), digests: () => end.promise };
    },
    stop: () => worker.terminate(),
  };
}

if (!isMainThread && workerData?.hashes === true) hashForOthers();

/** The thread's side. */
function hashForOthers(): void {
  const streams = new Map<number, [Algorithm, ReturnType<typeof createHash>][]>();
  const tell = (done: Done) => parentPort?.postMessage(done);
  parentPort?.on('message', (task: Task) => {
    const { stream } = task;
    const hashes = streams.get(stream) ?? [];
    if ('wanted' in task)
      streams.set(
        stream,
        task.wanted.map((name) => [name, createHash(algorithms[name])]),
      );
    else if ('bytes' in task) {
      for (const [, hash] of hashes) hash.update(task.bytes);
      tell({ stream, digests: null });
    } else {
      streams.delete(stream);
      tell({ stream, digests: hashes.map(([name, hash]) => [name, hash.digest()]) });
    }
  });
}
