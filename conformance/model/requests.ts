import openapi from '../../generated/openapi.json' with { type: 'json' };
import type { ProblemName } from '../../generated/problems.ts';
import type { RequirementId } from '../../generated/requirements.ts';
import type { ChunkCall, CompleteCall, DigestText, DigestWord, Exchange, InitiateCall, Json } from '../history.ts';
import { filled, segmentOf } from '../templates.ts';
import { readDigests } from './digest-field.ts';
import { ownLength } from './framing.ts';
import { readJson } from './json.ts';
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

/** One way to read a request with a JSON body. `json` is what it says, if it says anything. */
export interface JsonReading extends Reading {
  readonly json?: Json;
}

/** Several, if a server may read it so or so. */
type JsonReadings = readonly [JsonReading, ...JsonReading[]];

const invalid: Fault = { problem: 'invalid-request', requirement: 'initiate.invalid' };
const badName: Fault = { problem: 'invalid-file-name', requirement: 'initiate.file-name' };

/** RFC 9110 8.3.1: type "/" subtype *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] ). */
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = String.raw`"(?:[\t !#-\[\]-~\u0080-\uffff]|\\[\t !-~\u0080-\uffff])*"`;
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*(?:${token}=(?:${token}|${quoted}))?)*$`);

/** Reads an initiate request as the contract does (requirements `initiate.*`, JSON per RFC 8259). */
export function readInitiate(call: InitiateCall, sent: OfJson, claims: Claims): JsonReadings {
  const type = call.mediaType === undefined ? 'application/json' : call.mediaType;
  const essence = type?.split(';')[0]?.trim().toLowerCase();
  const unsupported: Fault = { problem: 'unsupported-media-type', requirement: 'initiate.media-type' };
  const ofType: Reading = essence?.endsWith('+json')
    ? { faults: [], leave: [unsupported] }
    : { faults: essence === 'application/json' ? [] : [unsupported], leave: [] };
  return readingsOf(call, sent, invalid, ofType, (json) => readDeclaration(json, claims));
}

/** What the reading of a JSON body has to know of how it was sent. */
type OfJson = Pick<Exchange['sent'], 'text' | 'bodyLength' | 'declaredLength'>;

/** Each way to read a call's JSON body. A body that is none is `invalid`. */
function readingsOf(
  call: Pick<InitiateCall | CompleteCall, 'json' | 'body'>,
  sent: OfJson,
  invalid: Fault,
  before: Reading,
  read: (json: Json) => Reading,
): JsonReadings {
  const { values, doubtful, long } = readJson(call, isCut(sent) ? ownLength(sent) : undefined);
  const tooLarge: Fault = { problem: 'request-too-large', requirement: invalid.requirement };
  const leave = [...before.leave, ...(doubtful ? [invalid] : []), ...(long ? [tooLarge] : [])];
  const readings = values.map((json): JsonReading => {
    const { faults, leave: more } = read(json);
    return { json, faults: [...before.faults, ...faults], leave: [...more, ...leave] };
  });
  const [first = { faults: [...before.faults, invalid], leave }, ...others] = readings;
  return [first, ...others];
}

function readDeclaration(body: Json, claims: Claims): Reading {
  if (!isObject(body)) return { faults: [invalid], leave: [] };
  const faults = [...nameFaults(body['fileName']), ...sizeFaults(body['fileSize'], claims.limits.maxFileSize)];
  const leave: Fault[] = [];
  for (const hint of ['preferredChunkSize', 'preferredTimeoutSeconds']) {
    const value = body[hint];
    if (value === undefined) continue;
    // Past the greatest double it is Infinity, and past 2^53 - 1 at the least.
    const whole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
    if (!whole || (value as number) < 1) faults.push(invalid);
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
    /[\p{Cc}/\\]/u.test(name) ||
    /\p{Surrogate}/u.test(name) ||
    name === '.' ||
    name === '..' ||
    new TextEncoder().encode(name).length > 255;
  return refused ? [badName] : [];
}

function sizeFaults(size: Json | undefined, maxFileSize: number): Fault[] {
  const members = { maxFileSize };
  const tooLarge: Fault = { problem: 'file-too-large', requirement: 'initiate.too-large', members };
  if (size === Number.POSITIVE_INFINITY) return [tooLarge, invalid];
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) return [invalid];
  if (size <= maxFileSize) return [];
  // Past 2^53 a number is both out of the schema's bounds and too large.
  return Number.isSafeInteger(size) ? [tooLarge] : [tooLarge, invalid];
}

/** What is wrong with a chunk upload, apart from the session's phase. */
export function readChunk(
  call: ChunkCall,
  session: Session,
  sent: Pick<Exchange['sent'], 'bodyLength' | 'bodyDigest' | 'headers'>,
  claims: Claims,
): Reading {
  const { bodyLength: length } = sent;
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
    const mismatch: Fault = {
      problem: 'content-range-mismatch',
      requirement: 'chunk.content-range',
      members: { expectedRange },
    };
    const matches = call.contentRange === undefined || rangeMatches(call.contentRange, session, chunk);
    if (matches === 'perhaps') leave.push(mismatch);
    else if (!matches) faults.push(mismatch);
  }
  // Of a chunk that is not there nothing else can be told for sure: a range or a digest may be looked at first.
  if (chunk === undefined && call.contentRange !== undefined)
    leave.push({ problem: 'content-range-mismatch', requirement: 'chunk.content-range' });
  if (chunk === undefined) leave.push({ problem: 'chunk-length-mismatch', requirement: 'chunk.length' });
  const digest = readChunkDigest(call.contentDigest, sent, claims);
  return { faults: [...faults, ...digest.faults], leave: [...leave, ...digest.leave] };
}

/** The index that a path segment names: canonical decimal within the session, after one percent-decoding. */
export function chunkIndex(segment: number | string, totalChunks: number): number | undefined {
  const text = segmentOf(filled(String(segment)));
  if (text === undefined || !/^(0|[1-9][0-9]*)$/.test(text)) return undefined;
  return Number(text) < totalChunks ? Number(text) : undefined;
}

/**
 * Whether a `Content-Range` names the chunk; `perhaps` where a server may see it so or not: more white space than the
 * grammar's one space (RFC 9110 14.4), numbers of more than 16 digits, nothing at all, or several field lines.
 */
function rangeMatches(template: string, session: Session, chunk: number): boolean | 'perhaps' {
  if (template === 'right') return true;
  const start = chunk * session.chunkSize;
  const right = { first: start, last: start + chunkLength(session, chunk) - 1, size: session.fileSize };
  const lines = filled(template, right).split('\n');
  if (lines.length > 1) return lines.some((line) => lineMatches(line, right)) && 'perhaps';
  return lineMatches(lines[0] as string, right);
}

function lineMatches(line: string, right: { readonly [part: string]: number }): boolean | 'perhaps' {
  const text = line.replace(/^[ \t]+|[ \t]+$/g, '');
  if (text === '') return 'perhaps';
  const numbers = /^bytes[ \t]+(\d+)[ \t]*-[ \t]*(\d+)[ \t]*\/[ \t]*(\d+)$/i.exec(text)?.slice(1);
  if (!numbers || !Object.values(right).every((value, i) => BigInt(numbers[i] as string) === BigInt(value)))
    return false;
  const plain = /^bytes \d{1,16}-\d{1,16}\/\d{1,16}$/i.test(text);
  return plain || 'perhaps';
}

/** What is wrong with the digest field of a chunk: in its words, or as its text reads. */
function readChunkDigest(
  digest: DigestText | undefined,
  { headers, bodyDigest }: Pick<Exchange['sent'], 'bodyDigest' | 'headers'>,
  { digestAlgorithms = [] }: Claims,
): Reading {
  if (typeof digest !== 'object') return { faults: digestFaults(digest, 'chunk'), leave: [] };
  // Several field lines are one list (RFC 9110 5.3).
  const text = (headers['Content-Digest'] ?? '').replaceAll('\n', ', ').replace(/^[ \t]+|[ \t]+$/g, '');
  const { faults, leave, expects } = readDigests(text, digestAlgorithms);
  const wrong = expects !== undefined && expects !== bodyDigest ? (['digest-mismatched-values'] as const) : [];
  return { faults: [...faults, ...wrong].map(blamed), leave: leave.map(blamed) };
}

const promises: Partial<Record<ProblemName, RequirementId>> = {
  'digest-mismatched-values': 'chunk.digest',
  'digest-unsupported-algorithms': 'chunk.digest-unsupported',
};

const blamed = (problem: ProblemName): Fault => ({ problem, requirement: promises[problem] ?? 'chunk.digest-invalid' });

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
export function readComplete(call: CompleteCall, sent: OfJson, claims: Claims): JsonReadings {
  const none: Reading = { faults: [], leave: [] };
  if (call.body === '' || (isCut(sent) && ownLength(sent) === 0)) return [{ faults: [], leave: [notObject], json: {} }];
  const read = (body: Pick<CompleteCall, 'json' | 'body'>) =>
    readingsOf(body, sent, notObject, none, (json) => readExpectations(json, claims));
  if (call.body !== undefined || call.json !== undefined) return read(call);
  // Text in place of a digest is judged by what was sent: only there it stands with its placeholders filled in.
  if (typeof call.digest === 'object' || typeof call.compositeDigest === 'object' || isCut(sent))
    return read({ json: JSON.parse(sent.text ?? '{}') as Json });
  const words = [call.compositeDigest, call.digest].filter((word) => word !== 'wrong');
  return [{ faults: words.flatMap((word) => digestFaults(word, 'complete')), leave: [] }];
}

/** Whether the request's own body ends before what was sent, in the middle of a text perhaps. */
const isCut = (sent: OfJson): boolean => ownLength(sent) < sent.bodyLength;

const notObject: Fault = { problem: 'invalid-request', requirement: 'complete.digest' };

function readExpectations(body: Json, { digestAlgorithms = [] }: Claims): Reading {
  if (!isObject(body)) return { faults: [notObject], leave: [] };
  // The composite digest is one of SHA-256 digests: it knows no other algorithm.
  const readings = [readExpectation(body['compositeDigest'], []), readExpectation(body['digest'], digestAlgorithms)];
  return { faults: readings.flatMap(({ faults }) => faults), leave: readings.flatMap(({ leave }) => leave) };
}

/** A digest as it stands in a JSON body. */
function readExpectation(value: Json | undefined, supported: readonly string[]): Reading {
  if (value === undefined) return { faults: [], leave: [] };
  if (typeof value !== 'string') return { faults: [notObject], leave: [] };
  const { faults, leave } = readDigests(value, supported);
  const promised = (problem: ProblemName): Fault => ({ problem, requirement: 'complete.digest' });
  const long = value.length > longestExpectation ? [notObject, promised('digest-invalid-values')] : [];
  return { faults: faults.map(promised), leave: [...leave.map(promised), ...long] };
}

/** The SHA-256 values that a completion's JSON body expects, in base64; undefined if none. */
export function expectationsIn(body: Json): Exchange['sent']['expects'] {
  if (!isObject(body)) return undefined;
  const [composite, whole] = [expectedSha256(body['compositeDigest']), expectedSha256(body['digest'])];
  if (composite === undefined && whole === undefined) return undefined;
  return { ...(composite === undefined ? {} : { composite }), ...(whole === undefined ? {} : { whole }) };
}

/** Base64 of the SHA-256 that a text expects. */
const expectedSha256 = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? readDigests(value, []).expects : undefined;

const longestExpectation = openapi.components.schemas.DigestExpectation.maxLength;

/** The JSON value as text that does not depend on the order of members; what no server has to read is left out. */
export function canonical(value: Json | undefined, level = 0): string {
  if (level > deepest) return '…';
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item, level + 1)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name], level + 1)}`).join(',')}}`;
}

/** Levels that are compared: beyond those that every server takes, and few enough for this stack. */
const deepest = 500;

export function isObject(value: Json | undefined): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
