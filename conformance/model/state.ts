import type { RequirementId } from '../../generated/requirements.ts';
import type { components } from '../../generated/types.ts';
import type { Principal, SessionName } from '../history.ts';
import type { Stored } from './digest.ts';

/** What the target says of itself; the model holds it to that. Sizes in bytes, timeouts in seconds. */
export interface Claims {
  readonly profiles: readonly string[];
  readonly limits: Readonly<components['schemas']['Limits']>;
  /** Algorithms of `Content-Digest` and `digest` that the target checks; `sha-256` is one, named or not. */
  readonly digestAlgorithms?: readonly string[];
}

/** `expired` is no phase: time decides it, for each answer anew. */
export type Phase = 'open' | 'completing' | 'completed' | 'aborted';

/** What is known of the attachment; a symbol is bound by the first answer that shows it. */
export interface Published {
  readonly id?: string;
  readonly etag?: string;
  readonly createdAt?: string;
}

export interface Session {
  readonly name: SessionName;
  readonly id: string;
  readonly owner: Principal;
  readonly phase: Phase;
  readonly fileName: string;
  readonly fileSize: number;
  readonly contentType: string;
  readonly chunkSize: number;
  readonly totalChunks: number;
  readonly chunks: ReadonlyMap<number, Stored>;
  /** Where `expiresAt` lies, epoch ms: an unseen stored chunk may have moved it to any later time. */
  readonly expiry: { readonly atLeast: number; readonly atMost: number };
  /** What a later reading of a chunk will prove or disprove: the promise that its last request was about. */
  readonly atStake: ReadonlyMap<number, RequirementId>;
  /** Promises about the session as a whole that the next reading proves. */
  readonly pledges: ReadonlySet<RequirementId>;
  /** A 202 whose completion expected a wrong digest can only end in `completionError`. */
  readonly doomed: boolean;
  /** Whether it has just come back from a completion that failed. */
  readonly reopened: boolean;
  /** Whether the target promises that its attachments can be read back. */
  readonly download: boolean;
  /** What the session was when the target was killed last; undefined if it never was. */
  readonly survived: Phase | undefined;
  readonly attachment: Published;
}

/** One state of the server that the history so far allows. The judge keeps every such state. */
export interface World {
  readonly sessions: ReadonlyMap<SessionName, Session>;
  /** Names that an idempotent repeat gave to a session which had one. */
  readonly aliases: ReadonlyMap<SessionName, SessionName>;
  /** Idempotency keys in use, by principal. */
  readonly keys: ReadonlyMap<string, BoundKey>;
  /** How often the target was restarted. */
  readonly restarts: number;
}

/** The request that bound a key, whole and without unknown members; its session, unless the answer was lost. */
export interface BoundKey {
  readonly request: string;
  readonly essence: string;
  readonly session: SessionName | undefined;
}

export const emptyWorld: World = { sessions: new Map(), aliases: new Map(), keys: new Map(), restarts: 0 };

/** The session that a name stands for. */
export function sessionOf(world: World, name: SessionName): Session | undefined {
  return world.sessions.get(world.aliases.get(name) ?? name);
}

/** The same world, with this session as it now stands. */
export function withSession(world: World, session: Session): World {
  return { ...world, sessions: new Map(world.sessions).set(session.name, session) };
}

/** The same session, whose expiry the server may have moved forward unseen. */
export function movable(session: Session): Session {
  return { ...session, expiry: { ...session.expiry, atMost: Number.POSITIVE_INFINITY } };
}

/** Length of a chunk in bytes: `[i·chunkSize, min((i+1)·chunkSize, fileSize))`. */
export function chunkLength(session: Session, chunk: number): number {
  return Math.max(0, Math.min((chunk + 1) * session.chunkSize, session.fileSize) - chunk * session.chunkSize);
}

/** Maximal inclusive ranges of the indices for which `has` holds: ascending, disjoint, never adjacent. */
export function ranges(totalChunks: number, has: (chunk: number) => boolean): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  for (let chunk = 0; chunk < totalChunks; chunk++) {
    if (!has(chunk)) continue;
    const open = found.at(-1);
    if (open?.last === chunk - 1) open.last = chunk;
    else found.push({ first: chunk, last: chunk });
  }
  return found;
}

/**
 * Two worlds with equal keys allow the same future.
 *
 * @param visible - as much of a chunk's digest as that future depends on
 */
export function worldKey(
  world: World,
  visible: (session: SessionName, chunk: number, digest: string) => string,
): string {
  const sessions = [...world.sessions.values()].map((s) => [
    s.name,
    s.phase,
    s.doomed,
    s.expiry.atLeast,
    s.expiry.atMost,
    s.attachment.id,
    s.attachment.etag,
    s.attachment.createdAt,
    [...s.chunks].sort(([a], [b]) => a - b).map(([chunk, { digest }]) => `${chunk}=${visible(s.name, chunk, digest)}`),
  ]);
  return JSON.stringify([sessions, [...world.aliases], [...world.keys]]);
}

/** A world in words, for the message of a failure. */
export function describeWorld(world: World): string {
  const sessions = [...world.sessions.values()].map((session) => {
    const chunks = [...session.chunks].sort(([a], [b]) => a - b).slice(0, 12);
    const held = chunks.map(([chunk, { write }]) => `chunk ${chunk} = w${write}`).join(', ');
    const more = session.chunks.size > chunks.length ? `, … ${session.chunks.size} in all` : '';
    return `${session.name} ${session.phase}${held ? `: ${held}${more}` : ', no chunks'}`;
  });
  return sessions.join('; ') || 'no session';
}

/** The same session, of which the next reading proves or breaks `promise`. */
export function pledge(session: Session, promise: RequirementId): Session {
  return { ...session, pledges: new Set(session.pledges).add(promise) };
}
