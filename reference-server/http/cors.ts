/**
 * Who may call from a page of another origin (the Fetch standard, section 3.3), as a function from a request to fields.
 * What a browser lets such a page send and read is what the OpenAPI description names, and nothing more.
 */
import type { IncomingHttpHeaders } from 'node:http';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { operations } from '../../generated/operations.ts';
import type { Fields } from './answer.ts';

/** Seconds for which a browser need not ask again: the longest that any of them keeps. */
const maxAge = '86400';

const methods = [...new Set(Object.values(operations).map(({ method }) => method))].join(', ');
/** Beside the parameters of the description, what every request may have: its body's type, and credentials. */
const sendable = ['Content-Type', 'Authorization', ...parameters()].join(', ');
const readable = [...new Set(fieldsIn([openapi.paths, openapi.components.responses]))].sort().join(', ');

/**
 * Makes the function from a request to the fields of its answer. No origins: no fields, and browsers keep pages of other
 * origins out. `*`: every origin may. Credentials are bearer tokens that a page holds itself, never cookies, so
 * `Access-Control-Allow-Credentials` is not sent.
 */
export function corsFor(origins: readonly string[]): (method: string, headers: IncomingHttpHeaders) => Fields {
  const everybody = origins.includes('*');
  return (method, { origin, ...headers }) => {
    if (origins.length === 0) return {};
    const vary: Fields = everybody ? {} : { vary: 'Origin' };
    if (origin === undefined || !(everybody || origins.includes(origin))) return vary;
    const allow = { ...vary, 'access-control-allow-origin': everybody ? '*' : origin };
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined)
      return { ...allow, 'access-control-expose-headers': readable };
    return {
      ...allow,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': sendable,
      'access-control-max-age': maxAge,
    };
  };
}

function parameters(): string[] {
  return Object.values(openapi.components.parameters).flatMap((one) => (one.in === 'header' ? [one.name] : []));
}

/** The names of all response fields that are described somewhere below `node`. */
function fieldsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === 'headers' ? Object.keys(value) : fieldsIn(value)));
}
