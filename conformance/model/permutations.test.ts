import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Exchange, Outcome } from '../history.ts';
import { explain } from './linearize.ts';
import { emptyWorld, type World } from './state.ts';
import {
  abort,
  answer,
  claims,
  complete,
  completed,
  created,
  cut,
  done,
  exchange,
  incomplete,
  initiate,
  listing,
  lost,
  type Played,
  problem,
  published,
  put,
  receipt,
  status,
  worldsAfter,
} from './testing.ts';

/** How many times as many histories as in a quick run are compared: `THOROUGHNESS=10` compares more than 40,000. */
const thoroughness = Number(process.env['THOROUGHNESS'] ?? 1);

const opened = exchange(initiate(), created(), { at: 0 });
const kind = (exchanges: readonly Exchange[]) => explain(exchanges, claims).kind;

/**
 * The definition, naively: some order of the answered exchanges, with any of the unanswered ones between them, that
 * respects real time and that the model allows one after another.
 */
function hasOrder(world: World, left: readonly Exchange[]): boolean {
  if (left.every(neverTold)) return true;
  return left.some((one) => {
    const before = (other: Exchange) => other.receivedAt < one.sentAt || precedes(other, one, left);
    if (left.some((other) => other !== one && !neverTold(other) && before(other))) return false;
    const rest = left.filter((other) => other !== one);
    return worldsAfter(world, one).some((next) => hasOrder(next, rest));
  });
}

const neverTold = ({ call, sent, outcome }: Exchange) =>
  outcome.kind === 'lost' && !(call.kind === 'chunk' && !sent.whole);
const precedes = (one: Exchange, other: Exchange, story: readonly Exchange[]) =>
  one.client === other.client && story.indexOf(one) < story.indexOf(other);

/** A server in a dozen lines. */
interface Tiny {
  readonly writes: ReadonlyMap<number, number>;
  readonly phase: 'open' | 'completed' | 'aborted';
}

function serve(state: Tiny, call: Played): { told: Answer; next: Tiny } {
  const { writes, phase } = state;
  const has = [0, 1, 2].filter((chunk) => writes.has(chunk));
  const all = has.map((chunk) => writes.get(chunk) ?? 0);
  const told = (answer: Answer, next = state) => ({ told: answer, next });
  if (call.kind === 'abort' && phase !== 'completed') return told(done, { writes, phase: 'aborted' });
  if (phase === 'aborted') return told(problem('session-aborted'));
  if (call.kind === 'status') return told(phase === 'completed' ? completed(all) : listing(has));
  if (call.kind === 'complete' && phase === 'completed') return told(published(200, all));
  if (phase === 'completed') return told(problem('session-completed'));
  if (call.kind === 'complete' && has.length < 3) return told(incomplete(...[0, 1, 2].filter((i) => !writes.has(i))));
  if (call.kind === 'complete') return told(published(201, all), { writes, phase: 'completed' });
  const { chunk, write } = call as Extract<Played, { kind: 'chunk' }>;
  const index = Number(chunk);
  return told(receipt(writes.has(index) ? 200 : 201, index, write), {
    writes: new Map(writes).set(index, write),
    phase,
  });
}

interface Plan {
  readonly call: Played;
  readonly client: number;
  readonly gap: number;
  readonly took: number;
  readonly effect: number;
  /** Whether the same request is sent at once on a second connection, which is answered on its own. */
  readonly twice: boolean;
  readonly fate: 'answered' | 'lost' | 'lost, late' | 'never came' | 'failed' | 'cut';
  readonly lie: 'none' | 'forgets' | 'stale';
}

const plans = (lies: readonly Plan['lie'][]): fc.Arbitrary<Plan[]> => {
  const upload = fc.tuple(fc.nat(1), fc.integer({ min: 10, max: 19 })).map(([chunk, write]) => put(chunk, write));
  const call = fc.oneof({ weight: 3, arbitrary: upload }, fc.constantFrom(status, status, complete, abort));
  const fate = fc.constantFrom<Plan['fate']>(
    ...Array<'answered'>(12).fill('answered'),
    ...(['lost', 'lost, late', 'never came', 'failed', 'cut'] as const),
  );
  const [client, gap, took] = [fc.nat(2), fc.nat(2), fc.nat(4)];
  const effect = fc.double({ min: 0, max: 1, noNaN: true });
  const twice = fc.nat(7).map((n) => n === 7);
  const plan = fc.record({ call, client, gap, took, effect, twice, fate, lie: fc.constantFrom(...lies) });
  return fc.array(plan, { minLength: 1, maxLength: 6 });
};

/** Plays the plans against the tiny server, each taking effect at some instant between its request and its answer. */
function simulate(all: readonly Plan[], filled: boolean): Exchange[] {
  const first: Exchange[] = [opened];
  let state: Tiny = { writes: new Map(), phase: 'open' };
  for (const chunk of filled ? [0, 1, 2] : [2]) {
    const { told, next } = serve(state, put(chunk, chunk));
    first.push(exchange(put(chunk, chunk), told, { at: chunk / 4 }));
    state = next;
  }
  const atFirst = state;
  const clock = [1, 1, 1];
  const timed = all
    .flatMap((plan) => {
      const at = (clock[plan.client] ?? 1) + plan.gap;
      clock[plan.client] = at + plan.took;
      const within = plan.fate === 'lost, late' ? 12 : plan.took;
      const sent = { ...plan, client: `C${plan.client}`, at, effectAt: at + plan.effect * within };
      const again = { ...sent, client: `${sent.client} again`, effectAt: at + (1 - plan.effect) * within };
      return plan.twice ? [sent, again] : [sent];
    })
    .map((one, i) => ({ ...one, i }));
  const outcomes = new Map<number, Outcome>();
  // Of one client's requests with equal stamps the first is first.
  for (const { i, call, lie, fate } of [...timed].sort((x, y) => x.effectAt - y.effectAt || x.i - y.i)) {
    const { told } = serve(lie === 'stale' ? atFirst : state, call);
    const happens = fate !== 'never came' && fate !== 'cut' && lie !== 'forgets';
    if (happens) state = serve(state, call).next;
    outcomes.set(i, fate === 'answered' ? told : lost);
  }
  return [
    ...first,
    ...timed.map(({ i, call, at, took, client, fate }) => {
      const when = { at, took, client };
      if (fate === 'cut' && call.kind === 'chunk') return cut(call, when);
      return exchange(call, fate === 'failed' ? answer(500) : (outcomes.get(i) ?? lost), when);
    }),
  ].sort((x, y) => x.sentAt - y.sentAt);
}

describe('histories of a tiny server with three clients', () => {
  test('are explained if it is honest, whatever is lost, late, cut or sent twice', () => {
    fc.assert(
      fc.property(plans(['none']), fc.boolean(), (all, filled) => {
        expect(kind(simulate(all, filled))).toBe('explained');
      }),
      { numRuns: 1000 * thoroughness },
    );
  });

  test('are explained exactly when some permutation explains them, if it lies now and then', () => {
    const found = { explained: 0, unexplained: 0 };
    fc.assert(
      fc.property(plans(['none', 'forgets', 'stale', 'stale']), fc.boolean(), (all, filled) => {
        const story = simulate(all, filled);
        const silent = story.map((one) =>
          one.outcome.kind === 'answered' && one.outcome.status === 500 ? { ...one, outcome: lost } : one,
        );
        const expected = hasOrder(emptyWorld, silent) ? 'explained' : 'unexplained';
        found[expected]++;
        expect(kind(story)).toBe(expected);
      }),
      { numRuns: 2500 * thoroughness },
    );
    // A generator that hardly ever lies, or hardly ever tells the truth, would compare nothing.
    expect(Math.min(found.explained, found.unexplained)).toBeGreaterThan(200 * thoroughness);
  });

  test('so are those that use two sessions at once', () => {
    const found = { explained: 0, unexplained: 0 };
    fc.assert(
      fc.property(plans(['none', 'forgets', 'stale', 'stale']), (all) => {
        const [first, second] = [0, 1].map((session) => simulate(all.map(elsewhere(session)), session === 0));
        const both = [...(first ?? []), ...(second ?? []).map(inSessionB)].filter(({ call }) => call !== nothing);
        // Of one client the request that was answered first was sent first.
        const story = both.sort((x, y) => x.sentAt - y.sentAt || x.receivedAt - y.receivedAt);
        const silent = story.map((one) =>
          one.outcome.kind === 'answered' && one.outcome.status === 500 ? { ...one, outcome: lost } : one,
        );
        const expected = hasOrder(emptyWorld, silent) ? 'explained' : 'unexplained';
        found[expected]++;
        expect(kind(story)).toBe(expected);
      }),
      { numRuns: 1000 * thoroughness },
    );
    expect(Math.min(found.explained, found.unexplained)).toBeGreaterThan(30 * thoroughness);
  });
});

const nothing: Played = { ...status };

/** Of plans for two sessions in turn those for the one: what a client does elsewhere takes its time, and no more. */
const elsewhere =
  (session: number) =>
  (plan: Plan, i: number): Plan =>
    i % 2 === session ? plan : { ...plan, call: nothing, fate: 'answered', lie: 'none' };

/** The same exchange, with a second session of the same clients. */
function inSessionB(one: Exchange): Exchange {
  const { outcome } = one;
  const known = outcome.kind === 'answered' && typeof outcome.json === 'object' && outcome.json !== null;
  const json = known && 'sessionId' in outcome.json ? { ...outcome.json, sessionId: 's'.repeat(22) } : undefined;
  return {
    ...one,
    call: one.call === nothing ? nothing : ({ ...one.call, session: 'b' } as Played),
    outcome: json ? ({ ...outcome, json } as Answer) : outcome,
  };
}
