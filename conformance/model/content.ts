import type { RequirementId } from '../../generated/requirements.ts';
import { bytesOf } from '../bytes.ts';
import type { Answer, ContentCall, Exchange } from '../history.ts';
import { filled } from '../templates.ts';
import { isGarbled, namesTag } from './conditions.ts';
import { sha256Base64, sha256Member } from './digest.ts';
import { dispositionFileName } from './disposition.ts';
import type { Examination } from './examine.ts';
import { type Lawful, refusal } from './lawful.ts';
import { joined, type Part, parseRange, parsesInPart, tidied } from './ranges.ts';
import { examineAttachment, sameMediaType, second, wholeBytes, wholeDigest } from './representation.ts';
import { chunkLength, type Session, type World, withSession } from './state.ts';

/** What the attachment's own URL may answer (profile `download`). An attachment outlives its session. */
export function lawfulAttachment(world: World, session: Session | undefined, exchange: Exchange): Lawful[] {
  if (session === undefined) return [unknownTo(exchange)];
  const read = (answer: Answer, seen: Examination): World => {
    if (exchange.sent.method === 'HEAD') return world;
    outlived(session, exchange, seen);
    return withSession(world, { ...session, attachment: examineAttachment(session, answer.json, seen) });
  };
  const requirement = isPast(session, exchange) ? 'expiry.attachment' : 'complete.created';
  return [{ requirement, expected: '200 Attachment', statuses: [200], read }];
}

/** What the attachment's content may answer (requirements `content.*`; RFC 9110 13.2.2 and 14.2). */
export function lawfulContent(world: World, session: Session | undefined, exchange: Exchange): Lawful[] {
  if (session === undefined) return [unknownTo(exchange)];
  const { etag } = session.attachment;
  const notModified: Lawful = { requirement: 'content.validators', expected: '304', statuses: [304] };
  const { 'If-None-Match': ifNoneMatch, 'If-Range': validator } = exchange.sent.headers;
  const ifRange = validator?.replace(/^[ \t]+|[ \t]+$/g, '');
  const named = namesTag(ifNoneMatch, etag);
  if (named === true) return [notModified, ...garbledRange(world, session, exchange)];
  const answers = unconditional(world, session, exchange, ifRange);
  return named === 'perhaps' ? [...answers, notModified] : answers;
}

/** What may be answered where no `If-None-Match` holds. */
function unconditional(world: World, session: Session, exchange: Exchange, ifRange: string | undefined): Lawful[] {
  const call = exchange.call as ContentCall;
  const { etag } = session.attachment;
  const whole: Lawful = {
    requirement: isPast(session, exchange) ? 'expiry.attachment' : 'content.exact',
    expected: `200 with ${session.fileSize} bytes`,
    statuses: [200],
    read: (answer, seen) => readWhole(world, session, exchange, answer, seen),
  };
  const asked = call.head ? undefined : call.range;
  if (asked === undefined) return [whole];
  // A validator that is weak or a date never matches (RFC 9110 13.1.5).
  if (ifRange !== undefined && ifRange !== etag) {
    const ignored: Lawful = { ...whole, requirement: 'content.validators' };
    // Text that is no validator may be ignored, or count for as much of it as is one: the range applies then.
    if (isGarbled('if-range', ifRange)) return [ignored, ...partial(world, session, exchange, asked, whole)];
    return [ignored, ...garbledRange(world, session, exchange)];
  }
  return partial(world, session, exchange, asked, whole);
}

/** A `Range` that does not parse may be refused before anything says whether it applies: with 416 as with 400. */
function garbledRange(world: World, session: Session, { call }: Exchange): Lawful[] {
  const { head, range } = call as ContentCall;
  return !head && range !== undefined && isGarbled('range', filled(range)) ? [rangeNotSatisfiable(world, session)] : [];
}

const rangeNotSatisfiable = (world: World, session: Session): Lawful => ({
  requirement: 'content.range',
  expected: '416',
  statuses: [416],
  read: (answer, seen) => {
    const field = `bytes */${session.fileSize}`;
    seen.expect('content.range', answer.headers['content-range'] === field, `Content-Range: ${field}`);
    return world;
  },
});

/** What may be answered to a `Range` that applies. */
function partial(world: World, session: Session, exchange: Exchange, asked: string, whole: Lawful): Lawful[] {
  const ifRange = exchange.sent.headers['If-Range'];
  const wanted = parseRange(filled(asked), session.fileSize);
  const unsatisfied = rangeNotSatisfiable(world, session);
  const parts: Lawful = {
    requirement: 'content.range',
    expected: '206 with these ranges',
    statuses: [206],
    read: (answer, seen) => readParts(world, session, exchange, answer, seen),
  };
  if (wanted === 'free') {
    const meant = parseRange(tidied(filled(asked)), session.fileSize, Number.POSITIVE_INFINITY);
    // What a tolerant reader says comes first, since a failure is told by it.
    if (typeof meant === 'object') return [parts, whole, unsatisfied];
    if (meant === 'unsatisfiable') return [unsatisfied, whole];
    return parsesInPart(tidied(filled(asked)), session.fileSize) ? [whole, unsatisfied, parts] : [whole, unsatisfied];
  }
  if (wanted === 'unsatisfiable') return [unsatisfied];
  if ('several' in wanted) {
    const all = { ...whole, requirement: 'content.range' } as const;
    if (wanted.several.length === 0) return [all, unsatisfied];
    const span = joined(wanted.several);
    const these: Lawful = {
      ...parts,
      read: (answer, seen) => readParts(world, session, exchange, answer, seen, span),
    };
    return wanted.excessive ? [all, these, unsatisfied] : [all, these];
  }
  return [
    {
      requirement: ifRange === undefined ? 'content.range' : 'content.validators',
      expected: `206 with bytes ${wanted.first}-${wanted.last}`,
      statuses: [206],
      read: (answer, seen) => {
        const field = `bytes ${wanted.first}-${wanted.last}/${session.fileSize}`;
        seen.expect('content.range', answer.headers['content-range'] === field, `Content-Range: ${field}`);
        const part = wholeBytes(session).subarray(wanted.first, wanted.last + 1);
        seen.expect('content.range', answer.digest === sha256Base64(part), `the bytes ${wanted.first}-${wanted.last}`);
        return readFields(world, session, exchange, answer, seen);
      },
    },
  ];
}

/**
 * Several ranges may be answered with one part, where one is left or they were joined, or as multipart (RFC 9110 15.3.7.2).
 *
 * @param span - that part, where it is clear which ranges were asked for
 */
function readParts(
  world: World,
  session: Session,
  exchange: Exchange,
  answer: Answer,
  seen: Examination,
  span?: Part,
): World {
  const field = answer.headers['content-range'];
  if (field === undefined) {
    const type = answer.headers['content-type'] ?? '';
    seen.expect('content.range', /^multipart\/byteranges[ \t]*;/i.test(type), 'Content-Range, or multipart/byteranges');
  } else {
    const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(field) ?? [];
    const part = wholeBytes(session).subarray(Number(first), Number(last) + 1);
    const isRange = Number(first) <= Number(last) && Number(last) < session.fileSize;
    const right = isRange && Number(size) === session.fileSize && answer.digest === sha256Base64(part);
    seen.expect('content.range', right, `the bytes that ${field} names`);
    const all = span === undefined || (Number(first) === span.first && Number(last) === span.last);
    seen.expect('content.range', all, `multipart/byteranges, or in one part bytes ${span?.first}-${span?.last}`);
  }
  return readFields(world, session, exchange, answer, seen);
}

function readWhole(world: World, session: Session, exchange: Exchange, answer: Answer, seen: Examination): World {
  if (exchange.sent.method !== 'HEAD') {
    const promise = tornChunk(session, answer);
    seen.expect(
      promise ?? 'content.exact',
      promise === undefined,
      `the ${session.fileSize} bytes of the chunks, in order`,
    );
    seen.observed.push('complete.bytes', ...session.atStake.values());
    outlived(session, exchange, seen);
  }
  return readFields(world, session, exchange, answer, seen);
}

/** The fields that the whole and each part have in common. */
function readFields(world: World, session: Session, exchange: Exchange, answer: Answer, seen: Examination): World {
  if (isTyped(exchange, answer))
    seen.expect('content.type', sameMediaType(answer, session.contentType), `Content-Type: ${session.contentType}`);
  const name = dispositionFileName(answer.headers['content-disposition']);
  seen.expect(
    'content.disposition',
    name === session.fileName,
    `attachment, named ${JSON.stringify(session.fileName)}`,
  );
  const nosniff = answer.headers['x-content-type-options']?.toLowerCase() === 'nosniff';
  seen.expect('content.disposition', nosniff, 'X-Content-Type-Options: nosniff');
  // RFC 9530 3.2: a server that does not know the digest need not read the file for it; one that is sent has to be right.
  const repr = answer.headers['repr-digest'];
  if (repr !== undefined) {
    const digest = wholeDigest(session);
    seen.expect('content.digest', (sha256Member(repr) ?? digest) === digest, `Repr-Digest: sha-256=:${digest}:`);
  }
  const etag = answer.headers['etag'] ?? '';
  const strong = /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag);
  if (!seen.expect('content.validators', strong, 'a strong ETag')) return world;
  const known = session.attachment.etag;
  seen.expect('content.validators', known === undefined || known === etag, `the ETag ${known} of the same bytes`);
  return withSession(world, { ...session, attachment: { ...session.attachment, etag } });
}

/** Whether the answer's own type has to be the declared one: that of several parts is not, and after `If-Range` none need be. */
function isTyped({ sent }: Exchange, { status, headers }: Answer): boolean {
  if (status !== 206) return true;
  const repeated = sent.headers['If-Range'] !== undefined && headers['content-type'] === undefined;
  return headers['content-range'] !== undefined && !repeated;
}

/** The promise that the first wrong chunk of the content breaks; undefined if every byte is right. */
function tornChunk(session: Session, answer: Answer): RequirementId | undefined {
  if (answer.digest === wholeDigest(session)) return undefined;
  if (answer.bytes === undefined || answer.length !== session.fileSize) return 'complete.bytes';
  for (const [chunk, { write }] of session.chunks) {
    const length = chunkLength(session, chunk);
    const start = chunk * session.chunkSize;
    const right = bytesOf(write, chunk, length);
    if (right.some((byte, i) => byte !== answer.bytes?.[start + i]))
      return session.atStake.get(chunk) ?? 'complete.bytes';
  }
  return 'complete.bytes';
}

/** Whether the end that was last told of the session is surely past: unseen, its completion may have moved it. */
const isPast = (session: Session, { serverClock }: Exchange): boolean =>
  serverClock.earliest > session.expiry.atLeast + second;

function outlived(session: Session, exchange: Exchange, seen: Examination): void {
  if (isPast(session, exchange)) seen.observed.push('expiry.attachment');
  for (const pledge of session.pledges) seen.observed.push(pledge);
}

/** The refusal of an attachment that nobody has, or that its sender may not know of. */
function unknownTo({ call }: Exchange): Lawful {
  const invented = 'spelling' in call && call.spelling === 'unknown';
  const requirement = call.as === 'second' && !invented ? 'auth.isolated' : 'content.unknown';
  return refusal('attachment-not-found', requirement, 'no attachment of that name is known to this principal');
}
