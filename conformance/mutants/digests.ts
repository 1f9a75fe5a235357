import { createHash } from 'node:crypto';
import { parseDictionary } from 'structured-headers';
import type { Digests } from './state.ts';

/** The algorithms of RFC 9530 that the honest server computes. */
export const digestAlgorithms = ['sha-256', 'sha-512'] as const;

/** The digests of some bytes, by every supported algorithm. */
export function digestsOf(bytes: Uint8Array): Digests {
  return Object.fromEntries(
    digestAlgorithms.map((name) => [name, createHash(name.replace('-', '')).update(bytes).digest()]),
  );
}

/** SHA-256 over the raw SHA-256 digests of the chunks in the given order; it has no other algorithm. */
export function compositeOf(chunks: readonly Uint8Array[]): Digests {
  const outer = createHash('sha256');
  for (const chunk of chunks) outer.update(createHash('sha256').update(chunk).digest());
  return { 'sha-256': outer.digest() };
}

/** The RFC 9530 text of a SHA-256 digest. */
export function digestText(digests: Digests): string {
  return `sha-256=:${digests['sha-256']?.toString('base64')}:`;
}

/** The members of an RFC 9530 field, each its bytes or undefined if it has none; undefined if it does not parse. */
export function parseDigests(field: string): ReadonlyMap<string, Buffer | undefined> | undefined {
  try {
    return new Map(
      [...parseDictionary(field)].map(([name, [value]]) => [
        name,
        value instanceof ArrayBuffer ? Buffer.from(value) : undefined,
      ]),
    );
  } catch {
    return undefined;
  }
}
