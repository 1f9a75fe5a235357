import { parseDigests } from '../digests.ts';
import { isProblem, type Mutant, replies, requests, sessionOf, withField } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import { honest } from '../seams.ts';

const onChunk = 'uploadChunk' as const;
const onContent = 'getAttachmentContent' as const;

/** A digest field as a regular expression finds it, wherever it stands. */
const found = (field: string): string => /sha-256=:[^:]*:/i.exec(field)?.[0].replace(/^sha/i, 'sha') ?? field;

/** Takes a `Content-Range` by what `read` makes of its three numbers, which are compared with those of the chunk. */
const rangesReadBy = (pattern: RegExp, read: (digits: string) => bigint) =>
  requests(onChunk, (request, state) => {
    const numbers = pattern.exec(request.headers['content-range'] ?? '')?.slice(1);
    return numbers ? withField(request, 'content-range', rangeOf(numbers.map((one) => read(one)))) : request;

    function rangeOf([first, last, size]: readonly bigint[]): string {
      const session = sessionOf(state, request);
      return `bytes ${first}-${last}/${size === 0n ? session?.fileSize : size}`;
    }
  });

const wellKnownRange = /^bytes +(\d+)-(\d+)\/(\d+)$/i;

/** Servers that are careless with what a client may put into a field. */
const brokenFields: readonly Mutant[] = [
  {
    id: 'digest-garbage-is-500',
    breaks: ['chunk.digest-invalid', 'http.schema', 'http.transient'],
    faultClass: 'wrong digest → 500',
    sentence: 'A Content-Digest that does not parse ends in a 500.',
    seams: replies(onChunk, (reply) => (isProblem(reply, 'digest-invalid-values') ? blankProblem(500) : reply)),
  },
  {
    id: 'digest-found-by-pattern',
    breaks: ['chunk.digest-invalid'],
    sentence: 'A digest is found in its field by a regular expression, and the rest not read.',
    seams: () => ({
      digestFault: (field, actual, of) => honest.digestFault(of === 'chunk' ? found(field) : field, actual, of),
    }),
  },
  {
    id: 'expected-digest-found-by-pattern',
    breaks: ['complete.digest'],
    sentence: 'A digest that a completion expects is found by a regular expression, and the rest not read.',
    seams: () => ({
      digestFault: (field, actual, of) => honest.digestFault(of === 'chunk' ? field : found(field), actual, of),
    }),
  },
  {
    id: 'digest-first-of-equal-keys',
    breaks: ['chunk.digest'],
    sentence: 'Of two values of one algorithm the first one counts.',
    seams: () => ({
      digestFault: (field, actual, of) =>
        honest.digestFault(
          parseDigests(field) && field.split('sha-256=').length > 2 ? found(field) : field,
          actual,
          of,
        ),
    }),
  },
  {
    id: 'digest-no-bytes-is-none',
    breaks: ['chunk.digest-invalid'],
    sentence: 'A value of sha-256 that is no byte sequence counts as no value.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const named = parseDigests(field);
        const noBytes = named?.has('sha-256') && named.get('sha-256') === undefined;
        return of === 'chunk' && noBytes ? undefined : honest.digestFault(field, actual, of);
      },
    }),
  },
  {
    id: 'unknown-digest-inspected',
    breaks: ['chunk.digest-unsupported', 'chunk.digest-invalid'],
    sentence: 'The value of an unknown algorithm has to be a byte sequence, too.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const named = parseDigests(field);
        const strange = named && [...named.values()].includes(undefined);
        return of === 'chunk' && strange ? 'digest-invalid-values' : honest.digestFault(field, actual, of);
      },
    }),
  },
  {
    id: 'content-range-compared-as-text',
    breaks: ['chunk.content-range'],
    sentence: 'Content-Range is compared letter by letter, so 04 is not 4.',
    seams: () => ({
      around: (request, next) => {
        const numbers = /\d.*/.exec(request.headers['content-range'] ?? '')?.[0] ?? '';
        const padded = request.operation === onChunk && /(^|\D)0\d/.test(numbers);
        return next(padded ? withField(request, 'content-range', 'bytes */*') : request);
      },
    }),
  },
  {
    id: 'content-range-unit-unchecked',
    breaks: ['chunk.content-range'],
    sentence: 'The unit of Content-Range may be anything.',
    seams: requests(onChunk, (request) => {
      const range = request.headers['content-range'];
      return range ? withField(request, 'content-range', range.replace(/^\w+ /, 'bytes ')) : request;
    }),
  },
  {
    id: 'content-range-in-32-bits',
    breaks: ['chunk.content-range'],
    sentence: 'The numbers of Content-Range are kept in 32 bits.',
    seams: rangesReadBy(wellKnownRange, (digits) => BigInt.asUintN(32, BigInt(digits))),
  },
  {
    id: 'content-range-in-64-bits',
    breaks: ['chunk.content-range'],
    sentence: 'The numbers of Content-Range wrap at 2^64.',
    seams: rangesReadBy(wellKnownRange, (digits) => BigInt.asUintN(64, BigInt(digits))),
  },
  {
    id: 'content-range-end-unread',
    breaks: ['chunk.content-range'],
    sentence: 'Whatever stands behind a right Content-Range is not read.',
    seams: rangesReadBy(/^bytes +(\d+)-(\d+)\/(\d+)/i, BigInt),
  },
  {
    id: 'content-range-garbage-ignored',
    breaks: ['chunk.content-range'],
    sentence: 'A Content-Range that does not parse is ignored.',
    seams: requests(onChunk, (request) =>
      wellKnownRange.test(request.headers['content-range'] ?? '') ? request : withField(request, 'content-range'),
    ),
  },
  {
    id: 'chunk-media-type-checked',
    breaks: ['chunk.stored'],
    sentence: 'A chunk that is not called application/octet-stream is refused.',
    seams: () => ({
      around: (request, next) =>
        request.operation === onChunk && request.headers['content-type'] !== 'application/octet-stream'
          ? problem('unsupported-media-type')
          : next(request),
    }),
  },
  {
    id: 'long-field-is-500',
    breaks: ['http.transient', 'http.schema', 'status.received', 'chunk.created', 'chunk.any-order'],
    sentence: 'A field of more than 8,000 characters ends in a 500.',
    seams: () => ({
      around: (request, next) =>
        Object.values(request.headers).some((value) => value.length > 8000) ? blankProblem(500) : next(request),
    }),
  },
  {
    id: 'if-none-match-garbage-is-500',
    breaks: ['content.exact', 'content.validators', 'http.schema', 'http.transient'],
    sentence: 'An If-None-Match that is no list of tags ends in a 500.',
    seams: () => ({
      around: (request, next) =>
        request.operation === onContent && !/^(\*|(W\/)?"[^"]*".*)?$/.test(request.headers['if-none-match'] ?? '')
          ? blankProblem(500)
          : next(request),
    }),
  },
  {
    id: 'if-none-match-of-one-tag',
    breaks: ['content.validators', 'content.exact'],
    sentence: 'If-None-Match is compared as a whole: a list of tags never matches.',
    seams: requests(onContent, (request) =>
      request.headers['if-none-match']?.includes(',') ? withField(request, 'if-none-match') : request,
    ),
  },
  {
    id: 'if-none-match-finds-anything',
    breaks: ['content.exact', 'content.validators'],
    sentence: 'Any If-None-Match that has quotes in it matches.',
    seams: requests(onContent, (request) =>
      request.headers['if-none-match']?.includes('"') ? withField(request, 'if-none-match', '*') : request,
    ),
  },
  {
    id: 'range-past-2-53-is-500',
    breaks: ['content.range', 'http.schema', 'http.transient'],
    sentence: 'A range whose numbers are past 2^53 ends in a 500.',
    seams: () => ({
      around: (request, next) =>
        request.operation === onContent && /\d{17}/.test(request.headers['range'] ?? '')
          ? blankProblem(500)
          : next(request),
    }),
  },
  {
    id: 'range-turned-round',
    breaks: ['content.range', 'content.exact'],
    sentence: 'A range that ends before it begins is turned round.',
    seams: requests(onContent, (request) => {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers['range'] ?? '') ?? [];
      return Number(first) > Number(last) ? withField(request, 'range', `bytes=${last}-${first}`) : request;
    }),
  },
];

/** Reads session ids by `read` before they are looked up. */
const idsReadBy = (read: (text: string, ids: readonly string[]) => string) =>
  requests('everywhere', (request, state) => ({
    ...request,
    sessionId: read(request.sessionId, [...state.sessions.keys()]),
  }));

const chunksReadBy = (read: (text: string) => string): Mutant['seams'] => {
  return () => ({ chunkIndex: (text, session) => honest.chunkIndex(read(text), session) });
};

/** Servers that know a session or a chunk under other names, too, or fall over a name. */
const brokenPaths: readonly Mutant[] = [
  {
    id: 'chunk-id-trimmed',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'White space around a chunk id is taken off.',
    seams: chunksReadBy((text) => text.trim()),
  },
  {
    id: 'chunk-id-in-any-digits',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'Full-width digits are digits of a chunk id, too.',
    seams: chunksReadBy((text) => text.normalize('NFKC')),
  },
  {
    id: 'chunk-id-in-32-bits',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'Chunk ids wrap at 2^32.',
    seams: chunksReadBy((text) => (/^\d+$/.test(text) ? String(BigInt.asUintN(32, BigInt(text))) : text)),
  },
  {
    id: 'chunk-id-as-javascript',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'Chunk ids are read as JavaScript reads numbers: 1e0 is 1.',
    seams: chunksReadBy((text) => (text === '' ? text : String(Number(text)))),
  },
  {
    id: 'chunk-id-with-parameters',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'Whatever stands behind a semicolon in a chunk id is taken off.',
    seams: chunksReadBy((text) => text.replace(/;.*/s, '')),
  },
  {
    id: 'long-id-is-500',
    breaks: ['status.unknown', 'initiate.unguessable', 'http.schema', 'http.transient'],
    sentence: 'A session id of more than 255 characters ends in a 500.',
    seams: () => ({ around: (request, next) => (request.sessionId.length > 255 ? blankProblem(500) : next(request)) }),
  },
  {
    id: 'session-id-trimmed',
    breaks: ['initiate.unguessable', 'status.unknown'],
    sentence: 'White space around a session id is taken off.',
    seams: idsReadBy((text) => text.trim()),
  },
  {
    id: 'session-id-ends-at-nul',
    breaks: ['initiate.unguessable', 'status.unknown'],
    sentence: 'A session id ends at the first NUL.',
    seams: idsReadBy((text) => text.replace(/\0.*/s, '')),
  },
  {
    id: 'session-id-with-extension',
    breaks: ['initiate.unguessable', 'status.unknown'],
    sentence: 'A session id may have .json behind it.',
    seams: idsReadBy((text) => text.replace(/\.json$/, '')),
  },
  {
    id: 'session-id-by-its-beginning',
    breaks: ['initiate.unguessable', 'status.unknown'],
    sentence: 'The beginning of a session id is enough.',
    seams: idsReadBy((text, ids) => (text.length >= 8 && ids.find((id) => id.startsWith(text))) || text),
  },
  {
    id: 'session-id-as-a-pattern',
    breaks: ['initiate.unguessable', 'status.unknown'],
    faultClass: 'path traversal by id or name; CR LF into headers',
    sentence: 'An asterisk in a session id stands for anything.',
    seams: idsReadBy(
      (text, ids) => (/^[\w-]{8,}\*$/.test(text) && ids.find((id) => id.startsWith(text.slice(0, -1)))) || text,
    ),
  },
  {
    id: 'session-id-normalised',
    breaks: ['initiate.unguessable', 'status.unknown'],
    sentence: 'Characters that cannot be seen are taken out of a session id.',
    seams: idsReadBy((text) => text.replace(/\p{Cf}/gu, '')),
  },
];

/** Reads idempotency keys by `read`. */
const keysReadBy = (read: (key: string) => string) =>
  requests('initiateUpload', (request) => {
    const key = request.headers['idempotency-key'];
    return key === undefined ? request : withField(request, 'idempotency-key', read(key));
  });

/** Servers that take one key for another. */
const brokenKeys: readonly Mutant[] = [
  {
    id: 'key-truncated',
    breaks: ['initiate.created', 'idempotency.reused', 'idempotency.replay'],
    sentence: 'Only the first 64 characters of a key count.',
    seams: keysReadBy((key) => (key.length > 255 ? key : key.slice(0, 64))),
  },
  {
    id: 'key-in-any-case',
    breaks: ['initiate.created', 'idempotency.reused', 'idempotency.replay'],
    sentence: 'Keys are compared without regard to case.',
    seams: keysReadBy((key) => key.toLowerCase()),
  },
  {
    id: 'key-decoded',
    breaks: ['initiate.created', 'idempotency.reused', 'idempotency.replay'],
    sentence: 'Keys are percent-decoded.',
    seams: keysReadBy((key) => honest.decode(key)),
  },
  {
    id: 'key-length-unchecked',
    breaks: ['initiate.invalid', 'idempotency.replay'],
    sentence: 'A key may have any length: what is too much is cut off.',
    seams: keysReadBy((key) => key.slice(0, 255)),
  },
  {
    id: 'long-key-is-500',
    breaks: ['initiate.created', 'idempotency.replay', 'http.schema', 'http.transient'],
    sentence: 'A key of more than 200 characters does not fit into its column, which ends in a 500.',
    seams: () => ({
      around: (request, next) =>
        (request.headers['idempotency-key']?.length ?? 0) > 200 ? blankProblem(500) : next(request),
    }),
  },
];

export const brokenHostile: readonly Mutant[] = [...brokenFields, ...brokenPaths, ...brokenKeys];
