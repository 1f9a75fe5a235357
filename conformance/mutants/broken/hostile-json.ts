import { asking, isProblem, type Mutant, replies, requests, sessionOf } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import { honest } from '../seams.ts';
import type { Request } from '../state.ts';

const onInitiate = 'initiateUpload' as const;

const textOf = ({ body }: Request): string => body.bytes.toString('utf8');

/** A request with another text. */
const saying = (request: Request, bytes: Buffer): Request => ({
  ...request,
  body: { ...request.body, bytes, length: bytes.length },
});

/** Changes the file name that is asked for, unless nothing is left of it. */
const renaming = (change: (fileName: string) => string) =>
  requests(onInitiate, (request) =>
    asking(request, ({ fileName }) =>
      typeof fileName === 'string' && fileName.isWellFormed() ? { fileName: change(fileName) || fileName } : {},
    ),
  );

/** The most levels of brackets that are open at once, texts aside. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (const bracket of text.replace(/"(?:[^"\\]|\\.)*"/gs, '').replace(/[^[\]{}]/g, ''))
    most = Math.max(most, bracket === '[' || bracket === '{' ? ++depth : depth--);
  return most;
}

/** Servers that a hostile text, or a strange name, throws off. */
export const brokenByJson: readonly Mutant[] = [
  {
    id: 'deep-text-is-500',
    breaks: ['http.transient', 'initiate.created', 'initiate.invalid'],
    sentence: 'A text nested thousands of levels deep overflows the stack of its reader.',
    seams: replies(onInitiate, (reply, request) => (depthOf(textOf(request)) > 5000 ? blankProblem(500) : reply)),
  },
  {
    id: 'half-the-depth-refused',
    breaks: ['http.unknown-members'],
    sentence: 'A text of more than 32 levels is refused.',
    seams: replies(onInitiate, (reply, request) =>
      depthOf(textOf(request)) > 32
        ? problem('invalid-request', { errors: [{ pointer: '#', detail: 'deep' }] })
        : reply,
    ),
  },
  {
    id: 'repeated-members-crash',
    breaks: ['http.transient'],
    sentence: 'A member that stands twice ends the connection without an answer.',
    seams: () => ({
      around: (request, next) => {
        const names = [...textOf(request).matchAll(/"(\w+)":/g)].map(([, name]) => name);
        if (request.operation === onInitiate && new Set(names).size < names.length) throw new Error('a member twice');
        return next(request);
      },
    }),
  },
  {
    id: 'prototype-from-a-member',
    breaks: ['http.unknown-members'],
    sentence: 'The members of __proto__ count where the request has none of its own.',
    seams: requests(onInitiate, (request) =>
      asking(request, (json) => {
        const [, prototype] = Object.entries(json).find(([name]) => name === '__proto__') ?? [];
        return typeof prototype === 'object' ? { ...prototype, ...json } : {};
      }),
    ),
  },
  {
    id: 'member-names-in-any-case',
    breaks: ['http.unknown-members', 'initiate.echo', 'initiate.created', 'initiate.invalid'],
    sentence: 'Names of members are compared without regard to case, and the last one counts.',
    seams: requests(onInitiate, (request) =>
      asking(request, (json) => {
        const known = ['fileName', 'fileSize', 'contentType', 'preferredChunkSize', 'preferredTimeoutSeconds'];
        const entries = Object.entries(json).flatMap(([name, value]) => {
          const meant = known.find((one) => one.toLowerCase() === name.toLowerCase());
          return meant === undefined ? [] : [[meant, value] as const];
        });
        return Object.fromEntries(entries);
      }),
    ),
  },
  {
    id: 'bad-utf-8-replaced',
    breaks: ['initiate.invalid'],
    sentence: 'Bytes that are not UTF-8 become replacement characters.',
    seams: requests(onInitiate, (request) => saying(request, Buffer.from(textOf(request), 'utf8'))),
  },
  {
    id: 'text-ends-at-nul',
    breaks: ['initiate.invalid'],
    sentence: 'The reader of JSON stops at the first NUL.',
    seams: requests(onInitiate, (request) => saying(request, Buffer.from(textOf(request).split('\0')[0] ?? ''))),
  },
  {
    id: 'comments-accepted',
    breaks: ['initiate.invalid'],
    sentence: 'The reader of JSON is one of configuration files, with comments and commas at the end.',
    seams: requests(onInitiate, (request) =>
      saying(request, Buffer.from(textOf(request).replace(/^\/\*.*?\*\/|,(?=\s*})/gs, ''))),
    ),
  },
  {
    id: 'sizes-in-64-bits-wrap',
    breaks: ['initiate.invalid', 'initiate.too-large'],
    sentence: 'A file size past 64 bits begins again at 0.',
    seams: requests(onInitiate, (request) =>
      asking(request, ({ fileSize }) =>
        Number.isInteger(fileSize) && Number(fileSize) > 0
          ? { fileSize: Number(BigInt.asUintN(64, BigInt(Number(fileSize)))) }
          : {},
      ),
    ),
  },
  {
    id: 'fraction-of-zero-refused',
    breaks: ['initiate.created'],
    sentence: 'A number is whole only if it is written without a point or an exponent.',
    seams: replies(onInitiate, (reply, request) =>
      /"fileSize":\d+(\.0|e)/.test(textOf(request)) && reply.status === 201
        ? problem('invalid-request', { errors: [{ pointer: '#/fileSize', detail: 'must be an integer' }] })
        : reply,
    ),
  },
  {
    id: 'long-text-too-large',
    breaks: ['http.unknown-members'],
    sentence: 'A JSON body of over 32 KiB is too large.',
    seams: replies(onInitiate, (reply, { body }) => (body.length > 32 * 1024 ? problem('request-too-large') : reply)),
  },
  {
    id: 'completion-garbage-destroys',
    breaks: ['complete.digest'],
    sentence: 'A completion whose body is no JSON is refused, and the first chunk lost.',
    seams: replies('completeUpload', (reply, request, state) => {
      const session = sessionOf(state, request);
      if (session?.state === 'open' && isProblem(reply, 'invalid-request')) session.chunks.delete(0);
      return reply;
    }),
  },
  {
    id: 'completion-garbage-ignored',
    breaks: ['complete.digest'],
    sentence: 'A completion whose body is no JSON counts as one without a body.',
    seams: () => ({
      around: (request, next) => {
        const reply = next(request);
        const garbage = request.operation === 'completeUpload' && isProblem(reply, 'invalid-request');
        return garbage ? next(saying(request, Buffer.alloc(0))) : reply;
      },
    }),
  },
  {
    id: 'abort-content-read',
    breaks: ['abort.aborted', 'abort.repeat', 'http.schema'],
    sentence: 'A framework reads the content of an abort, and refuses it if it is no JSON.',
    seams: () => ({
      around: (request, next) => {
        if (request.operation !== 'abortUpload' || request.body.length === 0) return next(request);
        try {
          JSON.parse(textOf(request));
          return next(request);
        } catch {
          return problem('invalid-request', { errors: [{ pointer: '#', detail: 'must be JSON' }] });
        }
      },
    }),
  },
  {
    id: 'refusal-binds-key',
    breaks: ['idempotency.replay'],
    sentence: 'A request that was refused binds its key all the same.',
    seams: () => {
      const bound = new Set<string>();
      return {
        around: (request, next) => {
          const key = request.headers['idempotency-key'];
          if (request.operation !== onInitiate || key === undefined) return next(request);
          const reply = bound.has(key) ? problem('idempotency-key-reused') : next(request);
          if (reply.status === 400) bound.add(key);
          return reply;
        },
      };
    },
  },
  {
    id: 'refusal-replayed-for-key',
    breaks: ['idempotency.replay', 'initiate.created'],
    sentence: 'The first answer to a key is its answer for ever, a refusal too.',
    seams: () => {
      const refusals = new Map<string, ReturnType<typeof problem>>();
      return {
        around: (request, next) => {
          const key = request.headers['idempotency-key'];
          if (request.operation !== onInitiate || key === undefined) return next(request);
          const reply = refusals.get(key) ?? next(request);
          if (reply.status === 400) refusals.set(key, reply);
          return reply;
        },
      };
    },
  },
  {
    id: 'name-ends-at-nul',
    breaks: ['initiate.file-name'],
    faultClass: 'path traversal by id or name; CR LF into headers',
    sentence: 'A name with NUL in it is accepted, and ends there.',
    seams: renaming((fileName) => fileName.split('\0')[0] ?? ''),
  },
  {
    id: 'name-decoded',
    breaks: ['initiate.echo', 'initiate.file-name', 'initiate.created'],
    faultClass: 'path traversal by id or name; CR LF into headers',
    sentence: 'A name is percent-decoded before it is kept.',
    seams: renaming((fileName) => honest.decode(fileName)),
  },
  {
    id: 'name-without-format-characters',
    breaks: ['initiate.echo'],
    sentence: 'Characters that show nothing, such as joiners and those of bidi, are taken out of names.',
    seams: renaming((fileName) => fileName.replace(/\p{Cf}/gu, '')),
  },
  {
    id: 'name-in-the-basic-plane',
    breaks: ['initiate.echo'],
    sentence: 'A database of three bytes a character keeps ? for all others.',
    seams: renaming((fileName) => fileName.replace(/[\u{10000}-\u{10ffff}]/gu, '?')),
  },
  {
    id: 'name-of-a-device-refused',
    breaks: ['initiate.file-name', 'initiate.created'],
    sentence: 'Names that Windows keeps for devices are refused.',
    seams: () => ({
      nameIsAcceptable: (fileName) =>
        honest.nameIsAcceptable(fileName) && !/^(con|nul|aux|prn|com\d|lpt\d)(\.|$)/i.test(fileName),
    }),
  },
];
