import type { OperationId } from '../../generated/operations.ts';
import type { Call, ClientName, Exchange, Fault, Outcome } from '../history.ts';
import { isLoopback } from '../loopback.ts';
import { now, type ServerClock } from './clock.ts';
import { malformationsOf } from './malformed.ts';
import type { PlayerOptions } from './player.ts';
import type { Prepared } from './requests.ts';
import { deviationsOf } from './schema.ts';
import type { Wire, WireRequest } from './wire.ts';

/** What is played against, and what the whole run knows of it. */
export interface Target {
  readonly options: PlayerOptions;
  readonly wire: Wire;
  readonly clock: ServerClock;
}

/** A call as a client makes it. */
export interface OneCall {
  readonly step: Exchange['step'];
  readonly client: ClientName;
  readonly call: Exchange['call'];
  readonly fault?: Fault;
  readonly again?: true;
  /** When the rest of its body goes, if its fault holds it back. */
  readonly held?: WireRequest['held'];
}

/** What stands for a credential in a history. */
export const redacted = '(redacted)';

/** Sends one request and tells what came of it. */
export async function exchange(
  { options, wire, clock }: Target,
  prepared: Prepared,
  { step, client, call, fault, again, held }: OneCall,
): Promise<Exchange> {
  const { method, url, body, bodyDigest, text, expects } = prepared;
  const credentials = credentialsFor(call, url, options);
  const plain = { ...prepared.headers, 'Chunkproof-Run': options.runId };
  const sentAt = now();
  const { outcome, framing, ...said } = await wire.send({
    method,
    url,
    headers: { ...plain, ...credentials },
    body,
    chunked: call.kind === 'chunk' && call.framing === 'chunked',
    expectContinue: call.kind === 'chunk' && call.expectContinue === true,
    ...(fault ? { fault } : {}),
    held,
    signal: options.signal,
  });
  const receivedAt = now();
  // A body that is declared shorter than it is ends there (RFC 9112 6.3).
  const malformed = malformationsOf({ ...prepared, body: body.subarray(0, said.declaredLength) }, call);
  // A refusal may come from an HTTP layer or a proxy before the server, whose clock decides nothing.
  if (outcome.kind === 'answered' && outcome.status < 300) clock.observe(sentAt, receivedAt, outcome.headers['date']);
  // Credentials never enter a history, so no report can leak them.
  const hidden = Object.fromEntries(Object.keys(credentials).map((name) => [name, redacted]));
  return {
    step,
    client,
    call,
    ...(fault ? { fault } : {}),
    sent: {
      method,
      url: url.href,
      headers: { ...plain, ...hidden, ...framing },
      bodyLength: body.length,
      ...(bodyDigest === undefined ? {} : { bodyDigest }),
      ...(text === undefined ? {} : { text }),
      ...(expects === undefined ? {} : { expects }),
      ...(malformed.length === 0 ? {} : { malformed }),
      ...said,
    },
    sentAt,
    receivedAt,
    outcome,
    serverClock: clock.during(sentAt, receivedAt),
    deviations: deviations(prepared.operation, call, outcome),
    ...(again ? { again } : {}),
  };
}

function deviations(operation: OperationId, call: Call, outcome: Outcome): string[] {
  // A method of the server's own is none of the contract's operations.
  if (outcome.kind === 'lost' || (call.kind === 'method' && outcome.status !== 405)) return [];
  return deviationsOf(operation, outcome);
}

/** Credentials go to the target's own origin only, wherever its links may lead. */
function credentialsFor(call: Call, url: URL, options: PlayerOptions): Readonly<Record<string, string>> {
  const as = ('as' in call && call.as) || 'first';
  if (as === 'nobody' || url.origin !== options.base.origin) return {};
  return as === 'second' ? (options.secondHeaders ?? {}) : options.headers;
}

/** Whether another origin refused what the target's own would have been given credentials with: that proves nothing. */
export function isForWantOfCredentials({ call, outcome }: Exchange, url: URL, options: PlayerOptions): boolean {
  if (url.origin === options.base.origin || outcome.kind === 'lost' || outcome.status !== 401) return false;
  return Object.keys(credentialsFor(call, options.base, options)).length > 0;
}

/** A target on this machine cannot send the suite to another one. */
export function isReachable(url: URL, base: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return url.origin === base.origin || !isLoopback(base) || isLoopback(url);
}
