import openapi from '../generated/openapi.json' with { type: 'json' };
import { problems } from '../generated/problems.ts';
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
  readonly digestAlgorithms: readonly string[];
  /** Where the capabilities differ from the description: what is made of them may then be malformed, too. */
  readonly deviations: readonly string[];
  /** How long an answer takes, at best. */
  readonly roundTripMs?: number;
}

type Limits = components['schemas']['Limits'];

const limitNames = Object.keys(openapi.components.schemas.Limits.properties) as (keyof Limits)[];

/** How long the first answer of all may take: a target that hangs at once is told at once. In ms. */
export const preflightTimeoutMs = 5000;

/** Pauses before a target is asked again, since a single 5xx, or lost answer, is no fault (protocol.md 13). In ms. */
const pauses = [200, 400, 800, 1600] as const;

/**
 * Asks the target for its capabilities: whether it is there, lets us in, and speaks this contract.
 *
 * @param wait - lets so many ms pass
 */
export async function preflight(
  player: Player,
  target: string,
  wait: (ms: number) => Promise<void>,
): Promise<Target | PreflightRefusal> {
  const all = await askUntilItLasts(player, wait);
  const asked = all.at(-1);
  if (asked === undefined) return refuse('unreachable', `${target} was not asked: the run was stopped`);
  if (asked.outcome.kind === 'lost') return unreachable(target, asked.outcome.reason, oftenInWords(all));
  const read = readCapabilities(asked, asked.outcome, target, oftenInWords(all));
  if (read.kind === 'refused') return read;
  const again = await player.play({ calls: [{ call: { kind: 'capabilities' } }, { call: { kind: 'capabilities' } }] });
  const took = [asked, ...again.exchanges].map(({ sentAt, receivedAt }) => receivedAt - sentAt);
  return { ...read, roundTripMs: Math.min(...took) };
}

/** Asks again while what comes may be a passing fault, within the time that a target has that hangs. */
async function askUntilItLasts(player: Player, wait: (ms: number) => Promise<void>): Promise<readonly Exchange[]> {
  const all: Exchange[] = [];
  let left = preflightTimeoutMs;
  for (const ms of [0, ...pauses]) {
    left -= ms;
    if (left <= 0) break;
    await wait(ms);
    const timeoutMs = all.length === 0 ? undefined : Math.ceil(left);
    const { exchanges } = await player.play({ calls: [{ call: { kind: 'capabilities' } }] }, timeoutMs);
    const last = exchanges.at(-1);
    if (last === undefined) return [];
    all.push(...exchanges);
    if (!mayPass(last)) break;
    left -= last.receivedAt - last.sentAt;
  }
  return all;
}

/** How a server ends a connection that it had accepted, without a whole answer. */
const brokeOff =
  /^(ECONNRESET|EPIPE|the connection was closed|the answer broke off|no answer of HTTP\/1\.1: none came)$/;

/** Whether it may be otherwise the next time; a server that was busy was asked again already. */
function mayPass({ outcome, gaveUp }: Exchange): boolean {
  if (outcome.kind === 'lost') return brokeOff.test(outcome.reason);
  return (outcome.status >= 500 || outcome.status === 429) && gaveUp === undefined;
}

/** How often it was asked, if more than once; `each of` only where the same came each time. */
function oftenInWords(all: readonly Exchange[]): string {
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined || all.length === 1) return '';
  const kinds = new Set(all.map(({ outcome }) => (outcome.kind === 'lost' ? outcome.reason : outcome.status)));
  const seconds = Number(((last.receivedAt - first.sentAt) / 1000).toFixed(1));
  return kinds.size === 1
    ? ` each of ${all.length} times over ${seconds} s`
    : `, asked ${all.length} times over ${seconds} s`;
}

/** Words for what a connection ended with, by the codes of Node and OpenSSL. */
const endings: readonly (readonly [RegExp, PreflightRefusal['code'], (target: string, reason: string) => string])[] = [
  [/^no answer within/, 'timeout', (target, reason) => `${target} gave ${reason}; is it the right host and port?`],
  [
    /^EPROTO$|WRONG_VERSION_NUMBER|PACKET_LENGTH/,
    'unreachable',
    (target, reason) => `${target} speaks no TLS (${reason}); is it ${target.replace(/^https:/, 'http:')}?`,
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS|SSL/i,
    'bad-certificate',
    (target, reason) => `${target} has a certificate that cannot be trusted (${reason}); give --ca FILE, or --insecure`,
  ],
  [/^ECONNREFUSED$/, 'unreachable', (target) => `nothing listens at ${target}; start the server, or correct the URL`],
  [
    /^(ENOTFOUND|EAI_)/,
    'unreachable',
    (target, reason) => `the host of ${target} has no address (${reason}); correct the URL`,
  ],
  [
    /^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/,
    'unreachable',
    (target, reason) => `there is no way to ${target} (${reason}); correct the URL, or the network`,
  ],
];

function unreachable(target: string, reason: string, often: string): PreflightRefusal {
  for (const [pattern, code, words] of endings) if (pattern.test(reason)) return refuse(code, words(target, reason));
  const hint = target.startsWith('http:')
    ? 'is it an HTTP server? if it speaks TLS, begin with https:'
    : 'is it an HTTP server?';
  return refuse('unreachable', `${target} ended the connection without an answer (${reason})${often}; ${hint}`);
}

function readCapabilities(asked: Exchange, answer: Answer, target: string, often: string): Target | PreflightRefusal {
  const url = asked.sent.url;
  if (answer.status === 401 || answer.status === 403)
    return refuse(
      'unauthorized',
      `${url} answered ${answer.status}; give credentials with --header 'Authorization: …'`,
    );
  const problem = answer.status >= 500 ? problemOf(answer) : undefined;
  if (answer.status === 429 || answer.status === 503 || problem !== undefined)
    return refuse(
      'unreachable',
      `${url} answered ${answer.status}${problem ?? ''}${often}; a run can begin when it is better`,
    );
  const elsewhere = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined;
  if (elsewhere !== undefined)
    return refuse(
      'not-this-contract',
      `${url} answered ${answer.status} and leads to ${elsewhere}; redirects are not followed: give the base URL that is meant`,
    );
  const body = object(answer.json);
  const limits = object(body?.['limits']);
  if (answer.status !== 200 || body === undefined || limits === undefined) {
    const type = answer.headers['content-type'] ?? 'no media type';
    return refuse(
      'not-this-contract',
      `${url} answered ${answer.status} (${type})${often}, no capabilities document; is ${target} the base URL?`,
    );
  }
  const version = body['contractVersion'];
  const [major] = openapi.info.version.split('.');
  if (typeof version === 'string' && /^\d+\./.test(version) && !version.startsWith(`${major}.`))
    return refuse(
      'not-this-contract',
      `${target} speaks version ${version} of the contract, and this suite judges by ${openapi.info.version}`,
    );
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
    deviations: asked.deviations,
    profiles,
    digestAlgorithms: Array.isArray(body['digestAlgorithms']) ? body['digestAlgorithms'].map(String) : [],
    limits: Object.fromEntries(limitNames.map((name) => [name, Number(limits[name])])) as Target['limits'],
  };
}

/** What follows a status that came with a problem of this contract: its slug, if it has one (RFC 9457 3.1.1). */
function problemOf({ headers, json }: Answer): string | undefined {
  if (!headers['content-type']?.startsWith('application/problem+json')) return undefined;
  const type = object(json)?.['type'];
  const slug = Object.entries(problems).find(([, problem]) => problem.type === type)?.[0];
  return slug === undefined ? '' : ` ${slug}`;
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
