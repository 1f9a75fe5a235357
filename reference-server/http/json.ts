/** JSON requests: strict text, the schemas of the OpenAPI description, and the faults in the contract's form. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import type { components } from '../../generated/types.ts';
import type { AnyRefusal, Fault } from './answer.ts';
import { readAll } from './body.ts';

type Schemas = components['schemas'];
export type InitiateRequest = Schemas['InitiateRequest'];
export type CompleteRequest = Schemas['CompleteRequest'];
type Refusal = Extract<AnyRefusal, { refused: 'invalid-request' | 'request-too-large' }>;

/** Bytes of a JSON body that are read; the contract asks for 64 KiB at least. */
const limit = 256 * 1024;
/** Levels of nesting that are read (RFC 8259, section 9, lets a parser have such a limit). */
const depthLimit = 500;

const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, formats: { int64: true } });
ajv.addSchema(openapi, 'openapi');
function schema<T>(name: keyof Schemas): ValidateFunction<T> {
  return ajv.compile<T>({ $ref: `openapi#/components/schemas/${name}` });
}
const initiate = schema<InitiateRequest>('InitiateRequest');
const complete = schema<CompleteRequest>('CompleteRequest');

/** Reads a body as JSON; `empty` stands for no content at all. */
export async function readJson<E>(
  request: IncomingMessage,
  response: ServerResponse,
  minRate: number,
  empty: E,
): Promise<{ value: unknown; canonical: string } | E | Refusal> {
  const bytes = await readAll(request, response, limit, minRate);
  if (bytes === 'too-large') return { refused: 'request-too-large', limit };
  if (bytes === 'cut') return invalid('#', 'The body ended early.');
  if (bytes.length === 0) return empty;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const canonical = canonicalJson(value);
    return canonical === null
      ? invalid('#', `The body is nested over ${depthLimit} levels deep.`)
      : { value, canonical };
  } catch {
    return invalid('#', 'The body is not JSON in UTF-8 (RFC 8259).');
  }
}

/** The body of initiate, or its faults. A faulty file name that is text passes: it has a problem of its own. */
export function asInitiateRequest(value: unknown): InitiateRequest | Refusal {
  return initiate(value)
    ? value
    : faults(initiate.errors, value, ({ instancePath, keyword }) => {
        return instancePath === '/fileName' && (keyword === 'pattern' || keyword === 'maxLength');
      });
}

/** The body of complete, or its faults. */
export function asCompleteRequest(value: unknown): CompleteRequest | Refusal {
  return complete(value) ? value : faults(complete.errors, value, () => false);
}

function faults<T>(
  errors: readonly ErrorObject[] | null | undefined,
  value: unknown,
  excused: (error: ErrorObject) => boolean,
): T | Refusal {
  const found = (errors ?? []).filter((error) => !excused(error)).map(faultOf);
  return found.length === 0 ? (value as T) : { refused: 'invalid-request', errors: found };
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject): Fault {
  const member = keyword === 'required' ? `/${String(params['missingProperty'])}` : '';
  return { pointer: `#${instancePath}${member}`, detail: member === '' ? (message ?? keyword) : 'is missing' };
}

/** One fault as a refusal. */
export function invalid(pointer: string, detail: string): Refusal {
  return { refused: 'invalid-request', errors: [{ pointer, detail }] };
}

/** What two requests share exactly if they are the same JSON value: SHA-256 of the canonical text. */
export function fingerprintOf(canonical: string): string {
  return createHash('sha256').update(canonical).digest('base64');
}

/** The value as text that does not depend on white space or the order of members; null if nested too deep. */
function canonicalJson(value: unknown, depth = 0): string | null {
  if (depth > depthLimit) return null;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const list = Array.isArray(value);
  const entries = list ? value.map((item) => ['', item] as const) : Object.entries(value).sort(byName);
  const parts: string[] = [];
  for (const [name, item] of entries) {
    const text = canonicalJson(item, depth + 1);
    if (text === null) return null;
    parts.push(list ? text : `${JSON.stringify(name)}:${text}`);
  }
  return list ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
