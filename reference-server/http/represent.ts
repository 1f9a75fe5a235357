/** The contract's documents, from the domain's values. The types are those of the OpenAPI description. */
import { type OperationId, operations } from '../../generated/operations.ts';
import type { components } from '../../generated/types.ts';
import type { Limits } from '../domain/plan.ts';
import { rangesOf } from '../domain/received.ts';
import type { Receipt } from '../domain/receiving.ts';
import { type Attachment, receivedBytes, type Session } from '../domain/session.ts';
import { problemDocument } from './answer.ts';
import { digestAlgorithms, digestField } from './fields.ts';

type Schemas = components['schemas'];

/** The path of an operation below `prefix`, its variables filled in. */
export function pathOf(prefix: string, operation: OperationId, variables: Readonly<Record<string, string>>): string {
  return prefix + operations[operation].path.replace(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? '');
}

/** `UploadSession`. */
export function sessionDocument(prefix: string, session: Session): Schemas['UploadSession'] {
  const { plan, life, received, expiresAt } = session;
  const { sessionId, fileName, fileSize, contentType, chunkSize, totalChunks } = plan;
  return {
    sessionId,
    state: life.state === 'completed' || life.state === 'completing' ? life.state : 'open',
    fileName,
    fileSize,
    contentType,
    chunkSize,
    totalChunks,
    receivedChunks: rangesOf(received, totalChunks),
    receivedBytes: receivedBytes(session),
    expiresAt: timestamp(expiresAt),
    ...(life.state === 'open' && life.failure ? { completionError: problemDocument(life.failure) } : {}),
    ...(life.state === 'completed' ? { attachment: attachmentDocument(prefix, life.attachment) } : {}),
  };
}

/** `Attachment`. */
export function attachmentDocument(prefix: string, attachment: Attachment): Schemas['Attachment'] {
  const { attachmentId, fileName, fileSize, contentType, compositeDigest, digest, createdAt } = attachment;
  return {
    attachmentId,
    fileName,
    fileSize,
    contentType,
    compositeDigest: digestField(compositeDigest),
    ...(digest === null ? {} : { digest: digestField(digest) }),
    createdAt: timestamp(createdAt),
    contentUrl: pathOf(prefix, 'getAttachmentContent', { attachmentId }),
  };
}

/** `ChunkReceipt`. */
export function receiptDocument({ chunkId, offset, length, digest, expiresAt }: Receipt): Schemas['ChunkReceipt'] {
  return { chunkId, offset, length, digest: digestField(digest), expiresAt: timestamp(expiresAt) };
}

/** `Capabilities`; `auth` is claimed when there are principals to tell apart. */
export function capabilitiesDocument(limits: Limits, auth: boolean): Schemas['Capabilities'] {
  return {
    contractVersion: '1.0',
    profiles: ['core', 'download', 'idempotency', ...(auth ? (['auth'] as const) : [])],
    limits,
    digestAlgorithms,
  };
}

function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
