import fc from 'fast-check';
import type { InitiateCall, Json, Script } from '../history.ts';
import type { Environment, Property } from './property.ts';

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
  weight: 0.3,
  examples: (environment) => refused(environment).map(asked),
  scripts: () =>
    fc
      .tuple(fc.constantFrom(...badCharacters), fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat(20))
      .map(([character, text, at]) => {
        const name = text.replace(/[\p{Cc}\p{Surrogate}]/gu, '');
        return asked({ json: { ...good, fileName: `${name.slice(0, at)}${character}${name.slice(at)}` } });
      }),
};

type Refused = Omit<InitiateCall, 'kind' | 'session'>;

const asked = (call: Refused): Script => ({ calls: [{ call: { kind: 'initiate', session: 'a', ...call } }] });

const good = { fileName: 'file.bin', fileSize: 10 };
const wrongTypes: readonly Json[] = [null, true, [], {}, [1]];

/** Every control character (Unicode category Cc), and both separators. */
const badCharacters = [
  ...[...Array(32).keys()].map((code) => String.fromCharCode(code)),
  ...Array.from({ length: 33 }, (_, i) => String.fromCharCode(0x7f + i)),
  '/',
  '\\',
];

/** Names that are refused; 256 bytes of UTF-8 are one too many, however many characters they are. */
const badNames = [
  '.',
  '..',
  '../../etc/passwd',
  'a\r\nX-Evil: 1',
  'x'.repeat(256),
  'é'.repeat(128),
  '😀'.repeat(64),
  '\ud800',
  'a\udc00',
  ...badCharacters.map((character) => `a${character}b`),
];

const brokenTexts = [
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
];

const otherMediaTypes = [
  null,
  'text/plain',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
];

const badMediaTypes = [
  '',
  'text',
  'text/',
  '/plain',
  'text plain',
  'text/plain; charset',
  'a/b\r\nX: y',
  'text/plain,',
];

function refused({ limits: { maxFileSize } }: Environment): Refused[] {
  const tooLarge = maxFileSize < Number.MAX_SAFE_INTEGER ? [maxFileSize + 1, Number.MAX_SAFE_INTEGER] : [];
  const change = (member: string, values: readonly Json[]): Refused[] =>
    values.map((value) => ({ json: { ...good, [member]: value } }));
  const wholes: readonly Json[] = [{ fileSize: 10 }, { fileName: 'file.bin' }, {}, [], null, 1, 'text', [good]];
  return [
    ...wholes.map((json) => ({ json })),
    ...change('fileName', [...wrongTypes, '', 1, ...badNames]),
    ...change('fileSize', [...wrongTypes, -1, 1.5, '10', '', -0.5, 1e300, ...tooLarge]),
    ...change('contentType', [...wrongTypes, 1, ...badMediaTypes]),
    ...change('preferredChunkSize', [...wrongTypes, 0, -1, 1.5, '4']),
    ...change('preferredTimeoutSeconds', [...wrongTypes, 0, -1, 1.5, '60']),
    ...brokenTexts.map((broken) => ({ broken })),
    ...otherMediaTypes.map((mediaType) => ({ json: good, mediaType })),
  ];
}
