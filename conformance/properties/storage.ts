import { type Geometry, initiate } from '../arbitraries.ts';
import type { Call, ChunkCall, Fault, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';
import { tooLong } from './time.ts';

const a = { session: 'a' } as const;
const sample: Call = { kind: 'storage' };
const settled: Call = { kind: 'storage', settles: 0 };
const fill: Call = { kind: 'fill', ...a, write: 100 };
const abort: Call = { kind: 'abort', ...a };
const chunk = (index: number, write: number, more: Partial<ChunkCall> = {}): ChunkCall => ({
  kind: 'chunk',
  ...a,
  chunk: index,
  write,
  ...more,
});

/** Large beside what a server writes of its own accord, such as the log of its database. In bytes. */
const volume = 2 * 1024 ** 2;

/** In no more chunks than these: each is a request. */
const mostChunks = 64;

/** The same volume, however the target's limits cut it: each chunk is more than what may come and go (a quarter). */
function fileOf({ limits }: Environment): Geometry {
  const chunkSize = Math.min(Math.max(volume / 2, limits.minChunkSize), limits.maxChunkSize);
  const fileSize = Math.min(volume, limits.maxFileSize);
  return { fileSize, chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
}

const script = (...steps: readonly (Call | Step)[]): Script => ({
  calls: steps.map((one) => ('call' in one ? one : { call: one })),
});

/** Each step three times: of chunks that are half a file that is more than may come and go beside what a session may hold. */
const often = (...steps: readonly Step[]): Step[] => [1, 2, 3].flatMap(() => steps);

export const storage: Property = {
  id: 'storage',
  title: 'what an aborted session held, and what was refused, cut off or replaced, is given back',
  requirements: ['abort.releases', 'chunk.releases'],
  weight: 0,
  alone: 'in-turn',
  unfit: (environment) => {
    if (!environment.hooks.includes('storage')) return 'needs --storage-command';
    const { fileSize, totalChunks } = fileOf(environment);
    return fileSize < volume / 4 || totalChunks > mostChunks
      ? `no file of ${volume / 4} bytes in at most ${mostChunks} chunks can be seen in the storage`
      : undefined;
  },
  examples: (environment) => {
    const file = fileOf(environment);
    const open = initiate('a', file);
    const last = file.totalChunks - 1;
    const bounded: Call = { kind: 'storage', settles: 2 * file.fileSize };
    const almost = Math.min(file.chunkSize, file.fileSize) - 1;
    const cut = (how: 'fin' | 'rst'): Fault => ({ kind: 'cut', after: almost, how });
    const refused = (index: number, framing: 'length' | 'chunked'): Step[] => [
      { call: chunk(index, 20, { framing, contentDigest: 'wrong' }) },
      { call: chunk(index, 21, { framing, excess: 1 }) },
      { call: chunk(index, 22, { framing, excess: -1 }) },
      { call: chunk(index, 23, { framing }), fault: cut('fin') },
      { call: chunk(index, 24, { framing }), fault: cut('rst') },
    ];
    const complete: Call = { kind: 'complete', ...a, digest: 'wrong' };
    return [
      script(sample, open, fill, sample, abort, settled),
      script(sample, open, fill, chunk(0, 1), abort, settled),
      // A server may notice a cut later than the next request.
      script(sample, open, { call: chunk(0, 1), fault: cut('fin') }, { kind: 'wait', ms: 200 }, abort, settled),
      // All kinds at once, each so often that it is seen alone: a store that reclaims late costs one wait.
      script(sample, open, ...often(...refused(last, 'length')), fill, ...often(...refused(0, 'chunked')), bounded),
      script(sample, open, fill, ...often({ call: chunk(0, 1) }, { call: chunk(0, 2) }, { call: complete }), bounded),
    ];
  },
};

export const storageInTime: Property = {
  id: 'storage-in-time',
  title: 'what an expired session held is given back',
  requirements: ['expiry.releases'],
  weight: 0,
  alone: 'in-turn',
  unfit: (environment) => storage.unfit?.(environment) ?? tooLong(environment),
  examples: (environment) => {
    const { minTimeoutSeconds, maxTimeoutSeconds } = environment.limits;
    const preferredTimeoutSeconds = Math.min(Math.max(2, minTimeoutSeconds), maxTimeoutSeconds);
    const open = initiate('a', fileOf(environment), { preferredTimeoutSeconds });
    return [script(sample, open, fill, sample, { kind: 'wait', expiryOf: 'a' }, settled)];
  },
};
