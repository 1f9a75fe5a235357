import openapi from '../generated/openapi.json' with { type: 'json' };
import type { components } from '../generated/types.ts';
import { redacted } from './engine/exchange.ts';
import type { Player } from './engine/player.ts';
import type { Answer, Exchange, Json } from './history.ts';
import type { PreflightRefusal } from './options.ts';

/** What a target says of itself, once it is known to be a server of this contract. */
export interface Target {
  readonly kind: 'ready';
  readonly capabilities: Json;
  readonly profiles: readonly string[];
  readonly limits: Readonly<Limits>;
}

type Limits = components['schemas']['Limits'];

const limitNames = Object.keys(openapi.components.schemas.Limits.properties) as (keyof Limits)[];

/** Asks the target for its capabilities: whether it is there, lets us in, and speaks this contract. */
export async function preflight(player: Player, target: string): Promise<Target | PreflightRefusal> {
  const { exchanges } = await player.play({ calls: [{ call: { kind: 'capabilities' } }] });
  const asked = exchanges.at(-1);
  if (asked === undefined) return refuse('unreachable', `${target} was not asked: the run was stopped`);
  if (asked.outcome.kind === 'lost') return unreachable(target, asked.outcome.reason);
  return readCapabilities(asked, asked.outcome, target);
}

function unreachable(target: string, reason: string): PreflightRefusal {
  if (reason.startsWith('no answer within'))
    return refuse('timeout', `${target} took the connection, but gave ${reason}; is it the right port?`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS|SSL/i.test(reason))
    return refuse(
      'bad-certificate',
      `${target} has a certificate that cannot be trusted (${reason}); give --ca FILE, or --insecure`,
    );
  if (reason === 'ECONNREFUSED')
    return refuse('unreachable', `nothing listens at ${target}; start the server, or correct the URL`);
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN')
    return refuse('unreachable', `the host of ${target} has no address; correct the URL`);
  return refuse('unreachable', `${target} ended the connection without an answer (${reason}); is it an HTTP server?`);
}

function readCapabilities(asked: Exchange, answer: Answer, target: string): Target | PreflightRefusal {
  const url = asked.sent.url;
  if (answer.status === 401 || answer.status === 403)
    return refuse(
      'unauthorized',
      `${url} answered ${answer.status}; give credentials with --header 'Authorization: …'`,
    );
  const body = object(answer.json);
  const limits = object(body?.['limits']);
  if (answer.status !== 200 || body === undefined || limits === undefined) {
    const type = answer.headers['content-type'] ?? 'no media type';
    return refuse(
      'not-this-contract',
      `${url} answered ${answer.status} (${type}), which is no capabilities document; is ${target} the base URL?`,
    );
  }
  const broken = limitNames.find((name) => !Number.isSafeInteger(limits[name]) || Number(limits[name]) < 0);
  if (broken) return refuse('not-this-contract', `${url} says no usable limit ${broken}: nothing can be planned`);
  if (Number(limits['maxChunks']) > 10_000 || Number(limits['maxChunks']) < 1)
    return refuse(
      'not-this-contract',
      `${url} says maxChunks ${limits['maxChunks']}, where the contract has 1 to 10000`,
    );
  const profiles = Array.isArray(body['profiles']) ? body['profiles'].map(String) : [];
  const anonymous = !Object.values(asked.sent.headers).includes(redacted);
  if (profiles.includes('auth') && anonymous)
    return refuse(
      'unauthorized',
      `${target} claims the profile auth; give credentials with --header 'Authorization: …'`,
    );
  return {
    kind: 'ready',
    capabilities: answer.json ?? null,
    profiles,
    limits: Object.fromEntries(limitNames.map((name) => [name, Number(limits[name])])) as Target['limits'],
  };
}

const refuse = (code: PreflightRefusal['code'], message: string): PreflightRefusal => ({
  kind: 'refused',
  code,
  message,
});

function object(json: Json | undefined): { readonly [member: string]: Json } | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as { readonly [member: string]: Json })
    : undefined;
}
