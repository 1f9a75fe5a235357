import openapi from '../../generated/openapi.json' with { type: 'json' };
import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Exchange, InitiateCall, Json } from '../history.ts';
import { type Examination, examination } from './examine.ts';
import { expired } from './expired.ts';
import { type Lawful, refusal } from './lawful.ts';
import { examineSession, instant, second } from './representation.ts';
import { canonical, type Fault, isObject, type JsonReading, type Reading, readInitiate } from './requests.ts';
import { type Claims, type Session, sessionOf, type World, withSession } from './state.ts';

/** What an initiate may answer (requirements `initiate.*` and `idempotency.*`). */
export function lawfulInitiate(world: World, exchange: Exchange, claims: Claims): readonly Lawful[] {
  const call = exchange.call as InitiateCall;
  const ofKey = readKey(exchange.sent.headers['Idempotency-Key'], claims);
  return readInitiate(call, exchange.sent, claims).flatMap((read) => {
    const reading = { ...read, faults: [...read.faults, ...ofKey.faults], leave: [...read.leave, ...ofKey.leave] };
    return lawfulReading(world, exchange, call, reading, claims);
  });
}

/** What it may answer if it reads the request so. */
function lawfulReading(
  world: World,
  exchange: Exchange,
  call: InitiateCall,
  reading: JsonReading,
  claims: Claims,
): readonly Lawful[] {
  const { json } = reading;
  const refusals = [...reading.faults, ...reading.leave].map((fault) =>
    refusal(fault.problem, fault.requirement, 'the request breaks the contract', fault.members),
  );
  const key = keyOf(call, claims);
  const bound = key === undefined ? undefined : world.keys.get(key);
  const known = bound?.session === undefined ? undefined : sessionOf(world, bound.session);
  const fresh = creation(world, exchange, call, json, claims, key, bound !== undefined, known ? undefined : bound);
  const repeated = known ? repeat(world, exchange, call, known, fresh) : [];
  // That the key's session is over may be told of any request that has the key.
  const over = repeated.filter(({ problem }) => problem !== undefined);
  if (bound && bound.request !== canonical(json)) {
    const reused = refusal('idempotency-key-reused', 'idempotency.reused', 'the key belongs to another request');
    // A key lives as long as its session is remembered; from then on the server may let it be used again.
    const free = known !== undefined && exchange.serverClock.latest >= known.expiry.atLeast - second;
    const again =
      free && reading.faults.length === 0 ? [creation(world, exchange, call, json, claims, key, false)] : [];
    // Members that the contract does not know may count in the comparison or not (`http.unknown-members`).
    if (canonical(essence(json)) !== bound.essence) return [reused, ...again, ...over, ...refusals];
    // Of a session whose answer was lost this is the first that is seen.
    return [reused, ...again, ...(known ? repeated : [fresh]), ...refusals];
  }
  if (reading.faults.length > 0) return [...refusals, ...over];
  return [...(known ? repeated : [fresh]), ...refusals];
}

function creation(
  world: World,
  exchange: Exchange,
  call: InitiateCall,
  json: Json | undefined,
  claims: Claims,
  key: string | undefined,
  unseenBefore: boolean,
  bound = { request: canonical(json), essence: canonical(essence(json)) },
): Lawful {
  const bind = (to: World, session: string | undefined): World => {
    if (key === undefined) return to;
    return { ...to, keys: new Map(to.keys).set(key, { request: bound.request, essence: bound.essence, session }) };
  };
  const read = (answer: Answer, seen: Examination): World => {
    const session = examineCreated(call, json, answer, claims, seen);
    if (!unseenBefore) examineTimeout(json, session.expiry.atLeast, exchange, claims, seen);
    const reused = [...world.sessions.values()].some(({ id }) => id === session.id);
    // A key that is taken for another one leads to the session of that.
    const promise = key === undefined ? 'initiate.unguessable' : 'idempotency.replay';
    seen.expect(promise, !reused, 'a session id that was never used');
    return bind(withSession(world, session), call.session);
  };
  const strange = isObject(json) && Object.keys(json).some((member) => !declared.includes(member));
  const requirement = strange ? 'http.unknown-members' : 'initiate.created';
  const created = { requirement, expected: '201 UploadSession', statuses: [201], read } as const;
  // Without a key, a session whose answer was lost can never be addressed: for the client nothing happened.
  return key === undefined ? created : { ...created, effect: bind(world, undefined) };
}

/** The answers to a request whose key is bound to a session: the session as it now stands, or what became of it. */
function repeat(world: World, exchange: Exchange, call: InitiateCall, known: Session, fresh: Lawful): Lawful[] {
  const aliased: World = { ...world, aliases: new Map(world.aliases).set(call.session, known.name) };
  const promise: RequirementId = 'idempotency.replay';
  const same: Lawful = {
    requirement: promise,
    expected: `201 UploadSession ${known.id}, as it now stands`,
    statuses: [201],
    read: (answer, seen) => {
      seen.observed.push(promise);
      const told = examination();
      const read = examineSession(known, answer.json, told);
      for (const { expected } of told.objections) seen.expect(promise, false, `${expected}, as the session now stands`);
      return withSession(aliased, read);
    },
  };
  const gone = expired(world, known, promise);
  const alive = known.phase === 'aborted' ? [refusal('session-aborted', promise, 'the session was aborted')] : [same];
  if (exchange.serverClock.latest < known.expiry.atLeast - second) return alive;
  const surely = exchange.serverClock.earliest > known.expiry.atMost + second;
  // A completed or aborted session may keep its answers for longer than it must.
  return surely && known.phase === 'open' ? [fresh, ...gone] : [...alive, fresh, ...gone];
}

function examineCreated(
  call: InitiateCall,
  json: Json | undefined,
  answer: Answer,
  claims: Claims,
  seen: Examination,
): Session {
  const wanted = isObject(json) ? json : {};
  const body = isObject(answer.json) ? answer.json : {};
  const fileSize = Number(wanted['fileSize']);
  const chunkSize = Number(body['chunkSize']);
  const totalChunks = Number(body['totalChunks']);
  seen.expect('initiate.created', answer.headers['location'] !== undefined, 'a Location');
  seen.expect('initiate.created', body['state'] === 'open', 'state open');
  const nothing = Array.isArray(body['receivedChunks']) && body['receivedChunks'].length === 0;
  seen.expect('initiate.created', nothing && body['receivedBytes'] === 0, 'nothing received');
  const file = {
    fileName: String(wanted['fileName']),
    fileSize,
    contentType: typeof wanted['contentType'] === 'string' ? wanted['contentType'] : 'application/octet-stream',
  };
  for (const [member, value] of Object.entries(file))
    seen.expect('initiate.echo', body[member] === value, `${member} ${JSON.stringify(value)}`);
  seen.expect('initiate.geometry', Number.isInteger(chunkSize) && chunkSize >= 1, 'chunkSize of at least 1');
  const total = Math.ceil(fileSize / chunkSize);
  seen.expect('initiate.geometry', totalChunks === total, `totalChunks ${total} = ceil(${fileSize} / ${chunkSize})`);
  seen.expect('initiate.geometry', totalChunks <= claims.limits.maxChunks, `at most ${claims.limits.maxChunks} chunks`);
  examineLimits(wanted, chunkSize, fileSize, claims, seen);
  const id = body['sessionId'];
  seen.expect('initiate.unguessable', isUnguessable(id), 'a URL-safe sessionId that can carry 128 random bits');
  const expiresAt = instant(body['expiresAt']);
  return {
    ...file,
    name: call.session,
    id: String(id),
    owner: call.as ?? 'first',
    phase: 'open',
    chunkSize,
    totalChunks,
    chunks: new Map(),
    expiry: { atLeast: expiresAt, atMost: expiresAt },
    atStake: new Map(),
    pledges: new Set(),
    doomed: false,
    reopened: false,
    download: claims.profiles.includes('download'),
    survived: undefined,
    attachment: {},
  };
}

function examineLimits(
  wanted: { readonly [member: string]: Json },
  chunkSize: number,
  fileSize: number,
  { limits }: Claims,
  seen: Examination,
): void {
  const hint = wanted['preferredChunkSize'];
  if (typeof hint === 'number') {
    const fits = hint >= limits.minChunkSize && hint <= limits.maxChunkSize;
    const honoured = fits && Math.ceil(fileSize / hint) <= limits.maxChunks;
    if (honoured) seen.expect('initiate.chunk-size', chunkSize === hint, `chunkSize ${hint}, as preferred`);
  }
  seen.expect('capabilities.truth', chunkSize <= limits.maxChunkSize, `chunkSize of at most ${limits.maxChunkSize}`);
}

function examineTimeout(
  json: Json | undefined,
  expiresAt: number,
  { serverClock }: Exchange,
  { limits }: Claims,
  seen: Examination,
): void {
  const hint = isObject(json) ? json['preferredTimeoutSeconds'] : undefined;
  if (typeof hint !== 'number') {
    seen.expect('initiate.timeout', expiresAt > serverClock.earliest - second, 'expiresAt in the future');
    return;
  }
  const seconds = Math.min(Math.max(hint, limits.minTimeoutSeconds), limits.maxTimeoutSeconds);
  const from = serverClock.earliest + seconds * 1000 - second;
  const to = serverClock.latest + seconds * 1000 + second;
  seen.expect('initiate.timeout', expiresAt >= from && expiresAt <= to, `expiresAt ${seconds} s from now`);
}

/** The members of an initiate request that the contract knows. */
const declared = Object.keys(openapi.components.schemas.InitiateRequest.properties);

/** A request without the members that the contract does not know. */
function essence(json: Json | undefined): Json | undefined {
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).filter(([member]) => declared.includes(member)));
}

/** Idempotency keys belong to one principal. Without the profile the field means nothing. */
const keyOf = (call: InitiateCall, claims: Claims): string | undefined =>
  call.idempotencyKey !== undefined && claims.profiles.includes('idempotency')
    ? `${call.as ?? 'first'} ${call.idempotencyKey}`
    : undefined;

/** What is wrong with an `Idempotency-Key` as it was sent (protocol.md, section 18). */
function readKey(key: string | undefined, { profiles }: Claims): Reading {
  const refused: Fault = { problem: 'invalid-request', requirement: 'idempotency.replay' };
  if (key === undefined || !profiles.includes('idempotency')) return { faults: [], leave: [] };
  if (key.length > 255) return { faults: [refused], leave: [] };
  return { faults: [], leave: /^[\x21-\x7e]+$/.test(key) ? [] : [refused] };
}

/** Unreserved characters only (RFC 3986 2.3), and as many as 128 bits need: at four bits a character, or at six. */
function isUnguessable(id: Json | undefined): boolean {
  if (typeof id !== 'string' || !/^[A-Za-z0-9._~-]+$/.test(id)) return false;
  return /^[0-9a-fA-F-]+$/.test(id) ? id.replaceAll('-', '').length >= 32 : id.length >= 22;
}
