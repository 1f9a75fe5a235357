import { costly } from './arbitraries.ts';
import type { Json, Script, Step } from './history.ts';
import { mapSteps } from './steps.ts';

/**
 * A script as a target of these profiles can be asked it. Without `download` nothing is promised of what lies behind an
 * attachment's links, so the bytes are judged by the digest that a repeated completion is asked to verify: right, and
 * wrong, since a server that takes any would prove nothing.
 */
export function fitted(script: Script, profiles: readonly string[]): Script {
  if (profiles.includes('download')) return script;
  return mapSteps(script, (step): readonly Step[] => {
    const { call } = step;
    if (call.kind === 'attachment') return [];
    if (call.kind !== 'content') return [step];
    const { session, as } = call;
    return (['right', 'wrong'] as const).map((digest) => ({
      call: { kind: 'complete', session, digest, ...(as ? { as } : {}) },
    }));
  });
}

/**
 * A script without whole chunks, where they are large: its files are one chunk of a few bytes, and what was done to any
 * chunk is done to that one. Most of what a script is about needs no more.
 */
export function spared(script: Script): Script {
  const large = new Set<string>();
  return mapSteps(script, (step): readonly Step[] => {
    const { call } = step;
    if (call.kind === 'initiate' && isLarge(call.json)) {
      large.add(call.session);
      return [{ ...step, call: { ...call, json: { ...call.json, fileSize: 4 } } }];
    }
    if (call.kind !== 'chunk' || typeof call.chunk !== 'number' || !large.has(call.session)) return [step];
    return [{ ...step, call: { ...call, chunk: 0 } }];
  });
}

function isLarge(json: Json | undefined): json is { readonly [member: string]: Json } {
  if (typeof json !== 'object' || json === null || !('fileSize' in json)) return false;
  const { fileSize, preferredChunkSize } = json;
  return Number(preferredChunkSize) > costly && Number(fileSize) > Number(preferredChunkSize);
}
