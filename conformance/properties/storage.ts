import { initiate, scriptOf } from '../arbitraries.ts';
import type { Call } from '../history.ts';
import type { Property } from './property.ts';
import { tooLong } from './time.ts';

const a = { session: 'a' } as const;
const sample: Call = { kind: 'storage' };
const settled: Call = { kind: 'storage', settles: 0 };
const fill: Call = { kind: 'fill', ...a, write: 100 };

/** Large beside what a server writes of its own accord. In bytes. */
const volume = 1024 ** 2;

/** The same volume, however the target's limits cut it. */
function file({ limits }: Parameters<NonNullable<Property['examples']>>[0]) {
  const chunkSize = Math.min(Math.max(volume / 4, limits.minChunkSize), limits.maxChunkSize);
  const fileSize = Math.min(Math.max(volume, chunkSize), limits.maxFileSize);
  return { fileSize, chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
}

export const storage: Property = {
  id: 'storage',
  title: 'what an aborted session held is given back',
  requirements: ['abort.releases'],
  weight: 0,
  alone: true,
  unfit: ({ hooks }) => (hooks.includes('storage') ? undefined : 'needs --storage-command'),
  examples: (environment) => [
    scriptOf(sample, initiate('a', file(environment)), fill, sample, { kind: 'abort', ...a }, settled),
  ],
};

export const storageInTime: Property = {
  id: 'storage-in-time',
  title: 'what an expired session held is given back',
  requirements: ['expiry.releases'],
  weight: 0,
  alone: true,
  unfit: (environment) => storage.unfit?.(environment) ?? tooLong(environment),
  examples: (environment) => {
    const { minTimeoutSeconds, maxTimeoutSeconds } = environment.limits;
    const preferredTimeoutSeconds = Math.min(Math.max(2, minTimeoutSeconds), maxTimeoutSeconds);
    const open = initiate('a', file(environment), { preferredTimeoutSeconds });
    return [scriptOf(sample, open, fill, sample, { kind: 'wait', expiryOf: 'a' }, settled)];
  },
};
