import fc from 'fast-check';
import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call } from '../history.ts';
import { hostileTexts, object, repeated, textsIn, utf8 } from './hostile-texts.ts';
import { membersOf, type RequestName, valuesAround } from './hostile-values.ts';
import type { Property } from './property.ts';

export const hostileDeclarations: Property = {
  id: 'hostile-declarations',
  title: 'whatever text comes to initiate, it is read as it says or refused for what it is, and the next one is served',
  requirements: [
    'initiate.created',
    'initiate.echo',
    'initiate.invalid',
    'initiate.file-name',
    'initiate.too-large',
    'http.unknown-members',
    'http.problem',
    'http.transient',
  ],
  weight: 1,
  malformed: true,
  examples: () => hostileBodies('InitiateRequest').map((body) => scriptOf(...opened('a', body))),
  scripts: (environment) =>
    fc
      .array(anyBody('InitiateRequest'), { minLength: 1, maxLength: 3 })
      .map((texts) =>
        scriptOf(
          ...texts.flatMap((body, i) => opened(`hostile${i}`, body)),
          initiate('a', smallFile(environment, 2)),
          ...published,
        ),
      ),
};

export const hostileCompletions: Property = {
  id: 'hostile-completions',
  title: 'whatever text comes to complete, it is read as it says or refused for what it is, and nothing is lost',
  requirements: ['complete.created', 'complete.digest', 'complete.bytes', 'complete.repeat', 'http.transient'],
  weight: 0.5,
  malformed: true,
  examples: (environment) =>
    inGroups(hostileBodies('CompleteRequest')).map((texts) =>
      scriptOf(
        initiate('a', smallFile(environment, 2)),
        { kind: 'fill', session: 'a', write: 100 },
        ...texts.map((body): Call => ({ kind: 'complete', session: 'a', body })),
        { kind: 'status', session: 'a' },
        ...published,
      ),
    ),
  scripts: (environment) =>
    fc
      .array(anyBody('CompleteRequest'), { minLength: 1, maxLength: 3 })
      .map((texts) =>
        scriptOf(
          initiate('a', smallFile(environment, 2)),
          { kind: 'fill', session: 'a', write: 100 },
          ...texts.map((body): Call => ({ kind: 'complete', session: 'a', body })),
          ...published,
        ),
      ),
};

export const hostileAborts: Property = {
  id: 'hostile-aborts',
  title: 'an abort is an abort, whatever content comes with it',
  requirements: ['abort.aborted', 'abort.repeat', 'abort.final'],
  weight: 0,
  examples: (environment) =>
    inGroups(contents).map((texts) =>
      scriptOf(
        initiate('a', smallFile(environment, 1)),
        ...texts.map((body): Call => ({ kind: 'abort', session: 'a', body })),
        { kind: 'status', session: 'a' },
      ),
    ),
};

/** Opens a session with this text, and follows its link if there is one. */
const opened = (session: string, body: string): Call[] => [
  { kind: 'initiate', session, body },
  { kind: 'status', session, spelling: 'location' },
];

const published: readonly Call[] = [
  { kind: 'fill', session: 'a', write: 100 },
  { kind: 'complete', session: 'a' },
  { kind: 'content', session: 'a' },
];

/** Content for an abort: of a length that every server reads. */
const contents = textsIn(...Object.values(hostileTexts(''))).filter(({ length }) => length <= 64 * 1024);

/** A handful at a time for one session: enough to share its making, few enough to see which one did it. */
const inGroups = (texts: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(texts.length / 8) }, (_, i) => texts.slice(8 * i, 8 * (i + 1)));

/** The members that a request has to have, as JSON text. */
function good(request: RequestName): readonly string[] {
  const { required, properties } = membersOf(request);
  return required.map((name) => `"${name}":${JSON.stringify(properties[name]?.examples[0])}`);
}

/** A request with this member, and the others that it has to have. */
function withMember(request: RequestName, name: string, value: string): string {
  const others = good(request).filter((member) => !member.startsWith(`"${name}":`));
  return utf8(object(`"${name}":${value}`, ...others));
}

/** Every text around a request's schema, and every hostile text that says what is good. */
export function hostileBodies(request: RequestName): readonly string[] {
  const { required, properties } = membersOf(request);
  const members = good(request);
  const { read, left, refused } = hostileTexts(members.join());
  const bodies = Object.entries(properties).flatMap(([name, schema]) => {
    const [value, second] = schema.examples.map((example) => JSON.stringify(example));
    const other = second ?? (schema.type === 'integer' ? '11' : '"other"');
    const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;
    return [
      ...valuesAround(schema).map((text) => withMember(request, name, text)),
      ...textsIn(repeated(members, name, String(value), other)).map(utf8),
      withMember(request, name, `${value},"${name}":null`),
      // The same name in other words, and other names that only look the same.
      withMember(request, name, String(value)).replace(`"${name}"`, `"${escaped}"`),
      ...[name.toUpperCase(), name.toLowerCase(), ` ${name}`, `${name}\\u0000`].map((alike) =>
        utf8(object(...members, `"${alike}":${other}`)),
      ),
    ];
  });
  const lacking = required.map((name) => object(...members.filter((member) => !member.startsWith(`"${name}":`))));
  return [...new Set([...bodies, ...lacking, '{}', '', ...textsIn(read, left, refused)])];
}

/** Members of any worth in any order, and texts of which a byte was changed. */
function anyBody(request: RequestName): fc.Arbitrary<string> {
  const { properties } = membersOf(request);
  const known = Object.entries(properties).map(([name, schema]) =>
    fc.constantFrom(...valuesAround(schema)).map((value) => `"${name}":${value}`),
  );
  const unknown = fc
    .tuple(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const members = fc.array(fc.oneof(...known, unknown), { maxLength: 4 });
  const whole = members.map((more) => utf8(object(...good(request), ...more)));
  const changed = fc
    .record({
      text: fc.oneof(fc.constant(object(...good(request), '"x-unknown":[1,"a"]')), whole),
      at: fc.nat(200),
      instead: fc.string({ unit: fc.nat(255).map((byte) => String.fromCharCode(byte)), maxLength: 2 }),
      less: fc.nat(2),
    })
    .map(({ text, at, instead, less }) => text.slice(0, at) + instead + text.slice(at + less));
  return fc.oneof(whole, changed, fc.constantFrom(...hostileBodies(request)));
}
