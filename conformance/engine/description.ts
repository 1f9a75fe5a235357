import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import openapi from '../../generated/openapi.json' with { type: 'json' };

/** The OpenAPI description, as schemas that are found by where they stand. */

const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false, strictTypes: false });
formatsPlugin.default(ajv);
// The bundle is a schema only in its parts; its own members are no keywords.
ajv.addVocabulary(Object.keys(openapi));
ajv.addSchema(openapi, 'bundle');

/** A reference within the bundle. */
export type Ref = { readonly $ref: string };

const compiled = new Map<string, ValidateFunction>();

/** The schema that a pointer leads to, compiled once. */
export function validator(pointer: string): ValidateFunction {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `bundle${pointer}` });
  compiled.set(pointer, validate);
  return validate;
}

/** The object at a path of the bundle, behind its reference if it is one, and the pointer that leads there. */
export function follow(path: readonly string[]): { readonly pointer: string; readonly found: unknown } {
  const found = path.reduce<unknown>((object, key) => (object as Record<string, unknown> | undefined)?.[key], openapi);
  const reference = (found as Partial<Ref> | undefined)?.$ref;
  return reference === undefined ? { pointer: pointerOf(path), found } : follow(keysOf(reference));
}

/** What the schema found wrong last, in few words. */
export const describe = ({ errors }: ValidateFunction): string =>
  (errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .slice(0, 3)
    .map(({ instancePath, message }) => `${instancePath || '#'} ${message}`)
    .join(', ');

const keysOf = (reference: string): readonly string[] =>
  reference
    .slice(2)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const pointerOf = (path: readonly string[]): string => `#/${path.map(escapeKey).join('/')}`;

/** A JSON Pointer as a URI fragment (RFC 6901 6). */
export const escapeKey = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
