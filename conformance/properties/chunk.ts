import fc from 'fast-check';
import { geometries, initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { ChunkCall, Script, Step } from '../history.ts';
import type { Property } from './property.ts';

export const chunkRefuses: Property = {
  id: 'chunk-refuses',
  title: 'a chunk that is not what it should be is refused by name, and harms nothing that was stored',
  requirements: [
    'chunk.length',
    'chunk.range',
    'chunk.content-range',
    'chunk.digest',
    'chunk.digest-unsupported',
    'chunk.digest-invalid',
    'chunk.atomic',
    'http.problem',
    'http.transient',
  ],
  weight: 1.5,
  malformed: true,
  examples: (environment) =>
    badWays.map((how) => {
      const a = { session: 'a', chunk: 1 };
      return scriptOf(
        initiate('a', smallFile(environment, 3)),
        { kind: 'chunk', ...a, write: 1 },
        { kind: 'chunk', ...a, write: 2, ...how },
        { kind: 'status', session: 'a' },
        { kind: 'fill', session: 'a', write: 100 },
        { kind: 'complete', session: 'a' },
        { kind: 'content', session: 'a' },
      );
    }),
  scripts: (environment) =>
    fc
      .record({
        geometry: geometries(environment, 1, 4),
        chunk: fc.nat(3),
        before: fc.constantFrom<'absent' | 'stored' | 'full'>('absent', 'stored', 'full'),
        bad: fc.array(bad, { minLength: 1, maxLength: 4 }),
        end: fc.constantFrom(0, 1, 4, 4),
      })
      .map(({ geometry, chunk: any, before, bad, end }): Script => {
        const session = 'a';
        const chunk = any % Math.max(1, geometry.totalChunks);
        const good: Step = { call: { kind: 'chunk', session, chunk, write: 1 } };
        const fill: Step = { call: { kind: 'fill', session, write: 100 } };
        const last: readonly Step[] = [
          { call: { kind: 'status', session } },
          { call: { kind: 'fill', session, write: 200 } },
          { call: { kind: 'complete', session } },
          { call: { kind: 'content', session } },
        ];
        return {
          calls: [
            { call: initiate(session, geometry) },
            ...(before === 'absent' ? [] : before === 'stored' ? [good] : [fill]),
            ...bad.map((how, i): Step => ({ call: { kind: 'chunk', session, chunk, write: i + 2, ...how } })),
            ...last.slice(0, end),
          ],
        };
      }),
};

/** Spellings that name no chunk: not canonical, out of range, no number at all. */
const badIds = [
  '-1',
  '01',
  'abc',
  '1e0',
  '0x0',
  '+0',
  '0.0',
  '%2B0',
  '00',
  '9007199254740993',
  '99999999999999999999',
  '10000',
  '%00',
  '0%20',
  'null',
];

const badRanges = [
  'elsewhere',
  'other-size',
  'unsatisfied',
  'bytes 0-0/*',
  'bytes=0-1',
  'nonsense',
  'bytes 3-0/10',
  'bytes 0--1/10',
];
const badDigests = ['wrong', 'unsupported', 'garbage', 'short', 'empty'] as const;

/** Every way in which a chunk can be wrong. */
const badWays: readonly Partial<ChunkCall>[] = [
  ...[-1, 1, 100, -4].map((excess) => ({ excess })),
  ...[-1, 1].map((excess) => ({ excess, framing: 'chunked' as const })),
  ...badDigests.map((contentDigest) => ({ contentDigest })),
  ...(['wrong', 'short'] as const).map((contentDigest) => ({ contentDigest, framing: 'chunked' as const })),
  ...badRanges.map((contentRange) => ({ contentRange })),
  ...badIds.map((chunk) => ({ chunk })),
  { contentEncoding: 'gzip' },
  { contentDigest: 'wrong', expectContinue: true },
];

const bad = fc.constantFrom(...badWays);
