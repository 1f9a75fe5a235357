/**
 * What an honest answer is held to, member by member: the promises that it shows kept, and for each of its parts the
 * promise that a server breaks by leaving it out, or by telling something else there.
 */
import { describe, expect, test } from 'vitest';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Json } from '../history.ts';
import {
  a,
  abort,
  aborted,
  answer,
  attachment,
  begun,
  bytes,
  claims,
  complete,
  completed,
  completing,
  content,
  created,
  done,
  ended,
  exchange,
  full,
  incomplete,
  initiate,
  listing,
  opened,
  type Played,
  pending,
  problem,
  published,
  put,
  receipt,
  status,
  stepsAt,
  verdictOn,
} from './testing.ts';

const stories = () => {
  const empty = [exchange(initiate({ json: { fileName: 'file.bin', fileSize: 0 } }), created(nothing))];
  return { start: [], opened, begun, full, ended, pending, aborted, empty };
};

const nothing = { fileSize: 0, totalChunks: 0 };
const ofNothing = { fileSize: 0, compositeDigest: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:' };
const { profiles, limits } = claims;
const capabilities = { contractVersion: '1.0', profiles, limits: { ...limits }, digestAlgorithms: ['sha-256'] } as Json;

/** What every session that is shown is held to, besides what its members say of it. */
const ofSession: readonly RequirementId[] = [
  'expiry.monotonic',
  'http.date',
  'http.no-store',
  'http.schema',
  'initiate.echo',
  'initiate.geometry',
  'status.received',
  'status.safe',
];
const ofReceipt: readonly RequirementId[] = [
  'chunk.created',
  'chunk.stored',
  'expiry.monotonic',
  'http.date',
  'http.no-store',
  'http.schema',
];
const ofAttachment: readonly RequirementId[] = [
  'complete.created',
  'complete.digest',
  'http.date',
  'http.schema',
  'status.completed',
];
const ofProblem: readonly RequirementId[] = ['http.date', 'http.no-store', 'http.problem', 'http.schema'];

interface Row {
  readonly after: keyof ReturnType<typeof stories>;
  readonly call: Played;
  readonly told: Answer;
  readonly shows: readonly RequirementId[];
}
const row = (after: Row['after'], call: Played, told: Answer, ...shows: readonly RequirementId[]): Row => ({
  after,
  call,
  told,
  shows,
});

describe('an honest answer shows the promises kept that are about it, and no others:', () => {
  const head: Played = { kind: 'status', session: 'a', head: true };
  test.each<[string, Row]>([
    [
      'the capabilities',
      row(
        'start',
        { kind: 'capabilities' },
        answer(200, capabilities),
        'capabilities.document',
        'capabilities.truth',
        'http.date',
        'http.schema',
      ),
    ],
    [
      'a new session',
      row(
        'start',
        initiate(),
        created(),
        'capabilities.truth',
        'http.date',
        'http.no-store',
        'http.schema',
        'initiate.chunk-size',
        'initiate.created',
        'initiate.echo',
        'initiate.geometry',
        'initiate.timeout',
        'initiate.unguessable',
      ),
    ],
    ['an empty session', row('opened', status, listing([]), ...ofSession)],
    ['one that has a chunk', row('begun', status, listing([0]), ...ofSession, 'status.read-your-writes')],
    ['one without content', row('begun', head, answer(200), 'http.date', 'http.schema', 'status.head')],
    ['a chunk', row('begun', put(1, 9), receipt(201, 1, 9), ...ofReceipt)],
    ['a chunk out of order', row('begun', put(2, 9), receipt(201, 2, 9), ...ofReceipt, 'chunk.any-order')],
    ['a chunk again', row('begun', put(0, 1), receipt(200, 0, 1), ...ofReceipt, 'chunk.replay')],
    ['a chunk replaced', row('begun', put(0, 9), receipt(200, 0, 9), ...ofReceipt, 'chunk.replace')],
    [
      'a chunk in chunked coding',
      row('begun', put(1, 9, { framing: 'chunked' }), receipt(201, 1, 9), ...ofReceipt, 'chunk.transfer-coding'),
    ],
    [
      'a chunk with its range',
      row('begun', put(1, 9, { contentRange: 'right' }), receipt(201, 1, 9), ...ofReceipt, 'chunk.content-range'),
    ],
    [
      'a chunk with its digest',
      row('begun', put(1, 9, { contentDigest: 'right' }), receipt(201, 1, 9), ...ofReceipt, 'chunk.digest'),
    ],
    [
      'a chunk with several digests',
      row(
        'begun',
        put(1, 9, { contentDigest: 'several' }),
        receipt(201, 1, 9),
        ...ofReceipt,
        'chunk.digest-unsupported',
      ),
    ],
    [
      'a chunk in all of these at once',
      row(
        'begun',
        put(2, 9, { framing: 'chunked', contentRange: 'right', contentDigest: 'right' }),
        receipt(201, 2, 9),
        ...ofReceipt,
        'chunk.any-order',
        'chunk.content-range',
        'chunk.digest',
        'chunk.transfer-coding',
      ),
    ],
    [
      'a chunk by another spelling',
      row(
        'begun',
        put(1, 9, { spelling: 'percent-encoded' }),
        receipt(201, 1, 9),
        ...ofReceipt,
        'initiate.unguessable',
      ),
    ],
    [
      'a chunk that is elsewhere',
      row('begun', put(3, 9), problem('chunk-not-found', { totalChunks: 3 }), 'chunk.range', ...ofProblem),
    ],
    ['what is missing', row('begun', complete, incomplete(1, 2), 'complete.incomplete', ...ofProblem)],
    ['a completion', row('full', complete, published(201, [1, 2, 3]), ...ofAttachment)],
    [
      'a completion with members of its own',
      row(
        'full',
        { ...complete, json: { 'x-more': 1 } } as Played,
        published(201, [1, 2, 3]),
        'http.unknown-members',
        ...ofAttachment,
      ),
    ],
    [
      'a completion of nothing',
      row('empty', complete, published(201, [], ofNothing), 'complete.empty-file', ...ofAttachment),
    ],
    [
      'a completion that takes its time',
      row('full', complete, completing(), ...ofSession, 'complete.async', 'status.read-your-writes'),
    ],
    [
      'one that still does',
      row(
        'pending',
        complete,
        completing(),
        ...ofSession,
        'complete.async',
        'complete.repeat',
        'status.read-your-writes',
      ),
    ],
    [
      'one that does when it is looked at',
      row(
        'pending',
        status,
        listing([0, 1, 2], { state: 'completing' }),
        ...ofSession,
        'complete.async',
        'status.read-your-writes',
      ),
    ],
    [
      'one that has ended',
      row(
        'pending',
        status,
        completed([1, 2, 3]),
        ...ofSession,
        ...ofAttachment,
        'session.remembered',
        'status.read-your-writes',
      ),
    ],
    [
      'a completion again',
      row('ended', complete, published(200, [1, 2, 3]), ...ofAttachment, 'complete.repeat', 'session.remembered'),
    ],
    [
      'a completed session',
      row(
        'ended',
        status,
        completed([1, 2, 3]),
        ...ofSession,
        ...ofAttachment,
        'complete.repeat',
        'session.remembered',
        'status.read-your-writes',
      ),
    ],
    [
      'an attachment',
      row(
        'ended',
        { kind: 'attachment', ...a },
        answer(200, attachment([1, 2, 3])),
        ...ofAttachment,
        'complete.repeat',
        'session.remembered',
      ),
    ],
    [
      'a content',
      row(
        'ended',
        content,
        bytes([1, 2, 3]),
        'complete.bytes',
        'content.digest',
        'content.disposition',
        'content.exact',
        'content.type',
        'content.validators',
        'http.date',
        'http.schema',
        'session.remembered',
      ),
    ],
    ['an abort', row('begun', abort, done, 'abort.aborted', 'http.date', 'http.schema')],
    ['an abort again', row('aborted', abort, done, 'abort.repeat', 'http.date', 'http.schema', 'session.remembered')],
    [
      'an aborted session',
      row('aborted', status, problem('session-aborted'), 'abort.final', 'session.remembered', ...ofProblem),
    ],
    [
      'a completed session that is not aborted',
      row('ended', abort, problem('session-completed'), 'abort.completed', 'session.remembered', ...ofProblem),
    ],
    [
      'a chunk for a completed session',
      row('ended', put(0, 9), problem('session-completed'), 'complete.atomic', 'session.remembered', ...ofProblem),
    ],
    [
      'a session by its link',
      row('opened', { ...status, spelling: 'location' } as Played, listing([]), ...ofSession, 'initiate.location'),
    ],
    [
      'a session that nobody has',
      row(
        'opened',
        { ...status, spelling: 'unknown' } as Played,
        problem('session-not-found'),
        'status.unknown',
        ...ofProblem,
      ),
    ],
    [
      "another principal's session",
      row('opened', { ...status, as: 'second' } as Played, problem('session-not-found'), 'auth.isolated', ...ofProblem),
    ],
    [
      'a session for nobody',
      row('opened', { ...status, as: 'nobody' } as Played, problem('unauthorized'), 'auth.required', ...ofProblem),
    ],
  ])('%s', (_, { after, call, told, shows }) => {
    const steps = stepsAt(...stories()[after], exchange(call, told)).filter((one) => one.kind === 'allowed');
    expect(steps.map(({ warnings }) => warnings)).toEqual([[]]);
    expect([...new Set(steps.flatMap(({ observed }) => observed))].sort()).toEqual([...new Set(shows)].sort());
    // The same with a status that nobody documented is no answer of the contract.
    const code = told.status < 300 ? 299 : 499;
    expect(verdictOn(...stories()[after], exchange(call, { ...told, status: code }))).not.toBe('allowed');
  });
});

/** A member or field of an answer, and which promise it breaks to leave it out, and to tell something else there. */
type Part = readonly [part: string, left: RequirementId | 'allowed', changed: RequirementId | 'allowed'];

const described: readonly Part[] = [
  ['sessionId', 'status.received', 'status.received'],
  ['fileName', 'initiate.echo', 'initiate.echo'],
  ['fileSize', 'initiate.echo', 'initiate.echo'],
  ['contentType', 'initiate.echo', 'initiate.echo'],
  ['chunkSize', 'initiate.geometry', 'initiate.geometry'],
  ['totalChunks', 'initiate.geometry', 'initiate.geometry'],
  ['receivedBytes', 'status.received', 'status.received'],
];
const receiptParts: readonly Part[] = [
  ['chunkId', 'chunk.stored', 'chunk.stored'],
  ['offset', 'chunk.stored', 'chunk.stored'],
  ['length', 'chunk.stored', 'chunk.stored'],
  ['digest', 'chunk.stored', 'chunk.stored'],
  ['expiresAt', 'expiry.monotonic', 'allowed'],
];
const declared: readonly Part[] = [
  ['fileName', 'complete.created', 'complete.created'],
  ['fileSize', 'complete.created', 'complete.created'],
  ['contentType', 'complete.created', 'complete.created'],
  ['compositeDigest', 'complete.digest', 'complete.digest'],
  ['contentUrl', 'complete.created', 'allowed'],
];
const repeated: readonly Part[] = [
  ...declared,
  ['attachmentId', 'complete.repeat', 'complete.repeat'],
  ['createdAt', 'status.completed', 'status.completed'],
];

/** Another value of the same type: later, where it is a time. */
function other(value: Json | undefined): Json {
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return Array.isArray(value) ? [...value, { first: 7, last: 8 }] : 'other';
  return /^\d{4}-/.test(value) ? new Date(Date.parse(value) + 5000).toISOString() : `${value}x`;
}

describe('of an honest answer nothing may be missing or be another:', () => {
  const rows: [string, Row['after'], Played, Answer, readonly Part[]][] = [
    [
      'the capabilities',
      'start',
      { kind: 'capabilities' },
      answer(200, capabilities),
      [
        ['contractVersion', 'capabilities.document', 'capabilities.document'],
        ['profiles', 'capabilities.document', 'allowed'],
        ['limits', 'capabilities.document', 'capabilities.document'],
        ['digestAlgorithms', 'capabilities.document', 'allowed'],
      ],
    ],
    [
      'a new session',
      'start',
      initiate(),
      created(),
      [
        ['sessionId', 'initiate.unguessable', 'allowed'],
        ['state', 'initiate.created', 'initiate.created'],
        ['fileName', 'initiate.echo', 'initiate.echo'],
        ['fileSize', 'initiate.echo', 'initiate.echo'],
        ['contentType', 'initiate.echo', 'initiate.echo'],
        ['chunkSize', 'initiate.geometry', 'initiate.geometry'],
        ['totalChunks', 'initiate.geometry', 'initiate.geometry'],
        ['receivedChunks', 'initiate.created', 'initiate.created'],
        ['receivedBytes', 'initiate.created', 'initiate.created'],
        ['expiresAt', 'initiate.timeout', 'allowed'],
      ],
    ],
    [
      'an open session',
      'begun',
      status,
      listing([0]),
      [
        ...described,
        ['state', 'status.received', 'status.received'],
        ['receivedChunks', 'status.read-your-writes', 'status.received'],
        ['expiresAt', 'expiry.monotonic', 'status.safe'],
      ],
    ],
    ['a receipt', 'begun', put(1, 9), receipt(201, 1, 9), receiptParts],
    ['a receipt of a replaced chunk', 'begun', put(0, 9), receipt(200, 0, 9), receiptParts],
    [
      'what is missing',
      'begun',
      complete,
      incomplete(1, 2),
      [
        ['type', 'complete.incomplete', 'complete.incomplete'],
        ['title', 'allowed', 'allowed'],
        ['status', 'http.problem', 'http.problem'],
        ['missingChunks', 'complete.incomplete', 'complete.incomplete'],
        ['missingCount', 'complete.incomplete', 'complete.incomplete'],
      ],
    ],
    ['a completion', 'full', complete, published(201, [1, 2, 3]), declared],
    [
      'a session that completes',
      'full',
      complete,
      completing(),
      [
        ...described,
        ['state', 'complete.async', 'complete.async'],
        ['receivedChunks', 'status.read-your-writes', 'status.received'],
        ['expiresAt', 'expiry.monotonic', 'allowed'],
      ],
    ],
    [
      'a session that still completes',
      'pending',
      status,
      listing([0, 1, 2], { state: 'completing' }),
      [...described, ['state', 'complete.async', 'complete.async'], ['expiresAt', 'expiry.monotonic', 'allowed']],
    ],
    [
      'a completed session',
      'ended',
      status,
      completed([1, 2, 3]),
      [
        ...described,
        ['state', 'status.completed', 'status.completed'],
        ['expiresAt', 'expiry.monotonic', 'allowed'],
        ['attachment', 'status.completed', 'status.completed'],
      ],
    ],
    ['a repeated completion', 'ended', complete, published(200, [1, 2, 3]), repeated],
    ['an attachment', 'ended', { kind: 'attachment', ...a }, answer(200, attachment([1, 2, 3])), repeated],
  ];

  test.each(rows)('%s', (_, after, call, told, parts) => {
    const json = told.json as { readonly [member: string]: Json };
    const verdict = (changed: Json) => verdictOn(...stories()[after], exchange(call, { ...told, json: changed }));
    expect(verdict(json)).toBe('allowed');
    const found = parts.map(([part]) => {
      const { [part]: value, ...rest } = json;
      return [part, verdict(rest), verdict({ ...rest, [part]: other(value) })];
    });
    expect(found).toEqual(parts);
  });

  test.each<[string, Row['after'], Played, Answer, Readonly<Record<string, string>>]>([
    ['a new session', 'start', initiate(), created(), { location: 'initiate.created' }],
    ['a completion', 'full', complete, published(201, [1, 2, 3]), { location: 'complete.created' }],
    ['a repeated completion', 'ended', complete, published(200, [1, 2, 3]), { location: 'allowed' }],
    [
      'a content',
      'ended',
      content,
      bytes([1, 2, 3]),
      {
        'content-type': 'content.type',
        'content-disposition': 'content.disposition',
        'x-content-type-options': 'content.disposition',
        etag: 'content.validators',
        'repr-digest': 'allowed',
      },
    ],
  ])('%s has its fields', (_, after, call, told, fields) => {
    const found = Object.keys(fields).map((field) => {
      const { [field]: left, ...headers } = told.headers;
      expect(left).toBeDefined();
      return [field, verdictOn(...stories()[after], exchange(call, { ...told, headers }))];
    });
    expect(Object.fromEntries(found)).toEqual(fields);
  });
});
