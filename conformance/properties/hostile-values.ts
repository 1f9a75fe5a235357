/**
 * Values on both sides of everything that a schema of the contract says, as JSON text: a number can be spelt in ways that
 * no JavaScript value keeps apart. What each is worth is for the model to say; here nothing is known but the schema.
 */
import openapi from '../../generated/openapi.json' with { type: 'json' };

/** A request's schema, and those that it refers to. */
export type RequestName = 'InitiateRequest' | 'CompleteRequest';

/** What the contract says of one member: the keywords of JSON Schema that its requests use. */
export interface MemberSchema {
  readonly type: 'string' | 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly examples: readonly (string | number)[];
}

type Node = { readonly $ref: string } | MemberSchema;

const schemas: Readonly<Record<string, unknown>> = openapi.components.schemas;

const resolve = (node: Node): MemberSchema =>
  '$ref' in node ? (schemas[node.$ref.replace('#/components/schemas/', '')] as MemberSchema) : node;

/** The members of a request that the contract knows, and which of them have to be there. */
export function membersOf(request: RequestName): {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, MemberSchema>>;
} {
  const { properties, required = [] } = schemas[request] as {
    readonly properties: Readonly<Record<string, Node>>;
    readonly required?: readonly string[];
  };
  const resolved = Object.entries(properties).map(([name, node]) => [name, resolve(node)] as const);
  return { required, properties: Object.fromEntries(resolved) };
}

/** JSON texts around what a schema says of a member: wrong types, both sides of each bound, other spellings. */
export function valuesAround(schema: MemberSchema): readonly string[] {
  const [example = ''] = schema.examples;
  const own = schema.type === 'integer' ? numbersAround(schema) : textsAround(schema);
  const other = schema.type === 'integer' ? [JSON.stringify(String(example)), '""', '"ten"'] : ['0', '1.5'];
  return [...new Set([...anyTypes, ...other, ...own])];
}

const anyTypes = ['null', 'true', 'false', '[]', '{}', '[1]', '{"a":1}'];

function numbersAround({ minimum, maximum, examples }: MemberSchema): readonly string[] {
  const bounds = [minimum, maximum].flatMap((bound) => (bound === undefined ? [] : [BigInt(bound)]));
  const sides = bounds.flatMap((bound) => [bound - 1n, bound, bound + 1n]);
  const whole = examples.flatMap((one) => [`${one}.0`, `${one}e0`, `${one}0e-1`, `0.${one}E+${String(one).length}`]);
  return [...examples, ...sides].map(String).concat(whole, edges, fractions);
}

/** Where a reader's own kind of number ends: of 32 and 64 bits, a double, and what no kind holds. */
const edges = [
  ...[31n, 32n, 63n, 64n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits]).map(String),
  ...[-(2n ** 31n), -(2n ** 63n), -(2n ** 63n) - 1n].map(String),
  ...'-10 -0 0.0 -0.0 99999999999999999999 1e20 1e300 1E400 -1e400 1e99999999999999999999'.split(' '),
  '9'.repeat(400),
];

const fractions = ['0.5', '-0.5', '10.5', '1e-1', '1e-400', `10.${'0'.repeat(30)}`, `10.${'0'.repeat(30)}1`];

function textsAround({ minLength, maxLength, examples }: MemberSchema): readonly string[] {
  const texts = examples.map(String);
  const lengths = [minLength, maxLength].flatMap((bound) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]));
  const long = lengths.filter((length) => length >= 0).map((length) => ofLength(texts[0] ?? '', length));
  const spoilt = texts.flatMap((text) => spoilers.map((spoiler) => spoil(text, spoiler)));
  return [...texts, ...long, ...spoilt].map((text) => JSON.stringify(text));
}

/** Text of so many characters, the last of them again and again. */
const ofLength = (text: string, length: number): string =>
  text.slice(0, length) + (text.at(-1) ?? 'x').repeat(Math.max(0, length - text.length));

/** What a pattern may forbid: separators, quotes, controls, what is not ASCII, half a character. */
const spoilers = ['/', '\\', '"', ' ', ';', ',', ':', '\0', '\r\nX-Evil: 1', '\u0085', 'é', '\ud800'];

const spoil = (text: string, spoiler: string): string => {
  const middle = Math.ceil(text.length / 2);
  return `${text.slice(0, middle)}${spoiler}${text.slice(middle)}`;
};
