import type { Exchange } from '../history.ts';
import { compositeDigest, type Stored, sha256Member } from './digest.ts';
import { chunkIndex, isObject } from './requests.ts';

/** The most digests of chunks that are hashed to find out which uploads came last: a fraction of a second. */
const mostHashed = 200_000;

interface Write extends Stored {
  readonly index: number;
  readonly chunk: number;
  /** Undefined if no answer came. */
  readonly status: number | undefined;
}

/**
 * What the end of a history tells of races before it. Two uploads of one chunk at the same time leave two states, which
 * nothing tells apart before the session is complete: n such races, and a search that guesses wrong has 2ⁿ states to
 * come back from. The composite digest that a completion shows names the upload that came last, so guess that.
 *
 * @returns for an upload that was the last one of its chunk, the other uploads of which the same could be thought
 */
export function foresee(exchanges: readonly Exchange[]): ReadonlyMap<number, readonly number[]> {
  const overwritten = new Map<number, readonly number[]>();
  for (const [session, composite] of compositesOf(exchanges)) {
    const contested = lastWrites(exchanges, session);
    if (contested.every(({ length }) => length === 1)) continue;
    for (const [i, last] of choose(contested, composite).entries()) {
      const others = (contested[i] ?? []).filter((write) => write !== last).map(({ index }) => index);
      if (others.length > 0) overwritten.set(last.index, others);
    }
  }
  return overwritten;
}

/** The composite digest that the first answer shows, of each session that was completed. */
function compositesOf(exchanges: readonly Exchange[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { call, outcome } of exchanges) {
    if (!('session' in call) || found.has(call.session) || outcome.kind === 'lost' || !isObject(outcome.json)) continue;
    const attachment = isObject(outcome.json['attachment']) ? outcome.json['attachment'] : outcome.json;
    const digest = sha256Member(attachment['compositeDigest']);
    if (digest !== undefined) found.set(call.session, digest);
  }
  return found;
}

/** For each chunk, in index order, the uploads that no other one surely overwrote. */
function lastWrites(exchanges: readonly Exchange[], session: string): readonly (readonly Write[])[] {
  const writes = exchanges.flatMap(({ call, sent, outcome }, index): Write[] => {
    if (call.kind !== 'chunk' || call.session !== session || !sent.whole) return [];
    const status = outcome.kind === 'answered' ? outcome.status : undefined;
    if (status !== undefined && status >= 300 && status < 500) return [];
    const chunk = chunkIndex(call.chunk, Number.POSITIVE_INFINITY);
    return chunk === undefined ? [] : [{ index, chunk, write: call.write, digest: sent.bodyDigest ?? '', status }];
  });
  const at = ({ index }: Write): Exchange => exchanges[index] as Exchange;
  // A 200 says that the chunk was there before, a 201 that it was not.
  const overwrites = (other: Write, one: Write): boolean =>
    (other.status === 200 && one.status === 201) ||
    ((other.status === 200 || other.status === 201) && at(other).sentAt > at(one).receivedAt);
  return [...Map.groupBy(writes, ({ chunk }) => chunk)]
    .sort(([a], [b]) => a - b)
    .map(([, all]) => all.filter((one) => !all.some((other) => overwrites(other, one))));
}

/** One upload of each chunk, in the same order, which together have this composite digest; none if that is not found. */
function choose(contested: readonly (readonly Write[])[], composite: string): readonly Write[] {
  const choices = contested.reduce((product, { length }) => product * length, 1);
  for (let choice = 0; choice < choices && choice * contested.length < mostHashed; choice++) {
    // The number of a choice, read with a digit for each chunk, says which of its uploads is chosen.
    let rest = choice;
    const chosen = contested.flatMap((writes) => {
      const digit = rest % writes.length;
      rest = Math.floor(rest / writes.length);
      return writes.slice(digit, digit + 1);
    });
    if (compositeDigest(new Map(chosen.map((one) => [one.chunk, one]))) === composite) return chosen;
  }
  return [];
}
