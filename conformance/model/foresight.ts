import type { Answer, Exchange } from '../history.ts';
import { compositeOf, rawDigest, type Stored, sha256Member } from './digest.ts';
import { holdersOf, sessionsOf } from './provenance.ts';
import { chunkIndex, isObject } from './requests.ts';

/** The most digests of chunks that are hashed to find out which uploads came last: a fraction of a second. */
const mostHashed = 1_000_000;

interface Write extends Stored {
  readonly index: number;
  readonly chunk: number;
  /** Undefined if no answer came. */
  readonly status: number | undefined;
}

/** What the end of a history tells of races before it. */
export interface Foresight {
  /** For an upload that was the last one of its chunk, the other uploads of which the same could be thought. */
  readonly overwritten: ReadonlyMap<number, readonly number[]>;
  /** The digest that each chunk of a session ends with, by the session's name, where an answer proves it. */
  readonly ends: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** As much of a chunk's digest as any answer of the history depends on. */
  readonly visible: (session: string, chunk: number, digest: string) => string;
}

/**
 * Two uploads of one chunk at the same time leave two states, which nothing tells apart before the session is complete: n
 * such races, and a search that guesses wrong has 2ⁿ states to come back from. The bytes that are read back name the
 * upload that came last, and so does the composite digest that a completion shows; where neither is ever shown, it makes
 * no difference which one came last.
 */
export function foresee(exchanges: readonly Exchange[]): Foresight {
  const overwritten = new Map<number, readonly number[]>();
  const ends = new Map<string, ReadonlyMap<number, string>>();
  const holders = holdersOf(exchanges);
  const sessions = sessionsOf(exchanges);
  for (const [session, { composite, shownAt }] of compositesOf(exchanges)) {
    const contested = lastWrites(exchanges, session, shownAt).map((writes) => {
      const held = holders.get(`${sessions.get(session)?.id} ${writes[0]?.chunk}`);
      const known = writes.filter(({ write }) => held?.has(write));
      return known.length > 0 ? known : writes;
    });
    const chosen = choose(contested, composite);
    ends.set(session, new Map(chosen.map(({ chunk, digest }) => [chunk, digest])));
    for (const [i, last] of chosen.entries()) {
      const others = (contested[i] ?? []).filter((write) => write !== last).map(({ index }) => index);
      if (others.length > 0) overwritten.set(last.index, others);
    }
  }
  const compared = comparedIn(exchanges, ends);
  const visible = (session: string, chunk: number, digest: string): string => {
    if (compared === 'all' || compared.has(session)) return digest;
    return ends.has(session) && ends.get(session)?.get(chunk) === digest ? 'last' : '';
  };
  return { overwritten, ends, visible };
}

/**
 * The sessions in which a digest makes a difference before the end, or at an end that is not known: a completion expects
 * one, or an answer shows one that no uploads were found to make. All, where a name may stand for another's session.
 */
function comparedIn(exchanges: readonly Exchange[], ends: Foresight['ends']): ReadonlySet<string> | 'all' {
  const found = new Set<string>();
  for (const { call, sent, outcome } of exchanges) {
    if (call.kind === 'initiate' && call.idempotencyKey !== undefined) return 'all';
    if (!('session' in call)) continue;
    const shown = call.kind === 'content' || (outcome.kind === 'answered' && compositeIn(outcome) !== undefined);
    if (sent.expects !== undefined || (shown && !ends.get(call.session)?.size)) found.add(call.session);
  }
  return found;
}

interface Completed {
  readonly composite: string;
  /** When the session was surely complete: when the first such answer came. */
  readonly shownAt: number;
}

/** The composite digest that the first answer shows, of each session that was completed. */
function compositesOf(exchanges: readonly Exchange[]): ReadonlyMap<string, Completed> {
  const found = new Map<string, Completed>();
  for (const { call, outcome, receivedAt } of exchanges) {
    if (!('session' in call) || outcome.kind === 'lost') continue;
    const composite = compositeIn(outcome);
    const before = found.get(call.session);
    if (composite === undefined) continue;
    const shownAt = Math.min(before?.shownAt ?? receivedAt, receivedAt);
    found.set(call.session, { composite: before?.composite ?? composite, shownAt });
  }
  return found;
}

function compositeIn({ json }: Answer): string | undefined {
  if (!isObject(json)) return undefined;
  const attachment = isObject(json['attachment']) ? json['attachment'] : json;
  return sha256Member(attachment['compositeDigest']);
}

/** For each chunk, in index order, the uploads that no other one surely overwrote. */
function lastWrites(exchanges: readonly Exchange[], session: string, shownAt: number): readonly (readonly Write[])[] {
  const writes = exchanges.flatMap(({ call, sent, outcome, sentAt }, index): Write[] => {
    if (call.kind !== 'chunk' || call.session !== session || !sent.whole || sentAt > shownAt) return [];
    const status = outcome.kind === 'answered' ? outcome.status : undefined;
    if (status !== undefined && status >= 300 && status < 500) return [];
    const chunk = chunkIndex(call.chunk, Number.POSITIVE_INFINITY);
    return chunk === undefined ? [] : [{ index, chunk, write: call.write, digest: sent.bodyDigest ?? '', status }];
  });
  const at = ({ index }: Write): Exchange => exchanges[index] as Exchange;
  const middle = (one: Write): number => at(one).sentAt + at(one).receivedAt;
  // A 200 says that the chunk was there before, a 201 that it was not.
  const overwrites = (other: Write, one: Write): boolean =>
    (other.status === 200 && one.status === 201) ||
    ((other.status === 200 || other.status === 201) && at(other).sentAt > at(one).receivedAt);
  return [...Map.groupBy(writes, ({ chunk }) => chunk)]
    .sort(([a], [b]) => a - b)
    .map(([, all]) =>
      // The likeliest first: the one that was under way last.
      all
        .filter((one) => !all.some((other) => overwrites(other, one)))
        .sort((one, other) => middle(other) - middle(one)),
    );
}

/** One upload of each chunk, in the same order, which together have this composite digest; none if that is not found. */
function choose(contested: readonly (readonly Write[])[], composite: string): readonly Write[] {
  const raws = contested.map((writes) => writes.map(({ digest }) => rawDigest(digest)));
  // Answers that contradict one another may leave a chunk without any.
  if (raws.some(({ length }) => length === 0)) return [];
  const chosen = raws.map(() => 0);
  let hashed = 0;
  /** Tries every choice that differs from the likeliest one at so many chunks, from this chunk on. */
  const differing = (from: number, places: number): boolean => {
    if (places === 0) {
      hashed += chosen.length;
      return compositeOf(raws.map((all, chunk) => all[chosen[chunk] as number] as Uint8Array)) === composite;
    }
    for (let chunk = from; chunk < raws.length; chunk++) {
      for (let other = 1; other < (raws[chunk]?.length ?? 0); other++) {
        if (hashed > mostHashed) return false;
        chosen[chunk] = other;
        if (differing(chunk + 1, places - 1)) return true;
      }
      chosen[chunk] = 0;
    }
    return false;
  };
  const open = raws.filter(({ length }) => length > 1).length;
  for (let places = 0; places <= open && hashed <= mostHashed; places++)
    if (differing(0, places)) return contested.map((writes, chunk) => writes[chosen[chunk] as number] as Write);
  return [];
}
