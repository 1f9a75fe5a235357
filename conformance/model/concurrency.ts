import type { RequirementId } from '../../generated/requirements.ts';
import type { Exchange } from '../history.ts';
import { explain } from './linearize.ts';
import type { Claims } from './state.ts';

/** Two requests that were under way at once, and the promise that this puts to the test. */
interface Race {
  readonly requests: readonly [Exchange, Exchange];
  readonly promise: RequirementId;
}

/** Which promises about races a history put to the test: pairs of requests on one session that were under way at once. */
export function racesIn(exchanges: readonly Exchange[]): RequirementId[] {
  const found = new Set([...racing(exchanges)].map(({ promise }) => promise));
  const unseen = exchanges.some(({ outcome, sent }) => outcome.kind === 'lost' && sent.whole && !outcome.unsent);
  if (found.size > 0 || unseen) found.add('session.linearizable');
  return [...found];
}

function* racing(exchanges: readonly Exchange[]): Generator<Race> {
  for (const [i, a] of exchanges.entries())
    for (const b of exchanges.slice(i + 1)) {
      if (b.sentAt > a.receivedAt) break;
      const promise = a.client === b.client ? undefined : promiseOfRace(a, b);
      if (promise !== undefined) yield { requests: [a, b], promise };
    }
}

function promiseOfRace(a: Exchange, b: Exchange): RequirementId | undefined {
  const kinds = [a.call.kind, b.call.kind].sort().join(' ');
  if (kinds === 'initiate initiate') return sameKey(a, b) ? 'idempotency.race' : undefined;
  const sameSession = 'session' in a.call && 'session' in b.call && a.call.session === b.call.session;
  if (!sameSession) return undefined;
  switch (kinds) {
    case 'chunk chunk':
      return stored(a) && stored(b) && chunkOf(a) !== chunkOf(b) ? 'chunk.parallel' : 'session.linearizable';
    case 'chunk complete':
      return 'complete.atomic';
    case 'complete complete':
      return 'complete.exactly-once';
    case 'abort complete':
      return 'abort.race';
    default:
      return 'session.linearizable';
  }
}

const stored = ({ outcome }: Exchange): boolean => outcome.kind === 'answered' && outcome.status < 300;
const chunkOf = ({ call }: Exchange): number | string | undefined => (call.kind === 'chunk' ? call.chunk : undefined);

function sameKey(a: Exchange, b: Exchange): boolean {
  const key = ({ call }: Exchange) => (call.kind === 'initiate' ? call.idempotencyKey : undefined);
  const as = ({ call }: Exchange) => ('as' in call ? call.as : undefined);
  return key(a) !== undefined && key(a) === key(b) && as(a) === as(b);
}

/** The promise about a race by which an answer is told that fits nowhere, and the two requests in words. */
export interface Behind {
  readonly requirement: RequirementId;
  readonly told: string;
}

/** Promises that a race may be told by, the most telling first: that chunks need not wait for each other is none of them. */
const telling: readonly RequirementId[] = [
  'complete.exactly-once',
  'abort.race',
  'idempotency.race',
  'complete.atomic',
  'session.linearizable',
];

/** Steps of the model that each doubt may cost: a race that shows something is small, or is made so. */
const doubtBudget = 3000;

/**
 * The race that an answer which no order explains comes of: requests were under way at once, and if those of one kind of
 * race are taken for lost, so that each happened once or not at all, all is explained. Whether the same requests one after
 * another are answered as wrongly nobody can tell from this history.
 *
 * @param failed - index of the answer that fits nowhere
 */
export function raceBehind(exchanges: readonly Exchange[], failed: number, claims: Claims): Behind | undefined {
  const last = exchanges[failed] as Exchange;
  const known = exchanges.filter((one) => one.sentAt <= last.receivedAt);
  if (known.some(({ restarts }) => restarts !== last.restarts)) return undefined;
  const races = [...racing(known)].filter(({ requests }) => requests.every(isPlain));
  const own = races.filter(({ requests }) => requests.includes(last));
  // What raced with this very request is more telling than what raced before it.
  for (const some of [own, races])
    for (const requirement of telling) {
      const [first, ...more] = some.filter((race) => toldBy(race) === requirement);
      if (first === undefined) continue;
      const doubted = new Set([first, ...more].flatMap((race) => doubtfulIn(race, last)));
      const without = known.map((one) => (doubted.has(one) ? unbelieved(one) : one));
      if (explain(without, claims, doubtBudget).kind === 'explained') return { requirement, told: inWords(first) };
    }
  return undefined;
}

/** What a race may have spoilt: of one with a reading no more than that, since a reading can undo nothing for later ones. */
function doubtfulIn({ requests }: Race, last: Exchange): readonly Exchange[] {
  const reads = requests.filter(({ call }) => reading.includes(call.kind));
  if (requests.includes(last)) return requests.filter((one) => one !== last);
  return reads.length > 0 ? reads : requests;
}

const reading: readonly Exchange['call']['kind'][] = ['status', 'attachment', 'content'];

/** What is shown of two chunks that lost each other is no waiting. */
const toldBy = ({ promise }: Race): RequirementId => (promise === 'chunk.parallel' ? 'session.linearizable' : promise);

/** Whether it was answered, and no fault of its client has a part in the answer. */
const isPlain = ({ outcome, fault }: Exchange): boolean =>
  outcome.kind === 'answered' && (fault === undefined || ['hold', 'trickle', 'twice'].includes(fault.kind));

const unbelieved = (exchange: Exchange): Exchange => ({
  ...exchange,
  outcome: { kind: 'lost', reason: 'not believed' },
});

function inWords({ requests }: Race): string {
  const [first, second] = requests
    .toSorted((a, b) => a.step - b.step)
    .map(({ call, client, outcome }) => {
      const what = call.kind === 'chunk' ? `chunk ${call.chunk} = w${call.write}` : call.kind;
      return `${what} of ${client} (${outcome.kind === 'answered' ? outcome.status : 'lost'})`;
    });
  return `${first} and ${second} were under way at the same time, and no order explains both answers`;
}
