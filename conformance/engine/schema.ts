import type { ValidateFunction } from 'ajv/dist/2020.js';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { type OperationId, operations } from '../../generated/operations.ts';
import type { Answer, Json } from '../history.ts';
import { describe, escapeKey, follow, type Ref, validator } from './description.ts';

interface Documented {
  readonly headers?: Record<string, Ref>;
  readonly content?: Record<string, { readonly schema?: unknown }>;
}
type Responses = Record<string, Documented | Ref>;

/** What the description says of one status of one operation, with its schemas compiled. */
interface Expected {
  readonly fields: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly validate: ValidateFunction;
  }[];
  /** By media type or range; a schema where the media type is JSON. Absent where no content is documented. */
  readonly content?: ReadonlyMap<string, ValidateFunction | undefined>;
}

/**
 * Where a response differs from the OpenAPI description: its status, media type, fields or body (`http.schema`).
 * Empty if nowhere. A response to HEAD is held to its own operation, which has no content.
 */
export function deviationsOf(operation: OperationId, answer: Answer): string[] {
  const expected = expectationOf(operation, answer.status);
  if (expected === undefined) return [`${operation} documents no status ${answer.status}`];
  return [...fieldDeviations(expected, answer), ...bodyDeviations(expected, answer)];
}

function fieldDeviations({ fields }: Expected, { headers }: Answer): string[] {
  return fields.flatMap(({ name, required, validate }) => {
    const value = headers[name.toLowerCase()];
    if (value === undefined) return required ? [`the field ${name} is missing`] : [];
    return validate(value) ? [] : [`the field ${name} ${describe(validate)}`];
  });
}

function bodyDeviations({ content }: Expected, answer: Answer): string[] {
  if (content === undefined) return answer.length > 0 ? ['content where none is documented'] : [];
  const sent = answer.headers['content-type'] ?? '';
  const essence = sent.split(';')[0]?.trim().toLowerCase() ?? '';
  const range = [essence, '*/*'].find((media) => content.has(media));
  if (range === undefined) return [`media type ${JSON.stringify(sent)} is not documented for status ${answer.status}`];
  const validate = content.get(range);
  if (validate === undefined) return [];
  if (answer.json === undefined) return ['the body is not JSON'];
  return validate(answer.json as Json) ? [] : [`the body ${describe(validate)}`];
}

const expectations = new Map<string, Expected | undefined>();

function expectationOf(operation: OperationId, status: number): Expected | undefined {
  const key = `${operation} ${status}`;
  if (!expectations.has(key)) expectations.set(key, compile(operation, status));
  return expectations.get(key);
}

function compile(operation: OperationId, status: number): Expected | undefined {
  const at = locate(operation, status);
  if (at === undefined) return undefined;
  const { pointer, documented } = at;
  const fields = Object.entries(documented.headers ?? {}).map(([name, header]) => {
    const target = follow(header.$ref.slice(2).split('/'));
    const { required = false } = target.found as { readonly required?: boolean };
    return { name, required, validate: validator(`${target.pointer}/schema`) };
  });
  const ranges = documented.content && Object.keys(documented.content);
  const content = ranges?.map((range): [string, ValidateFunction | undefined] => [
    range,
    /[/+]json$/.test(range) ? validator(`${pointer}/content/${escapeKey(range)}/schema`) : undefined,
  ]);
  return { fields, ...(content ? { content: new Map(content) } : {}) };
}

function locate(operation: OperationId, status: number): { pointer: string; documented: Documented } | undefined {
  const { method, path } = operations[operation];
  const item = (openapi.paths as unknown as Record<string, Record<string, { responses: Responses }>>)[path];
  const own = item?.[method.toLowerCase()]?.responses;
  const general = openapi['x-general-responses'] as unknown as Responses;
  const place = own?.[status]
    ? ['paths', path, method.toLowerCase(), 'responses', String(status)]
    : general[status] && ['x-general-responses', String(status)];
  if (place === undefined) return undefined;
  const { pointer, found } = follow(place);
  return { pointer, documented: found as Documented };
}
