/** One handler an operation of the contract: from a request to a command, and from the outcome to an answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperationId } from '../../generated/operations.ts';
import type { Algorithm } from '../domain/hashing.ts';
import type { Limits } from '../domain/plan.ts';
import type { Expected } from '../domain/receiving.ts';
import type { Uploads } from '../domain/uploads.ts';
import { type Answer, json, refusal } from './answer.ts';
import { hasBody, piecesOf } from './body.ts';
import { contentAnswer } from './content.ts';
import { chunkIdOf, type DigestFault, isRangeOf, parseDigests } from './fields.ts';
import { asCompleteRequest, asInitiateRequest, fingerprintOf, invalid, readJson } from './json.ts';
import { attachmentDocument, capabilitiesDocument, pathOf, receiptDocument, sessionDocument } from './represent.ts';

export type Context = Readonly<{
  uploads: Uploads;
  limits: Limits;
  prefix: string;
  auth: boolean;
  /** Bytes a second that a body has to come with on average. */
  minRate: number;
}>;

export type Call = Readonly<{
  principal: string;
  variables: Readonly<Record<string, string>>;
  request: IncomingMessage;
  response: ServerResponse;
}>;

type Handler = (context: Context, call: Call) => Promise<Answer>;

const getCapabilities: Handler = async ({ limits, auth }) => json(200, capabilitiesDocument(limits, auth));

const initiateUpload: Handler = async ({ uploads, prefix, minRate }, { principal, request, response }) => {
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json')
    return refusal({ refused: 'unsupported-media-type', detail: 'Content-Type has to be application/json.' });
  const coding = codingFault(request);
  if (coding !== null) return coding;
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || key.length < 1 || key.length > 255))
    return refusal(invalid('#', 'Idempotency-Key has to have 1 to 255 characters.'));
  const read = await readJson(request, response, minRate, invalid('#', 'There is no body.'));
  if ('refused' in read) return refusal(read);
  const wanted = asInitiateRequest(read.value);
  if ('refused' in wanted) return refusal(wanted);
  const wish = {
    fileName: wanted.fileName,
    fileSize: wanted.fileSize,
    contentType: wanted.contentType ?? 'application/octet-stream',
    preferredChunkSize: wanted.preferredChunkSize ?? null,
    preferredTimeoutSeconds: wanted.preferredTimeoutSeconds ?? null,
  };
  const use = key === undefined ? null : { key, fingerprint: fingerprintOf(read.canonical) };
  const session = await uploads.initiate(principal, wish, use);
  if ('refused' in session) return refusal(session);
  const location = pathOf(prefix, 'getUploadSession', { sessionId: session.plan.sessionId });
  return json(201, sessionDocument(prefix, session), { location });
};

const getUploadSession: Handler = async ({ uploads, prefix }, call) => {
  const session = await uploads.session(subjectOf(call));
  return 'refused' in session ? refusal(session) : json(200, sessionDocument(prefix, session));
};

const uploadChunk: Handler = async ({ uploads, minRate }, call) => {
  const { request, response, variables } = call;
  // Existence and ownership come before anything that depends on the rest of the request.
  const admission = await uploads.admit(subjectOf(call), chunkIdOf(variables['chunkId'] ?? ''));
  if ('refused' in admission) return refusal(admission);
  const { offset, length, plan } = admission;
  const coding = codingFault(request);
  if (coding !== null) return coding;
  const { 'content-range': range, 'content-length': declared, 'content-digest': digest } = request.headers;
  const span = { offset, length, fileSize: plan.fileSize };
  if (range !== undefined && !isRangeOf(range, span)) return refusal({ refused: 'content-range-mismatch', ...span });
  if (declared !== undefined && Number(declared) !== length)
    return refusal({ refused: 'chunk-length-mismatch', expectedLength: length });
  const expected = expectationOf(digest?.toString());
  if ('refused' in expected) return refusal(expected);
  const receipt = await uploads.receive(admission, (signal) => piecesOf(request, response, signal, minRate), expected);
  return 'refused' in receipt ? refusal(receipt) : json(receipt.created ? 201 : 200, receiptDocument(receipt));
};

const completeUpload: Handler = async ({ uploads, prefix, minRate }, call) => {
  const { request, response } = call;
  const session = await uploads.session(subjectOf(call));
  if ('refused' in session) return refusal(session);
  const coding = hasBody(request) ? codingFault(request) : null;
  if (coding !== null) return coding;
  const read = await readJson(request, response, minRate, { value: {} });
  if ('refused' in read) return refusal(read);
  const wanted = asCompleteRequest(read.value);
  if ('refused' in wanted) return refusal(wanted);
  const digest = expectationOf(wanted.digest);
  if ('refused' in digest) return refusal(digest);
  // By definition SHA-256 over SHA-256: no other algorithm means anything here.
  const composite = expectationOf(wanted.compositeDigest, ['sha-256']);
  if ('refused' in composite) return refusal(composite);
  const expectation = { digest, compositeDigest: composite.get('sha-256') ?? null };
  const completion = await uploads.complete(subjectOf(call), expectation);
  if ('refused' in completion) return refusal(completion);
  if ('plan' in completion) return json(202, sessionDocument(prefix, completion), { 'retry-after': '1' });
  const { created, attachment } = completion;
  const location = pathOf(prefix, 'getAttachment', { attachmentId: attachment.attachmentId });
  return json(created ? 201 : 200, attachmentDocument(prefix, attachment), { location });
};

const abortUpload: Handler = async ({ uploads }, call) => {
  const refused = await uploads.abort(subjectOf(call));
  return refused === null ? { status: 204, fields: {}, body: null } : refusal(refused);
};

const getAttachment: Handler = async ({ uploads, prefix }, { principal, variables }) => {
  const attachment = await uploads.attachment(principal, variables['attachmentId'] ?? '');
  return 'refused' in attachment ? refusal(attachment) : json(200, attachmentDocument(prefix, attachment));
};

const getAttachmentContent: Handler = async ({ uploads }, { principal, variables, request }) => {
  const attachment = await uploads.attachment(principal, variables['attachmentId'] ?? '');
  if ('refused' in attachment) return refusal(attachment);
  return contentAnswer(uploads, attachment, request.method ?? 'GET', request.headers);
};

/** Every operation that the contract has: one that is added there, and not here, does not compile. */
export const handlers: Readonly<Record<OperationId, Handler>> = {
  getCapabilities,
  headCapabilities: getCapabilities,
  initiateUpload,
  getUploadSession,
  headUploadSession: getUploadSession,
  uploadChunk,
  completeUpload,
  abortUpload,
  getAttachment,
  headAttachment: getAttachment,
  getAttachmentContent,
  headAttachmentContent: getAttachmentContent,
};

function subjectOf({ principal, variables }: Call) {
  return { principal, sessionId: variables['sessionId'] ?? '' };
}

function expectationOf(text: string | undefined, supported?: readonly Algorithm[]): Expected | DigestFault {
  return text === undefined ? new Map() : parseDigests(text, supported);
}

function codingFault({ headers }: IncomingMessage): Answer | null {
  const codings = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  if (codings.every((coding) => coding === '' || coding === 'identity')) return null;
  return refusal({ refused: 'unsupported-media-type', detail: 'No content coding is supported.' });
}
