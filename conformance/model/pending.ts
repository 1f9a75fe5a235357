import type { Exchange } from '../history.ts';
import type { Foresight } from './foresight.ts';
import { partOf } from './parts.ts';

/** The exchanges of a history that have no place in its order yet. What was taken last is put back first. */
export interface Pending {
  /** How many of them have to find a place: a request without an answer need not. */
  readonly required: () => number;
  readonly take: (index: number) => void;
  readonly putBack: (index: number) => void;
  /** What may come next, the most promising first, as indices into the history. */
  readonly candidates: () => readonly number[];
  /** Equal for equal sets of pending exchanges: the last one that was taken, and those before it that were not. */
  readonly key: () => string;
}

/**
 * A list of exchanges in the order in which they were sent, linked both ways (Lowe 2017): taking one out costs the same
 * however long the history is, and looking at what may come next costs as much as is under way at once.
 */
export function pendingOf(exchanges: readonly Exchange[], { overwritten }: Foresight): Pending {
  const at = (index: number): Exchange => exchanges[index] as Exchange;
  const end = exchanges.length;
  const order = exchanges.map((_, index) => index).sort((a, b) => at(a).sentAt - at(b).sentAt);
  const parts = exchanges.map(partOf);
  const groups = groupsOf(exchanges);
  let required = parts.filter((part) => part !== 'open-ended').length;

  // One place more than there are exchanges closes the list to a ring.
  const [place, next, previous] = [new Int32Array(end + 1), new Int32Array(end + 1), new Int32Array(end + 1)];
  const following = (index: number): number => next[index] as number;
  for (const [i, index] of [...order, end].entries()) {
    const before = order[i - 1] ?? end;
    [place[index], next[before], previous[index]] = [i, index, before];
  }
  const taken = new Uint8Array(end);
  const lastPlaces = [-1];

  /** What reads changes nothing that could be too early; an upload that stays had better come after those that do not. */
  const rank = (index: number): number => {
    if (at(index).call.kind !== 'chunk') return 0;
    return overwritten.get(index)?.some((other) => parts[other] === 'told' && taken[other] === 0) ? 2 : 1;
  };

  return {
    required: () => required,
    take(index) {
      const [before, after] = [previous[index] as number, following(index)];
      [next[before], previous[after], taken[index]] = [after, before, 1];
      lastPlaces.push(Math.max(lastPlaces.at(-1) as number, place[index] as number));
      if (parts[index] !== 'open-ended') required--;
    },
    putBack(index) {
      const [before, after] = [previous[index] as number, following(index)];
      [next[before], previous[after], taken[index]] = [index, index, 0];
      lastPlaces.pop();
      if (parts[index] !== 'open-ended') required++;
    },
    candidates() {
      const told: number[] = [];
      const openEnded: number[] = [];
      const waiting = new Map<string, number>();
      let first = end;
      let entangled = false;
      for (let index = following(end); index !== end; index = following(index)) {
        if (first !== end && at(index).sentAt > at(first).receivedAt) break;
        // A client sends one request after another, even where the clock's resolution makes the stamps equal.
        const earlier = waiting.get(at(index).client);
        if (earlier !== undefined) entangled ||= groups[earlier] !== groups[index];
        else if (parts[index] === 'open-ended') openEnded.push(index);
        else {
          told.push(index);
          waiting.set(at(index).client, index);
          if (first === end || at(index).receivedAt < at(first).receivedAt) first = index;
        }
      }
      // An unseen effect is only supposed where the answers need it.
      const all = [...told.sort((a, b) => rank(a) - rank(b)), ...openEnded];
      // What others do to their sessions can as well come later (Herlihy and Wing 1990, locality): one group is enough.
      return entangled ? all : all.filter((index) => groups[index] === groups[first]);
    },
    key() {
      const last = lastPlaces.at(-1) as number;
      let key = `${last}`;
      for (let index = following(end); index !== end && (place[index] as number) < last; index = following(index))
        key += ` ${index}`;
      return key;
    },
  };
}

/** For each exchange the name of all those that may depend on one another: of one session, or of several that a key binds. */
function groupsOf(exchanges: readonly Exchange[]): readonly string[] {
  const bound = new Map<string, string>();
  const groupOf = (name: string): string => {
    const other = bound.get(name);
    return other === undefined ? name : groupOf(other);
  };
  const names = exchanges.map(({ call }) => ('session' in call ? `session ${call.session}` : 'none'));
  for (const { call } of exchanges) {
    if (call.kind !== 'initiate' || call.idempotencyKey === undefined) continue;
    const [session, key] = [groupOf(`session ${call.session}`), groupOf(`key ${call.idempotencyKey}`)];
    if (session !== key) bound.set(session, key);
  }
  return names.map(groupOf);
}
