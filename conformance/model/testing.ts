/**
 * For tests only: exchanges in the words of the field. Every session here is of one file of ten bytes in chunks of
 * four (so chunk 2 has two bytes), at a target that claims every profile. Times are ms after the start of the story.
 */
import { type ProblemName, problems } from '../../generated/problems.ts';
import { bytesOf } from '../bytes.ts';
import type { Answer, Call, Exchange, Fault, Json, Lost, Outcome } from '../history.ts';
import { compositeDigest, type Stored, sha256Base64 } from './digest.ts';
import { cutOff, type Step, step } from './session.ts';
import { type Claims, emptyWorld, ranges, type World } from './state.ts';

export type Played = Exchange['call'];
type Body = { readonly [member: string]: Json };

export const claims: Claims = {
  profiles: ['core', 'download', 'auth', 'idempotency'],
  limits: {
    maxFileSize: 1000,
    minChunkSize: 1,
    maxChunkSize: 100,
    maxChunks: 100,
    minTimeoutSeconds: 1,
    maxTimeoutSeconds: 3600,
  },
};

export const file = { fileName: 'file.bin', fileSize: 10, contentType: 'application/octet-stream' };
const chunkSize = 4;
const story = Date.parse('2026-11-01T12:00:00Z');
/** A session's first `expiresAt`, in ms after the start of the story. */
export const lifetime = 60_000;

export const lengthOf = (chunk: number): number => Math.max(0, Math.min(chunkSize, file.fileSize - chunk * chunkSize));
export const timestamp = (ms: number): string => new Date(story + ms).toISOString();
const stored = (chunk: number, write: number): Stored => ({
  write,
  digest: sha256Base64(bytesOf(write, chunk, lengthOf(chunk))),
});
const field = (digest: string): string => `sha-256=:${digest}:`;
const table = (writes: readonly number[]) => new Map(writes.map((write, chunk) => [chunk, stored(chunk, write)]));

/** The bytes of the file whose chunk i was uploaded as write `writes[i]`. */
export const bytesFrom = (writes: readonly number[]): Uint8Array =>
  Uint8Array.from(writes.flatMap((write, chunk) => [...bytesOf(write, chunk, lengthOf(chunk))]));

// What a client asks.

export const a = { session: 'a' } as const;
export const initiate = (more: Partial<Extract<Call, { kind: 'initiate' }>> = {}): Played => ({
  kind: 'initiate',
  ...a,
  json: { fileName: file.fileName, fileSize: file.fileSize, preferredChunkSize: chunkSize },
  ...more,
});
export const status: Played = { kind: 'status', ...a };
export const put = (
  chunk: number | string,
  write: number,
  more: Partial<Extract<Call, { kind: 'chunk' }>> = {},
): Played => ({ kind: 'chunk', ...a, chunk, write, ...more });
export const complete: Played = { kind: 'complete', ...a };
export const abort: Played = { kind: 'abort', ...a };
export const content: Played = { kind: 'content', ...a };

// What a server answers.

export function answer(status: number, json?: Json, headers: Readonly<Record<string, string>> = {}): Answer {
  const bytes = new TextEncoder().encode(json === undefined ? '' : JSON.stringify(json));
  return {
    kind: 'answered',
    status,
    headers: { date: 'now', 'cache-control': 'no-store', 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { json }),
    length: bytes.length,
    digest: sha256Base64(bytes),
    continued: false,
  };
}

/** An `UploadSession`, of which these chunks are stored. */
export function session(received: readonly number[] = [], more: Body = {}): Body {
  const receivedBytes = received.reduce((sum, chunk) => sum + lengthOf(chunk), 0);
  const receivedChunks = ranges(3, (chunk) => received.includes(chunk));
  const geometry = { chunkSize, totalChunks: 3, receivedChunks, receivedBytes };
  return {
    sessionId: `${'s'.repeat(21)}1`,
    state: 'open',
    ...file,
    ...geometry,
    expiresAt: timestamp(lifetime),
    ...more,
  };
}

export const created = (more: Body = {}): Answer => answer(201, session([], more), { location: '/there' });
export const listing = (received: readonly number[], more: Body = {}): Answer => answer(200, session(received, more));
export const receipt = (status: 200 | 201, chunk: number, write: number, more: Body = {}): Answer => {
  const { digest } = stored(chunk, write);
  const place = { chunkId: chunk, offset: chunk * chunkSize, length: lengthOf(chunk) };
  return answer(status, { ...place, digest: field(digest), expiresAt: timestamp(lifetime), ...more });
};

/** An `Attachment` of the file whose chunk i was uploaded as write `writes[i]`. */
export const attachment = (writes: readonly number[], more: Body = {}): Body => ({
  attachmentId: 'x',
  ...file,
  compositeDigest: field(compositeDigest(table(writes))),
  createdAt: timestamp(0),
  contentUrl: '/x/content',
  ...more,
});
export const published = (status: 200 | 201, writes: readonly number[], more: Body = {}): Answer =>
  answer(status, attachment(writes, more), { location: '/x' });
export const completing = (more: Body = {}): Answer =>
  answer(202, session([0, 1, 2], { state: 'completing', ...more }));
export const completed = (writes: readonly number[], more: Body = {}): Answer =>
  listing([0, 1, 2], { state: 'completed', attachment: attachment(writes), ...more });
export const done: Answer = answer(204, undefined, {});
export const problem = (name: ProblemName, more: Body = {}): Answer =>
  answer(
    problems[name].status,
    { type: problems[name].type, title: problems[name].title, status: problems[name].status, ...more },
    { 'content-type': 'application/problem+json' },
  );
export const incomplete = (...missing: readonly number[]): Answer =>
  problem('upload-incomplete', {
    missingChunks: ranges(3, (chunk) => missing.includes(chunk)),
    missingCount: missing.length,
  });
export const bytes = (writes: readonly number[], headers: Readonly<Record<string, string>> = {}): Answer => {
  const body = bytesFrom(writes);
  return {
    ...answer(200, undefined, {
      'content-type': file.contentType,
      'content-disposition': 'attachment; filename="file.bin"',
      'x-content-type-options': 'nosniff',
      etag: '"1"',
      'repr-digest': field(sha256Base64(body)),
      ...headers,
    }),
    bytes: body,
    length: body.length,
    digest: sha256Base64(body),
  };
};
export const lost: Lost = { kind: 'lost', reason: 'ECONNRESET' };

// An exchange of the two.

export interface When {
  /** When it was sent, and how long it took; ms. Default: at the start, and no time at all. */
  readonly at?: number;
  readonly took?: number;
  /** How far the server's clock is known, to both sides; ms. */
  readonly doubt?: number;
  readonly client?: string;
  readonly sent?: Partial<Exchange['sent']>;
  readonly fault?: Fault;
  readonly deviations?: readonly string[];
}

const methods = { status: 'GET', capabilities: 'GET', content: 'GET', attachment: 'GET', chunk: 'PUT' } as const;

/** One request and what came of it. */
export function exchange(call: Played, outcome: Outcome, when: When = {}): Exchange {
  const { at = 0, took = 0, doubt = 0, client = 'A', sent = {}, fault, deviations = [] } = when;
  const method = call.kind in methods ? methods[call.kind as keyof typeof methods] : 'POST';
  const body =
    call.kind === 'chunk'
      ? bytesOf(call.write, Number(call.chunk), Math.max(0, lengthOf(Number(call.chunk)) + (call.excess ?? 0)))
      : new Uint8Array();
  return {
    step: 0,
    client,
    call,
    ...(fault ? { fault } : {}),
    sent: {
      method: 'head' in call && call.head ? 'HEAD' : method,
      url: 'http://127.0.0.1/',
      headers: {},
      bodyLength: body.length,
      ...(call.kind === 'chunk' ? { bodyDigest: sha256Base64(body) } : {}),
      whole: true,
      ...sent,
    },
    sentAt: at,
    receivedAt: at + took,
    outcome,
    serverClock: { earliest: story + at - doubt, latest: story + at + took + doubt },
    deviations,
  };
}

/** An upload whose connection was cut before its last byte was out. */
export const cut = (call: Played, when: When = {}): Exchange =>
  exchange(call, { kind: 'lost', reason: 'cut after 1 bytes' }, { ...when, sent: { whole: false } });

/** The states that are left after some exchanges of one client: a lost request happened, or it did not. */
export function statesAfter(...exchanges: readonly Exchange[]): readonly World[] {
  return exchanges.reduce<readonly World[]>(
    (worlds, one) => worlds.flatMap((world) => worldsAfter(world, one)),
    [emptyWorld],
  );
}

/** The states that one exchange of a single client may lead to. */
export function worldsAfter(world: World, one: Exchange): readonly World[] {
  if (one.outcome.kind === 'lost' && one.call.kind === 'chunk' && !one.sent.whole) return [cutOff(world, one)];
  const result = step(world, one, claims);
  const happened = result.kind === 'allowed' ? result.worlds : [];
  return one.outcome.kind === 'lost' ? [world, ...happened] : happened;
}

/** `allowed`, or the promise that is blamed: how the last of these exchanges is judged, given those before it. */
export function verdictOn(...exchanges: readonly Exchange[]): string {
  const results = stepsAt(...exchanges);
  const refused = results[0];
  if (results.some((result) => result.kind === 'allowed')) return 'allowed';
  return refused?.kind === 'refused' ? refused.objection.requirement : 'no state was left before it';
}

/** What the step function says of the last exchange, in each state that those before it leave. */
export function stepsAt(...exchanges: readonly Exchange[]): readonly Step[] {
  const last = exchanges.at(-1) as Exchange;
  return statesAfter(...exchanges.slice(0, -1)).map((world) => step(world, last, claims));
}

// One upload of three chunks, by the shortest story that leads to each of its phases.
export const opened = [exchange(initiate(), created())];
export const begun = [...opened, exchange(put(0, 1), receipt(201, 0, 1))];
export const full = [...begun, exchange(put(1, 2), receipt(201, 1, 2)), exchange(put(2, 3), receipt(201, 2, 3))];
export const ended = [...full, exchange(complete, published(201, [1, 2, 3]))];
export const pending = [...full, exchange(complete, completing())];
export const aborted = [...begun, exchange(abort, done)];

/** All that the last of these exchanges shows kept. */
export const shown = (...story: readonly Exchange[]): readonly string[] =>
  stepsAt(...story).flatMap((one) => (one.kind === 'allowed' ? one.observed : []));
