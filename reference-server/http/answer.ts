/** What goes back over the wire, as a value: status, fields, body. And the one table from refusals to problems. */
import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import { type ProblemName, problems } from '../../generated/problems.ts';
import type { components } from '../../generated/types.ts';
import type { Refused } from '../domain/uploads.ts';
import { rangeField } from './fields.ts';

export type Fields = Readonly<Record<string, string>>;
export type Answer = Readonly<{ status: number; fields: Fields; body: string | Readable | null }>;

/** A fault of a JSON body: where (a JSON Pointer as a URI fragment, RFC 6901 section 6) and what. */
export type Fault = Readonly<{ pointer: string; detail: string }>;

/** What HTTP itself gives cause to refuse, beside what the domain refuses. */
type RefusedByHttp =
  | Readonly<{ refused: 'unauthorized' }>
  | Readonly<{ refused: 'invalid-request'; errors: readonly Fault[] }>
  | Readonly<{ refused: 'unsupported-media-type'; detail: string }>
  | Readonly<{ refused: 'request-too-large'; limit: number }>
  | Readonly<{ refused: 'content-range-mismatch'; offset: number; length: number; fileSize: number }>
  | Readonly<{ refused: 'digest-unsupported-algorithms' | 'digest-invalid-values'; detail: string }>
  | Readonly<{ refused: 'insufficient-storage' }>;

/** Every refusal there is. */
export type AnyRefusal = Refused | RefusedByHttp;

type Row = Readonly<{ detail?: string; members?: Readonly<Record<string, unknown>>; fields?: Fields }>;
/** A row for each problem of the contract: one too few, or one that the contract lacks, does not compile. */
type Table = { readonly [Name in ProblemName]: (refusal: Extract<AnyRefusal, { refused: Name }>) => Row };

/** Seconds; long enough not to be hammered, short enough for a restart. */
const retryAfter = '2';

const table: Table = {
  'attachment-not-found': () => ({}),
  'chunk-length-mismatch': ({ expectedLength }) => ({ members: { expectedLength } }),
  'chunk-not-found': ({ totalChunks }) => ({ members: { totalChunks } }),
  'content-range-mismatch': (span) => ({ members: { expectedRange: rangeField(span) } }),
  'digest-invalid-values': ({ detail }) => ({ detail }),
  'digest-mismatched-values': ({ detail }) => ({ detail }),
  'digest-unsupported-algorithms': ({ detail }) => ({ detail }),
  'file-too-large': ({ maxFileSize }) => ({ members: { maxFileSize } }),
  'idempotency-key-reused': () => ({}),
  'insufficient-storage': () => ({}),
  'invalid-file-name': ({ detail }) => ({ detail }),
  'invalid-request': ({ errors }) => ({ members: { errors } }),
  'request-too-large': ({ limit }) => ({ detail: `At most ${limit} bytes are read here.` }),
  'session-aborted': () => ({}),
  'session-completed': () => ({}),
  'session-expired': ({ expiredAt }) => ({ members: { expiredAt: new Date(expiredAt).toISOString() } }),
  'session-not-found': () => ({}),
  'too-many-requests': () => ({ fields: { 'retry-after': retryAfter } }),
  unauthorized: () => ({ fields: { 'www-authenticate': 'Bearer realm="uploads"' } }),
  unavailable: () => ({ fields: { 'retry-after': retryAfter } }),
  'unsupported-media-type': ({ detail }) => ({ detail }),
  'upload-incomplete': ({ missingChunks, missingCount }) => ({ members: { missingChunks, missingCount } }),
};

/** The problem that a refusal is told with. */
export function refusal(refused: AnyRefusal): Answer {
  return problem(problemDocument(refused), rowOf(refused).fields);
}

/** The same, as it is told later: the `completionError` of a session. */
export function problemDocument(refused: AnyRefusal): components['schemas']['Problem'] {
  const { type, title, status } = problems[refused.refused];
  const { detail, members } = rowOf(refused);
  return { type, title, status, ...(detail === undefined ? {} : { detail }), ...members };
}

function rowOf(refused: AnyRefusal): Row {
  return (table[refused.refused] as (refused: AnyRefusal) => Row)(refused); // the types of `table` pair the two
}

/** A problem that the contract's table does not name (RFC 9457, section 4.2.1). */
export function unnamedProblem(status: number, fields: Fields = {}): Answer {
  return problem({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status }, fields);
}

function problem(document: components['schemas']['Problem'], fields: Fields = {}): Answer {
  return {
    status: document.status,
    fields: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...fields },
    body: JSON.stringify(document),
  };
}

/** A JSON document; never stored by a cache, since it is true only now. */
export function json(status: number, document: unknown, fields: Fields = {}): Answer {
  return {
    status,
    fields: { 'content-type': 'application/json', 'cache-control': 'no-store', ...fields },
    body: JSON.stringify(document),
  };
}
