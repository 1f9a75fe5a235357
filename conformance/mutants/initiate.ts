import type { JsonObject } from './state.ts';

/** RFC 9110 8.3.1 `media-type`, in ASCII. */
const mediaType = (() => {
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  const quoted = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*"';
  return new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*(?:${token}=(?:${token}|${quoted}))?)*$`);
})();

const integerFrom =
  (least: number) =>
  (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= least;

const rules: readonly { name: string; required?: true; holds: (value: unknown) => boolean; detail: string }[] = [
  { name: 'fileName', required: true, holds: (v) => typeof v === 'string' && v !== '', detail: 'non-empty text' },
  { name: 'fileSize', required: true, holds: integerFrom(0), detail: 'an integer from 0' },
  {
    name: 'contentType',
    holds: (v) => typeof v === 'string' && v.length <= 255 && mediaType.test(v),
    detail: 'a media type of at most 255 ASCII characters',
  },
  { name: 'preferredChunkSize', holds: integerFrom(1), detail: 'an integer from 1' },
  { name: 'preferredTimeoutSeconds', holds: integerFrom(1), detail: 'an integer from 1' },
];

/** The members of an initiate body that break its schema: JSON Pointer fragment → what the member must be. */
export function invalidMembers(json: JsonObject): Readonly<Record<string, string>> {
  const broken = rules.filter(({ name, required, holds }) =>
    Object.hasOwn(json, name) ? !holds(json[name]) : required === true,
  );
  return Object.fromEntries(broken.map(({ name, detail }) => [`#/${name}`, `must be ${detail}`]));
}

/** Whether a non-empty name may be kept: it must do as one path segment on every system, and be UTF-8 at all. */
export function nameIsAcceptable(fileName: string): boolean {
  return (
    fileName.isWellFormed() &&
    !/[\p{Cc}/\\]/u.test(fileName) &&
    fileName !== '.' &&
    fileName !== '..' &&
    Buffer.byteLength(fileName) <= 255
  );
}

/** A body as a JSON object (RFC 8259, UTF-8, no byte order mark); undefined if it is none. */
export function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
