/**
 * What the honest server knows and says, as plain data: sessions and attachments in memory, requests read whole before
 * anything is decided, replies written whole afterwards. Sizes in bytes, instants in epoch ms.
 */
import type { components } from '../../generated/types.ts';
import type { Seams } from './seams.ts';

export type Operation =
  | 'getCapabilities'
  | 'initiateUpload'
  | 'getUploadSession'
  | 'uploadChunk'
  | 'completeUpload'
  | 'abortUpload'
  | 'getAttachment'
  | 'getAttachmentContent';

export type Profile = 'core' | 'download' | 'idempotency' | 'auth';

export type Limits = Readonly<components['schemas']['Limits']>;

export interface Geometry {
  readonly chunkSize: number;
  readonly totalChunks: number;
}

export interface Session extends Geometry {
  readonly id: string;
  readonly owner: string;
  readonly fileName: string;
  readonly fileSize: number;
  readonly contentType: string;
  readonly timeoutMs: number;
  readonly chunks: Map<number, Buffer>;
  expiresAt: number;
  state: 'open' | 'completing' | 'completed' | 'aborted';
  attachment?: Attachment;
  /** Why the last completion that took its time failed. */
  completionError?: JsonObject | undefined;
}

/** Raw hash values by algorithm name, as RFC 9530 spells it. */
export type Digests = Readonly<Record<string, Buffer>>;

export interface Attachment {
  readonly id: string;
  readonly owner: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly compositeDigest: Digests;
  readonly digest: Digests;
  readonly createdAt: number;
}

export interface Body {
  /** What arrived, as far as the server is ready to keep it. */
  readonly bytes: Buffer;
  /** How much arrived. */
  readonly length: number;
  /** False if the connection ended before the body did. */
  readonly whole: boolean;
  /** True if the body came without `Content-Length`. */
  readonly chunked: boolean;
}

export interface Request {
  readonly method: string;
  /** Undefined if the path or the method names none. */
  readonly operation: Operation | undefined;
  /** The methods of the path's resource; undefined for a path of nothing. */
  readonly allow: readonly string[] | undefined;
  /** Percent-decoded; empty where the path has none. */
  readonly sessionId: string;
  readonly chunkId: string;
  readonly attachmentId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** A request before its body is read. */
export type Head = Omit<Request, 'body'>;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: JsonObject;
  readonly bytes?: Buffer;
}

export interface State {
  readonly seams: Seams;
  readonly limits: Limits;
  readonly profiles: readonly Profile[];
  readonly tokens: readonly string[];
  readonly prefix: string;
  readonly sessions: Map<string, Session>;
  readonly attachments: Map<string, Attachment>;
  /** By principal and key: the request that the key belongs to, and the session it made. */
  readonly keys: Map<string, { readonly request: JsonObject; readonly session: Session }>;
}
