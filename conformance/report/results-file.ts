import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Compared } from './compare.ts';
import { clip } from './escape.ts';
import schema from './results.schema.json' with { type: 'json' };

/** What came of reading a results file; `error` is one line for people. */
export type ParsedResults =
  | { readonly ok: true; readonly results: Compared }
  | { readonly ok: false; readonly error: string };

let compiled: ValidateFunction | undefined;

/** Reads a `results.json` that anybody may have written: whatever it holds, this returns and never throws. */
export function parseResults(text: string): ParsedResults {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, error: 'it is not JSON' };
  }
  const version = typeof json === 'object' && json !== null && 'schemaVersion' in json ? json.schemaVersion : undefined;
  if (version === undefined) return { ok: false, error: 'it is no results.json of chunkproof' };
  const { const: known } = schema.properties.schemaVersion;
  if (version !== known) {
    const shown = clip(JSON.stringify(version) ?? 'none', 20);
    return { ok: false, error: `it has schema version ${shown}, and this chunkproof reads version ${known}` };
  }
  compiled ??= new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  if (!compiled(json)) {
    const [first] = compiled.errors ?? [];
    return { ok: false, error: `${first?.instancePath || 'it'} ${first?.message ?? 'has the wrong form'}` };
  }
  // The schema has just said so, which the compiler cannot know.
  return { ok: true, results: json as unknown as Compared };
}
