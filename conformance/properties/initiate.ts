import fc from 'fast-check';
import { fileNames, mediaTypes } from '../arbitraries.ts';
import type { Call, InitiateCall, Json, Script } from '../history.ts';
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
  scripts: (environment) =>
    declarations(environment).map((json): Script => {
      const calls: Call[] = [
        { kind: 'initiate', session: 'a', json },
        { kind: 'status', session: 'a', spelling: 'location' },
      ];
      return { calls: calls.map((call) => ({ call })) };
    }),
};

/** Every declaration is one that a server of these limits has to accept. */
function declarations({ limits }: Environment): fc.Arbitrary<Json> {
  const { maxFileSize } = limits;
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
  const sizes = fc.oneof(
    fc.constantFrom(...new Set(edges.filter((size) => size >= 0 && size <= maxFileSize))),
    fc.maxSafeNat().map((size) => size % (maxFileSize + 1)),
  );
  const around = (low: number, high: number) =>
    fc.constantFrom(...new Set([low, low + 1, high - 1, high, low - 1, high + 1, 2 ** 40].filter((n) => n >= 1)));
  return fc
    .record(
      {
        fileName: fileNames,
        fileSize: sizes,
        contentType: mediaTypes,
        preferredChunkSize: fc.oneof(
          around(limits.minChunkSize, limits.maxChunkSize),
          fc.integer({ min: 1, max: 2 ** 31 }),
        ),
        preferredTimeoutSeconds: around(limits.minTimeoutSeconds, limits.maxTimeoutSeconds),
        'x-unknown': fc.constantFrom<Json>({ deep: [null, 1] }, 'text', null),
      },
      { requiredKeys: ['fileName', 'fileSize'] },
    )
    .map((declared) => declared as unknown as Json);
}

export const initiateRefuses: Property = {
  id: 'initiate-refuses',
  title: 'a declaration that breaks the contract is refused by name, and opens nothing',
  requirements: [
    'initiate.invalid',
    'initiate.file-name',
    'initiate.too-large',
    'initiate.media-type',
    'http.problem',
    'http.transient',
  ],
  weight: 1.5,
  scripts: (environment) =>
    refused(environment).map((call): Script => ({ calls: [{ call: { kind: 'initiate', session: 'a', ...call } }] })),
};

type Refused = Omit<InitiateCall, 'kind' | 'session'>;

function refused({ limits }: Environment): fc.Arbitrary<Refused> {
  const good = { fileName: 'file.bin', fileSize: 10 };
  const change = (member: string, values: readonly Json[]): fc.Arbitrary<Refused> =>
    fc.constantFrom(...values).map((value) => ({ json: { ...good, [member]: value } }));
  const wrong: readonly Json[] = [null, true, [], {}, [1]];
  const tooLarge =
    limits.maxFileSize < Number.MAX_SAFE_INTEGER ? [limits.maxFileSize + 1, Number.MAX_SAFE_INTEGER] : [];
  return fc.oneof(
    fc
      .constantFrom<Json>({ fileSize: 10 }, { fileName: 'file.bin' }, {}, [], null, 1, 'text', [good])
      .map((json) => ({ json })),
    change('fileName', [...wrong, '', 1]),
    change('fileName', badNames),
    badCharacters.map((name) => ({ json: { ...good, fileName: name } })),
    change('fileSize', [...wrong, -1, 1.5, '10', '', 1e300, -0.5]),
    change('fileSize', [1e300, ...tooLarge]),
    change('contentType', [
      ...wrong,
      1,
      '',
      'text',
      'text/',
      '/plain',
      'text plain',
      'text/plain; charset',
      'a/b\r\nX: y',
    ]),
    change('preferredChunkSize', [...wrong, 0, -1, 1.5, '4']),
    change('preferredTimeoutSeconds', [...wrong, 0, -1, 1.5, '60']),
    fc
      .constantFrom(
        '',
        '{',
        'fileName=file.bin',
        '{"fileName":"a","fileSize":1',
        "{'fileName':'a'}",
        '{"fileName":"a","fileSize":01}',
        '\xef\xbb\xbf{"fileName":"a","fileSize":1}',
        '{"fileName":"\xff","fileSize":1}',
        '{"fileName":"a","fileSize":1}}',
        '{"fileName":"a\nb","fileSize":1}',
        '{"fileName":"a","fileSize":NaN}',
      )
      .map((broken) => ({ broken })),
    fc
      .constantFrom(
        null,
        'text/plain',
        'application/octet-stream',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      )
      .map((mediaType) => ({ json: good, mediaType })),
  );
}

const badNames = [
  '.',
  '..',
  'a/b',
  '../../etc/passwd',
  'a\\b',
  'a\u0000b',
  'a\r\nX-Evil: 1',
  '\u007f',
  '\u0085',
  'x'.repeat(256),
  'é'.repeat(128),
  '\ud800',
  'a\udc00',
];

/** Any control character, or a separator, anywhere in a name. */
const badCharacters = fc
  .tuple(fc.constantFrom(...badControls()), fc.nat(3))
  .map(([character, at]) => `${'name'.slice(0, at)}${character}${'name'.slice(at)}`);

function badControls(): string[] {
  const codes = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, i) => 0x7f + i)];
  return [...codes.map((code) => String.fromCharCode(code)), '/', '\\'];
}
