import type { Answer, Exchange, Json } from '../history.ts';
import { segmentOf } from '../templates.ts';

/** What a client of the script has learnt of a session from answers, and believes of its own uploads. */
export interface Bound {
  readonly id: string;
  readonly location: string;
  /** What `location` resolves against. */
  readonly initiatedAt: URL;
  readonly fileSize: number;
  readonly chunkSize: number;
  readonly totalChunks: number;
  expiresAt: number;
  /** The last upload of each chunk that was not cut: chunk → write. */
  readonly uploads: Map<number, number>;
  /** Chunks that were acknowledged. */
  readonly acknowledged: Set<number>;
  /** Chunks that the last status listed; undefined before the first. */
  listed?: ReadonlySet<number>;
  /** Whether a completion was answered with 202 and has not ended yet, as far as we know. */
  completing?: boolean;
  attachmentId?: string;
  attachmentUrl?: URL;
  contentUrl?: URL;
  etag?: string;
}

export interface Bindings {
  /** Makes the idempotency keys of this play its own: they outlive it at the target. */
  readonly nonce: string;
  readonly sessions: Map<string, Bound>;
}

export const chunkLength = (session: Bound, chunk: number): number =>
  Math.max(0, Math.min((chunk + 1) * session.chunkSize, session.fileSize) - chunk * session.chunkSize);

/** Learns from an exchange. Answers are only believed so far as the script needs it to go on: judging is the model's. */
export function learn(bound: Bindings, { call, sent, outcome }: Exchange, url: URL): void {
  if (!('session' in call)) return;
  if (call.kind === 'chunk' && sent.whole) {
    const segment = segmentOf(String(call.chunk)) ?? '';
    const answer = outcome.kind === 'answered' ? outcome : undefined;
    if (/^\d+$/.test(segment)) learnUpload(bound.sessions.get(call.session), Number(segment), call.write, answer);
  }
  if (outcome.kind !== 'answered' || outcome.status < 200 || outcome.status > 299) return;
  if (call.kind === 'initiate') {
    if (outcome.status === 201) bound.sessions.set(call.session, opened(outcome, bound, url));
    return;
  }
  const session = bound.sessions.get(call.session);
  if (!session) return;
  if (call.kind === 'status' || call.kind === 'chunk') {
    const at = Date.parse(String(member(outcome.json, 'expiresAt')));
    if (!Number.isNaN(at)) session.expiresAt = at;
  }
  if (call.kind === 'status' && outcome.json !== undefined)
    session.listed = listedIn(outcome.json, session.totalChunks);
  if (call.kind === 'content') session.etag = outcome.headers['etag'] ?? session.etag ?? '';
  if (call.kind === 'complete') session.completing = outcome.status === 202;
  if (call.kind === 'status' && outcome.json !== undefined)
    session.completing = member(outcome.json, 'state') === 'completing';
  const attachment = call.kind === 'status' ? member(outcome.json, 'attachment') : outcome.json;
  if (call.kind === 'complete' || call.kind === 'attachment' || call.kind === 'status')
    learnAttachment(session, attachment, outcome, url);
}

/** What a status lists, no further than the session goes: a hostile range cannot keep the player busy. */
function listedIn(json: Json, totalChunks: number): Set<number> {
  const listed = new Set<number>();
  const items = member(json, 'receivedChunks');
  for (const range of Array.isArray(items) ? (items as Json[]) : [])
    for (
      let chunk = Math.max(0, Number(member(range, 'first')));
      chunk <= Math.min(Number(member(range, 'last')), totalChunks - 1);
      chunk++
    )
      listed.add(chunk);
  return listed;
}

function learnUpload(session: Bound | undefined, chunk: number, write: number, answer: Answer | undefined): void {
  if (!session || (answer && answer.status >= 300)) return;
  session.uploads.set(chunk, write);
  if (answer) session.acknowledged.add(chunk);
}

function opened(answer: Answer, bound: Bindings, url: URL): Bound {
  const id = String(member(answer.json, 'sessionId'));
  const known = [...bound.sessions.values()].find((session) => session.id === id);
  if (known) return known;
  // The model refuses a session of more chunks than the contract has; until then nothing loops over them.
  const total = Number(member(answer.json, 'totalChunks'));
  const totalChunks = Number.isInteger(total) && total >= 0 && total <= 10_000 ? total : 0;
  return {
    id,
    location: answer.headers['location'] ?? '',
    initiatedAt: url,
    fileSize: Number(member(answer.json, 'fileSize')),
    chunkSize: Number(member(answer.json, 'chunkSize')),
    totalChunks,
    expiresAt: Date.parse(String(member(answer.json, 'expiresAt'))),
    uploads: new Map(),
    acknowledged: new Set(),
  };
}

/** A nested attachment's links resolve against the URL of its session, a `Location` against that of its request. */
function learnAttachment(session: Bound, json: Json | undefined, answer: Answer, url: URL): void {
  const id = member(json, 'attachmentId');
  if (typeof id !== 'string') return;
  session.attachmentId = id;
  const content = member(json, 'contentUrl');
  if (typeof content === 'string' && URL.canParse(content, url.href)) session.contentUrl ??= new URL(content, url);
  const location = answer.headers['location'];
  if (location && URL.canParse(location, url.href)) session.attachmentUrl ??= new URL(location, url);
}

/** A member of a JSON object; undefined of anything else. */
export function member(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return (json as Record<string, Json>)[name];
}
