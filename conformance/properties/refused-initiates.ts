import fc from 'fast-check';
import type { InitiateCall, Json, Script } from '../history.ts';
import { badCharacters, refusedNames } from '../names.ts';
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
  malformed: true,
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
  return [
    ...change('fileSize', [-1, ...tooLarge]),
    ...change('fileName', refusedNames),
    ...change('contentType', badMediaTypes),
    ...otherMediaTypes.map((mediaType) => ({ json: good, mediaType })),
  ];
}
