import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, CompleteCall, Exchange, Json } from '../history.ts';
import type { Examination } from './examine.ts';
import { type Lawful, refusal } from './lawful.ts';
import { aborted } from './life-cycle.ts';
import { examineAttachment, examineSession, expectationsHold } from './representation.ts';
import { expectationsIn, isObject, type JsonReading, readComplete } from './requests.ts';
import { type Claims, movable, pledge, ranges, type Session, type World, withSession } from './state.ts';

/** What a completion may answer (requirements `complete.*`). */
export function lawfulComplete(
  world: World,
  session: Session,
  exchange: Exchange,
  call: CompleteCall,
  claims: Claims,
): Lawful[] {
  if (session.phase === 'aborted') return [aborted, ...lawfulOfGone(session, exchange, call, claims, 'abort.final')];
  return readComplete(call, exchange.sent, claims).flatMap((reading) =>
    lawfulCompletion(world, session, reading, expectedBy(reading, exchange)),
  );
}

/**
 * What else a completion may be told of a session that is over. Nobody can tell which of its chunks are left: whatever
 * there was may be missed, and make no digest any more.
 */
export function lawfulOfGone(
  session: Session,
  exchange: Exchange,
  call: CompleteCall,
  claims: Claims,
  promise: RequirementId,
): Lawful[] {
  const missing = session.totalChunks > 0 ? [refusal('upload-incomplete', promise, 'the chunks are gone')] : [];
  const ofReadings = readComplete(call, exchange.sent, claims).flatMap((reading) => {
    const mismatch = refusal('digest-mismatched-values', promise, 'the chunks are gone');
    return [...refusalsFor(reading), ...(expectedBy(reading, exchange) === undefined ? [] : [mismatch])];
  });
  return [...missing, ...ofReadings];
}

const expectedBy = ({ json }: JsonReading, { sent }: Exchange): Exchange['sent']['expects'] =>
  json === undefined ? sent.expects : expectationsIn(json);

const refusalsFor = ({ faults, leave }: JsonReading): Lawful[] =>
  [...faults, ...leave].map((fault) => refusal(fault.problem, fault.requirement, 'the expectation does not parse'));

function lawfulCompletion(
  world: World,
  session: Session,
  reading: JsonReading,
  expects: Exchange['sent']['expects'],
): Lawful[] {
  const refusals = refusalsFor(reading);
  const matches = expectationsHold(session, expects);
  const mismatch = refusal('digest-mismatched-values', 'complete.digest', 'the chunks make another digest');
  const stillOpen = withSession(world, pledge(session, 'complete.digest'));
  const broken = reading.faults.length > 0;
  // One expectation may be malformed and the other one wrong: either may be told.
  const refused = matches ? refusals : [...refusals, mismatch];

  if (session.phase === 'completing') {
    const again = { requirement: 'complete.repeat', expected: '202 UploadSession', statuses: [202] } as const;
    const read = (answer: Answer, seen: Examination) => withSession(world, examineSession(session, answer.json, seen));
    return [...(broken ? [] : [{ ...again, read }]), ...refusals, ...(matches ? [] : [mismatch])];
  }
  if (session.phase === 'completed') {
    if (broken) return refused;
    if (!matches) return [mismatch, ...refusals];
    const read = (answer: Answer, seen: Examination) => {
      proveBytes(expects, seen);
      return readCompletion(world, movable(session), answer, seen);
    };
    const again = { requirement: 'complete.repeat', expected: '200 Attachment', statuses: [200] } as const;
    return [{ ...again, read, effect: withSession(world, movable(session)) }, ...refusals];
  }
  if (session.chunks.size < session.totalChunks) {
    const incomplete = refusal('upload-incomplete', missed(world, session), 'chunks are missing');
    const read = (answer: Answer, seen: Examination): World => {
      examineMissing(session, answer.json, seen);
      return withSession(world, pledge(session, 'complete.incomplete'));
    };
    // What the digest of an incomplete file is nobody can say, so a mismatch may be told first.
    const early = expects === undefined ? [] : [mismatch];
    return [{ ...incomplete, read }, ...refusals, ...early];
  }
  if (broken) return refused.map((fault) => ({ ...fault, read: () => stillOpen }));
  const running: Session = { ...movable(session), phase: 'completing', doomed: !matches };
  const later: Lawful = {
    requirement: 'complete.async',
    expected: '202 UploadSession',
    statuses: [202],
    read: (answer, seen) => withSession(world, examineSession(running, answer.json, seen)),
    effect: withSession(world, running),
  };
  if (!matches) return [{ ...mismatch, read: () => stillOpen }, ...refusals, later];
  const done: Session = { ...movable(session), phase: 'completed' };
  const plain = session.totalChunks === 0 ? 'complete.empty-file' : 'complete.created';
  const created: Lawful = {
    requirement: isObject(reading.json) && hasUnknown(reading.json) ? 'http.unknown-members' : plain,
    expected: '201 Attachment',
    statuses: [201],
    read: (answer, seen) => {
      seen.expect('complete.created', answer.headers['location'] !== undefined, 'a Location');
      if (expects?.whole !== undefined)
        seen.expect('complete.digest', hasMember(answer.json, 'digest'), 'the digest that the completion asked for');
      proveBytes(expects, seen);
      return readCompletion(world, done, answer, seen);
    },
    effect: withSession(world, done),
  };
  return [created, later, ...refusals];
}

/** Whether a request to complete has members that the contract does not know. */
const hasUnknown = (json: { readonly [member: string]: Json }): boolean =>
  Object.keys(json).some((member) => member !== 'digest' && member !== 'compositeDigest');

/**
 * Which promise is broken if a chunk that is missing is not missed: that of the upload which was refused or cut off, if
 * every missing chunk had one; or that sessions are apart, if another one has them all.
 */
function missed({ sessions }: World, { chunks, totalChunks, atStake }: Session): RequirementId {
  const missing = [...Array(totalChunks).keys()].filter((chunk) => !chunks.has(chunk));
  if (missing.every((chunk) => atStake.get(chunk) === 'chunk.atomic')) return 'chunk.atomic';
  const elsewhere = [...sessions.values()].some((other) => missing.every((chunk) => other.chunks.has(chunk)));
  return elsewhere ? 'session.isolated' : 'complete.incomplete';
}

/** A server that verified the digest of the whole has the bytes: where nothing can be read back, this is what shows them. */
function proveBytes(expects: Exchange['sent']['expects'], seen: Examination): void {
  if (expects?.whole !== undefined) seen.observed.push('complete.bytes');
}

function readCompletion(world: World, session: Session, answer: Answer, seen: Examination): World {
  return withSession(world, { ...session, attachment: examineAttachment(session, answer.json, seen) });
}

const hasMember = (json: Json | undefined, name: string): boolean => isObject(json) && json[name] !== undefined;

function examineMissing(session: Session, json: Json | undefined, seen: Examination): void {
  const body = isObject(json) ? json : {};
  const missing = ranges(session.totalChunks, (chunk) => !session.chunks.has(chunk));
  const same = JSON.stringify(rangesOf(body['missingChunks'])) === JSON.stringify(missing);
  seen.expect('complete.incomplete', same, `missingChunks ${JSON.stringify(missing)}`);
  const count = session.totalChunks - session.chunks.size;
  seen.expect('complete.incomplete', body['missingCount'] === count, `missingCount ${count}`);
}

const rangesOf = (value: Json | undefined): Json =>
  Array.isArray(value)
    ? value.map((range: Json) =>
        isObject(range) ? { first: range['first'] ?? null, last: range['last'] ?? null } : range,
      )
    : null;
