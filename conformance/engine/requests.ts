import { createHash, hash, randomBytes } from 'node:crypto';
import type { OperationId } from '../../generated/operations.ts';
import { operations } from '../../generated/operations.ts';
import { bytesOf } from '../bytes.ts';
import type { AbortCall, Call, ChunkCall, CompleteCall, DigestText, Exchange, Json, SpellingText } from '../history.ts';
import { filled, idForms, segmentOf } from '../templates.ts';
import { type Bindings, type Bound, chunkLength } from './bindings.ts';

/** A body that a server's own choice of chunk size would make longer than this is not sent. In bytes. */
export const longestBody = 256 * 1024 * 1024;

/** A call as it goes onto the wire. `undefined` where the script cannot go on: nothing to address was ever answered. */
export interface Prepared {
  readonly operation: OperationId;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly text?: string;
  readonly bodyDigest?: string;
  readonly expects?: Exchange['sent']['expects'];
}

type Playable = Exchange['call'];

/** Turns a call into a request, with what earlier answers have bound: ids, links, geometry, validators. */
export function prepare(call: Playable, base: URL, bound: Bindings): Prepared | undefined {
  const session = 'session' in call ? bound.sessions.get(call.session) : undefined;
  const made = plain(call, base, bound, session);
  if (!made || call.fields === undefined) return made;
  const own = Object.entries(call.fields).map(([name, text]) => [name, filled(text, { etag: session?.etag ?? '' })]);
  const given = own.map(([name = '']) => name.toLowerCase());
  const kept = Object.entries(made.headers).filter(([name]) => !given.includes(name.toLowerCase()));
  return { ...made, headers: Object.fromEntries([...kept, ...own]) };
}

/** The request without the further fields of its call. */
function plain(call: Playable, base: URL, bound: Bindings, session: Bound | undefined): Prepared | undefined {
  switch (call.kind) {
    case 'capabilities':
      return request(call.head ? 'headCapabilities' : 'getCapabilities', base, {});
    case 'initiate': {
      const type = call.mediaType === undefined ? 'application/json' : call.mediaType;
      const headers = {
        ...(type === null ? {} : { 'Content-Type': type }),
        ...(call.idempotencyKey === undefined
          ? {}
          : { 'Idempotency-Key': `${bound.nonce}-${filled(call.idempotencyKey)}` }),
      };
      return request('initiateUpload', base, {}, headers, payload(call));
    }
    case 'status': {
      if (!session) return undefined;
      const operation = call.head ? 'headUploadSession' : 'getUploadSession';
      const made = request(operation, base, { sessionId: spell(session.id, call.spelling) });
      if (call.spelling !== 'location') return made;
      const linked = URL.canParse(session.location, session.initiatedAt.href);
      return linked ? { ...made, url: new URL(session.location, session.initiatedAt) } : undefined;
    }
    case 'chunk':
      return session && prepareChunk(call, base, session);
    case 'complete':
      return session && prepareComplete(call, base, session);
    case 'abort':
      return session && prepareAbort(call, base, session);
    case 'attachment':
      return follow(call.head ? 'headAttachment' : 'getAttachment', session, session?.attachmentUrl, call.spelling);
    case 'content': {
      const operation = call.head ? 'headAttachmentContent' : 'getAttachmentContent';
      const made = follow(operation, session, session?.contentUrl, call.spelling);
      return made && { ...made, headers: conditions(call, session?.etag) };
    }
    case 'method':
      return prepareMethod(call, base, session);
  }
}

function prepareChunk(call: ChunkCall, base: URL, session: Bound): Prepared | undefined {
  // The bytes of the chunk that a careless reader would take the text for: nothing else then stands in its way.
  const index = Number.parseInt(segmentOf(filled(String(call.chunk))) ?? '', 10);
  const real = Number.isInteger(index) && index >= 0 && index < session.totalChunks;
  const length = real ? chunkLength(session, index) : Math.min(session.chunkSize, 16);
  if (length > longestBody) return undefined;
  const body = bytesOf(call.write, real ? index : 0, Math.max(0, length + (call.excess ?? 0)));
  const digest = sha256(body);
  const headers: Record<string, string> = { 'Content-Type': 'application/octet-stream' };
  if (call.contentDigest) headers['Content-Digest'] = digestField(call.contentDigest, digest);
  if (call.contentRange !== undefined) headers['Content-Range'] = rangeField(call.contentRange, session, index, length);
  if (call.contentEncoding) headers['Content-Encoding'] = call.contentEncoding;
  const parameters = { sessionId: spell(session.id, call.spelling), chunkId: filled(String(call.chunk)) };
  return { ...request('uploadChunk', base, parameters, headers, body), bodyDigest: digest };
}

function prepareAbort(call: AbortCall, base: URL, session: Bound): Prepared {
  const parameters = { sessionId: spell(session.id, call.spelling) };
  if (call.body === undefined) return request('abortUpload', base, parameters);
  return request('abortUpload', base, parameters, { 'Content-Type': 'application/json' }, payload({ body: call.body }));
}

function prepareComplete(call: CompleteCall, base: URL, session: Bound): Prepared {
  const made = (headers: Record<string, string>, body: Uint8Array): Prepared =>
    request('completeUpload', base, { sessionId: spell(session.id, call.spelling) }, headers, body);
  const json = { 'Content-Type': 'application/json' };
  if (call.body !== undefined || call.json !== undefined) return made(json, payload(call));
  if (!call.digest && !call.compositeDigest) return made({}, new Uint8Array());

  // What the client believes it has stored: the last upload of each chunk that was not cut.
  const chunks = [...session.uploads].sort(([a], [b]) => a - b);
  const composite = createHash('sha256');
  const whole = createHash('sha256');
  for (const [chunk, write] of chunks) {
    const bytes = bytesOf(write, chunk, chunkLength(session, chunk));
    composite.update(createHash('sha256').update(bytes).digest());
    whole.update(bytes);
  }
  const right = { composite: composite.digest('base64'), whole: whole.digest('base64') };
  const member = (word: DigestText | undefined, value: string) => (word ? digestField(word, value) : undefined);
  const body = {
    compositeDigest: member(call.compositeDigest, right.composite),
    digest: member(call.digest, right.whole),
  };
  const expects = {
    ...expected('composite', call.compositeDigest, right.composite),
    ...expected('whole', call.digest, right.whole),
  };
  return { ...made(json, payload({ json: JSON.parse(JSON.stringify(body)) as Json })), expects };
}

function expected(name: 'composite' | 'whole', word: DigestText | undefined, value: string): Record<string, string> {
  if (word === 'right' || word === 'several') return { [name]: value };
  return word === 'wrong' ? { [name]: wrong(value) } : {};
}

/** An integrity field or member (RFC 9530 2) that says what `word` says, of bytes whose SHA-256 is `digest`. */
function digestField(word: DigestText, digest: string): string {
  if (typeof word === 'object') return filled(word.raw, { right: digest, wrong: wrong(digest) });
  switch (word) {
    case 'right':
      return `sha-256=:${digest}:`;
    case 'wrong':
      return `sha-256=:${wrong(digest)}:`;
    case 'several':
      // Algorithms that no server can have: of a registered one the value would be looked at, and is wrong.
      return `x-chunkproof-1=:AAAA:, sha-256=:${digest}:, x-chunkproof=:AAAA:`;
    case 'unsupported':
      return 'x-chunkproof=:AAAA:';
    case 'garbage':
      return 'sha-256=:not base64';
    case 'short':
      return 'sha-256=:AAAA:';
    case 'empty':
      return '';
  }
}

/** Another digest of the same length. */
const wrong = (digest: string): string => (digest.startsWith('A') ? `B${digest.slice(1)}` : `A${digest.slice(1)}`);

function rangeField(word: string, session: Bound, index: number, length: number): string {
  const first = index * session.chunkSize;
  if (word === 'right') return `bytes ${first}-${first + length - 1}/${session.fileSize}`;
  if (word === 'elsewhere') return `bytes ${first + 1}-${first + length}/${session.fileSize}`;
  if (word === 'other-size') return `bytes ${first}-${first + length - 1}/${session.fileSize + 1}`;
  if (word === 'unsatisfied') return `bytes */${session.fileSize}`;
  return filled(word, { first, last: first + length - 1, size: session.fileSize });
}

function conditions(call: Extract<Call, { kind: 'content' }>, etag: string | undefined): Record<string, string> {
  const validators = { same: etag, other: '"chunkproof-other"', any: '*', weak: etag && `W/${etag}`, date: longAgo };
  const match = call.ifNoneMatch && validators[call.ifNoneMatch];
  const ifRange = call.ifRange && validators[call.ifRange];
  return {
    ...(call.range ? { Range: filled(call.range) } : {}),
    ...(match ? { 'If-None-Match': match } : {}),
    ...(ifRange ? { 'If-Range': ifRange } : {}),
  };
}

const longAgo = 'Thu, 01 Jan 1970 00:00:00 GMT';

function prepareMethod(
  call: Extract<Call, { kind: 'method' }>,
  base: URL,
  session: Bound | undefined,
): Prepared | undefined {
  const resources = {
    capabilities: 'getCapabilities',
    initiate: 'initiateUpload',
    session: 'getUploadSession',
    chunk: 'uploadChunk',
    complete: 'completeUpload',
    abort: 'abortUpload',
  } as const;
  const ownPath = call.resource === 'capabilities' || call.resource === 'initiate';
  if (!ownPath && !session) return undefined;
  const made = request(resources[call.resource], base, { sessionId: session?.id ?? '', chunkId: '0' });
  return { ...made, method: call.method };
}

/** Links are followed, never built. An unknown attachment is another one's link with another id of the same form. */
function follow(
  operation: OperationId,
  session: Bound | undefined,
  link: URL | undefined,
  spelling: 'plain' | 'unknown' | undefined,
): Prepared | undefined {
  if (!session || !link) return undefined;
  const { method } = operations[operation];
  const made = { operation, method, headers: {}, body: new Uint8Array() };
  if (spelling !== 'unknown') return { ...made, url: link };
  const id = session.attachmentId;
  if (!id || !(link.pathname + link.search).includes(id)) return undefined;
  // Long and random, since one character more or less may be another attachment that is there.
  const unknown = randomBytes(30).toString('hex');
  const other = new URL(link);
  other.pathname = link.pathname.replace(id, unknown);
  if (other.pathname === link.pathname) other.search = link.search.replace(id, unknown);
  return { ...made, url: other };
}

function request(
  operation: OperationId,
  base: URL,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array = new Uint8Array(),
): Prepared {
  const { method, path } = operations[operation];
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
  const text = body.length > 0 && headers['Content-Type'] !== 'application/octet-stream' && body.length <= 4096;
  return {
    operation,
    method,
    url: new URL(base.href.replace(/\/$/, '') + filled),
    headers,
    body,
    ...(text ? { text: Buffer.from(body).toString('utf8') } : {}),
  };
}

/** How an id looks in the path under another spelling (RFC 3986 6.2.2.2), or the id of no session. */
function spell(id: string, spelling: SpellingText | undefined): string {
  if (typeof spelling === 'object') return filled(spelling.raw, idForms(id));
  const first = id.charCodeAt(0).toString(16).toUpperCase();
  switch (spelling) {
    case 'percent-encoded':
      return `%${first}${id.slice(1)}`;
    case 'double-encoded':
      return `%25${first}${id.slice(1)}`;
    case 'other-case':
      return otherCase(id);
    case 'unknown':
      return unknownId(id);
    default:
      return id;
  }
}

/** The id with the case of its letters swapped; an id without letters gets another last character. */
function otherCase(id: string): string {
  const swapped = [...id].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
  return swapped === id ? unknownId(id) : swapped;
}

/** An id of the same form that is another one: its last character is changed. */
const unknownId = (id: string): string => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;

const payload = ({ json, body }: { readonly json?: Json; readonly body?: string }): Uint8Array =>
  body === undefined ? Buffer.from(JSON.stringify(json) ?? '', 'utf8') : Buffer.from(body, 'latin1');

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64');
