/** Who asks: profile `auth`, by bearer token (RFC 6750). */
import { createHash, timingSafeEqual } from 'node:crypto';

export type Principal = Readonly<{ name: string; token: string }>;

/** Whose sessions they are where nobody has to say who they are. No configured principal has this name. */
const everyone = '';

/**
 * Makes the function from an `Authorization` field to a principal's name, or null if it proves none. Each token
 * is compared, in constant time, whether or not an earlier one fitted: the time taken tells nothing.
 */
export function authenticator(principals: readonly Principal[]): (field: string | undefined) => string | null {
  const known = principals.map(({ name, token }) => ({ name, hash: hashOf(token) }));
  return (field) => {
    if (known.length === 0) return everyone;
    const given = hashOf(/^bearer +(\S+) *$/i.exec(field ?? '')?.[1] ?? '');
    const fitting = known.filter(({ hash }) => timingSafeEqual(hash, given));
    return fitting[0]?.name ?? null;
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
