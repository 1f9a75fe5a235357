/**
 * The HTTP side, put together: Fastify carries connections, logging and shutdown; what is asked is decided by
 * the contract's own router, and every refusal, Fastify's and Node's included, leaves as a problem.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Limits } from '../domain/plan.ts';
import type { Uploads } from '../domain/uploads.ts';
import { storageFault } from '../storage/ports.ts';
import { type Answer, refusal, unnamedProblem } from './answer.ts';
import { authenticator, type Principal } from './auth.ts';
import { cutBody, expectInvitation, isLate, leaveBody } from './body.ts';
import { type Context, handlers } from './operations.ts';
import { type Route, router } from './route.ts';

export type HttpOptions = Readonly<{
  uploads: Uploads;
  limits: Limits;
  prefix: string;
  principals: readonly Principal[];
  /** Connections past this number are closed as they come. */
  maxConnections: number;
  /** Bytes a second that a body has to come with on average, see {@link piecesOf}. */
  minRate: number;
  /** Where the log goes, as JSON lines, and from which level on; without it nothing is logged. */
  log?: Readonly<{ level: string; stream: Writable }> | undefined;
  /** True once the server is going down: requests that arrive from then on are refused. */
  closing: () => boolean;
}>;

/** The server, not yet listening. */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const { uploads, limits, prefix, principals, maxConnections, minRate, log, closing } = options;
  const route = router(prefix);
  const authenticate = authenticator(principals);
  const context: Context = { uploads, limits, prefix, minRate, auth: principals.length > 0 };

  async function answerTo(request: FastifyRequest, response: ServerResponse, route: Route): Promise<Answer> {
    if (closing()) return refusal({ refused: 'unavailable' });
    if (request.method === 'OPTIONS') return { status: 204, fields: {}, body: null };
    if (route.is === 'malformed') return unnamedProblem(400);
    if (route.is === 'unknown') return unnamedProblem(404);
    const principal = authenticate(request.headers.authorization);
    const open = route.is === 'operation' && /^(get|head)Capabilities$/.test(route.operation);
    if (principal === null && !open) return refusal({ refused: 'unauthorized' });
    if (route.is === 'other-method') return unnamedProblem(405, { allow: route.allow });
    const { operation, variables } = route;
    const call = { principal: principal ?? '', variables, request: request.raw, response };
    const answer = handlers[operation](context, call).catch((error: unknown) => {
      request.log.error({ error: faultOf(error), operation }, 'a request failed');
      const fault = storageFault(error);
      if (fault === null) return unnamedProblem(500);
      return refusal({ refused: fault === 'full' ? 'insufficient-storage' : 'unavailable' });
    });
    // What was refused because its end is missing: here it is known why.
    return (await answer).status === 400 && isLate(request.raw) ? unnamedProblem(408) : answer;
  }

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const started = performance.now();
    const routed = route(request.method, request.raw.url ?? '');
    const answer = await answerTo(request, reply.raw, routed);
    const ms = Math.round((performance.now() - started) * 10) / 10;
    // The operation and not the URL: a session's id is a credential of its own where nobody logs in.
    const operation = routed.is === 'operation' ? routed.operation : routed.is;
    request.log.info({ operation, status: answer.status, ms }, 'answered');
    return send(request, reply, answer);
  }

  function send(request: FastifyRequest, reply: FastifyReply, { status, fields, body }: Answer): FastifyReply {
    leaveBody(request.raw, reply.raw);
    if (closing()) reply.header('connection', 'close');
    // Bytes, since Fastify would add a charset to the media type of text, and JSON has none (RFC 8259, section 11).
    const payload = typeof body === 'string' ? Buffer.from(body) : body;
    if (Buffer.isBuffer(payload)) reply.header('content-length', payload.length);
    reply.code(status).headers(fields);
    return request.method === 'HEAD' || payload === null ? reply.send() : reply.send(payload);
  }

  const app = fastify({
    logger: log === undefined ? false : { level: log.level, stream: log.stream },
    logController: new LogController({ disableRequestLogging: true }), // it would log URLs; `handle` logs operations
    return503OnClosing: false, // its 503 is no problem document; `closing` has one
    exposeHeadRoutes: false,
    requestTimeout: 0, // a large chunk on a slow line is an honest request; `piecesOf` ends one that is too slow
    http: { headersTimeout: headLimit, connectionsCheckingInterval: headLimit / 4 },
    clientErrorHandler: (error, socket) => clientError(error, socket),
    frameworkErrors: (error, request, reply) => void send(request, reply, unnamedProblem(error.statusCode ?? 400)),
  });
  // Bodies are read where they are wanted, and media types judged where the contract judges them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const mediaTypes = new WeakMap<IncomingMessage, string>();
  app.addHook('onRequest', async ({ raw }, reply) => {
    answering.set(raw.socket, reply.raw);
    // Fastify would answer 415 to one that is malformed, also of a chunk, whose media type is nobody's business.
    if (raw.headers['content-type'] !== undefined) mediaTypes.set(raw, raw.headers['content-type']);
    delete raw.headers['content-type'];
  });
  app.addHook('preHandler', async ({ raw }) => {
    const mediaType = mediaTypes.get(raw);
    if (mediaType !== undefined) raw.headers['content-type'] = mediaType;
  });
  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 500) request.log.error({ error: faultOf(error) }, 'a request failed');
    return send(request, reply, unnamedProblem(status));
  });
  app.setNotFoundHandler(handle);
  app.route({ method: app.supportedMethods, url: '*', handler: handle });

  app.server.maxConnections = maxConnections;
  // Node would end every silent connection; one that waits for a long completion is silent, too.
  app.server.setTimeout(unreadLimit, (socket: Socket) => {
    if (answering.get(socket)?.headersSent) socket.destroy();
  });
  // A client that has ended its own direction of the connection may still read: Node would hang up without an answer.
  Object.assign(app.server, { httpAllowHalfOpen: true });
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    expectInvitation(request);
    app.server.emit('request', request, response);
  });
  // Node would answer 417 without a body; what else a client may expect changes nothing here.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  return app;
}

/**
 * Milliseconds for a request's head, from the connection on if it is the first. A client that trickles its head, or
 * sends none, is gone after at most a quarter more.
 */
const headLimit = 20_000;
/** Milliseconds after which an answer that nobody reads is given up. */
const unreadLimit = 120_000;

/** The answer that is under way on a connection, or was the last. */
const answering = new WeakMap<Socket, ServerResponse>();

/**
 * What Node's parser could not make sense of. If it is the body that someone reads, the reader is told. If an
 * answer is under way, it is let through: a bad byte behind a good request does not make the request undone.
 */
function clientError(error: Error & { code?: string }, socket: Socket): void {
  const response = answering.get(socket);
  if (response !== undefined && !response.writableEnded && !response.destroyed) {
    if (!response.headersSent) response.setHeader('connection', 'close');
    cutBody(socket);
    return;
  }
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const { fields, body } = unnamedProblem(status);
  const lines = Object.entries({ ...fields, date: new Date().toUTCString(), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = `content-length: ${Buffer.byteLength(String(body))}\r\n`;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}${length}\r\n${String(body)}`);
  setTimeout(() => socket.destroy(), 1000).unref();
}

/** What the log may say of an error: not its message, which may carry a path or a name. */
function faultOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: typeof error };
  return { name: error.name, code: 'code' in error ? error.code : undefined, stack: stackOf(error) };
}

/** The places of the stack trace, without the message above them. */
function stackOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .map((line) => line.trim());
}
