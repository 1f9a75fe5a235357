import fc from 'fast-check';
import { fileNames, mediaTypes, scriptOf } from '../arbitraries.ts';
import type { Json, Script } from '../history.ts';
import { hardNames } from '../names.ts';
import type { Environment, Property } from './property.ts';

export const initiateAccepts: Property = {
  id: 'initiate-accepts',
  title: 'a session is opened for any file within the limits, and says back what was declared',
  requirements: [
    'initiate.created',
    'initiate.location',
    'initiate.echo',
    'initiate.geometry',
    'initiate.chunk-size',
    'initiate.timeout',
    'initiate.unguessable',
    'capabilities.truth',
    'http.unknown-members',
    'http.no-store',
    'http.schema',
  ],
  weight: 1,
  examples: (environment) => [
    ...sizes(environment).map((fileSize) => opened({ fileName: 'file.bin', fileSize })),
    ...hardNames.map((fileName) => opened({ fileName, fileSize: 0 })),
    ...mediaTypes.map((contentType) => opened({ fileName: 'file.bin', fileSize: 0, contentType })),
    ...hints(environment.limits.minChunkSize, environment.limits.maxChunkSize).map((preferredChunkSize) =>
      opened({ fileName: 'file.bin', fileSize: 0, preferredChunkSize }),
    ),
    ...hints(environment.limits.minTimeoutSeconds, environment.limits.maxTimeoutSeconds).map(
      (preferredTimeoutSeconds) => opened({ fileName: 'file.bin', fileSize: 0, preferredTimeoutSeconds }),
    ),
  ],
  scripts: (environment) => declarations(environment).map(opened),
};

/** Opens a session, and follows its link. */
const opened = (json: Json): Script =>
  scriptOf({ kind: 'initiate', session: 'a', json }, { kind: 'status', session: 'a', spelling: 'location' });

/** Sizes at which a number changes its kind: of 31, 32 and 40 bits, and the target's own limit. In bytes. */
function sizes({ limits: { maxFileSize } }: Environment): number[] {
  const edges = [
    10,
    0,
    1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 40,
    maxFileSize - 1,
    maxFileSize,
  ];
  return [...new Set(edges.filter((size) => size >= 0 && size <= maxFileSize))];
}

/** Hints at the limits, just inside, just outside, and far outside of them. */
const hints = (low: number, high: number): number[] =>
  [...new Set([low, low + 1, high - 1, high, low - 1, high + 1, 2 ** 40])].filter(
    (n) => n >= 1 && Number.isSafeInteger(n),
  );

/** Every declaration is one that a server of these limits has to accept. */
function declarations(environment: Environment): fc.Arbitrary<Json> {
  const { limits } = environment;
  const someSizes = fc.oneof(
    fc.constantFrom(...sizes(environment)),
    fc.maxSafeNat().map((size) => size % (limits.maxFileSize + 1)),
  );
  return fc
    .record(
      {
        fileName: fileNames,
        fileSize: someSizes,
        contentType: fc.constantFrom(...mediaTypes),
        preferredChunkSize: fc.oneof(
          fc.constantFrom(...hints(limits.minChunkSize, limits.maxChunkSize)),
          fc.integer({ min: 1, max: 2 ** 31 }),
        ),
        preferredTimeoutSeconds: fc.constantFrom(...hints(limits.minTimeoutSeconds, limits.maxTimeoutSeconds)),
        'x-unknown': fc.constantFrom<Json>({ deep: [null, 1] }, 'text', null),
      },
      { requiredKeys: ['fileName', 'fileSize'] },
    )
    .map((declared) => declared as unknown as Json);
}
