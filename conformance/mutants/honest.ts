/**
 * A second implementation of the whole contract, deliberately simple: one process, bare node:http, everything in
 * memory, each request read whole before it is decided. It shares no line with the reference server or the model,
 * so it is what mutants are made of, and a second opinion on the contract.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { decide, maxJsonLength } from './operations.ts';
import { honest, type Seams } from './seams.ts';
import type { Body, Head, Limits, Operation, Profile, Reply, State } from './state.ts';

export interface HonestOptions {
  /** What differs from the contract. */
  readonly seams?: Partial<Seams>;
  /** Lowest timeout of a session, in seconds; default 1. */
  readonly minTimeoutSeconds?: number;
  /** One bearer token a principal; with none, profile `auth` is not claimed. */
  readonly tokens?: readonly string[];
  /** Path before `/attachment/…`, such as `/api/v3`; default none. */
  readonly prefix?: string;
  readonly limits?: Partial<Limits>;
  /** Whether its parser of HTTP takes much that is none. */
  readonly lenient?: boolean;
  /** Profiles that it does without. */
  readonly without?: readonly Profile[];
}

export interface Honest {
  /** The base URL, without a slash at its end. */
  readonly url: string;
  /** A kill and a new start, without a pause: connections end, and no request that is still being read has an effect. */
  restart(): Promise<void>;
  /** The bytes that its storage holds. */
  storage(): Promise<number>;
  close(): Promise<void>;
}

const defaultLimits: Limits = {
  maxFileSize: 8 * 2 ** 20 * 10_000,
  minChunkSize: 1,
  maxChunkSize: 8 * 2 ** 20,
  maxChunks: 10_000,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 86_400,
};

const profiles: readonly Profile[] = ['core', 'download', 'idempotency', 'auth'];

const resources: readonly { path: string; methods: Readonly<Record<string, Operation>> }[] = [
  { path: '/attachment/capabilities', methods: { GET: 'getCapabilities', HEAD: 'getCapabilities' } },
  { path: '/attachment/initiate', methods: { POST: 'initiateUpload' } },
  { path: '/attachment/session/:sessionId', methods: { GET: 'getUploadSession', HEAD: 'getUploadSession' } },
  { path: '/attachment/session/:sessionId/upload/:chunkId', methods: { PUT: 'uploadChunk' } },
  { path: '/attachment/session/:sessionId/complete', methods: { POST: 'completeUpload' } },
  { path: '/attachment/session/:sessionId/abort', methods: { POST: 'abortUpload' } },
  { path: '/attachments/:attachmentId', methods: { GET: 'getAttachment', HEAD: 'getAttachment' } },
  {
    path: '/attachments/:attachmentId/content',
    methods: { GET: 'getAttachmentContent', HEAD: 'getAttachmentContent' },
  },
];

/** Starts the honest server, or one that its seams make a liar, on a free port of the loopback. */
export async function startHonest(options: HonestOptions = {}): Promise<Honest> {
  const { minTimeoutSeconds = 1, tokens = [], prefix = '', without = [], lenient = false } = options;
  const state: State = {
    seams: { ...honest, ...options.seams },
    limits: { ...defaultLimits, minTimeoutSeconds, ...options.limits },
    profiles: profiles.filter((profile) => (profile !== 'auth' || tokens.length > 0) && !without.includes(profile)),
    tokens,
    prefix,
    sessions: new Map(),
    attachments: new Map(),
    keys: new Map(),
  };
  let lives = 1;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const life = lives;
    void answer(state, request, response, () => life === lives).catch(() => response.destroy());
  };
  const server = createServer({ keepAliveTimeout: 60_000, insecureHTTPParser: lenient }, serve);
  server.on('checkContinue', serve);
  server.on('clientError', (error, socket) => cutShort(state, error, socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { seams } = state;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    async restart() {
      lives++;
      server.closeAllConnections();
      seams.killed(state);
    },
    storage: async () => seams.held(state, seams.now()),
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function answer(
  state: State,
  incoming: IncomingMessage,
  response: ServerResponse,
  alive: () => boolean,
): Promise<void> {
  const { seams } = state;
  const route = routeOf(state, incoming);
  const early = seams.early(route, state);
  if (early) {
    if (early.close) closeGently(incoming, response);
    else incoming.resume();
    return write(state, response, early.reply);
  }
  if (/^100-continue$/i.test(incoming.headers.expect ?? '')) response.writeContinue();
  const session = route.operation === 'uploadChunk' ? state.sessions.get(route.sessionId) : undefined;
  const index = session && seams.chunkIndex(route.chunkId, session);
  let arrived: (() => Buffer) | undefined;
  const body = await readBody(incoming, response, session ? state.limits.maxChunkSize : maxJsonLength, (soFar) => {
    arrived = soFar;
    if (session && index !== undefined) seams.receiving(session, index, soFar);
  });
  if (!alive()) return;
  if (!body.whole && session && arrived) seams.cutOff(session, arrived);
  if (!body.whole && !seams.proceeds(route.operation)) return void response.destroy();

  const reply = await seams.around({ ...route, body }, (request) => decide(state, request), state);
  write(state, response, reply);
}

function write({ seams }: State, response: ServerResponse, reply: Reply): void {
  const content = reply.json ? Buffer.from(JSON.stringify(reply.json)) : (reply.bytes ?? Buffer.alloc(0));
  const bodiless = reply.status === 204 || reply.status === 304;
  response.sendDate = false;
  seams.write(
    response,
    reply.status,
    { ...seams.dated(seams.now()), ...reply.headers, ...(!bodiless && { 'Content-Length': String(content.length) }) },
    content,
  );
}

/**
 * Ends a connection after its answer although a body may still arrive: closed at once, the network would reset it, and
 * the client might never read the answer (RFC 9112 9.6).
 */
function closeGently(incoming: IncomingMessage, response: ServerResponse): void {
  const { socket } = incoming;
  response.shouldKeepAlive = false;
  incoming.resume();
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), 2000).unref();
  };
}

function routeOf(state: State, { method = '', url = '', headers }: IncomingMessage): Head {
  const target = state.seams
    .resource(url)
    .replace(/^https?:\/\/[^/]*/i, '')
    .replace(/\?.*/s, '');
  const segments = target.startsWith(`${state.prefix}/`) ? target.slice(state.prefix.length).split('/') : [];
  const decoded = segments.map((segment) => state.seams.decode(segment));
  const resource = resources.find(({ path }) => {
    const pattern = path.split('/');
    return pattern.length === decoded.length && pattern.every((part, i) => part.startsWith(':') || part === decoded[i]);
  });
  const parameter = (name: string) => decoded[resource?.path.split('/').indexOf(`:${name}`) ?? -1] ?? '';
  return {
    method,
    operation: resource?.methods[method],
    allow: resource && Object.keys(resource.methods),
    sessionId: parameter('sessionId'),
    chunkId: parameter('chunkId'),
    attachmentId: parameter('attachmentId'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  };
}

/** The exchange that a connection is in the middle of. */
const underway = new WeakMap<Duplex, { readonly response: ServerResponse; endBody(): void }>();

/**
 * Reads a body to its end, whatever its length, so that a client which still sends can read a refusal afterwards.
 * Of what exceeds `keep` bytes only the length is kept.
 */
function readBody(
  incoming: IncomingMessage,
  response: ServerResponse,
  keep: number,
  progress: (soFar: () => Buffer) => void,
): Promise<Body> {
  const parts: Buffer[] = [];
  let [kept, length] = [0, 0];
  const soFar = () => Buffer.concat(parts);
  progress(soFar);
  incoming.on('data', (part: Buffer) => {
    length += part.length;
    const fits = part.subarray(0, Math.max(0, keep - kept));
    if (fits.length === 0) return;
    parts.push(fits);
    kept += fits.length;
    progress(soFar);
  });
  return new Promise((resolve) => {
    const endBody = () => {
      const chunked = incoming.headers['content-length'] === undefined;
      resolve({ bytes: soFar(), length, whole: incoming.complete, chunked });
    };
    const exchange = { response, endBody };
    underway.set(incoming.socket, exchange);
    response.once('close', () => {
      if (underway.get(incoming.socket) === exchange) underway.delete(incoming.socket);
    });
    incoming.once('end', endBody);
    incoming.once('error', endBody);
    incoming.once('close', endBody);
  });
}

/**
 * A connection that broke the protocol, or sent its FIN too early: it serves no further request. One that was cut
 * in its body gets its answer as such; a good one before the breach keeps its own.
 */
function cutShort({ seams }: State, error: Error, socket: Duplex): void {
  const exchange = underway.get(socket);
  if (exchange && socket.writable) {
    exchange.response.shouldKeepAlive = false;
    if (!exchange.response.req.complete) exchange.endBody();
  } else if (socket.writable) {
    const date = new Date(seams.now()).toUTCString();
    socket.end(`HTTP/1.1 400 Bad Request\r\nDate: ${date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  } else socket.destroy(error);
}
