/** The bundled description, as the pages look at it. */
import { readFileSync } from 'node:fs';
import { type OperationId, operations } from '../../generated/operations.ts';

/** A value of the description: JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** A documented answer of an operation, and the problem examples that it has by name. */
export interface DocumentedAnswer {
  readonly operation: OperationId;
  readonly status: string;
  readonly examples: Readonly<Record<string, JsonObject>>;
}

export const description = JSON.parse(
  readFileSync(new URL('../../generated/openapi.json', import.meta.url), 'utf8'),
) as JsonObject;

/** A value as an object; of what is none, an empty one. */
export const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? resolved(value as JsonObject) : {};

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** What a reference stands for, and the members beside it. */
function resolved(value: JsonObject): JsonObject {
  const { $ref, ...others } = value;
  if (typeof $ref !== 'string') return value;
  const target = $ref
    .slice(2)
    .split('/')
    .reduce<JsonObject>((at, part) => object(at[part.replaceAll('~1', '/').replaceAll('~0', '~')]), description);
  return { ...target, ...others };
}

/** Every problem that an operation documents: a row for each status of it that has a problem as its body. */
export const documentedProblems: readonly DocumentedAnswer[] = Object.entries(operations).flatMap(
  ([operation, { method, path }]) => {
    const { responses } = object(object(object(description['paths'])[path])[method.toLowerCase()]);
    return Object.entries(object(responses)).flatMap(([status, response]) => {
      const body = object(object(object(response)['content'])['application/problem+json']);
      if (Object.keys(body).length === 0) return [];
      const examples = Object.entries(object(body['examples'])).map(([name, example]) => [
        name,
        object(object(example)['value']),
      ]);
      return [{ operation: operation as OperationId, status, examples: Object.fromEntries(examples) }];
    });
  },
);
