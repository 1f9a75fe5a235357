import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Answer, Fault, Json, Lost, Outcome } from '../history.ts';
import { now } from './clock.ts';

/** One request, byte-exact: nothing is added but `Host` and `Connection`, nothing is retried, no redirect followed. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Chunked coding instead of `Content-Length`. */
  readonly chunked: boolean;
  readonly expectContinue: boolean;
  readonly fault?: Exclude<Fault, { readonly kind: 'hold' }>;
  /** Bytes of the body that are sent at once, and how long the rest is held back, in ms. */
  readonly hold?: { readonly after: number; readonly ms: number; readonly signal?: AbortSignal };
}

export interface WireResult {
  readonly outcome: Outcome;
  /** Whether the last byte of the request may have reached the server. */
  readonly whole: boolean;
  /** When the rest of a body that was held back was sent; absent if it never was. */
  readonly releasedAt?: number;
}

export interface Wire {
  send(request: WireRequest): Promise<WireResult>;
  close(): void;
}

export interface WireOptions {
  /** After so long without an answer a request counts as lost. */
  readonly timeoutMs: number;
  readonly ca?: string;
  readonly insecure?: boolean;
}

/** Bodies past this length are not kept, only measured and hashed. In bytes. */
const keepAtMost = 1024 * 1024;

/** A connection pool to one target. Calls with a fault get a connection of their own, which ends with them. */
export function openWire(options: WireOptions): Wire {
  const tls = { ca: options.ca, rejectUnauthorized: !options.insecure };
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 64 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 64, ...tls }),
  };
  return {
    send: (request) => send(request, options, agents, tls),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

type Agents = { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

function send(request: WireRequest, options: WireOptions, agents: Agents, tls: object): Promise<WireResult> {
  const { url, fault, hold } = request;
  const secure = url.protocol === 'https:';
  const framing: Record<string, string> = request.chunked
    ? { 'Transfer-Encoding': 'chunked' }
    : request.body.length > 0 || request.method === 'POST' || request.method === 'PUT'
      ? { 'Content-Length': String(request.body.length) }
      : {};
  const expect: Record<string, string> = request.expectContinue ? { Expect: '100-continue' } : {};
  return new Promise((resolve) => {
    let cutWhole = false;
    let continued = false;
    let releasedAt: number | undefined;
    let held: NodeJS.Timeout | undefined;
    const release = (): void => {
      clearTimeout(held);
      releasedAt = now();
      outgoing.end(request.body.subarray(hold?.after));
    };
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer);
      clearTimeout(held);
      hold?.signal?.removeEventListener('abort', release);
      // Whatever was handed over may have arrived, also if its answer, or an error, was faster than the word that it left.
      const allOut = hold !== undefined && hold.after >= request.body.length && !request.chunked;
      const whole = fault?.kind === 'cut' ? cutWhole : outgoing.writableEnded || allOut;
      resolve({ outcome, whole, ...(releasedAt === undefined ? {} : { releasedAt }) });
    };
    const lose = (reason: string): void => finish({ kind: 'lost', reason });
    const outgoing = (secure ? https : http).request({
      method: request.method,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      // The path with its percent-encoding as it was made.
      path: url.pathname + url.search,
      headers: { ...request.headers, ...framing, ...expect },
      agent: fault || hold ? false : agents[secure ? 'https:' : 'http:'],
      ...((fault || hold) && secure ? tls : {}),
    });
    const timer = setTimeout(
      () => {
        lose(`no answer within ${options.timeoutMs} ms`);
        outgoing.destroy();
      },
      options.timeoutMs + (hold?.ms ?? 0),
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Where a name has several addresses, the errors of all attempts to connect come as one.
      const unsent = error.syscall === 'connect' || error instanceof AggregateError ? { unsent: true as const } : {};
      finish({ kind: 'lost', reason: error.code ?? error.message, ...unsent });
    });
    outgoing.on('response', (response) => {
      if (fault?.kind === 'lost') {
        lose('the answer was not read');
        outgoing.destroy();
        return;
      }
      collect(response, continued).then((outcome) => {
        finish(outcome);
        // A body that was withheld and refused is never sent: the connection is of no more use.
        if (!outgoing.writableEnded) outgoing.destroy();
      });
    });
    const write = (): void => {
      if (fault?.kind === 'cut') {
        const handedOver = (all: boolean): void => {
          cutWhole = all;
        };
        cut(outgoing, request, fault, handedOver, () => lose(`cut after ${fault.after} bytes`));
        return;
      }
      if (hold) {
        // Without a byte of the body the head has to be sent on its own.
        if (hold.after > 0) outgoing.write(request.body.subarray(0, hold.after));
        else outgoing.flushHeaders();
        held = setTimeout(release, hold.ms);
        hold.signal?.addEventListener('abort', release, { once: true });
        return;
      }
      // Several pieces, so that chunked coding has several chunks and a reader sees more than one event.
      const middle = request.chunked ? Math.ceil(request.body.length / 2) : 0;
      if (middle > 0) outgoing.write(request.body.subarray(0, middle));
      outgoing.end(request.body.subarray(middle));
    };
    if (!request.expectContinue) {
      write();
      return;
    }
    // RFC 9110 10.1.1: a client does not wait for 100 for ever; a server may ignore the expectation.
    let written = false;
    const writeOnce = (): void => {
      if (!written) write();
      written = true;
    };
    const impatience = setTimeout(writeOnce, 1000);
    const stop = (): void => clearTimeout(impatience);
    outgoing.once('continue', () => {
      continued = true;
      stop();
      // The 100 may come after all, when the body is already under way.
      writeOnce();
    });
    outgoing.once('response', stop).once('error', stop).once('close', stop);
    outgoing.flushHeaders();
  });
}

/** Sends the first bytes of the body, waits until the network has them, and ends the connection. */
function cut(
  outgoing: http.ClientRequest,
  { body, chunked }: WireRequest,
  fault: Extract<Fault, { kind: 'cut' }>,
  handedOver: (whole: boolean) => void,
  done: () => void,
): void {
  const part = body.subarray(0, fault.after);
  const all = part.length === body.length && !chunked;
  const end = (socket: Socket): void => {
    // From here on the server may have it all, whatever becomes of the connection.
    handedOver(all);
    if (fault.how === 'rst') {
      socket.resetAndDestroy();
      done();
      return;
    }
    socket.end(() => {
      socket.destroy();
      done();
    });
  };
  const onceSent = (): void => {
    const { socket } = outgoing;
    if (socket) end(socket);
  };
  if (part.length > 0) outgoing.write(part, onceSent);
  else {
    outgoing.flushHeaders();
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => setImmediate(() => end(socket)));
      else setImmediate(() => end(socket));
    });
  }
}

async function collect(response: http.IncomingMessage, continued: boolean): Promise<Answer | Lost> {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      hash.update(piece);
      length += piece.length;
      if (length <= keepAtMost) pieces.push(piece);
    }
  } catch (error) {
    return { kind: 'lost', reason: `the answer broke off: ${(error as Error).message}` };
  }
  if (!response.complete) return { kind: 'lost', reason: 'the answer broke off' };
  const headers = fieldsOf(response.rawHeaders);
  const bytes = length <= keepAtMost ? new Uint8Array(Buffer.concat(pieces)) : undefined;
  const json = /^[^;]*[/+]json[ \t]*(;|$)/i.test(headers['content-type'] ?? '') ? parse(bytes) : undefined;
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    headers,
    ...(json === undefined ? {} : { json }),
    ...(bytes === undefined || json !== undefined ? {} : { bytes }),
    length,
    digest: hash.digest('base64'),
    continued,
  };
}

function fieldsOf(raw: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    const value = raw[i + 1] ?? '';
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value;
  }
  return { ...fields };
}

/** JSON as RFC 8259 has it: UTF-8, no byte order mark; undefined if it does not parse. */
function parse(bytes: Uint8Array | undefined): Json | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as Json;
  } catch {
    return undefined;
  }
}
