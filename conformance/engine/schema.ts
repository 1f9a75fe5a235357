import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { type OperationId, operations } from '../../generated/operations.ts';
import type { Answer, Json } from '../history.ts';

interface Documented {
  readonly headers?: Record<
    string,
    { readonly required?: boolean; readonly schema?: { readonly type?: string } } | Ref
  >;
  readonly content?: Record<string, { readonly schema?: unknown }>;
}
type Ref = { readonly $ref: string };
type Responses = Record<string, Documented | Ref>;

const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false, strictTypes: false });
formatsPlugin.default(ajv);
// The bundle is a schema only in its parts; its own members are no keywords.
ajv.addVocabulary(Object.keys(openapi));
ajv.addSchema(openapi, 'bundle');

/**
 * Where a response differs from the OpenAPI description: its status, media type, fields or body (`http.schema`).
 * Empty if nowhere. A response to HEAD is held to its own operation, which has no content.
 */
export function deviationsOf(operation: OperationId, answer: Answer): string[] {
  const at = locate(operation, answer.status);
  if (at === undefined) return [`${operation} documents no status ${answer.status}`];
  const { pointer, documented } = at;
  return [...fieldDeviations(pointer, documented, answer), ...bodyDeviations(pointer, documented, answer)];
}

function locate(operation: OperationId, status: number): { pointer: string; documented: Documented } | undefined {
  const { method, path } = operations[operation];
  const item = (openapi.paths as unknown as Record<string, Record<string, { responses: Responses }>>)[path];
  const own = item?.[method.toLowerCase()]?.responses;
  const general = openapi['x-general-responses'] as unknown as Responses;
  if (own?.[status]) return follow(['paths', path, method.toLowerCase(), 'responses', String(status)]);
  if (general[status]) return follow(['x-general-responses', String(status)]);
  return undefined;
}

/** The object at a path of the bundle, behind its reference if it is one, and the pointer that leads there. */
function follow(path: readonly string[]): { pointer: string; documented: Documented } {
  const found = path.reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], openapi);
  const reference = (found as Partial<Ref>).$ref;
  if (reference === undefined) return { pointer: pointerOf(path), documented: found as Documented };
  return follow(
    reference
      .slice(2)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')),
  );
}

function fieldDeviations(pointer: string, documented: Documented, answer: Answer): string[] {
  return Object.entries(documented.headers ?? {}).flatMap(([name, header]) => {
    const target = '$ref' in header ? follow(header.$ref.slice(2).split('/')) : undefined;
    const { required, schema } = (target?.documented ?? header) as Exclude<typeof header, Ref>;
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined) return required ? [`the field ${name} is missing`] : [];
    const numeric = schema?.type === 'integer' && /^-?\d+$/.test(value);
    const validate = validator(`${target?.pointer ?? `${pointer}/headers/${escapeKey(name)}`}/schema`);
    return validate(numeric ? Number(value) : value) ? [] : [`the field ${name} ${describe(validate)}`];
  });
}

function bodyDeviations(pointer: string, documented: Documented, answer: Answer): string[] {
  const content = documented.content;
  if (content === undefined) return answer.length > 0 ? ['content where none is documented'] : [];
  const sent = answer.headers['content-type'] ?? '';
  const essence = sent.split(';')[0]?.trim().toLowerCase() ?? '';
  const range = [essence, `${essence.split('/')[0]}/*`, '*/*'].find((media) => content[media]);
  if (range === undefined) return [`media type ${JSON.stringify(sent)} is not documented for status ${answer.status}`];
  if (!/[/+]json$/.test(range)) return [];
  if (answer.json === undefined) return ['the body is not JSON'];
  const validate = validator(`${pointer}/content/${escapeKey(range)}/schema`);
  return validate(answer.json as Json) ? [] : [`the body ${describe(validate)}`];
}

const validators = new Map<string, ValidateFunction>();

function validator(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known) return known;
  const made = ajv.compile({ $ref: `bundle${pointer}` });
  validators.set(pointer, made);
  return made;
}

const describe = ({ errors }: ValidateFunction): string =>
  (errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .slice(0, 3)
    .map(({ instancePath, message }) => `${instancePath || '#'} ${message}`)
    .join(', ');

const pointerOf = (path: readonly string[]): string => `#/${path.map(escapeKey).join('/')}`;

/** A JSON Pointer as a URI fragment (RFC 6901 6). */
const escapeKey = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
