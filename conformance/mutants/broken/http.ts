import { type Mutant, replies, sessionOf, twoPrincipals, withField, withMembers } from '../mutant.ts';
import { problem } from '../replies.ts';
import { honest, type Seams } from '../seams.ts';
import type { Limits, Operation } from '../state.ts';

/** Lets everybody at one operation of everybody's sessions and attachments. */
const unowned =
  (operation: Operation): (() => Partial<Seams>) =>
  () => ({ owns: (owner, principal, asked) => owner === principal || asked === operation });

/** Servers whose answers are right but for what HTTP wants, or for whom they are given to. */
export const brokenHttp: readonly Mutant[] = [
  {
    id: 'problem-without-status',
    breaks: ['http.problem'],
    sentence: 'Problems do not repeat the status.',
    seams: replies('everywhere', (reply) => {
      const { status: _, ...json } = reply.json ?? {};
      return reply.json ? { ...reply, json } : reply;
    }),
  },
  {
    id: 'problem-status-of-its-own',
    breaks: ['http.problem'],
    sentence: 'The status in a problem is 400 whatever the response says.',
    seams: replies('everywhere', (reply) =>
      withMembers(reply, ({ type }) => (type === undefined ? {} : { status: 400 })),
    ),
  },
  {
    id: 'problem-as-json',
    breaks: ['http.problem'],
    sentence: 'Problems are sent as application/json.',
    seams: replies('everywhere', (reply) =>
      reply.status >= 400 ? withField(reply, 'Content-Type', 'application/json') : reply,
    ),
  },
  {
    id: 'not-found-type-blank',
    breaks: ['status.unknown', 'http.problem', 'http.schema', 'chunk.range'],
    sentence: 'Every 404 is of type about:blank.',
    seams: replies('everywhere', (reply) =>
      reply.status === 404 ? withMembers(reply, () => ({ type: 'about:blank' })) : reply,
    ),
  },
  {
    id: 'status-may-be-stored',
    breaks: ['http.no-store'],
    sentence: 'Caches may keep the representation of a session.',
    seams: replies('getUploadSession', (reply) => withField(reply, 'Cache-Control', 'max-age=60')),
  },
  {
    id: 'problems-may-be-stored',
    breaks: ['http.no-store'],
    sentence: 'Problems have no Cache-Control.',
    seams: replies('everywhere', (reply) => (reply.status >= 400 ? withField(reply, 'Cache-Control') : reply)),
  },
  {
    id: 'date-missing',
    breaks: ['http.date'],
    sentence: 'Responses have no Date.',
    seams: () => ({ dated: () => ({}) }),
  },
  {
    id: 'date-of-another-clock',
    breaks: ['http.date', 'initiate.timeout', 'expiry.not-early'],
    sentence: 'Date is an hour ahead of the clock that expiry goes by.',
    seams: () => ({ dated: (now) => honest.dated(now + 3_600_000) }),
  },
  {
    id: 'time-with-a-space',
    breaks: ['http.schema'],
    sentence: 'Times have a space between date and time.',
    seams: replies('everywhere', (reply) =>
      withMembers(reply, ({ expiresAt }) =>
        expiresAt === undefined ? {} : { expiresAt: String(expiresAt).replace('T', ' ') },
      ),
    ),
  },
  {
    id: 'completion-always-busy',
    breaks: ['http.transient', 'complete.created'],
    faultClass: 'different parts serialise; 503 under parallel load',
    sentence: 'Every completion of a file with chunks is put off with 503.',
    seams: () => ({
      around: (request, next, state) => {
        const busy = request.operation === 'completeUpload' && (sessionOf(state, request)?.fileSize ?? 0) > 0;
        return busy ? withField(problem('unavailable'), 'Retry-After', '0') : next(request);
      },
    }),
  },
  {
    id: 'deep-nesting-hangs-up',
    breaks: ['http.transient'],
    sentence: 'The reader of JSON calls itself for each level, and ends the connection where its stack ends.',
    seams: () => ({
      around: (request, next) => {
        if (request.body.bytes.toString('latin1').split(/[[{]/).length > 500) throw new RangeError('too deep');
        return next(request);
      },
    }),
  },
  {
    id: 'empty-file-hangs-up',
    breaks: ['http.transient', 'complete.empty-file'],
    faultClass: 'empty file fails at create, complete or read',
    sentence: 'The completion of an empty file ends the connection.',
    seams: () => ({
      around: (request, next, state) => {
        const empty = request.operation === 'completeUpload' && sessionOf(state, request)?.fileSize === 0;
        if (empty) throw new Error('nothing to assemble');
        return next(request);
      },
    }),
  },
  {
    id: 'sha-256-not-claimed',
    breaks: ['capabilities.document', 'http.schema'],
    sentence: 'The capabilities name no algorithm that must be there.',
    seams: replies('getCapabilities', (reply) => withMembers(reply, () => ({ digestAlgorithms: ['sha-512'] }))),
  },
  {
    id: 'limits-inconsistent',
    breaks: ['capabilities.document'],
    sentence: 'The greatest file size takes more chunks than there may be.',
    seams: replies('getCapabilities', (reply) =>
      withMembers(reply, ({ limits }) => ({ limits: { ...(limits as object), maxChunks: 1 } })),
    ),
  },
  {
    id: 'limits-follow-what-is-held',
    breaks: ['capabilities.truth'],
    sentence: 'The greatest file size shrinks by what sessions have declared.',
    seams: () => ({
      around: async (request, next, { sessions }) => {
        const reply = await next(request);
        const declared = [...sessions.values()].reduce((sum, { fileSize }) => sum + fileSize, 0);
        const shrunk = (limits: Limits): Limits => ({
          ...limits,
          maxFileSize: Math.max(0, limits.maxFileSize - declared),
        });
        return request.operation === 'getCapabilities'
          ? withMembers(reply, ({ limits }) => (limits ? { limits: shrunk(limits as unknown as Limits) } : {}))
          : reply;
      },
    }),
  },
  {
    id: 'download-only-claimed',
    breaks: ['content.exact', 'capabilities.truth', 'complete.created'],
    sentence: 'Profile download is claimed, but an attachment has no contentUrl.',
    seams: replies('everywhere', (reply) => {
      const { contentUrl: _, ...json } = reply.json ?? {};
      return reply.json ? { ...reply, json } : reply;
    }),
  },
  {
    id: 'method-not-found',
    breaks: ['http.method'],
    sentence: 'A method that a resource lacks is a 404.',
    seams: replies('everywhere', (reply) => (reply.status === 405 ? problem('session-not-found') : reply)),
  },
  {
    id: 'allow-missing',
    breaks: ['http.method', 'http.schema'],
    sentence: 'A 405 does not say which methods there are.',
    seams: replies('everywhere', (reply) => withField(reply, 'Allow')),
  },
  {
    id: 'challenge-missing',
    breaks: ['auth.required', 'http.schema'],
    sentence: 'A 401 has no WWW-Authenticate.',
    seams: replies('everywhere', (reply) => withField(reply, 'WWW-Authenticate')),
    options: twoPrincipals,
  },
  {
    id: 'nobody-is-the-first-principal',
    breaks: ['auth.required'],
    sentence: 'A request without credentials counts as one of the first principal.',
    seams: () => ({ token: (headers) => honest.token(headers) ?? twoPrincipals.tokens[0] }),
    options: twoPrincipals,
  },
  {
    id: 'session-answers-forbidden',
    breaks: ['auth.isolated'],
    sentence: "Another principal's session is told apart from an unknown one by its answer's title.",
    seams: replies('everywhere', (reply, { sessionId }, { sessions }) =>
      reply.status === 404 && sessions.has(sessionId) ? withMembers(reply, () => ({ title: 'Not yours' })) : reply,
    ),
    options: twoPrincipals,
  },
  ...(
    [
      ['status', 'getUploadSession'],
      ['chunk', 'uploadChunk'],
      ['completion', 'completeUpload'],
      ['abort', 'abortUpload'],
      ['attachment', 'getAttachment'],
      ['content', 'getAttachmentContent'],
    ] as const
  ).map(
    ([word, operation]): Mutant => ({
      id: `${word}-without-owner`,
      breaks: ['auth.isolated'],
      faultClass: 'another tenant can write to a known session id; one verb skips auth',
      sentence: `One operation does not ask for the owner: ${word}.`,
      seams: unowned(operation),
      options: twoPrincipals,
    }),
  ),
];
