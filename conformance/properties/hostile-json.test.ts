import { describe, expect, test } from 'vitest';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { hostileBodies } from './hostile-json.ts';
import { type MemberSchema, membersOf, valuesAround } from './hostile-values.ts';

const requests = ['InitiateRequest', 'CompleteRequest'] as const;

/** What the values around each keyword must have: both of its sides. */
const sides: Readonly<Record<string, (schema: MemberSchema, values: readonly unknown[]) => boolean>> = {
  type: (_, values) => {
    const kinds: readonly string[] = values.map((value) =>
      value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value,
    );
    return ['null', 'boolean', 'number', 'string', 'array', 'object'].every((kind) => kinds.includes(kind));
  },
  minimum: ({ minimum = 0 }, values) => [minimum - 1, minimum, minimum + 1].every((n) => values.includes(n)),
  maximum: ({ maximum = 0 }, values) => [maximum - 1, maximum, maximum + 1].every((n) => values.includes(n)),
  minLength: ({ minLength = 0 }, values) =>
    [minLength - 1, minLength, minLength + 1].filter((n) => n >= 0).every((n) => lengthsOf(values).includes(n)),
  maxLength: ({ maxLength = 0 }, values) =>
    [maxLength - 1, maxLength, maxLength + 1].every((n) => lengthsOf(values).includes(n)),
  pattern: ({ pattern = '' }, values) => {
    const fitting = values
      .filter((value) => typeof value === 'string')
      .map((text) => new RegExp(pattern, 'u').test(text));
    return fitting.filter(Boolean).length > 1 && fitting.filter((fits) => !fits).length > 5;
  },
  examples: ({ examples }, values) => examples.every((example) => values.includes(example)),
};

/** What says nothing of values. */
const annotations = ['description', 'format'];

const lengthsOf = (values: readonly unknown[]): readonly number[] =>
  values.flatMap((value) => (typeof value === 'string' ? [value.length] : []));

describe.each(requests)('%s', (request) => {
  const { properties, required } = membersOf(request);
  const bodies = hostileBodies(request);

  test.each(Object.entries(properties))('has, around %s, both sides of all that its schema says', (name, schema) => {
    const values = valuesAround(schema).map((text) => JSON.parse(text) as unknown);
    const keywords = Object.keys(schema).filter((keyword) => !annotations.includes(keyword));
    expect(keywords.filter((keyword) => sides[keyword]?.(schema, values) !== true)).toEqual([]);
    for (const value of valuesAround(schema))
      if (value.length < 100) expect(bodies.join()).toContain(`"${name}":${latin1(value)}`);
  });

  test('has members of every kind that the contract gives it, and says nothing of others', () => {
    const schema = openapi.components.schemas[request];
    expect(
      Object.keys(schema).filter((one) => !['type', 'description', 'properties', 'required'].includes(one)),
    ).toEqual([]);
    expect(Object.keys(properties)).toEqual(Object.keys(schema.properties));
  });

  test('is sent without each member that it has to have', () => {
    for (const name of required) {
      const without = bodies.filter((body) => isObject(body) && !(name in (JSON.parse(body) as object)));
      expect(without.length).toBeGreaterThan(0);
    }
  });

  test('is bytes, each text once, and few enough for every run', () => {
    expect(bodies.filter((body) => /[^\0-\xff]/.test(body))).toEqual([]);
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(bodies.length).toBeLessThan(500);
  });
});

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function isObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
