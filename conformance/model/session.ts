/**
 * The heart of the suite: one pure function, {@link step}, that says which answers the contract allows in a state, and
 * which states may follow. Everything that the suite asserts is asserted by folding or searching it.
 */
import type { ProblemName } from '../../generated/problems.ts';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Exchange, SpellingText } from '../history.ts';
import { filled, idForms, segmentOf } from '../templates.ts';
import type { Objection } from '../verdict.ts';
import { lawfulCapabilities } from './capabilities.ts';
import { lawfulComplete, lawfulOfGone } from './completion.ts';
import { lawfulAttachment, lawfulContent } from './content.ts';
import { type Examination, examination, isMust } from './examine.ts';
import { expired } from './expired.ts';
import { declined, messageOf, promiseOfMessage } from './framing.ts';
import { examineHttp, problemName } from './http.ts';
import { lawfulInitiate } from './initiate.ts';
import { type Lawful, refusal } from './lawful.ts';
import { atStake, lawfulAbort, lawfulChunk, lawfulStatus } from './life-cycle.ts';
import { second } from './representation.ts';
import { chunkIndex, isObject } from './requests.ts';
import { blamedOnRestart, restarted } from './restart.ts';
import { type Claims, movable, pledge, type Session, sessionOf, type World, withSession } from './state.ts';
import { isUnprocessed } from './unprocessed.ts';

export type Step =
  | {
      readonly kind: 'allowed';
      readonly worlds: readonly World[];
      readonly observed: readonly RequirementId[];
      readonly warnings: readonly Objection[];
    }
  | { readonly kind: 'refused'; readonly objection: Objection };

/**
 * Whether the contract allows this answer in this state; if so, all states that may follow. An answer that was lost
 * leads to the states after the request took effect: that it did not is for the caller to consider.
 *
 * @param strict - whether a broken SHOULD is refused as well, instead of being warned of
 */
export function step(world: World, exchange: Exchange, claims: Claims, strict = false): Step {
  const starts = settled(restarted(world, exchange), exchange);
  const tried = starts.map((start) => stepFrom(start, exchange, claims, strict));
  const allowed = tried.filter((one) => one.kind === 'allowed');
  const [first] = allowed;
  if (first === undefined) return tried[0] as Step;
  return { ...first, worlds: allowed.flatMap((one) => one.worlds) };
}

/** The state after a request that took no effect, as HTTP has it: as before, and the next reading proves it. */
export function cutOff(world: World, exchange: Exchange): World {
  const { call } = exchange;
  const session = 'session' in call ? sessionOf(world, call.session) : undefined;
  if (session === undefined) return world;
  if (call.kind === 'complete' && messageOf(exchange) === 'broken')
    return withSession(world, pledge(session, promiseOfMessage(exchange)));
  const chunk = call.kind === 'chunk' ? chunkIndex(call.chunk, session.totalChunks) : undefined;
  return chunk === undefined ? world : atStake(world, session, chunk, 'chunk.atomic');
}

function stepFrom(world: World, exchange: Exchange, claims: Claims, strict: boolean): Step {
  const judged = stepAsAsked(world, exchange, claims, strict);
  if (judged.kind === 'allowed' || exchange.outcome.kind === 'lost') return judged;
  const unprocessed = isUnprocessed(exchange, exchange.outcome);
  return unprocessed ? { kind: 'allowed', worlds: [world], observed: [], warnings: [] } : judged;
}

/** The same, of a request that was looked at as what it is. */
function stepAsAsked(world: World, exchange: Exchange, claims: Claims, strict: boolean): Step {
  const { outcome } = exchange;
  const broken = messageOf(exchange) === 'broken';
  if (declined(exchange)) {
    const observed = broken ? [promiseOfMessage(exchange)] : [];
    return { kind: 'allowed', worlds: [cutOff(world, exchange)], observed, warnings: [] };
  }
  const lawful = broken ? [refusedByHttp(exchange)] : lawfulAnswers(world, exchange, claims);
  if (outcome.kind === 'lost') {
    const worlds = lawful.flatMap(({ effect }) => (effect ? [effect] : []));
    return { kind: 'allowed', worlds, observed: [], warnings: [] };
  }
  const general = examination();
  examineHttp(exchange, outcome, general);
  const fitting = lawful.filter((one) => fits(one, exchange, outcome));
  const refused = (objection: Objection): Step => ({
    kind: 'refused',
    objection: blamedOnRestart(world, exchange, objection),
  });
  if (fitting.length === 0) return refused(blame(world, exchange, outcome, lawful));
  const read = fitting.map((one) => readAs(one, world, outcome));
  const best = (read.find(({ seen }) => !seen.objections.some(isMust)) ?? read[0]) as Read;
  const objections = [...best.seen.objections, ...general.objections];
  const wrong = objections.find((one) => strict || isMust(one));
  if (wrong) return refused(wrong);
  return {
    kind: 'allowed',
    worlds: [best.world],
    observed: [...general.observed, ...best.seen.observed, ...keptInTime(world, exchange)],
    warnings: objections,
  };
}

/** No other answer to a broken message is lawful than one of HTTP itself ({@link declined}). */
const refusedByHttp = (exchange: Exchange): Lawful => ({
  requirement: promiseOfMessage(exchange),
  expected: 'a 4xx, 501, 505 or no answer: the request ends early or is no HTTP',
  statuses: [400],
});

/** What an answer says if it is read as one of the lawful ones. */
interface Read {
  readonly world: World;
  readonly seen: Examination;
}

function readAs(lawful: Lawful, world: World, answer: Answer): Read {
  const seen = examination();
  seen.observed.push(lawful.requirement);
  // A response to HEAD has no body to name its problem.
  const body = isObject(answer.json) ? answer.json : undefined;
  for (const [name, value] of body ? Object.entries(lawful.members ?? {}) : [])
    seen.expect(lawful.requirement, body?.[name] === value, `${name} ${JSON.stringify(value)}`);
  return { world: lawful.read?.(answer, seen) ?? lawful.effect ?? world, seen };
}

/** Every answer that the contract allows; the first is the one that a failure is told by. */
function lawfulAnswers(world: World, exchange: Exchange, claims: Claims): readonly Lawful[] {
  const { call } = exchange;
  if (call.kind === 'capabilities') return lawfulCapabilities(world, exchange, claims);
  if (call.kind === 'method') return lawfulMethod(world);
  if (needsCredentials(exchange, claims)) return [refusal('unauthorized', 'auth.required', 'no valid credentials')];
  if (call.kind === 'initiate') return lawfulInitiate(world, exchange, claims);
  const session = addressed(world, exchange);
  if (call.kind === 'attachment') return lawfulAttachment(world, session, exchange);
  if (call.kind === 'content') return lawfulContent(world, session, exchange);
  if (session === undefined) {
    const others = call.as === 'second' && claims.profiles.includes('auth');
    const spelling = spellingOf(call);
    const alias = spelling === 'double-encoded' || spelling === 'other-case' || typeof spelling === 'object';
    const promise = others ? 'auth.isolated' : alias ? 'initiate.unguessable' : 'status.unknown';
    return [refusal('session-not-found', promise, 'no session of that name is known to this principal')];
  }
  const alive = (() => {
    switch (call.kind) {
      case 'status':
        return lawfulStatus(world, session, exchange);
      case 'chunk':
        return lawfulChunk(world, session, exchange, call, claims);
      case 'complete':
        return lawfulComplete(world, session, exchange, call, claims);
      case 'abort':
        return lawfulAbort(world, session);
    }
  })();
  const swept = call.kind === 'complete' ? lawfulOfGone(session, exchange, call, claims, 'expiry.enforced') : [];
  return atItsTime(world, session, exchange, alive, swept);
}

/** What an answer keeps just by coming in time: of a session that has ended, or that is about to expire. */
function keptInTime(world: World, exchange: Exchange): RequirementId[] {
  const { call, serverClock } = exchange;
  const session = 'session' in call && call.kind !== 'initiate' ? sessionOf(world, call.session) : undefined;
  if (session?.phase === 'open' && inFlight(session, exchange)) return ['expiry.in-flight'];
  const left = session ? session.expiry.atLeast - serverClock.latest : 0;
  if (session === undefined || left < second) return [];
  if (session.phase === 'completed' || session.phase === 'aborted') return ['session.remembered'];
  return session.phase === 'open' && left < 2.5 * second ? ['expiry.not-early'] : [];
}

/**
 * From `expiresAt` on a session is gone; a second before and after it nobody can tell (requirements `expiry.*`).
 *
 * @param swept - what may be told of it once its chunks are gone
 */
function atItsTime(
  world: World,
  session: Session,
  exchange: Exchange,
  alive: readonly Lawful[],
  swept: readonly Lawful[],
): readonly Lawful[] {
  if (exchange.serverClock.latest < session.expiry.atLeast - second) return alive;
  const surely = effectiveFrom(exchange) > session.expiry.atMost + second;
  const ended = session.phase === 'completed' || session.phase === 'aborted';
  const promise = inFlight(session, exchange) ? 'expiry.in-flight' : 'expiry.enforced';
  const gone = [...expired(world, session, promise), ...(ended ? [] : swept)];
  // Of a session that is gone any other fault of the request may be told as well, but nothing is granted.
  return surely && !ended ? [...gone, ...alive.filter(({ problem }) => problem !== undefined)] : [...alive, ...gone];
}

/** The server's time before which the request cannot have taken effect: a body has to arrive whole. Epoch ms. */
const effectiveFrom = ({ sent, sentAt, serverClock }: Exchange): number =>
  serverClock.earliest + ((sent.releasedAt ?? sentAt) - sentAt);

/** Whether a chunk was surely being received when its session expired (`expiry.in-flight`). */
function inFlight({ expiry }: Session, { call, sentAt, receivedAt, serverClock }: Exchange): boolean {
  const took = receivedAt - sentAt;
  return (
    call.kind === 'chunk' && serverClock.latest - took < expiry.atLeast && serverClock.earliest + took > expiry.atMost
  );
}

/** The session that the request names, if its sender may know of it. */
function addressed(world: World, { call }: Exchange): Session | undefined {
  if (!('session' in call)) return undefined;
  const spelling = spellingOf(call);
  if (spelling === 'unknown' || spelling === 'double-encoded' || spelling === 'other-case') return undefined;
  const session = sessionOf(world, call.session);
  if (typeof spelling === 'object' && session && segmentOf(filled(spelling.raw, idForms(session.id))) !== session.id)
    return undefined;
  return session?.owner === (call.as ?? 'first') ? session : undefined;
}

/** How a request spells the session's id. */
const spellingOf = (call: Exchange['call']): SpellingText =>
  ('spelling' in call ? call.spelling : undefined) ?? 'plain';

const needsCredentials = ({ call }: Exchange, claims: Claims): boolean =>
  call.as === 'nobody' && claims.profiles.includes('auth');

/** A server is free to have more methods than the contract: only a refusal can be held against it. */
function lawfulMethod(world: World): Lawful[] {
  const read = (answer: Answer, seen: Examination): World => {
    if (answer.status !== 501 && answer.status >= 400)
      seen.expect('http.method', answer.status === 405 && answer.headers['allow'] !== undefined, '405 with Allow');
    return world;
  };
  return [{ requirement: 'http.schema', expected: 'any answer', statuses: [], read }];
}

/** A completion that runs on its own may have ended, well or badly, by the time that the next request arrives. */
function settled(world: World, { call }: Exchange): World[] {
  if (!('session' in call)) return [world];
  const named = sessionOf(world, call.session);
  if (named?.phase !== 'completing') return [world];
  // Meanwhile the server may have moved `expiresAt` forward (`expiry.monotonic`).
  const session = movable(named);
  const running = withSession(world, session);
  // Why it is open again is held against the reading that finds it so: nobody can tell what comes in between else.
  const found = call.kind === 'status' && !call.head;
  const reopened = withSession(world, { ...session, phase: 'open', reopened: found });
  if (session.doomed) return [running, reopened];
  return [running, withSession(world, { ...session, phase: 'completed' }), reopened];
}

function fits(lawful: Lawful, exchange: Exchange, answer: Answer): boolean {
  if (lawful.statuses.length > 0 && !lawful.statuses.includes(answer.status)) return false;
  // A response to HEAD has no body to name its problem.
  return lawful.problem === undefined || exchange.sent.method === 'HEAD' || problemName(answer) === lawful.problem;
}

/** The promise by which a good chunk is taken that was refused for what is in one of its fields. */
const fieldPromises: Partial<Record<ProblemName, RequirementId>> = {
  'content-range-mismatch': 'chunk.content-range',
  'digest-mismatched-values': 'chunk.digest',
  'digest-unsupported-algorithms': 'chunk.digest-unsupported',
  'digest-invalid-values': 'chunk.digest-invalid',
  'unsupported-media-type': 'chunk.stored',
};

/** Which promise an answer breaks that fits nothing: the one of the state, unless the answer itself tells better. */
function blame(world: World, exchange: Exchange, answer: Answer, lawful: readonly Lawful[]): Objection {
  const first = lawful[0] as Lawful;
  const expected = [...new Set(lawful.map((one) => one.expected))].join(', or ');
  const { call } = exchange;
  const session = 'session' in call ? sessionOf(world, call.session) : undefined;
  const early = session && exchange.serverClock.latest < session.expiry.atLeast - second;
  const claimed = problemName(answer);
  // The model has an answer for a key that is bound: this one is not.
  if (claimed === 'idempotency-key-reused' && first.problem !== 'idempotency-key-reused')
    return { requirement: 'idempotency.replay', expected };
  const spelling = spellingOf(call);
  const respelt = spelling === 'percent-encoded' || typeof spelling === 'object';
  if (claimed === 'session-not-found' && respelt) return { requirement: 'initiate.unguessable', expected };
  if (early && claimed === 'session-expired' && session.phase === 'open')
    return { requirement: 'expiry.not-early', expected };
  const ofField = claimed && fieldPromises[claimed];
  if (call.kind === 'chunk' && ofField && first.problem === undefined) return { requirement: ofField, expected };
  const ofSession = call.kind !== 'attachment' && call.kind !== 'content';
  if (early && ofSession && claimed === 'session-not-found' && session.owner === (call.as ?? 'first')) {
    if (session.phase === 'completed' || session.phase === 'aborted')
      return { requirement: 'session.remembered', expected };
    if (spelling === 'plain' && first.problem === undefined) return { requirement: 'expiry.not-early', expected };
  }
  return { requirement: first.requirement, expected };
}
