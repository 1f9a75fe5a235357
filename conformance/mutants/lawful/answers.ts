import { createHash } from 'node:crypto';
import { digestsOf, digestText } from '../digests.ts';
import { asking, isProblem, replies, withField, withMembers } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import type { Seams } from '../seams.ts';
import type { JsonObject, Reply, Request, State } from '../state.ts';
import { between, supposing, type Variant } from './variant.ts';

/** Answers instead of some requests, as often as this: before they took effect, or after. */
const instead = (often: number, reply: () => Reply, when: 'before' | 'after' = 'before'): (() => Partial<Seams>) => {
  return () => ({
    around(request, next) {
      // The first question of all is whether the target can be reached.
      const hit = request.operation !== 'getCapabilities' && Math.random() < often;
      if (hit && when === 'before') return reply();
      const real = next(request);
      return hit ? reply() : real;
    },
  });
};

const busy = (name: 'too-many-requests' | 'unavailable', after: () => string) => (): Reply =>
  withField(problem(name), 'Retry-After', after());

const anyTime = '429, 500, 503 and 507 may come at any time; a single one is never a fault';
const later = 'A server MAY answer 202 with state `completing`, with a `Retry-After` if it likes';
const anyOrder = 'where several problems apply, any of them may be reported after the first two steps';

/** Completions that take so long, in ms. */
const completesAfter = (ms: Seams['completesAfter']): (() => Partial<Seams>) => {
  return () => ({ completesAfter: ms });
};

/** Whether an object of a JSON text has two members of one name. */
function hasDuplicates(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, name] of text.matchAll(/"((?:[^"\\]|\\.)*)"(?:\s*:)|"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined) {
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}

const withBody = (request: Request, text: string): Request => ({
  ...request,
  body: { ...request.body, bytes: Buffer.from(text), length: text.length },
});

/** The refusal of a key with another request, unless the key's session is over: then it is told that. */
function orElseOver(request: Request, reply: Reply, { keys }: State): Reply {
  if (!isProblem(reply, 'idempotency-key-reused')) return reply;
  const session = keys.get(`everybody\n${request.headers['idempotency-key']}`)?.session;
  return session?.state === 'aborted' ? problem('session-aborted') : reply;
}

/** Several ranges in one answer (RFC 9110 14.6), if each of them is satisfiable. */
function multipart(request: Request, next: (request: Request) => Reply): Reply {
  const ranges = /^bytes=(.*,.*)$/i.exec(request.headers['range'] ?? '')?.[1]?.split(',') ?? [];
  const parts = ranges.map((range) => next(withField(request, 'range', `bytes=${range.trim()}`)));
  const [first] = parts;
  if (first === undefined || parts.some(({ status }) => status !== 206)) return next(request);
  const boundary = 'x8aG3-between-parts';
  const pieces = parts.flatMap(({ headers, bytes }) => [
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Type: ${headers['Content-Type']}\r\nContent-Range: ${headers['Content-Range']}\r\n\r\n`,
    ),
    bytes ?? Buffer.alloc(0),
  ]);
  const bytes = Buffer.concat([...pieces, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const typed = withField(first, 'Content-Type', `multipart/byteranges; boundary=${boundary}`);
  return { ...withField(typed, 'Content-Range'), bytes };
}

/** Servers that say other things than the honest one: of what they may leave open, add, or put first. */
export const answers: readonly Variant[] = [
  {
    id: 'further-members',
    sentence: 'every document and every response has more in it than the contract knows',
    allowedBy: 'Responses may carry further members',
    seams: replies('everywhere', (reply) => {
      const more = { 'x-more': { deep: [null, 1.5, 'ä'] }, etag: 'W/"1"', _links: [] };
      const richer = withMembers(reply, (json) => ({ ...more, ...json, _embedded: {} }));
      return { ...richer, headers: { 'X-More': 'a=b;;"', Vary: '*', Server: 'many/1.0 (words)', ...richer.headers } };
    }),
  },
  {
    id: 'no-shoulds',
    sentence: 'nothing is kept that a server only should keep',
    allowedBy: 'The status SHOULD be 201 if the chunk was absent and 200 if it',
    warns: ['chunk.created', 'content.digest', 'http.method'],
    seams: replies('everywhere', (reply, { operation }) => {
      if (reply.status === 405) return blankProblem(404);
      return operation === 'uploadChunk' && reply.status === 201
        ? { ...reply, status: 200 }
        : withField(reply, 'Repr-Digest');
    }),
  },
  {
    id: 'busy',
    sentence: 'one request in ten is 429, and is to be made again at once',
    allowedBy: anyTime,
    seams: instead(
      0.1,
      busy('too-many-requests', () => '0'),
    ),
  },
  {
    id: 'overloaded',
    sentence: 'a few requests are 503, until a date',
    allowedBy: anyTime,
    seams: instead(
      0.005,
      busy('unavailable', () => new Date(Date.now() + 1000).toUTCString()),
    ),
  },
  {
    id: 'fails-before',
    sentence: 'one request in fifty is 500, and had no effect',
    allowedBy: anyTime,
    seams: instead(0.02, () => blankProblem(500, { 'Cache-Control': 'no-store' })),
  },
  {
    id: 'fails-after',
    sentence: 'one request in fifty is 500, and took effect',
    allowedBy: 'leaves open whether the request took effect: ask the session',
    seams: instead(0.02, () => blankProblem(500, { 'Cache-Control': 'no-store' }), 'after'),
  },
  {
    id: 'full-now-and-then',
    sentence: 'one upload in thirty finds no room',
    allowedBy: anyTime,
    seams: () => ({
      around: (request, next) =>
        request.operation === 'uploadChunk' && Math.random() < 0.03 ? problem('insufficient-storage') : next(request),
    }),
  },
  {
    id: 'completes-later',
    sentence: 'a completion is 202, and takes 30 ms',
    allowedBy: later,
    seams: completesAfter(() => 30),
  },
  {
    id: 'completes-now-or-later',
    sentence: 'some completions are done at once, and others take up to 150 ms',
    allowedBy: later,
    // One that has begun is not done a second time.
    seams: completesAfter(({ state }) => (state === 'open' && Math.random() < 0.5 ? undefined : between(0, 150))),
  },
  {
    id: 'completes-slowly',
    sentence: 'a completion takes more than a second',
    allowedBy: later,
    seams: completesAfter(() => 1200),
  },
  {
    id: 'own-scheme',
    sentence: 'credentials have a scheme and a field of their own, and the capabilities need them too',
    allowedBy: "The scheme is the server's choice.",
    options: { tokens: ['first', 'second'] },
    run: { headers: { 'X-Key': 'key first' }, secondHeaders: { 'X-Key': 'key second' } },
    seams: () => ({
      challenge: 'Key realm="x", charset="UTF-8", Negotiate',
      token: (headers) => /^key (\w+)$/.exec(headers['x-key'] ?? '')?.[1],
      around(request, next, state) {
        const known = state.tokens.includes(state.seams.token(request.headers) ?? '');
        return next(
          known || request.operation !== 'getCapabilities' ? request : { ...request, operation: 'getUploadSession' },
        );
      },
    }),
  },
  {
    id: 'any-problem-first',
    sentence:
      "of a session that is over or complete, what else is wrong with a request is told first, and of a key's last",
    allowedBy: anyOrder,
    seams: () => ({
      around(request, next, state) {
        if (request.operation === 'initiateUpload') return orElseOver(request, next(request), state);
        if (!state.sessions.has(request.sessionId)) return next(request);
        const otherwise = supposing(state, request, { open: true });
        return otherwise.status >= 400 ? otherwise : next(request);
      },
    }),
  },
  {
    id: 'digest-first',
    sentence: 'a chunk is judged by its digest before its length and range',
    allowedBy: anyOrder,
    seams: () => ({
      around(request, next, state) {
        if (request.operation !== 'uploadChunk' || request.headers['content-digest'] === undefined)
          return next(request);
        const plain = withField(request, 'content-range');
        const reply = supposing(state, plain, { seams: { accepts: () => true } });
        return reply.status >= 400 ? reply : next(request);
      },
    }),
  },
  {
    id: 'digest-if-asked',
    sentence: 'an attachment shows its digest only once a completion asked for it',
    allowedBy: '`digest` being there if it was asked for',
    seams: () => {
      const asked = new Set<unknown>();
      const shown = (json: JsonObject): JsonObject => {
        const { digest, ...others } = json;
        const nested = json['attachment'] as JsonObject | undefined;
        const more = nested ? { ...others, attachment: shown(nested) } : others;
        return digest !== undefined && (asked.has(json['attachmentId']) || !('attachmentId' in json))
          ? { ...more, digest }
          : more;
      };
      return {
        around(request, next) {
          const reply = next(request);
          if (reply.json === undefined) return reply;
          const wanted = request.operation === 'completeUpload' && request.body.bytes.includes('"digest"');
          if (wanted && reply.status < 300) asked.add(reply.json['attachmentId']);
          return { ...reply, json: shown(reply.json) };
        },
      };
    },
  },
  {
    id: 'more-algorithms',
    sentence: 'four algorithms are verified, some of which nobody should use',
    allowedBy: '`digestAlgorithms` are those of `Content-Digest` and `digest`, `sha-256` among them.',
    seams: () => ({
      digests: (bytes) => ({
        md5: createHash('md5').update(bytes).digest(),
        sha: createHash('sha1').update(bytes).digest(),
        ...digestsOf(bytes),
      }),
    }),
  },
  {
    id: 'one-algorithm',
    sentence: 'no algorithm but SHA-256 is known',
    allowedBy: '`digestAlgorithms` are those of `Content-Digest` and `digest`, `sha-256` among them.',
    seams: () => ({ digests: (bytes) => ({ 'sha-256': createHash('sha256').update(bytes).digest() }) }),
  },
  {
    id: 'several-digests',
    sentence: 'a receipt tells digests of other algorithms, too',
    allowedBy: 'whatever a server tells always has SHA-256 in it',
    seams: replies('uploadChunk', (reply, { body }) =>
      withMembers(reply, ({ digest }) => {
        if (digest === undefined) return {};
        const sha512 = createHash('sha512').update(body.bytes).digest('base64');
        return { digest: `sha-512=:${sha512}:, ${digestText(digestsOf(body.bytes))}` };
      }),
    ),
  },
  {
    id: 'no-duplicates',
    sentence: 'a body with two members of one name is no JSON',
    allowedBy: 'a member that stands twice in one object',
    seams: () => ({
      around(request, next) {
        const text = request.body.bytes.toString('utf8');
        const isJson = request.operation === 'initiateUpload' || request.operation === 'completeUpload';
        return next(isJson && hasDuplicates(text) ? withBody(request, '{') : request);
      },
    }),
  },
  {
    id: 'any-json-type',
    sentence: 'a type that ends in +json is JSON, and a completion has to name its type',
    allowedBy: 'a `+json` type may be',
    seams: () => ({
      around(request, next) {
        const type = request.headers['content-type'] ?? '';
        if (request.operation === 'initiateUpload' && /^[^;]+\+json[ \t]*(;|$)/i.test(type))
          return next(withField(request, 'content-type', 'application/json'));
        if (request.operation !== 'completeUpload' || request.body.length === 0) return next(request);
        if (/^application\/json[ \t]*(;|$)/i.test(type)) return next(request);
        const reply = next(asking(request, () => ({ digest: 0 })));
        return isProblem(reply, 'invalid-request') ? problem('unsupported-media-type') : reply;
      },
    }),
  },
  {
    id: 'several-ranges',
    sentence: 'several ranges are answered with as many parts',
    allowedBy: 'Several ranges may be answered with 200, with 206 as `multipart/byteranges`',
    seams: () => ({
      around: (request, next) =>
        request.operation === 'getAttachmentContent' ? multipart(request, next) : next(request),
    }),
  },
  {
    id: 'short-ranges',
    sentence: 'a range of more digits than any file needs is no range',
    allowedBy: 'may be taken as one that does not parse',
    seams: () => ({
      around: (request, next) =>
        next(/\d{17}/.test(request.headers['range'] ?? '') ? withField(request, 'range') : request),
    }),
  },
  {
    id: 'free-options',
    sentence: 'OPTIONS is answered everywhere, also where nothing is, and without credentials',
    allowedBy: 'OPTIONS is free',
    options: { tokens: ['first', 'second'] },
    seams: () => ({
      around: (request, next) =>
        request.method === 'OPTIONS'
          ? { status: 204, headers: { 'Access-Control-Allow-Origin': '*', Allow: 'GET, HEAD, POST, PUT' } }
          : next(request),
    }),
  },
  {
    id: 'query-is-another-path',
    sentence: 'a path with a query is nothing of the contract',
    allowedBy: 'one that comes may be ignored, or make it another',
    seams: () => ({ resource: (target) => target.replace(/\?.*/s, '/is-another-path') }),
  },
  {
    id: 'wordy-problems',
    sentence: 'problems have details, an instance and further members, and their media type is spelt otherwise',
    allowedBy: 'Responses may carry further members',
    seams: replies('everywhere', (reply, { operation }) =>
      reply.status < 400
        ? reply
        : withField(
            withMembers(reply, () => ({ detail: `Not so: ${operation}`, instance: '/problems/1', at: [1, 2] })),
            'Content-Type',
            'Application/Problem+JSON; charset="utf-8"',
          ),
    ),
  },
  {
    id: 'several-directives',
    sentence: 'no-store stands among other directives, in other letters',
    allowedBy: 'MUST have a `Cache-Control` field with the directive `no-store`',
    seams: replies('everywhere', (reply) =>
      reply.headers['Cache-Control'] === undefined
        ? reply
        : withField(reply, 'Cache-Control', 'private, No-Store ,max-age=0, ext="a, b"'),
    ),
  },
];
