import type { Answer, Exchange, Json } from '../history.ts';
import type { Examination } from './examine.ts';
import { type Lawful, refusal } from './lawful.ts';
import { isObject } from './requests.ts';
import type { Claims, World } from './state.ts';

/** What `GET /attachment/capabilities` may answer (requirements `capabilities.*`). */
export function lawfulCapabilities(world: World, { call, sent }: Exchange, claims: Claims): Lawful[] {
  const read = (answer: Answer, seen: Examination): World => {
    if (sent.method === 'HEAD') return world;
    examineCapabilities(answer.json, seen);
    // Who else asks may have limits of their own.
    if ((call.as ?? 'first') === 'first') examineLimits(answer.json, claims, seen);
    return world;
  };
  const open: Lawful = { requirement: 'capabilities.document', expected: '200 Capabilities', statuses: [200], read };
  const guarded = call.as === 'nobody' && claims.profiles.includes('auth');
  return guarded ? [open, refusal('unauthorized', 'auth.required', 'no valid credentials')] : [open];
}

function examineCapabilities(json: Json | undefined, seen: Examination): void {
  const body = isObject(json) ? json : {};
  const limits = limitsOf(json);
  const limit = (name: string) => Number(limits[name]);
  const has = (list: string, item: string) => Array.isArray(body[list]) && body[list].includes(item);
  seen.expect('capabilities.document', body['contractVersion'] === '1.0', 'contractVersion 1.0');
  seen.expect('capabilities.document', has('profiles', 'core'), 'the profile core');
  seen.expect('capabilities.document', has('digestAlgorithms', 'sha-256'), 'the digest algorithm sha-256');
  const sound =
    limit('minChunkSize') <= limit('maxChunkSize') &&
    limit('minTimeoutSeconds') <= limit('maxTimeoutSeconds') &&
    limit('maxFileSize') <= limit('maxChunkSize') * limit('maxChunks');
  seen.expect('capabilities.document', sound, 'limits that do not contradict one another');
}

/** None changes while the server runs (`capabilities.truth`). */
function examineLimits(json: Json | undefined, claims: Claims, seen: Examination): void {
  for (const [name, value] of Object.entries(claims.limits))
    seen.expect('capabilities.truth', limitsOf(json)[name] === value, `${name} ${value}, as it was when the run began`);
}

const limitsOf = (json: Json | undefined): { readonly [name: string]: Json } => {
  const limits = isObject(json) ? json['limits'] : undefined;
  return isObject(limits) ? limits : {};
};
