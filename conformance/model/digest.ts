import { sha256 } from '@noble/hashes/sha2.js';
import { bytesOf } from '../bytes.ts';

/** What a chunk holds: the write that stored it, and its SHA-256 (base64 of the raw digest). */
export interface Stored {
  readonly write: number;
  readonly digest: string;
}

/** SHA-256 as base64 of the raw 32 bytes. */
export const sha256Base64 = (bytes: Uint8Array): string => base64(sha256(bytes));

/** The bytes that a completed file holds: its chunks in index order. Lengths as the geometry has them. */
export function assemble(chunks: ReadonlyMap<number, Stored>, lengthOf: (chunk: number) => number): Uint8Array {
  const parts = [...chunks].sort(([a], [b]) => a - b);
  const whole = new Uint8Array(parts.reduce((sum, [chunk]) => sum + lengthOf(chunk), 0));
  let offset = 0;
  for (const [chunk, { write }] of parts) {
    whole.set(bytesOf(write, chunk, lengthOf(chunk)), offset);
    offset += lengthOf(chunk);
  }
  return whole;
}

/** SHA-256 over the raw SHA-256 digests of the chunks in index order; of an empty file: of nothing. */
export const compositeDigest = (chunks: ReadonlyMap<number, Stored>): string =>
  compositeOf([...chunks].sort(([a], [b]) => a - b).map(([, { digest }]) => rawDigest(digest)));

/** The same, of the raw digests themselves. */
export function compositeOf(digests: readonly Uint8Array[]): string {
  const hash = sha256.create();
  for (const digest of digests) hash.update(digest);
  return base64(hash.digest());
}

/** The sha-256 member of an RFC 9530 field or member text, as base64; undefined if it has none. */
export function sha256Member(field: unknown): string | undefined {
  if (typeof field !== 'string') return undefined;
  return /(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:,|$)/.exec(field)?.[1];
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** The 32 bytes that base64 text stands for. */
export const rawDigest = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
