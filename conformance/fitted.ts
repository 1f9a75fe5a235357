import type { Script, Step } from './history.ts';
import { mapSteps } from './shrink.ts';

/**
 * A script as a target of these profiles can be asked it. Without `download` nothing is promised of what lies behind an
 * attachment's links, so the bytes are judged by the digest that a repeated completion is asked to verify.
 */
export function fitted(script: Script, profiles: readonly string[]): Script {
  if (profiles.includes('download')) return script;
  return mapSteps(script, (step): readonly Step[] => {
    const { call } = step;
    if (call.kind === 'attachment') return [];
    if (call.kind !== 'content') return [step];
    const { session, as } = call;
    return [{ call: { kind: 'complete', session, digest: 'right', ...(as ? { as } : {}) } }];
  });
}
