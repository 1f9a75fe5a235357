import type { ProblemName } from '../../generated/problems.ts';
import type { RequirementId } from '../../generated/requirements.ts';
import type { ChunkCall, CompleteCall, DigestWord, InitiateCall, Json } from '../history.ts';
import { type Claims, chunkLength, type Session } from './state.ts';

/** A reason to refuse a request, and the promise that a server would break by accepting it. */
export interface Fault {
  readonly problem: ProblemName;
  readonly requirement: RequirementId;
  /** Extension members that the problem has to have. */
  readonly members?: Readonly<Record<string, Json>>;
}

/** What is wrong with a request: `faults` have to be refused, for a `leave` a server may refuse it too. */
export interface Reading {
  readonly faults: readonly Fault[];
  readonly leave: readonly Fault[];
}

const invalid: Fault = { problem: 'invalid-request', requirement: 'initiate.invalid' };
const badName: Fault = { problem: 'invalid-file-name', requirement: 'initiate.file-name' };

/** RFC 9110 8.3.1: type "/" subtype *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] ). */
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = String.raw`"(?:[\t !#-\[\]-~\u0080-\uffff]|\\[\t !-~\u0080-\uffff])*"`;
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*(?:${token}=(?:${token}|${quoted}))?)*$`);

/** Reads an initiate request as the contract does (requirements `initiate.*`, JSON per RFC 8259). */
export function readInitiate(call: InitiateCall, claims: Claims): Reading {
  const faults: Fault[] = [];
  const leave: Fault[] = [];
  const type = call.mediaType === undefined ? 'application/json' : call.mediaType;
  const essence = type?.split(';')[0]?.trim().toLowerCase();
  const unsupported: Fault = { problem: 'unsupported-media-type', requirement: 'initiate.media-type' };
  if (essence?.endsWith('+json')) leave.push(unsupported);
  else if (essence !== 'application/json') faults.push(unsupported);
  if (call.broken !== undefined) return { faults: [...faults, invalid], leave };

  const body = call.json;
  if (!isObject(body)) return { faults: [...faults, invalid], leave };
  faults.push(...nameFaults(body['fileName']));
  faults.push(...sizeFaults(body['fileSize'], claims.limits.maxFileSize));
  for (const hint of ['preferredChunkSize', 'preferredTimeoutSeconds']) {
    const value = body[hint];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || (value as number) < 1) faults.push(invalid);
    else if (!Number.isSafeInteger(value)) leave.push(invalid);
  }
  const contentType = body['contentType'];
  if (contentType !== undefined) {
    if (typeof contentType !== 'string' || !mediaType.test(contentType)) faults.push(invalid);
    else if (contentType.length > 255 || /[^\x20-\x7e]/.test(contentType)) leave.push(invalid);
  }
  return { faults, leave };
}

function nameFaults(name: Json | undefined): Fault[] {
  if (typeof name !== 'string' || name === '') return [invalid];
  const refused =
    /[\p{Cc}/\\]/u.test(name) || /\p{Surrogate}/u.test(name) || name === '.' || name === '..' || utf8Length(name) > 255;
  return refused ? [badName] : [];
}

function sizeFaults(size: Json | undefined, maxFileSize: number): Fault[] {
  const members = { maxFileSize };
  const tooLarge: Fault = { problem: 'file-too-large', requirement: 'initiate.too-large', members };
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) return [invalid];
  if (size <= maxFileSize) return [];
  // Past 2^53 a number is both out of the schema's bounds and too large.
  return Number.isSafeInteger(size) ? [tooLarge] : [tooLarge, invalid];
}

/** What is wrong with a chunk upload, apart from the session's phase. `length` is that of the body, in bytes. */
export function readChunk(call: ChunkCall, session: Session, length: number): Reading {
  const faults: Fault[] = [];
  const chunk = chunkIndex(call.chunk, session.totalChunks);
  const leave: Fault[] = [];
  if (call.contentEncoding !== undefined && call.contentEncoding !== 'identity')
    faults.push({ problem: 'unsupported-media-type', requirement: 'chunk.stored' });
  const { totalChunks } = session;
  if (chunk === undefined)
    faults.push({ problem: 'chunk-not-found', requirement: 'chunk.range', members: { totalChunks } });
  else {
    const expectedLength = chunkLength(session, chunk);
    const first = chunk * session.chunkSize;
    const expectedRange = `bytes ${first}-${first + expectedLength - 1}/${session.fileSize}`;
    if (length !== expectedLength)
      faults.push({ problem: 'chunk-length-mismatch', requirement: 'chunk.length', members: { expectedLength } });
    if (call.contentRange !== undefined && !rangeMatches(call.contentRange, session, chunk))
      faults.push({
        problem: 'content-range-mismatch',
        requirement: 'chunk.content-range',
        members: { expectedRange },
      });
  }
  // Of a chunk that is not there nothing else can be told for sure: a range or a digest may be looked at first.
  if (chunk === undefined && call.contentRange !== undefined)
    leave.push({ problem: 'content-range-mismatch', requirement: 'chunk.content-range' });
  if (chunk === undefined) leave.push({ problem: 'chunk-length-mismatch', requirement: 'chunk.length' });
  faults.push(...digestFaults(call.contentDigest, 'chunk'));
  return { faults, leave };
}

/** The index that a path segment names: canonical decimal within the session, after one percent-decoding. */
export function chunkIndex(segment: number | string, totalChunks: number): number | undefined {
  let text: string;
  try {
    text = decodeURIComponent(String(segment));
  } catch {
    return undefined;
  }
  if (!/^(0|[1-9][0-9]*)$/.test(text)) return undefined;
  return Number(text) < totalChunks ? Number(text) : undefined;
}

function rangeMatches(field: string, session: Session, chunk: number): boolean {
  if (field === 'right') return true;
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(field) ?? [];
  const start = chunk * session.chunkSize;
  return (
    Number(first) === start &&
    Number(last) === start + chunkLength(session, chunk) - 1 &&
    Number(size) === session.fileSize
  );
}

/** Faults of a digest word as such; whether a value matches depends on the bytes. */
export function digestFaults(word: DigestWord | undefined, of: 'chunk' | 'complete'): Fault[] {
  const ids =
    of === 'chunk'
      ? (['chunk.digest', 'chunk.digest-unsupported', 'chunk.digest-invalid'] as const)
      : (['complete.digest', 'complete.digest', 'complete.digest'] as const);
  switch (word) {
    case 'wrong':
      return [{ problem: 'digest-mismatched-values', requirement: ids[0] }];
    case 'unsupported':
    case 'empty':
      return [{ problem: 'digest-unsupported-algorithms', requirement: ids[1] }];
    case 'garbage':
    case 'short':
      return [{ problem: 'digest-invalid-values', requirement: ids[2] }];
    case 'right':
    case 'several':
    case undefined:
      return [];
  }
}

/** What is wrong with a completion's body as such: not whether its digests match. */
export function readComplete(call: CompleteCall): Reading {
  const broken: Fault = { problem: 'invalid-request', requirement: 'complete.digest' };
  if (call.broken !== undefined) return { faults: [broken], leave: [] };
  if (call.json !== undefined) {
    const ok =
      isObject(call.json) &&
      ['digest', 'compositeDigest'].every((name) => {
        const value = (call.json as Record<string, Json>)[name];
        return value === undefined || typeof value === 'string';
      });
    return { faults: ok ? [] : [broken], leave: [] };
  }
  const words = [call.compositeDigest, call.digest].filter((word) => word !== 'wrong');
  return { faults: words.flatMap((word) => digestFaults(word, 'complete')), leave: [] };
}

/** The JSON value as text that does not depend on the order of members. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

export function isObject(value: Json | undefined): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}
