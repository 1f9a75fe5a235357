import type { Answer, Exchange } from '../history.ts';
import { filled, segmentOf } from '../templates.ts';
import { conditionalFields, isGarbled } from './conditions.ts';

/** Longer text than this, in a segment, in the target or in one field, or more fields, may be over a server's limits. */
const most = { segment: 200, characters: 4096, fields: 50 };

const ofSize: readonly number[] = [400, 404, 413, 414, 431];

/**
 * Whether a server may answer so without having looked at the request as this contract has it: a path that is none of the
 * contract's (protocol.md, section 2), a head past the server's limits, an expectation or a field that is no HTTP (section
 * 13). Nothing happened then, and there need not be a problem.
 */
export function isUnprocessed({ call, sent }: Exchange, { status }: Answer): boolean {
  const segments = pathTexts(call);
  if (segments.some(isElsewhere)) return status < 500;
  // A redirect does nothing either: routers clean a path so (RFC 9112 3).
  if (segments.some(isUnsafe)) return status >= 300 && status < 500;
  if (isLong({ call, sent }) && ofSize.includes(status)) return true;
  const field = (name: string): string | undefined =>
    Object.entries(sent.headers).find(([one]) => one.toLowerCase() === name)?.[1];
  if (status === 417) return (field('expect') ?? '100-continue') !== '100-continue';
  // Conditions that are no HTTP may be ignored, or be refused as such.
  const garbled = conditionalFields.some((name) => isGarbled(name, field(name)));
  if (call.kind === 'content' && status === 400 && garbled) return true;
  // A field that is no list has one line (RFC 9110 5.3): proxies refuse others before a server sees them.
  if (call.kind === 'chunk' && status === 400 && field('content-range')?.includes('\n')) return true;
  const type = field('content-type');
  const noType = type !== undefined && !mediaType.test(type);
  return call.kind === 'chunk' && noType && (status === 400 || status === 415);
}

/** Whether a request is one of the contract's, with a head that every server takes: no limit may be lower. */
export const isWithinLimits = ({ call, sent }: Pick<Exchange, 'call' | 'sent'>): boolean =>
  !isLong({ call, sent }) &&
  !pathTexts(call).some((text) => isElsewhere(text) || isUnsafe(text)) &&
  // Other octets of a field are obsolete (RFC 9110 5.5).
  !Object.values(sent.headers).some((value) => /[^\t\x20-\x7e]/.test(value));

function isLong({ call, sent }: Pick<Exchange, 'call' | 'sent'>): boolean {
  const values = Object.values(sent.headers);
  return (
    writtenSegments({ call, sent }).some((text) => text.length > most.segment) ||
    sent.url.length > most.characters ||
    values.some((value) => value.length > most.characters) ||
    values.length > most.fields
  );
}

/**
 * The segments that a script writes itself, as they were sent. Of a session's path an id is at most the third from the end;
 * an id that the server made is not counted, however long.
 */
function writtenSegments({ call, sent }: Pick<Exchange, 'call' | 'sent'>): readonly string[] {
  const segments = sent.url.replace(/[?#].*$/s, '').split('/');
  if ('spelling' in call && typeof call.spelling === 'object') return segments.slice(-3);
  return call.kind === 'chunk' && typeof call.chunk === 'string' ? segments.slice(-1) : [];
}

/** The text that a script puts into a path as it stands. */
function pathTexts(call: Exchange['call']): readonly string[] {
  const spelling = 'spelling' in call && typeof call.spelling === 'object' ? [call.spelling.raw] : [];
  return call.kind === 'chunk' && typeof call.chunk === 'string' ? [...spelling, call.chunk] : spelling;
}

/** Whether text in a segment's place makes another path, or adds a query: both may be anything. */
const isElsewhere = (text: string): boolean => text === '' || /[/?#]/.test(text);

/**
 * Whether HTTP layers commonly refuse or redirect the text: it has characters that no path has (RFC 3986 3.3), or decoded
 * it would be a separator, or a control, or nothing.
 */
const isUnsafe = (text: string): boolean => {
  const decoded = segmentOf(text);
  return decoded === undefined || /[\p{Cc}/\\]/u.test(decoded) || /[^\w.~!$&'()*+,;=:@%-]/.test(withoutBraces(text));
};

/** The text without what stands for something else in it. */
const withoutBraces = (text: string): string => filled(text).replaceAll(/\{\w+\}/g, '');

/** The form of a media type (RFC 9110 8.3.1), as far as every server agrees on it. */
const mediaType =
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[ \t]*[\w.-]+=(?:[\w.-]+|"[^"\\]*"))*$/;
