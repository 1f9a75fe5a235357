/** How a server is to misbehave: the presets, and plans that people write as JSON. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { type OperationId, operations } from '../../generated/operations.ts';
import schema from './plan.schema.json' with { type: 'json' };
import { presets } from './presets.ts';

/** When it is done: to every nth request, or to a part of them. */
type When = Readonly<{ operations?: readonly OperationId[] } & ({ every: number } | { chance: number })>;

/**
 * What is done. `refuse`: answered with 503 or 429, and not processed. `cut-request`: the connection is reset while the
 * request is received. `lose-answer`: processed, and then reset instead of answered. `cut-answer`: reset in the middle of
 * the answer. `delay`: looked at later. `interim`: a 102 before the answer. `piecemeal`: the answer comes in pieces.
 * `close`: the connection ends with the answer.
 */
export type Fault =
  | Readonly<{ fault: 'refuse'; status: 503 | 429; retryAfterSeconds?: number }>
  | Readonly<{ fault: 'cut-request' | 'lose-answer' | 'cut-answer' | 'interim' | 'close' }>
  | Readonly<{ fault: 'delay' | 'piecemeal'; ms: readonly [number, number] }>;

export type Rule = When & Fault;
export type Plan = Readonly<{
  description?: string;
  /** The longest timeout of a session, in seconds. */
  maxTimeoutSeconds?: number;
  /** After so many seconds a completion is answered with 202. */
  completeWithinSeconds?: number;
  rules: readonly Rule[];
}>;

const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: false }).compile<Plan>(schema);

/** The plan of a preset, or of a JSON file; or one line that says what is wrong with it. */
export function readPlan(presetOrFile: string): Plan | Readonly<{ wrong: string }> {
  if (Object.hasOwn(presets, presetOrFile)) return presets[presetOrFile as keyof typeof presets];
  const wrong = (what: string) => ({ wrong: `${what}, in ${JSON.stringify(presetOrFile)}` });
  let text: string;
  try {
    text = readFileSync(presetOrFile, 'utf8');
  } catch {
    const known = Object.keys(presets).join(', ');
    return { wrong: `must be one of ${known}, or a JSON file, not ${JSON.stringify(presetOrFile)}` };
  }
  try {
    return planOf(JSON.parse(text), wrong);
  } catch {
    return wrong('must be JSON');
  }
}

function planOf<W>(value: unknown, wrong: (what: string) => W): Plan | W {
  if (!validate(value)) return wrong(inWords(validate.errors ?? []));
  for (const [i, { operations: named = [] }] of value.rules.entries()) {
    const unknown = named.find((name) => !Object.hasOwn(operations, name));
    if (unknown !== undefined) return wrong(`rules[${i}].operations knows no ${JSON.stringify(unknown)}`);
  }
  for (const [i, rule] of value.rules.entries())
    if ('ms' in rule && rule.ms[0] > rule.ms[1]) return wrong(`rules[${i}].ms must begin with the smaller number`);
  return value;
}

/** The first fault that says the most: one below an `if` is a consequence. */
function inWords(errors: readonly ErrorObject[]): string {
  const error = errors.find(({ keyword }) => !['if', 'oneOf'].includes(keyword)) ?? errors[0];
  const either = errors.some(({ keyword }) => keyword === 'oneOf');
  if (error === undefined) return 'must be a plan';
  const { instancePath, keyword, message, params } = error;
  const place =
    instancePath
      .replace(/^\//, '')
      .replace(/\/(\d+)/g, '[$1]')
      .replaceAll('/', '.') || 'the plan';
  if (either && keyword === 'required') return `${place} must have one of "every" and "chance"`;
  if (keyword === 'oneOf') return `${place} must have one of "every" and "chance", not both`;
  if (keyword === 'enum') return `${place} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  const extra = params['unevaluatedProperty'] ?? params['additionalProperty'];
  return extra === undefined ? `${place} ${message}` : `${place} must not have ${JSON.stringify(extra)}`;
}
