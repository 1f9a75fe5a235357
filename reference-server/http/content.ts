/** An attachment's bytes: validators, ranges, and fields that nothing in a name or type can break out of. */
import { create as contentDisposition } from 'content-disposition';
import parseRange from 'range-parser';
import type { Attachment } from '../domain/session.ts';
import type { Uploads } from '../domain/uploads.ts';
import { type Answer, unnamedProblem } from './answer.ts';
import { digestField, namesTag } from './fields.ts';

type Conditions = Readonly<Record<string, string | string[] | undefined>>;

/** GET or HEAD of the content (RFC 9110, sections 13 and 14). HEAD opens nothing. */
export async function contentAnswer(
  uploads: Uploads,
  attachment: Attachment,
  method: string,
  headers: Conditions,
): Promise<Answer> {
  const { attachmentId, fileName, fileSize, contentType, digest } = attachment;
  const etag = `"${attachmentId}"`; // strong: an attachment's bytes never change
  const field = (name: string) => (headers[name] === undefined ? null : String(headers[name]));

  const mustBe = field('if-match');
  if (mustBe !== null && !namesTag(mustBe, etag, 'strong')) return unnamedProblem(412);
  const known = field('if-none-match');
  if (known !== null && namesTag(known, etag)) return { status: 304, fields: { etag }, body: null };

  const fields = {
    etag,
    'accept-ranges': 'bytes',
    'content-type': contentType,
    'content-disposition': contentDisposition(fileName, { type: 'attachment' }),
    'x-content-type-options': 'nosniff',
    ...(digest === null ? {} : { 'repr-digest': digestField(digest) }),
  };
  const open = async (status: number, first: number, last: number, more = {}): Promise<Answer> => ({
    status,
    fields: { ...fields, 'content-length': String(last - first + 1), ...more },
    body: method === 'HEAD' || last < first ? null : await uploads.content(attachmentId, first, last),
  });

  const ifRange = field('if-range');
  const range = method === 'GET' && (ifRange === null || ifRange.trim() === etag) ? field('range') : null;
  const part = range === null ? 'all' : partOf(range, fileSize);
  if (part === 'none') return unnamedProblem(416, { 'content-range': `bytes */${fileSize}` });
  if (part === 'all') return open(200, 0, fileSize - 1);
  const { start, end } = part;
  return open(206, start, end, { 'content-range': `bytes ${start}-${end}/${fileSize}` });
}

/** The part that a `Range` asks for; 'all' also where it is malformed, in another unit, or of several parts. */
function partOf(range: string, fileSize: number): { start: number; end: number } | 'all' | 'none' {
  // The library reads numbers leniently ("1x-2"), so the syntax is checked here (RFC 9110, section 14.2).
  if (!/^bytes=[ \t]*(\d+-\d*|-\d+)([ \t]*,[ \t]*(\d+-\d*|-\d+))*[ \t]*$/i.test(range)) return 'all';
  // A suffix longer than the file means all of it (RFC 9110, section 14.1.2); the library calls it unsatisfiable.
  const clipped = range.replace(
    /([=,])[ \t]*-(\d+)/g,
    (_, before: string, length: string) => `${before}-${Math.min(Number(length), fileSize)}`,
  );
  const parts = parseRange(fileSize, clipped.replace(/^bytes/i, 'bytes'));
  if (parts === -1) return 'none';
  if (parts === -2) return 'all';
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : 'all';
}
