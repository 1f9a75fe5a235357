import { STATUS_CODES } from 'node:http';
import { problems } from '../../generated/problems.ts';
import { digestText } from './digests.ts';
import type { Attachment, JsonObject, Reply, Session, State } from './state.ts';

export type ProblemName = keyof typeof problems;

const noStore = { 'Cache-Control': 'no-store' };

/** A JSON reply that nobody may keep. */
export function jsonReply(status: number, json: JsonObject, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'Content-Type': 'application/json', ...noStore, ...headers }, json };
}

/** A problem of the contract's table (RFC 9457), with its extension members. */
export function problem(name: ProblemName, extensions: JsonObject = {}): Reply {
  const { status, type, title } = problems[name];
  return jsonReply(status, { type, title, status, ...extensions }, { 'Content-Type': 'application/problem+json' });
}

/** A problem that the table does not name. */
export function blankProblem(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const json = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status };
  return jsonReply(status, json, { 'Content-Type': 'application/problem+json', ...headers });
}

/** RFC 3339, UTC. */
export const instant = (at: number): string => new Date(at).toISOString();

export const sessionPath = (state: State, id: string): string => `${state.prefix}/attachment/session/${id}`;
export const attachmentPath = (state: State, id: string): string => state.prefix + state.seams.attachmentPath(id);

/** Maximal inclusive ranges of ascending numbers. */
export function rangesOf(numbers: readonly number[]): readonly { first: number; last: number }[] {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open?.last === number - 1) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}

/** The representation of a session (`UploadSession`). */
export function sessionJson(state: State, session: Session): JsonObject {
  const received = state.seams.received(session);
  return {
    sessionId: session.id,
    state: session.state,
    fileName: session.fileName,
    fileSize: session.fileSize,
    contentType: session.contentType,
    chunkSize: session.chunkSize,
    totalChunks: session.totalChunks,
    receivedChunks: rangesOf(received),
    receivedBytes: received.reduce((sum, index) => sum + (session.chunks.get(index)?.length ?? 0), 0),
    expiresAt: instant(session.expiresAt),
    ...(session.completionError && { completionError: session.completionError }),
    ...(session.attachment && { attachment: attachmentJson(state, session.attachment) }),
  };
}

/** The representation of an attachment (`Attachment`). */
export function attachmentJson(state: State, attachment: Attachment): JsonObject {
  return {
    attachmentId: attachment.id,
    fileName: attachment.fileName,
    fileSize: attachment.bytes.length,
    contentType: attachment.contentType,
    compositeDigest: digestText(attachment.compositeDigest),
    digest: digestText(attachment.digest),
    createdAt: instant(attachment.createdAt),
    ...(state.profiles.includes('download') && { contentUrl: state.prefix + state.seams.contentPath(attachment.id) }),
  };
}
