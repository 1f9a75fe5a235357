import http from 'node:http';
import https from 'node:https';
import type { Outcome } from '../history.ts';
import { type Connection, connect, hostOf } from './connection.ts';
import { converse, type Pauses, type Said } from './conversation.ts';
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

/** A connection pool to one target. Requests with a fault get a connection of their own, which ends with them. */
export function openWire(options: WireOptions): Wire {
  const secure = { ca: options.ca, rejectUnauthorized: !options.insecure };
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 64 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 64, ...secure }),
  };
  const own = new Set<Connection>();
  const pooled = (request: WireRequest): Promise<WireResult> => {
    const agent = agents[request.url.protocol === 'https:' ? 'https:' : 'http:'];
    return say(request, options.timeoutMs, { agent });
  };
  const alone = async (request: WireRequest): Promise<WireResult> => {
    const connection = connect(request.url, secure, options.timeoutMs);
    own.add(connection);
    try {
      const lost = await connection.opened;
      if (lost) return resultOf(request, sendingOf(request), lost, { whole: false, handedOver: 0 });
      return await say(request, options.timeoutMs, { createConnection: () => connection.socket }, connection);
    } finally {
      own.delete(connection);
      connection.socket.destroy();
    }
  };
  return {
    send: (request) => (request.fault ? alone(request) : pooled(request)),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
      for (const { socket } of own) socket.destroy();
    },
  };
}

async function say(
  request: WireRequest,
  timeoutMs: number,
  over: Pick<http.RequestOptions, 'agent' | 'createConnection'>,
  connection?: Connection,
): Promise<WireResult> {
  const { method, url, headers, fault, held, signal } = request;
  const sending = sendingOf(request);
  const outgoing = (url.protocol === 'https:' ? https : http).request({
    method,
    host: hostOf(url),
    port: url.port,
    // The path with its percent-encoding as it was made.
    path: url.pathname + url.search,
    // A list, since two fields may have one name.
    headers: [...linesOf(headers), ...sending.fields, ['Host', url.host]].flat(),
    ...over,
  });
  // The body is framed already, rightly or not: Node adds nothing to it.
  outgoing.chunkedEncoding = false;
  outgoing.flushHeaders();
  const { acts } = sending;
  const deaf = fault?.kind === 'lost';
  const { outcome, said } = await converse(outgoing, { acts, timeoutMs, connection, deaf, held, signal });
  return resultOf(request, sending, outcome, said);
}

const linesOf = (headers: Readonly<Record<string, string>>): (readonly [string, string])[] =>
  Object.entries(headers).flatMap(([name, value]) => value.split('\n').map((line) => [name, line] as const));

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
