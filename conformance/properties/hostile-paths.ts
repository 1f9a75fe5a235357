import fc from 'fast-check';
import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, InitiateCall } from '../history.ts';
import { attacked, inGroups } from './attacks.ts';
import type { Environment, Property } from './property.ts';

/** Texts for chunk 1 in a path: the first two are its id, a query may be none, the others name nothing of a session. */
const chunkTexts: readonly string[] = [
  '1',
  '%31',
  '1?x=1',
  '1?',
  '%31%30',
  '%2531',
  '01',
  '%301',
  '0%30',
  '+1',
  '%2B1',
  '%201',
  '1%20',
  '%091',
  '1%0A',
  '1%0D%0A',
  '1%00',
  '%001',
  '1.',
  '1.0',
  '1,',
  '1,5',
  '1e0',
  '1E0',
  '0x1',
  '0b1',
  '0o1',
  '1n',
  '1_',
  '1;v=1',
  '1;',
  '1:',
  '1abc',
  'abc1',
  '1-1',
  '0-1',
  '-1',
  '--1',
  '-0',
  '1%2F',
  '%2F1',
  '1%2f..%2f1',
  '..%2f1',
  '1%5C',
  '1/',
  '1//',
  '/1',
  '',
  '1%',
  '1%3',
  '%',
  '%%31',
  '1%FF',
  '%C0%B1',
  '%EF%BC%91',
  '%D9%A1',
  '%C2%B9',
  '%E2%80%8B1',
  '1%CC%81',
  '%EF%BB%BF1',
  'I',
  'true',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  'constructor',
  '__proto__',
  'first',
  '[1]',
  '$%7B1%7D',
  "1'",
  '4294967297',
  '18446744073709551617',
  '9007199254740993',
  '1{0*300}',
  '{0*300}1',
  '{9*300}',
  '{x*9000}',
];

/** Texts for a session's id in a path. The first ones are the same id (RFC 3986 6.2.2), or may be. */
const idTexts: readonly string[] = [
  '{HEX}',
  '{hex}',
  '{id}?x=1',
  '{id}/',
  '{id}//',
  '/{id}',
  '{id}.',
  '{id}%20',
  '%20{id}',
  '{id}%00',
  '{id}%0A',
  '{id}%2F',
  '{id}%2f..%2f{id}',
  '{id};v=1',
  '{id},{id}',
  '{id}{id}',
  '{head}',
  '{tail}',
  '{head}*',
  '{head}_',
  '{head}%25',
  '{id}.json',
  '{id}~',
  '{id}%EF%BB%BF',
  '{id}%C2%A0',
  '{id}%E2%80%8B',
  '{head}%EF%BD%81',
  '{id}%',
  '%{id}',
  '{id}%FF',
  '%25{HEX}',
  '*',
  '%2A',
  '%2A%2A',
  '_all',
  'constructor',
  '__proto__',
  "'%20or%20''='",
  '%00',
  '{id}{a*1000}',
  '{a*9000}',
  '{id}?x={a*9000}',
];

export const hostileIds: Property = {
  id: 'hostile-ids',
  title: 'an id has one spelling, percent-encoding aside; whatever else stands in its place names nothing',
  requirements: ['chunk.range', 'initiate.unguessable', 'http.problem', 'http.transient'],
  weight: 0.5,
  malformed: true,
  examples: (environment) => [
    ...inGroups(chunkTexts.map(chunk)).map((group) => attacked(environment, group)),
    ...inGroups(idTexts.flatMap((raw) => operations(raw))).map((group) => attacked(environment, group)),
  ],
  scripts: (environment) =>
    fc
      .array(
        fc.oneof(
          mixtures(chunkTexts.filter((text) => text.length < 12)).map(chunk),
          fc
            .tuple(mixtures(idTexts.filter((text) => text.length < 12 && !/[?/]/.test(text))), fc.nat(4))
            .map(([raw, which]) => operations(raw)[which] ?? chunk(raw)),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((attacks) => attacked(environment, attacks)),
};

const chunk = (text: string): Call => ({ kind: 'chunk', session: 'a', chunk: text, write: 2 });

/** Every operation on a session whose id is written so; of the session itself not the one that would end it. */
function operations(raw: string): readonly Call[] {
  const a = { session: 'a', spelling: { raw } } as const;
  return [
    { kind: 'status', ...a },
    { kind: 'status', head: true, ...a },
    { kind: 'chunk', chunk: 1, write: 2, ...a },
    { kind: 'complete', ...a },
    ...(isSame(raw) ? [] : ([{ kind: 'abort', ...a }] as const)),
  ];
}

/** Whether the text may name the session itself. */
const isSame = (raw: string): boolean => /^(\{HEX\}|\{hex\}|\/?\{id\}([/?].*)?)$/.test(raw);

/** Two texts together, or one with a percent-encoded character more. None is text that a URL changes by itself. */
const mixtures = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.oneof(
        fc.constantFrom(...texts),
        fc.nat(255).map((code) => `%${code.toString(16).padStart(2, '0')}`),
      ),
    )
    .map((both) => both.join(''))
    .filter((text) => !/^(\.|%2e){1,2}$/i.test(text));

/** Heads that are past the limits of many a server, and the plain request behind each. */
export const overLong: Property = {
  id: 'over-long',
  title: 'a field, or a URL, past the limits is refused or served, never a 5xx, and the next request is served',
  requirements: ['http.transient'],
  weight: 0.1,
  examples: (environment) =>
    longFields.map((fields) =>
      attacked(environment, [
        { kind: 'status', session: 'a', fields },
        { kind: 'chunk', session: 'a', chunk: 2, write: 2, fields },
        { kind: 'status', session: 'a' },
      ]),
    ),
  scripts: (environment) =>
    fc
      .array(
        fc.record({
          kind: fc.constantFrom('status' as const, 'complete' as const),
          session: fc.constant('a'),
          fields: fc.constantFrom(...longFields),
        }),
        { minLength: 1, maxLength: 3 },
      )
      .map((attacks) => attacked(environment, attacks)),
};

const many = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-Field-${i}`, 'x']));

const longFields: readonly Readonly<Record<string, string>>[] = [
  { 'X-Long': '{x*8192}' },
  { 'X-Long': '{x*16384}' },
  { 'X-Long': '{x*65536}' },
  { Cookie: 'a={x*8192}' },
  many(60),
  many(120),
  many(300),
];

export const hostileKeys: Property = {
  id: 'hostile-keys',
  title: 'an idempotency key is compared whole; one that is not allowed is refused, and opens no session',
  requirements: ['idempotency.replay', 'initiate.created', 'http.transient'],
  weight: 0.2,
  malformed: true,
  unfit: ({ profiles }) => (profiles.includes('idempotency') ? undefined : 'the profile idempotency is not claimed'),
  examples: (environment) => [
    ...keys.map((key) => keyed(environment, key, key)),
    ...['', ' ', '\t', '{x*300}'].map((key) =>
      scriptOf({ ...opening(environment, 'a'), fields: { 'Idempotency-Key': key } }, { kind: 'status', session: 'a' }),
    ),
    ...pairs.map(([one, other]) => differing(environment, one, other)),
  ],
  scripts: (environment) =>
    fc
      .tuple(fc.stringMatching(/^[\x21-\x7a]{1,60}$/), fc.nat(), fc.constantFrom(...'aB0_-'), fc.boolean())
      .map(([key, place, added, same]) => {
        const at = place % (key.length + 1);
        const other = key.slice(0, at) + added + key.slice(at);
        return same ? keyed(environment, key, key) : differing(environment, key, other);
      }),
};

/** Keys within a play: each is sent with 37 characters before it, so that 218 more are the longest key. */
const keys: readonly string[] = [
  'k',
  '{x*217}',
  '{x*218}',
  '{x*219}',
  '{x*1000}',
  '{x*5000}',
  'a b',
  'a\tb',
  'a,b',
  '"a"',
  'a;b=1',
  'a%00',
  "a'--",
  '../a',
  '{"a":1}',
  '\u00e9',
  '\u00ff\u0080',
];

/** Keys that a careless server takes for the same. */
const pairs: readonly (readonly [string, string])[] = [
  ['k', 'K'],
  ['k', 'k.'],
  ['{x*100}a', '{x*100}b'],
  ['{x*217}a', '{x*217}b'],
  ['{x*10}', '{x*11}'],
  ['a%61', 'aa'],
  ['a;b', 'a'],
  ['a,b', 'a'],
  ['a:b', 'a'],
  ['a/b', 'a'],
];

const opening = (environment: Environment, session: string): InitiateCall =>
  initiate(session, smallFile(environment, 1));

/** The same request under two keys of the same text. */
const keyed = (environment: Environment, key: string, again: string) =>
  scriptOf(
    { ...opening(environment, 'a'), idempotencyKey: key },
    { ...opening(environment, 'b'), idempotencyKey: again },
    { kind: 'status', session: 'a' },
  );

/** Two requests under two keys: two sessions, and each key keeps its own. */
const differing = (environment: Environment, one: string, other: string) =>
  scriptOf(
    { ...opening(environment, 'a'), idempotencyKey: one },
    { ...initiate('b', smallFile(environment, 2)), idempotencyKey: other },
    { ...opening(environment, 'c'), idempotencyKey: one },
  );
