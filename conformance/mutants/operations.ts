/**
 * What each operation does, in one synchronous step: requests are read whole first, so the order in which these
 * functions run is the order that explains every concurrent history.
 */
import { contentReply } from './content.ts';
import { digestText } from './digests.ts';
import { parseObject } from './initiate.ts';
import {
  attachmentJson,
  attachmentPath,
  blankProblem,
  instant,
  jsonReply,
  type ProblemName,
  problem,
  rangesOf,
  sessionJson,
  sessionPath,
} from './replies.ts';
import type { Attachment, JsonObject, Reply, Request, Session, State } from './state.ts';

/** JSON bodies may be this long, in bytes. */
export const maxJsonLength = 2 ** 20;

/** Answers one request. Credentials come first, then the session's existence, then the rest. */
export function decide(state: State, request: Request): Reply {
  const { allow, operation } = request;
  const principal = principalOf(state, request);
  if (operation === 'getCapabilities') return jsonReply(200, capabilities(state));
  if (principal === undefined) {
    const refusal = problem('unauthorized');
    return { ...refusal, headers: { ...refusal.headers, 'WWW-Authenticate': state.seams.challenge } };
  }
  if (operation === undefined) return allow ? blankProblem(405, { Allow: allow.join(', ') }) : blankProblem(404);
  if (operation === 'initiateUpload') return initiate(state, request, principal);
  if (operation === 'getAttachment' || operation === 'getAttachmentContent') {
    const attachment = state.attachments.get(request.attachmentId);
    if (!attachment || !state.seams.owns(attachment.owner, principal, operation))
      return problem('attachment-not-found');
    return operation === 'getAttachment'
      ? jsonReply(200, attachmentJson(state, attachment))
      : contentReply(attachment, request);
  }
  const session = state.sessions.get(request.sessionId);
  if (!session || !state.seams.owns(session.owner, principal, operation)) return problem('session-not-found');
  const refusal = refusalOf(state, session, operation);
  if (refusal) return refusal;
  if (operation === 'uploadChunk') return uploadChunk(state, session, request);
  if (operation === 'completeUpload') return complete(state, session, request);
  if (operation === 'abortUpload') return abort(state, session);
  session.expiresAt = state.seams.expiresAt(session, operation, state.seams.now());
  return jsonReply(200, sessionJson(state, session));
}

/** Whose credentials a request carries; everybody is one principal where no tokens are given. */
function principalOf({ seams, tokens }: State, { headers }: Request): string | undefined {
  if (tokens.length === 0) return 'everybody';
  const token = seams.token(headers);
  return tokens.find((known) => known === token);
}

function capabilities({ limits, profiles, seams }: State): JsonObject {
  const digestAlgorithms = Object.keys(seams.digests(Buffer.alloc(0)));
  return { contractVersion: '1.0', profiles, limits, digestAlgorithms };
}

function refusalOf({ seams }: State, session: Session, operation: NonNullable<Request['operation']>) {
  const name = seams.guard(session, operation, seams.now());
  return name && problem(name, name === 'session-expired' ? { expiredAt: instant(session.expiresAt) } : {});
}

const invalid = (errors: Readonly<Record<string, string>>): Reply =>
  problem('invalid-request', {
    errors: Object.entries(errors).map(([pointer, detail]) => ({ pointer, detail })),
  });

/** Whether the content has a coding other than identity; none is decoded here. */
const isCoded = (headers: Request['headers']): boolean =>
  !/^(identity[ \t]*(,[ \t]*identity[ \t]*)*)?$/i.test(headers['content-encoding'] ?? '');

function initiate(state: State, request: Request, owner: string): Reply {
  const { seams, limits } = state;
  const { body, headers } = request;
  const isJson = /^application\/json[ \t]*(;|$)/i.test(headers['content-type'] ?? '');
  if (!isJson || isCoded(headers)) return problem('unsupported-media-type');
  if (body.length > maxJsonLength) return problem('request-too-large');
  const json = parseObject(body.bytes);
  if (json === undefined) return invalid({ '#': 'must be a JSON object' });
  const errors = seams.invalidMembers(json);
  if (Object.keys(errors).length > 0) return invalid(errors);
  const asked = json as { fileName: string; fileSize: number; contentType?: string } & Partial<Record<string, number>>;
  if (!seams.nameIsAcceptable(asked.fileName)) return problem('invalid-file-name');
  if (asked.fileSize > limits.maxFileSize) return problem('file-too-large', { maxFileSize: limits.maxFileSize });

  const key = state.profiles.includes('idempotency') ? headers['idempotency-key'] : undefined;
  if (key !== undefined && (key.length < 1 || key.length > 255)) return invalid({ '#': 'Idempotency-Key: 1 to 255' });
  const bound = key === undefined ? undefined : state.keys.get(`${owner}\n${key}`);
  if (bound && !seams.sameRequest(bound.request, json)) return problem('idempotency-key-reused');
  const refusal = bound && refusalOf(state, bound.session, 'initiateUpload');
  if (refusal) return refusal;

  const session = bound?.session ?? newSession();
  if (!bound) state.sessions.set(session.id, session);
  if (!bound && key !== undefined) state.keys.set(`${owner}\n${key}`, { request: json, session });
  return jsonReply(201, sessionJson(state, session), { Location: sessionPath(state, session.id) });

  function newSession(): Session {
    const timeoutMs = seams.timeoutSeconds(asked['preferredTimeoutSeconds'], limits) * 1000;
    return {
      id: seams.newId(),
      owner,
      fileName: asked.fileName,
      fileSize: asked.fileSize,
      contentType: asked.contentType ?? 'application/octet-stream',
      ...seams.geometry(asked.fileSize, asked['preferredChunkSize'], limits),
      timeoutMs,
      chunks: seams.chunkTable(),
      expiresAt: seams.now() + timeoutMs,
      state: 'open',
    };
  }
}

function uploadChunk({ seams }: State, session: Session, { chunkId, headers, body }: Request): Reply {
  const index = seams.chunkIndex(chunkId, session);
  if (index === undefined) return problem('chunk-not-found', { totalChunks: session.totalChunks });
  if (isCoded(headers)) return problem('unsupported-media-type');
  const length = seams.chunkLength(session, index);
  if (!seams.accepts(body, length)) return problem('chunk-length-mismatch', { expectedLength: length });

  const offset = index * session.chunkSize;
  const range = [offset, offset + length - 1, session.fileSize];
  const named = /^bytes +(\d+)-(\d+)\/(\d+)$/i.exec(headers['content-range'] ?? '')?.slice(1);
  if (
    headers['content-range'] !== undefined &&
    !range.every((value, i) => named && BigInt(named[i] ?? '') === BigInt(value))
  )
    return problem('content-range-mismatch', { expectedRange: `bytes ${range[0]}-${range[1]}/${range[2]}` });

  const digests = seams.digests(body.bytes);
  const field = headers['content-digest'];
  const fault = field === undefined ? undefined : seams.digestFault(field, digests, 'chunk');
  if (fault) return problem(fault);

  const present = seams.store(session, index, body.bytes);
  session.expiresAt = seams.expiresAt(session, 'uploadChunk', seams.now());
  return jsonReply(present ? 200 : 201, {
    chunkId: index,
    offset,
    length,
    digest: digestText(digests),
    expiresAt: instant(session.expiresAt),
  });
}

function complete(state: State, session: Session, { headers: fields, body }: Request): Reply {
  const { seams } = state;
  if (isCoded(fields)) return problem('unsupported-media-type');
  if (body.length > maxJsonLength) return problem('request-too-large');
  const json = body.length === 0 ? {} : parseObject(body.bytes);
  if (json === undefined) return invalid({ '#': 'must be a JSON object' });
  const members = (['compositeDigest', 'digest'] as const).filter((member) => Object.hasOwn(json, member));
  const untyped = members.filter((member) => typeof json[member] !== 'string');
  if (untyped.length > 0) return invalid(Object.fromEntries(untyped.map((member) => [`#/${member}`, 'must be text'])));

  const earlier = seams.published(session);
  const missing = earlier ? [] : seams.missing(session);
  if (missing.length > 0)
    return problem('upload-incomplete', { missingChunks: rangesOf(missing), missingCount: missing.length });
  const attachment = earlier ?? assemble(state, session);
  const faults = members.flatMap((member) => {
    const fault = seams.digestFault(String(json[member]), attachment[member], member);
    return fault ? [fault] : [];
  });
  const ms = earlier ? undefined : seams.completesAfter(session);
  const [fault] = ms === undefined ? faults : faults.filter((name) => name !== 'digest-mismatched-values');
  if (fault) return problem(fault);
  if (ms !== undefined) return completeLater(state, session, attachment, faults[0], ms);

  const headers = { Location: attachmentPath(state, attachment.id) };
  if (earlier) return jsonReply(200, attachmentJson(state, earlier), headers);
  publish(state, session, attachment);
  return jsonReply(201, attachmentJson(state, attachment), headers);
}

/** 202 now, and so many ms later the attachment, or why there is none; of a session that has expired neither. */
function completeLater(state: State, session: Session, made: Attachment, fault: ProblemName | undefined, ms: number) {
  if (session.state === 'open') {
    session.state = 'completing';
    session.completionError = undefined;
    const end = (): void => {
      if (state.seams.now() >= session.expiresAt) return;
      if (fault === undefined) publish(state, session, made);
      else {
        session.state = 'open';
        session.completionError = problem(fault).json;
      }
    };
    setTimeout(end, ms).unref();
  }
  return jsonReply(202, sessionJson(state, session));
}

function publish(state: State, session: Session, attachment: Attachment): void {
  state.attachments.set(attachment.id, attachment);
  session.attachment = attachment;
  session.state = 'completed';
  session.completionError = undefined; // of a completion that failed before this one
  if (state.seams.forgets(session)) state.sessions.delete(session.id);
}

function assemble({ seams }: State, session: Session): Attachment {
  const chunks = seams.assemble(session);
  const bytes = Buffer.concat(chunks);
  return {
    id: seams.attachmentId(session),
    owner: session.owner,
    fileName: session.fileName,
    contentType: session.contentType,
    bytes,
    compositeDigest: seams.composite(chunks),
    digest: seams.digests(bytes),
    createdAt: seams.now(),
  };
}

function abort(state: State, session: Session): Reply {
  session.state = 'aborted';
  session.chunks.clear();
  if (state.seams.forgets(session)) state.sessions.delete(session.id);
  return { status: 204, headers: { 'Cache-Control': 'no-store' } };
}
