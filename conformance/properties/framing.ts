import fc from 'fast-check';
import { geometries, initiate, smallFile } from '../arbitraries.ts';
import type { Call, ChunkCall, Fault, Framing, InitiateCall, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';

const a = { session: 'a' } as const;

export const framing: Property = {
  id: 'framing',
  title:
    'a request that is no HTTP, or shorter or longer than it says, takes no effect and does no harm; rare HTTP is served',
  requirements: [
    'chunk.atomic',
    'chunk.length',
    'chunk.transfer-coding',
    'chunk.replay',
    'initiate.invalid',
    'complete.digest',
    'complete.exactly-once',
    'http.transient',
  ],
  weight: 1.5,
  examples: (environment) => [
    ...[true, false].flatMap((stored) => oddChunks(environment).map((odd) => oneOddChunk(environment, odd, stored))),
    ...oddCompletions.map((fault) => oneOddCompletion(environment, fault)),
    ...oddAborts.map((fault) => oneOddAbort(environment, fault)),
    ...oddInitiates(environment),
  ],
  scripts: (environment) =>
    fc
      .record({
        geometry: geometries(environment, 1, 4),
        before: fc.constantFrom<readonly Call[]>([], [{ kind: 'fill', ...a, write: 100 }]),
        chunks: fc.array(fc.tuple(fc.nat(3), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 5 }),
        completion: fc.option(fc.constantFrom(...oddCompletions), { freq: 3, nil: undefined }),
        ended: fc.boolean(),
      })
      .map(({ geometry, before, chunks, completion, ended }): Script => {
        const ways = quickChunks(environment);
        const odd = chunks.map(([chunk, way, plain], i): Step => {
          const { fault, ...how } = ways[way % ways.length] as OddChunk;
          const call: ChunkCall = { kind: 'chunk', ...a, chunk: chunk % geometry.totalChunks, write: i + 1 };
          return plain ? { call } : { call: { ...call, ...how }, fault };
        });
        return {
          calls: [
            { call: initiate('a', geometry) },
            ...before.map((call): Step => ({ call })),
            ...odd,
            { call: { kind: 'status', ...a } },
            ...(completion ? [{ call: { ...digested, write: 0 } as Call, fault: completion }] : []),
            ...(ended ? readBack : []),
          ],
        };
      }),
};

/** A fault of a chunk's message, and what else is special about its body. */
type OddChunk = Pick<ChunkCall, 'excess' | 'framing' | 'contentDigest'> & { readonly fault: Fault };

const framings: readonly Framing[] = [
  'unterminated',
  'bad-size',
  'negative-size',
  'long-size',
  'huge-size',
  'missing-crlf',
  'two-lengths',
  'unknown-coding',
  'both-lengths',
  'extension',
  'trailer',
  'leading-zeros',
];
const framed: readonly Fault[] = framings.map((how) => ({ kind: 'framing', how }));
const twice: Fault = { kind: 'twice' };
const slowly: Fault = { kind: 'trickle', pieces: 3, ms: 2 };

/** Every way in which the message of a chunk can be odd, that takes no time. */
function quickChunks(environment: Environment): readonly OddChunk[] {
  const { chunkSize } = smallFile(environment, 3);
  const ends = [...new Set([0, 1, chunkSize - 1, chunkSize])];
  return [
    ...ends.map((after): OddChunk => ({ fault: { kind: 'half-close', after } })),
    ...[1, chunkSize].map((after): OddChunk => ({ fault: { kind: 'half-close', after }, framing: 'chunked' })),
    // What is declared is the chunk's length, and then a length that it does not have.
    { fault: { kind: 'length', by: 1 }, excess: -1 },
    { fault: { kind: 'length', by: -1 }, excess: 1 },
    { fault: { kind: 'length', by: 1 } },
    { fault: { kind: 'length', by: -1 } },
    { fault: { kind: 'length', by: 1 }, contentDigest: 'right' },
    ...framed.map((fault): OddChunk => ({ fault })),
    { fault: { kind: 'framing', how: 'unterminated' }, contentDigest: 'right' },
    { fault: { kind: 'framing', how: 'trailer' }, contentDigest: 'right' },
    // In a good coding the length is still the chunk's.
    { fault: { kind: 'framing', how: 'extension' }, excess: 1 },
    { fault: { kind: 'framing', how: 'leading-zeros' }, excess: -1 },
    { fault: twice },
    { fault: twice, framing: 'chunked' },
    { fault: slowly },
    { fault: slowly, framing: 'chunked' },
  ];
}

const oddChunks = (environment: Environment): readonly OddChunk[] => [
  ...quickChunks(environment),
  { fault: { kind: 'withhold' } },
];

const readBack: readonly Step[] = (
  [
    { kind: 'fill', ...a, write: 200, resume: true },
    { kind: 'complete', ...a },
    { kind: 'content', ...a },
  ] as const
).map((call) => ({ call }));

/** A chunk that is absent, or stored already, is sent in an odd message, and then again in a plain one. */
function oneOddChunk(environment: Environment, { fault, ...how }: OddChunk, stored: boolean): Script {
  const chunk = { kind: 'chunk', ...a, chunk: 1 } as const;
  return {
    calls: [
      { call: initiate('a', smallFile(environment, 3)) },
      ...(stored ? [{ call: { ...chunk, write: 1 } }] : []),
      { call: { ...chunk, write: 2, ...how }, fault },
      { call: { kind: 'status', ...a } },
      { call: { ...chunk, write: 3 } },
      ...readBack,
    ],
  };
}

const digested = { kind: 'complete', ...a, compositeDigest: 'right', digest: 'right' } as const;

/** What may happen to a request with a JSON body. */
const oddBodies: readonly Fault[] = [
  ...framed,
  { kind: 'length', by: 1 },
  // Then the text ends in its middle, and its last character is the next request.
  { kind: 'length', by: -1 },
  { kind: 'cut', after: 5, how: 'fin' },
  ...[0, 5, 10_000].map((after): Fault => ({ kind: 'half-close', after })),
  slowly,
];

const oddCompletions: readonly Fault[] = [...oddBodies, twice, { kind: 'lost' }];

function oneOddCompletion(environment: Environment, fault: Fault): Script {
  return {
    calls: [
      { call: initiate('a', smallFile(environment, 2)) },
      { call: { kind: 'fill', ...a, write: 100 } },
      { call: digested, fault },
      { call: { kind: 'status', ...a } },
      { call: { kind: 'complete', ...a } },
      { call: { kind: 'content', ...a } },
    ],
  };
}

const oddAborts: readonly Fault[] = [twice, { kind: 'lost' }, { kind: 'half-close', after: 0 }];

function oneOddAbort(environment: Environment, fault: Fault): Script {
  return {
    calls: [
      { call: initiate('a', smallFile(environment, 1)) },
      { call: { kind: 'fill', ...a, write: 100 } },
      { call: { kind: 'abort', ...a }, fault },
      { call: { kind: 'status', ...a } },
      { call: { kind: 'abort', ...a } },
    ],
  };
}

/** A declaration in an odd message; with a key, then again, and a broken one must not have bound its key to anything. */
function oddInitiates(environment: Environment): readonly Script[] {
  const [first, other] = [initiate('a', smallFile(environment, 2)), initiate('b', smallFile(environment, 3))];
  const plain = oddBodies.map(
    (fault): Script => ({ calls: [{ call: first, fault }, { call: { kind: 'status', ...a } }] }),
  );
  if (!environment.profiles.includes('idempotency')) return plain;
  const keyed = (call: InitiateCall): InitiateCall => ({ ...call, idempotencyKey: 'k' });
  const again = [...oddBodies, twice].map(
    (fault): Script => ({
      calls: [
        { call: keyed(first), fault },
        { call: keyed(other) },
        { call: keyed(first) },
        { call: { kind: 'status', ...a } },
      ],
    }),
  );
  return [...plain, ...again];
}
