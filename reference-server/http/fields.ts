/** The header fields that the contract gives a meaning to, read and written. Pure. */
import { parseDictionary } from 'structured-headers';
import { type Algorithm, algorithms } from '../domain/hashing.ts';
import type { Expected } from '../domain/receiving.ts';

export type Span = Readonly<{ offset: number; length: number; fileSize: number }>;

export type DigestFault = Readonly<{
  refused: 'digest-unsupported-algorithms' | 'digest-invalid-values';
  detail: string;
}>;

const lengths: Readonly<Record<Algorithm, number>> = { 'sha-256': 32, 'sha-512': 64 };

/** Names of the algorithms that this server checks. */
export const digestAlgorithms = Object.keys(algorithms) as Algorithm[];

/**
 * The digests that an integrity field (or a member in its syntax) expects (RFC 9530, RFC 9651). Members of
 * algorithms that are not `supported` are not looked at; at least one has to be supported.
 */
export function parseDigests(text: string, supported: readonly Algorithm[] = digestAlgorithms): Expected | DigestFault {
  const invalid = (detail: string): DigestFault => ({ refused: 'digest-invalid-values', detail });
  const dictionary = attempt(() => parseDictionary(text));
  if (dictionary === null) return invalid('The digests are not a dictionary (RFC 9651, section 3.2).');
  const expected = new Map<Algorithm, Uint8Array>();
  for (const algorithm of supported) {
    const member = dictionary.get(algorithm);
    if (member === undefined) continue;
    const [value] = member;
    if (!(value instanceof ArrayBuffer) || value.byteLength !== lengths[algorithm])
      return invalid(`The value of ${algorithm} is not a sequence of ${lengths[algorithm]} bytes.`);
    expected.set(algorithm, new Uint8Array(value));
  }
  if (expected.size > 0) return expected;
  return { refused: 'digest-unsupported-algorithms', detail: `Supported: ${supported.join(', ')}.` };
}

/** A raw SHA-256 in base64, as the field that carries it. */
export function digestField(base64: string): string {
  return `sha-256=:${base64}:`;
}

/** The `Content-Range` of a span (RFC 9110, section 14.4). */
export function rangeField({ offset, length, fileSize }: Span): string {
  return `bytes ${offset}-${offset + length - 1}/${fileSize}`;
}

/** Whether a `Content-Range` names exactly this span; numbers are compared as numbers, however they are written. */
export function isRangeOf(text: string, { offset, length, fileSize }: Span): boolean {
  const match = /^bytes +(\d+)-(\d+)\/(\d+)$/i.exec(text.trim());
  if (match === null) return false;
  const [first, last, size] = match.slice(1).map((digits) => BigInt(digits));
  return first === BigInt(offset) && last === BigInt(offset + length - 1) && size === BigInt(fileSize);
}

/** Whether a list of entity tags (or `*`) names `etag`; weak comparison (RFC 9110, section 8.8.3.2). */
export function namesTag(list: string, etag: string, compare: 'weak' | 'strong' = 'weak'): boolean {
  if (list.trim() === '*') return true;
  const tags = list.match(/(W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => (compare === 'weak' ? tag.replace(/^W\//, '') : tag) === etag);
}

/** The number that a path segment spells in canonical decimal, or null. */
export function chunkIdOf(segment: string): number | null {
  return /^(0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : null;
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
