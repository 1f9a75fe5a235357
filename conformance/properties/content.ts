import fc from 'fast-check';
import { fileNames, geometries, initiate, mediaTypes, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, ContentCall, Script, Step } from '../history.ts';
import { hardNames } from '../names.ts';
import type { Environment, Property } from './property.ts';

export const content: Property = {
  id: 'content',
  title: 'an attachment is read back whole, in part and conditionally, under its own name and type',
  requirements: [
    'content.exact',
    'content.type',
    'content.disposition',
    'content.range',
    'content.validators',
    'content.digest',
    'content.unknown',
    'complete.bytes',
  ],
  weight: 1,
  malformed: true,
  examples: (environment) => {
    const before: Call[] = [
      // Of a type that no server takes for granted: parts have it, too.
      initiate('a', smallFile(environment, 3), { contentType: 'text/plain' }),
      { kind: 'fill', session: 'a', write: 100 },
      { kind: 'complete', session: 'a' },
    ];
    const a = { kind: 'content', session: 'a' } as const;
    const conditional = (['same', 'other', 'any'] as const).map((ifNoneMatch) => ({ ...a, ifNoneMatch }));
    const partial = (['same', 'other', 'weak', 'date'] as const).map((ifRange) => ({
      ...a,
      ifRange,
      range: 'bytes=1-2',
    }));
    return [
      ...edgeRanges.map((range) => scriptOf(...before, { ...a, range })),
      ...[...conditional, ...partial].map((call) => scriptOf(...before, a, call)),
      scriptOf(...before, ...unknown),
      ...hardNames.map((fileName) => named(environment, { fileName })),
      ...mediaTypes.map((contentType) => named(environment, { contentType })),
    ];
  },
  unfit: ({ profiles }) => (profiles.includes('download') ? undefined : 'the profile download is not claimed'),
  scripts: (environment) =>
    fc
      .record({
        geometry: geometries(environment, 0, 4),
        fileName: fileNames,
        contentType: fc.constantFrom(...mediaTypes),
        reads: fc.array(reads, { minLength: 1, maxLength: 6 }),
      })
      .map(({ geometry, fileName, contentType, reads }): Script => {
        const session = 'a';
        const calls: Call[] = [
          initiate(session, geometry, { fileName, contentType }),
          { kind: 'fill', session, write: 100 },
          { kind: 'complete', session },
          ...reads,
        ];
        return { calls: calls.map((call): Step => ({ call })) };
      }),
};

/** An empty file of this name or type, read back. */
const named = (environment: Environment, more: { readonly [member: string]: string }): Script =>
  scriptOf(
    initiate('a', smallFile(environment, 0), more),
    { kind: 'complete', session: 'a' },
    { kind: 'content', session: 'a' },
    { kind: 'content', session: 'a', head: true },
  );

/** Ranges at the edges of a file of some bytes, and fields that are no ranges of bytes. */
const edgeRanges = [
  'bytes=0-0',
  'bytes=0-',
  'bytes=1-2',
  'bytes=3-4',
  'bytes=-1',
  'bytes=-3',
  'bytes=-100000',
  'bytes=0-100000',
  'bytes=99999999-',
  'bytes=0-0,2-2',
  'bytes=2-1',
  'bytes=-0',
  'lines=0-1',
  'bytes=',
  'bytes=--1',
];

const ranges = fc.oneof(
  fc.constantFrom(...edgeRanges),
  fc.tuple(fc.nat(20), fc.nat(20)).map(([first, more]) => `bytes=${first}-${first + more}`),
);

/** Attachments that nobody has. */
const unknown: readonly Call[] = [
  { kind: 'attachment', session: 'a', spelling: 'unknown' },
  { kind: 'content', session: 'a', spelling: 'unknown' },
];

const reads: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Call>({ kind: 'content', session: 'a' }, { kind: 'content', session: 'a', head: true }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Call>(
      { kind: 'attachment', session: 'a' },
      { kind: 'attachment', session: 'a', head: true },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Call>(...unknown),
  },
  {
    weight: 8,
    arbitrary: fc
      .record(
        {
          range: ranges,
          ifRange: fc.constantFrom('same' as const, 'other' as const, 'weak' as const, 'date' as const),
          ifNoneMatch: fc.constantFrom('same' as const, 'other' as const, 'any' as const),
          head: fc.constant(true),
        },
        { requiredKeys: [] },
      )
      .map((how): ContentCall => ({ kind: 'content', session: 'a', ...how })),
  },
);
