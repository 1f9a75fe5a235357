/** Initiate, as arithmetic: which chunk size and which timeout an upload gets, and which names it may have. Pure. */
import type { Plan } from './session.ts';

/** Sizes in bytes, times in seconds, as `Capabilities.limits` shows them. */
export type Limits = Readonly<{
  maxFileSize: number;
  minChunkSize: number;
  maxChunkSize: number;
  maxChunks: number;
  minTimeoutSeconds: number;
  maxTimeoutSeconds: number;
}>;

/** What a server offers when nobody asks: few round trips, little to send again after a cut. */
export const defaultChunkSize = 8 * 1024 * 1024;

export type Wish = Readonly<{
  fileName: string;
  fileSize: number;
  contentType: string;
  preferredChunkSize: number | null;
  preferredTimeoutSeconds: number | null;
}>;

export type PlanRefusal =
  | Readonly<{ refused: 'file-too-large'; maxFileSize: number }>
  | Readonly<{ refused: 'invalid-file-name'; detail: string }>;

/** The plan for `wish`, without the identity that the shell gives it, or why there is none. */
export function planFor(
  wish: Wish,
  limits: Limits,
  defaultTimeoutSeconds: number,
): Omit<Plan, 'sessionId' | 'principal'> | PlanRefusal {
  const fault = fileNameFault(wish.fileName);
  if (fault !== null) return { refused: 'invalid-file-name', detail: fault };
  if (wish.fileSize > limits.maxFileSize) return { refused: 'file-too-large', maxFileSize: limits.maxFileSize };
  // The smallest chunk that keeps within maxChunks. maxFileSize ≤ maxChunkSize · maxChunks, so it is never above maxChunkSize.
  const least = Math.max(limits.minChunkSize, Math.ceil(wish.fileSize / limits.maxChunks));
  const chunkSize = clamp(wish.preferredChunkSize ?? defaultChunkSize, least, limits.maxChunkSize);
  const { minTimeoutSeconds, maxTimeoutSeconds } = limits;
  const timeout = clamp(wish.preferredTimeoutSeconds ?? defaultTimeoutSeconds, minTimeoutSeconds, maxTimeoutSeconds);
  return {
    fileName: wish.fileName,
    fileSize: wish.fileSize,
    contentType: wish.contentType,
    chunkSize,
    totalChunks: Math.ceil(wish.fileSize / chunkSize),
    timeoutMs: timeout * 1000,
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** What is wrong with a file name, or null (requirement `initiate.file-name`). */
export function fileNameFault(name: string): string | null {
  if (!name.isWellFormed()) return 'The name contains an unpaired surrogate.';
  if (/\p{Cc}/u.test(name)) return 'The name contains a control character.';
  if (/[/\\]/.test(name)) return 'The name contains "/" or "\\".';
  if (name === '.' || name === '..') return 'The name is a directory reference.';
  if (new TextEncoder().encode(name).length > 255) return 'The name is longer than 255 bytes of UTF-8.';
  return null;
}
