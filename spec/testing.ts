// What several tests of the description need: the bundle as a tree, its references, and a validator as strict as can be.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
export type JsonObject = { [member: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of an object, `{}` where there is none: a test then fails on what it looks for. */
export const member = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  const found = path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), value);
  return isObject(found) ? found : {};
};

/** Follows a `$ref` within the bundle, once. */
export const resolve = (bundle: Json, value: Json | undefined): JsonObject => {
  const ref = isObject(value) ? value['$ref'] : undefined;
  return typeof ref === 'string' ? member(bundle, ...ref.slice(2).split('/')) : member(value);
};

const pointerSegment = (segment: string): string =>
  encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%24', '$');

/** Every object in a tree, with its path. */
export const walk = function* (value: Json, path: readonly string[] = []): Generator<[readonly string[], JsonObject]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* walk(item, [...path, String(index)]);
  } else if (isObject(value)) {
    yield [path, value];
    for (const [name, item] of Object.entries(value)) yield* walk(item, [...path, name]);
  }
};

/** A validator of the bundle's schemas: `at(path)` compiles the schema that stands there; ajv is strict, so it must be one. */
export const validator = (bundle: JsonObject): ((path: readonly string[]) => ValidateFunction) => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  // The bundle is no schema itself: ajv is told its members, and compiles what lies below by pointer.
  ajv.addVocabulary(Object.keys(bundle));
  ajv.addSchema({ ...bundle, $id: 'bundle' });
  return (path) => ajv.compile({ $ref: `bundle#/${path.map(pointerSegment).join('/')}` });
};
