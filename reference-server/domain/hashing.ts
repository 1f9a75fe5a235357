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

/** Takes the digests of one stream. Exactly one of `digests` and `drop` ends it. */
export type Digester = Readonly<{
  /** Takes in the next bytes, which must not change any more; resolves when there is room for more. */
  update(bytes: Uint8Array): Promise<void>;
  /** The digests of all the bytes. */
  digests(): Promise<Digests>;
  drop(): void;
}>;

export type Hashing = Readonly<{
  /** Begins the digests of a stream of about `length` bytes. */
  begin(wanted: readonly Algorithm[], length: number): Digester;
  close(): Promise<void>;
}>;

/** Bytes that the way to a thread is not worth. */
const short = 128 * 1024;
const blockLength = 64 * 1024;
/** So many blocks are on their way to a thread at most: all the memory that hashing takes. */
const blocksEach = 64;

/** Hashes where it is called. */
function hashHere(wanted: readonly Algorithm[]): Digester {
  const hashes = wanted.map((name) => [name, createHash(algorithms[name])] as const);
  return {
    async update(bytes) {
      for (const [, hash] of hashes) hash.update(bytes);
    },
    digests: async () => new Map(hashes.map(([name, hash]) => [name, hash.digest()])),
    drop() {},
  };
}

/** Hashes short streams here, and long ones in up to `threads` threads, each started when it is first needed. */
export function createHashing(threads: number): Hashing {
  const pool: Thread[] = [];
  return {
    begin(wanted, length) {
      if (threads === 0 || length <= short) return hashHere(wanted);
      if (pool.length < threads) pool.push(startThread());
      const idlest = pool.reduce((one, other) => (other.streams() < one.streams() ? other : one));
      return idlest.begin(wanted);
    },
    close: async () => void (await Promise.all(pool.map((thread) => thread.stop()))),
  };
}

/** What a thread is told: bytes of a stream (in which block, how many), or that a stream ends. */
type Task =
  | Readonly<{ stream: number; wanted: readonly Algorithm[] }>
  | Readonly<{ stream: number; block: number; length: number }>
  | Readonly<{ stream: number; wantsDigests: boolean }>;
type Done = Readonly<{ block: number }> | Readonly<{ stream: number; digests: readonly [Algorithm, Uint8Array][] }>;

type Thread = Readonly<{ begin(wanted: readonly Algorithm[]): Digester; streams(): number; stop(): Promise<number> }>;

function startThread(): Thread {
  const memory = new SharedArrayBuffer(blocksEach * blockLength);
  const worker = new Worker(new URL(import.meta.url), { workerData: { hashes: memory } });
  const free = Array.from({ length: blocksEach }, (_, block) => block);
  const waiting: ((block: number) => void)[] = [];
  const ends = new Map<number, PromiseWithResolvers<Digests>>();
  let begun = 0;
  let streams = 0;
  const tell = (task: Task) => worker.postMessage(task);
  worker.unref();
  worker.on('message', (done: Done) => {
    if ('block' in done) {
      const next = waiting.shift();
      if (next === undefined) free.push(done.block);
      else next(done.block);
    } else {
      ends.get(done.stream)?.resolve(new Map(done.digests.map(([name, digest]) => [name, Buffer.from(digest)])));
      ends.delete(done.stream);
    }
  });
  return {
    streams: () => streams,
    begin(wanted) {
      const stream = begun++;
      streams++;
      tell({ stream, wanted });
      // Gathered before a block is taken, so that a slow stream keeps none from the others.
      let gathered: Uint8Array[] = [];
      let length = 0;
      async function pass(): Promise<void> {
        const [pieces, total] = [gathered, length];
        gathered = [];
        length = 0;
        const block = free.pop() ?? (await new Promise<number>((resolve) => waiting.push(resolve)));
        const place = new Uint8Array(memory, block * blockLength, total);
        let at = 0;
        for (const piece of pieces) {
          place.set(piece, at);
          at += piece.length;
        }
        tell({ stream, block, length: total });
      }
      return {
        async update(bytes) {
          for (let from = 0; from < bytes.length; ) {
            const part = bytes.subarray(from, from + blockLength - length);
            gathered.push(part);
            length += part.length;
            from += part.length;
            if (length === blockLength) await pass();
          }
        },
        async digests() {
          streams--;
          if (length > 0) await pass();
          const end = Promise.withResolvers<Digests>();
          ends.set(stream, end);
          tell({ stream, wantsDigests: true });
          return end.promise;
        },
        drop() {
          streams--;
          tell({ stream, wantsDigests: false });
        },
      };
    },
    stop: () => worker.terminate(),
  };
}

if (!isMainThread && workerData?.hashes instanceof SharedArrayBuffer) hashFor(workerData.hashes);

/** The thread's side. */
function hashFor(memory: SharedArrayBuffer): void {
  const digesters = new Map<number, [Algorithm, ReturnType<typeof createHash>][]>();
  const tell = (done: Done) => parentPort?.postMessage(done);
  parentPort?.on('message', (task: Task) => {
    if ('wanted' in task)
      digesters.set(
        task.stream,
        task.wanted.map((name) => [name, createHash(algorithms[name])]),
      );
    else if ('block' in task) {
      const bytes = new Uint8Array(memory, task.block * blockLength, task.length);
      for (const [, hash] of digesters.get(task.stream) ?? []) hash.update(bytes);
      tell({ block: task.block });
    } else {
      const hashes = digesters.get(task.stream) ?? [];
      digesters.delete(task.stream);
      if (task.wantsDigests)
        tell({ stream: task.stream, digests: hashes.map(([name, hash]) => [name, hash.digest()]) });
    }
  });
}
