import type { Variant } from './variant.ts';

const day = 86_400;

/** Other limits, fewer profiles, and what a server picks where it may. */
export const limits: readonly Variant[] = [
  {
    id: 'large-chunks',
    sentence: 'no chunk but the last is below 5 MiB, as in S3',
    allowedBy: 'The last chunk may be shorter than `minChunkSize`.',
    options: { limits: { minChunkSize: 5 * 2 ** 20, maxChunkSize: 2 ** 29, maxFileSize: 5 * 10 ** 12 } },
  },
  {
    id: 'large-chunks-core',
    sentence: 'chunks of 64 KiB and nothing else, no timeouts but one, and no profile but core',
    allowedBy: 'Profiles: `core` (always), `download`, `auth`, `idempotency`.',
    options: {
      without: ['download', 'idempotency'],
      limits: {
        minChunkSize: 2 ** 16,
        maxChunkSize: 2 ** 16,
        maxChunks: 16,
        maxFileSize: 2 ** 20,
        maxTimeoutSeconds: 2,
      },
      minTimeoutSeconds: 2,
    },
  },
  {
    id: 'tiny-chunks',
    sentence: 'no chunk is over 4 bytes, so that no file is over 40,000',
    allowedBy: '`maxFileSize ≤ maxChunkSize · maxChunks`, so that every file that is not too large has a geometry.',
    options: { limits: { maxChunkSize: 4, maxFileSize: 40_000 } },
  },
  {
    id: 'one-byte-chunks',
    sentence: 'every chunk is one byte, and there are at most 7',
    allowedBy: '`maxFileSize ≤ maxChunkSize · maxChunks`, so that every file that is not too large has a geometry.',
    options: { limits: { maxChunkSize: 1, maxChunks: 7, maxFileSize: 7 } },
  },
  {
    id: 'one-chunk',
    sentence: 'a file is one chunk',
    allowedBy: 'At most 10,000 chunks bound every list of the contract.',
    options: { limits: { maxChunks: 1, maxChunkSize: 1024, maxFileSize: 1024 } },
  },
  {
    id: 'empty-files-only',
    sentence: 'no file may have a byte',
    allowedBy: 'A `fileSize` over `maxFileSize` MUST be refused with `file-too-large`',
    options: { limits: { maxFileSize: 0 } },
  },
  {
    id: 'fixed-long-timeout',
    sentence: 'every session lasts a day, whatever was asked for',
    allowedBy: 'The preferred timeout MUST be honoured within the limits and clamped to the nearer one outside',
    options: { minTimeoutSeconds: day, limits: { maxTimeoutSeconds: day } },
  },
  {
    id: 'own-chunk-size',
    sentence: 'a hint out of the limits, or none, gives the largest chunks that there are',
    allowedBy: 'otherwise the server picks, and does not refuse',
    options: { limits: { minChunkSize: 16, maxChunkSize: 4096, maxFileSize: 4096 * 1000, maxChunks: 1000 } },
    seams: () => ({
      geometry(fileSize, preferred, { minChunkSize, maxChunkSize, maxChunks }) {
        const fits = preferred !== undefined && preferred >= minChunkSize && preferred <= maxChunkSize;
        const chunkSize = fits && Math.ceil(fileSize / preferred) <= maxChunks ? preferred : maxChunkSize;
        return { chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
      },
    }),
  },
  {
    id: 'chunks-below-the-minimum',
    sentence: 'without a hint that it takes, the server picks chunks smaller than its own minimum',
    allowedBy: 'the server MUST pick a `chunkSize` of at most `maxChunkSize` itself',
    options: { limits: { minChunkSize: 4096, maxChunkSize: 2 ** 20, maxFileSize: 2 ** 25 } },
    seams: () => ({
      geometry(fileSize, preferred, { minChunkSize, maxChunkSize, maxChunks }) {
        const fits = preferred !== undefined && preferred >= minChunkSize && preferred <= maxChunkSize;
        const least = Math.max(1, Math.ceil(fileSize / maxChunks));
        const chunkSize = fits && preferred >= least ? preferred : Math.max(1000, least);
        return { chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
      },
    }),
  },
  {
    id: 'core-only',
    sentence: 'nothing can be read back, and keys mean nothing',
    allowedBy: "Without profile `download`, nothing is promised about what lies behind the attachment's `Location`.",
    options: { without: ['download', 'idempotency'] },
  },
  {
    id: 'no-idempotency',
    sentence: 'keys mean nothing',
    allowedBy: 'Without the profile the field is ignored.',
    options: { without: ['idempotency'] },
  },
];
