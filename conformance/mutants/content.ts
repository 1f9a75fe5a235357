import { digestText } from './digests.ts';
import { blankProblem } from './replies.ts';
import type { Attachment, Reply, Request } from './state.ts';

/**
 * The bytes of an attachment: validators before ranges (RFC 9110 13.2.2), ranges for GET alone (14.2).
 * Several ranges at once are answered with everything.
 */
export function contentReply(attachment: Attachment, request: Request): Reply {
  const { bytes } = attachment;
  const etag = `"${attachment.digest['sha-256']?.toString('hex')}"`;
  const headers = { ETag: etag, 'Accept-Ranges': 'bytes', 'Repr-Digest': digestText(attachment.digest) };
  const full = {
    ...headers,
    'Content-Type': attachment.contentType,
    'Content-Disposition': disposition(attachment.fileName),
    'X-Content-Type-Options': 'nosniff',
  };
  if (namesTag(request.headers['if-none-match'], etag)) return { status: 304, headers };
  const range = rangeOf(request, etag, bytes.length);
  if (range === undefined) return { status: 200, headers: full, bytes };
  if (range === 'unsatisfiable') return blankProblem(416, { 'Content-Range': `bytes */${bytes.length}` });
  const { first, last } = range;
  const contentRange = { 'Content-Range': `bytes ${first}-${last}/${bytes.length}` };
  return { status: 206, headers: { ...full, ...contentRange }, bytes: bytes.subarray(first, last + 1) };
}

/** Weak comparison, as `If-None-Match` asks for (RFC 9110 13.1.2). */
function namesTag(field: string | undefined, etag: string): boolean {
  if (field === undefined) return false;
  return field.trim() === '*' || (field.match(/"[^"]*"/g)?.includes(etag) ?? false);
}

function rangeOf(request: Request, etag: string, size: number) {
  const { range, 'if-range': ifRange } = request.headers;
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(range ?? '') ?? [];
  if (request.method !== 'GET' || from === undefined || to === undefined) return undefined;
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  if (from === '') return to === '' ? undefined : suffixOf(Number(to), size);
  if (to !== '' && BigInt(to) < BigInt(from)) return undefined;
  if (Number(from) >= size) return 'unsatisfiable';
  return { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

/** A suffix of nothing cannot be satisfied; one of an empty file can, but no `Content-Range` can say so. */
function suffixOf(length: number, size: number) {
  if (length === 0) return 'unsatisfiable';
  return size === 0 ? undefined : { first: Math.max(0, size - length), last: size - 1 };
}

/** RFC 6266 with RFC 8187: a plain fallback, and the exact name where the fallback is not it. */
export function disposition(fileName: string): string {
  const fallback = fileName.replace(/[^\x20-\x7e]|["%\\]/gu, '_');
  if (fallback === fileName) return `attachment; filename="${fileName}"`;
  const exact = encodeURIComponent(fileName).replace(
    /[*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${fallback}"; filename*=UTF-8''${exact}`;
}
