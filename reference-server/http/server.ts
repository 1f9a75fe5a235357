/**
 * The HTTP side, put together: Fastify carries connections, logging and shutdown; what is asked is decided by
 * the contract's own router, and every refusal, Fastify's and Node's included, leaves as a problem.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Limits } from '../domain/plan.ts';
import type { Uploads } from '../domain/uploads.ts';
import { storageFault } from '../storage/ports.ts';
import { adminAnswer, type Operator } from './admin.ts';
import { type Answer, refusal, unnamedProblem } from './answer.ts';
import { authenticator, type Principal } from './auth.ts';
import { expectInvitation, isLate, leaveBody } from './body.ts';
import { answersOn, clientError, headTimeouts, watchConnections } from './connections.ts';
import { corsFor } from './cors.ts';
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
  /** Origins whose pages may call, `*` for all. */
  cors: readonly string[];
  /** Where the log goes, as JSON lines, and from which level on; without it nothing is logged. */
  log?: Readonly<{ level: string; stream: Writable }> | undefined;
  /** Requests of clients are refused unless it is `serving`. */
  phase: () => Phase;
  /** Whose pages stand beside the contract's paths; null if they stand elsewhere. */
  operator: Operator | null;
  observer: Observer;
  /** Gets the server's request listener, and gives the one that takes its place. */
  inFront?: (listener: RequestListener) => RequestListener;
}>;

/** What the server is doing: settling what a crash left, serving, or going down. */
export type Phase = 'recovering' | 'serving' | 'stopping';

/** A request, as it is told to the operator: which operation (or why it is none), its status, seconds to the answer. */
export type Answered = Readonly<{ operation: string; status: number; seconds: number }>;

/** Who is told what happens. */
export type Observer = Readonly<{
  answered(request: Answered): void;
  /** Bytes that have come and gone on the wire. */
  carried(received: number, sent: number): void;
}>;

/** The server, not yet listening. */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const { uploads, limits, prefix, principals, maxConnections, minRate, log, phase, operator, observer } = options;
  const cors = corsFor(options.cors);
  const route = router(prefix);
  const authenticate = authenticator(principals);
  const context: Context = { uploads, limits, prefix, minRate, auth: principals.length > 0 };

  async function answerTo(request: FastifyRequest, response: ServerResponse, route: Route): Promise<Answer> {
    if (phase() !== 'serving') return refusal({ refused: 'unavailable' });
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
    const { method } = request;
    const target = request.raw.url ?? '';
    const page = operator && (await adminAnswer(operator, method, target));
    if (page !== null) return deliver(request, reply, page);
    const routed = route(method, target);
    const answer = await answerTo(request, reply.raw, routed);
    // The operation and not the URL: a session's id is a credential of its own where nobody logs in.
    const operation = method === 'OPTIONS' ? 'options' : routed.is === 'operation' ? routed.operation : routed.is;
    const seconds = (performance.now() - started) / 1000;
    observer.answered({ operation, status: answer.status, seconds });
    request.log.info({ operation, status: answer.status, ms: Math.round(seconds * 10_000) / 10 }, 'answered');
    return send(request, reply, answer);
  }

  /** Answers what did not become a request of a route. */
  function refuse(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
    observer.answered({ operation: 'malformed', status, seconds: 0 });
    return send(request, reply, unnamedProblem(status));
  }

  /** Sends an answer of the contract, which pages of other origins may read. */
  function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
    return deliver(request, reply.headers(cors(request.method, request.headers)), answer);
  }

  function deliver(request: FastifyRequest, reply: FastifyReply, { status, fields, body }: Answer): FastifyReply {
    leaveBody(request.raw, reply.raw);
    if (phase() === 'stopping') reply.header('connection', 'close');
    // Bytes, since Fastify would add a charset to the media type of text, and JSON has none (RFC 8259, section 11).
    const payload = typeof body === 'string' ? Buffer.from(body) : body;
    if (Buffer.isBuffer(payload)) reply.header('content-length', payload.length);
    reply.code(status).headers(fields);
    return request.method === 'HEAD' || payload === null ? reply.send() : reply.send(payload);
  }

  const app = fastify({
    logger: log === undefined ? false : { level: log.level, stream: log.stream },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }), // it would log URLs; `handle` logs operations
    return503OnClosing: false, // its 503 is no problem document; ours is
    genReqId: () => randomUUID(), // so that the logs of many processes can be joined
    exposeHeadRoutes: false,
    requestTimeout: 0, // a large chunk on a slow line is an honest request; `piecesOf` ends one that is too slow
    http: headTimeouts,
    clientErrorHandler: (error, socket) => {
      const status = clientError(error, socket);
      if (status !== null) observer.answered({ operation: 'malformed', status, seconds: 0 });
    },
    frameworkErrors: (error, request, reply) => void refuse(request, reply, error.statusCode ?? 400),
  });
  // Bodies are read where they are wanted, and media types judged where the contract judges them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const mediaTypes = new WeakMap<IncomingMessage, string>();
  app.addHook('onRequest', async ({ raw }, reply) => {
    answersOn(raw.socket, reply.raw);
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
    return refuse(request, reply, status);
  });
  app.setNotFoundHandler(handle);
  app.route({ method: app.supportedMethods, url: '*', handler: handle });

  const { inFront = (listener) => listener } = options;
  const listeners = app.server.listeners('request') as RequestListener[];
  app.server.removeAllListeners('request');
  for (const listener of listeners) app.server.on('request', inFront(listener));
  watchConnections(app.server, maxConnections, observer.carried);
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    expectInvitation(request);
    app.server.emit('request', request, response);
  });
  // Node would answer 417 without a body; what else a client may expect changes nothing here.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  return app;
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
