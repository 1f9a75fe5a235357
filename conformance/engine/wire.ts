import type { Outcome } from '../history.ts';
import { converse, type Pauses, type Said } from './conversation.ts';
import { openPool } from './pool.ts';
import { type Outgoing, type Sending, sendingOf } from './sending.ts';

/**
 * One request, byte-exact: nothing is added but `Host`, `Connection` and the fields that frame the body; nothing is
 * retried, no redirect followed.
 */
export interface WireRequest extends Outgoing, Pauses {
  readonly url: URL;
  /** By name; a line break in a value makes two field lines of it. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface WireResult extends Omit<Said, 'handedOver'> {
  readonly outcome: Outcome;
  /** The fields that framed the body; repeated ones joined by ", ". */
  readonly framing: Readonly<Record<string, string>>;
  /** The bytes of the body that were handed to the network, where they are not all. */
  readonly handedOver?: number;
  /** Where another `Content-Length` than the body's was declared. In bytes. */
  readonly declaredLength?: number;
}

export interface Wire {
  send(request: WireRequest): Promise<WireResult>;
  close(): void;
}

export interface WireOptions {
  /** After so long without an answer a request counts as lost. The client's own pauses do not count. */
  readonly timeoutMs: number;
  readonly ca?: string;
  readonly insecure?: boolean;
}

/** A wire to one target. Requests with a fault get a connection of their own, which ends with them. */
export function openWire(options: WireOptions): Wire {
  const { timeoutMs, ca, insecure } = options;
  const pool = openPool({ ca, rejectUnauthorized: !insecure }, timeoutMs);
  return {
    async send(request) {
      const { method, url, fault, held, signal } = request;
      const sending = sendingOf(request);
      const connection = fault ? pool.fresh(url) : pool.take(url);
      const lost = await connection.opened;
      if (lost) return resultOf(request, sending, lost, { whole: false, handedOver: 0 });
      const head = headOf(request, sending, fault ? 'close' : 'keep-alive');
      const deaf = fault?.kind === 'lost';
      const { acts } = sending;
      const made = await converse(connection, { method, head, acts, timeoutMs, deaf, held, signal });
      if (made.reusable && !fault) pool.give(connection, keptFor(made.outcome));
      else pool.drop(connection);
      return resultOf(request, sending, made.outcome, made.said);
    },
    close: () => pool.close(),
  };
}

/** How long the server promises to keep an idle connection, less what a request takes to get there. In ms. */
function keptFor(outcome: Outcome): number {
  const said = outcome.kind === 'answered' ? outcome.headers['keep-alive'] : undefined;
  const [, seconds] = /(?:^|[,\s])timeout=(\d+)/i.exec(said ?? '') ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : (Number(seconds) - 1) * 1000;
}

/** The request up to its body (RFC 9112 2.1), its path with the percent-encoding as it was made. */
function headOf({ method, url, headers }: WireRequest, { fields }: Sending, connection: string): Buffer {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`];
  for (const [name, value] of Object.entries(headers))
    for (const line of value.includes('\n') ? value.split('\n') : [value]) lines.push(`${name}: ${line}`);
  for (const [name, value] of fields) lines.push(`${name}: ${value}`);
  lines.push(`Connection: ${connection}`, '', '');
  const text = lines.join('\r\n');
  // Octets as they were written; what is none can only be meant as UTF-8.
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1');
}

function resultOf({ body }: WireRequest, sending: Sending, outcome: Outcome, said: Said): WireResult {
  const { handedOver, ...rest } = said;
  const { declaredLength = body.length } = sending;
  return {
    outcome,
    ...rest,
    framing: joined(sending.fields),
    ...(handedOver === body.length ? {} : { handedOver }),
    ...(declaredLength === body.length ? {} : { declaredLength }),
  };
}

function joined(fields: Sending['fields']): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of fields) all[name] = name in all ? `${all[name]}, ${value}` : value;
  return all;
}
