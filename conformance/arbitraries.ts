import fc from 'fast-check';
import type { Call, Fault, InitiateCall, Json, Script, Step } from './history.ts';
import { hardNames } from './names.ts';
import type { Environment } from './properties/property.ts';

/** A file and how it is cut. Sizes in bytes. */
export interface Geometry {
  readonly fileSize: number;
  readonly chunkSize: number;
  readonly totalChunks: number;
}

/**
 * Files of `least` to `most` chunks, cut as the target's limits allow. The natural boundaries (one byte, an exact
 * multiple, one byte more or less) are rare in random sizes, so they are written in.
 */
export function geometries(environment: Environment, least = 0, most = 12): fc.Arbitrary<Geometry> {
  const { limits, maxScriptBytes } = environment;
  const sizes = [4, 1, 3, 10, 16, 1000, 4096].map((size) =>
    Math.min(Math.max(size, limits.minChunkSize), limits.maxChunkSize),
  );
  return fc
    .record({
      chunkSize: fc.constantFrom(...new Set(sizes)),
      chunks: fc.integer({ min: least, max: most }),
      last: fc.constantFrom<'full' | 'one' | 'one less' | 'half'>('half', 'full', 'one', 'one less'),
    })
    .map(({ chunkSize, chunks, last }) => {
      if (chunkSize > costly) return ofCostlyChunks(environment, chunkSize, chunks);
      const affordable = Math.max(least, 1, Math.floor(maxScriptBytes / chunkSize / 2));
      const wanted = Math.min(chunks, affordable, limits.maxChunks);
      const rests = { full: chunkSize, one: 1, 'one less': Math.max(1, chunkSize - 1), half: Math.ceil(chunkSize / 2) };
      const size = wanted === 0 ? 0 : (wanted - 1) * chunkSize + rests[last];
      const fileSize = Math.min(size, limits.maxFileSize);
      return { fileSize, chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
    });
}

/** Chunks past this size make a run long. In bytes. */
export const costly = 64 * 1024;

/** As many whole chunks as a script can afford, and a last one of a few bytes: of all but one nothing is spared. */
function ofCostlyChunks({ limits, maxScriptBytes }: Environment, chunkSize: number, chunks: number): Geometry {
  const affordable = 1 + Math.floor(maxScriptBytes / 2 / (chunkSize + 4));
  const wanted = Math.min(chunks, affordable, limits.maxChunks);
  const fileSize = wanted === 0 ? 0 : Math.min((wanted - 1) * chunkSize + 4, limits.maxFileSize);
  return { fileSize, chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
}

/** A file of so many chunks of a few bytes, or as near to it as the target's limits allow. */
export function smallFile(environment: Environment, chunks: number): Geometry {
  const { limits } = environment;
  const chunkSize = Math.min(Math.max(4, limits.minChunkSize), limits.maxChunkSize);
  if (chunkSize > costly) return ofCostlyChunks(environment, chunkSize, chunks);
  const fileSize = Math.min(chunks * chunkSize, limits.maxFileSize);
  return { fileSize, chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
}

/** The call that opens a session for a file of this geometry. */
export function initiate(
  session: string,
  geometry: Geometry,
  more: { readonly [member: string]: Json } = {},
): InitiateCall {
  const json = { fileName: 'file.bin', fileSize: geometry.fileSize, preferredChunkSize: geometry.chunkSize, ...more };
  return { kind: 'initiate', session, json };
}

/** What most often goes wrong with a chunk: a cut after some of its bytes, at its edges more often than elsewhere. */
export function faults(chunkSize: number): fc.Arbitrary<Fault> {
  const after = fc.oneof(
    fc.constantFrom(...new Set([1, 0, 2, chunkSize - 1, chunkSize].filter((n) => n >= 0))),
    fc.integer({ min: 0, max: Math.max(1, chunkSize) }),
  );
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('cut' as const),
        after,
        how: fc.constantFrom('fin' as const, 'rst' as const),
      }),
    },
    { weight: 2, arbitrary: after.map((after) => ({ kind: 'half-close' as const, after })) },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Fault>(
        { kind: 'lost' },
        { kind: 'lost' },
        { kind: 'twice' },
        { kind: 'trickle', pieces: 3, ms: 2 },
        { kind: 'length', by: 1 },
      ),
    },
  );
}

/** A script of calls without faults. */
export const scriptOf = (...calls: readonly Call[]): Script => ({ calls: calls.map((call): Step => ({ call })) });

/** One code point of any plane. (The library's unit `binary` does the same with a table of 170 MiB.) */
const anyCodePoint: fc.Arbitrary<string> = fc.nat(0x10_ffff).map((point) => String.fromCodePoint(point));

/** Any name that a server has to keep. */
export const fileNames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hardNames),
  fc
    .string({
      unit: fc.oneof(anyCodePoint, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
      minLength: 1,
      maxLength: 40,
    })
    .map((text) => text.replace(/[\p{Cc}\p{Surrogate}/\\]/gu, '_'))
    .filter((text) => text !== '.' && text !== '..' && new TextEncoder().encode(text).length <= 255),
);

/** Media types of RFC 9110 8.3.1. */
export const mediaTypes: readonly string[] = [
  'application/octet-stream',
  'text/plain',
  'text/plain; charset=utf-8',
  'Text/Plain',
  'application/vnd.api+json',
  'image/svg+xml',
  'text/html;charset="utf-8"',
  'x/y',
];
