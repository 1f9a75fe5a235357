import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Exchange, Outcome } from '../history.ts';
import { explain } from './linearize.ts';
import type { World } from './state.ts';
import { emptyWorld } from './state.ts';
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

const opened = exchange(initiate(), created(), { at: 0 });
const kind = (exchanges: readonly Exchange[], budget?: number) => explain(exchanges, claims, budget).kind;

describe('real time', () => {
  const upload = exchange(put(0, 1), receipt(201, 0, 1), { at: 5, took: 5, client: 'A' });
  const read = (at: number, received: readonly number[]) => exchange(status, listing(received), { at, client: 'B' });

  test.each([
    ['during an upload a status lists the chunk', 7, [0], 'explained'],
    ['or does not', 7, [], 'explained'],
    ['equal stamps are concurrent: at the very end', 10, [], 'explained'],
    ['equal stamps are concurrent: at the very start', 5, [0], 'explained'],
    ['after the answer it has to', 10.001, [], 'unexplained'],
    ['before it was sent it cannot', 4.999, [0], 'unexplained'],
  ] as const)('%s', (_, at, received, expected) => {
    expect(kind([opened, upload, read(at, received)])).toBe(expected);
  });

  test('two readers may not see two chunks arrive in opposite orders', () => {
    const uploads = [0, 1].map((chunk) =>
      exchange(put(chunk, 9), receipt(201, chunk, 9), { at: 1, took: 9, client: `W${chunk}` }),
    );
    const reads = (first: number, second: number) => [
      exchange(status, listing([first]), { at: 3, client: 'B' }),
      exchange(status, listing([second]), { at: 3, client: 'C' }),
    ];
    expect(kind([opened, ...uploads, ...reads(0, 0)])).toBe('explained');
    expect(kind([opened, ...uploads, ...reads(0, 1)])).toBe('unexplained');
  });

  test('of completions that race at most one creates', () => {
    const full = [0, 1, 2].map((chunk) => exchange(put(chunk, 1), receipt(201, chunk, 1)));
    const race = (...codes: (200 | 201)[]) =>
      codes.map((code, i) => exchange(complete, published(code, [1, 1, 1]), { at: 1, took: 5, client: `C${i}` }));
    expect(kind([opened, ...full, ...race(200, 201, 200)])).toBe('explained');
    expect(kind([opened, ...full, ...race(201, 201)])).toBe('unexplained');
    expect(kind([opened, ...full, ...race(200, 200)])).toBe('unexplained');
  });
});

describe('a request that was never answered', () => {
  const read = (at: number, received: readonly number[]) => exchange(status, listing(received), { at });

  test.each([
    ['a lost answer', exchange(put(0, 1), lost, { at: 1, took: 1 })],
    ['an error of the server', exchange(put(0, 1), answer(500), { at: 1, took: 1 })],
    ['a gateway that gave up', exchange(put(0, 1), answer(504), { at: 1, took: 1 })],
  ])('takes effect late, or never: %s', (_, upload) => {
    expect(kind([opened, upload, read(5, []), read(6, []), read(7, [0])])).toBe('explained');
    expect(kind([opened, upload, read(5, [])])).toBe('explained');
  });

  test('takes effect at most once', () => {
    const upload = exchange(put(0, 1), lost, { at: 1, took: 1 });
    const aborted = exchange(abort, lost, { at: 2 });
    expect(kind([opened, upload, read(5, [0]), read(6, [])])).toBe('unexplained');
    const gone = exchange(status, problem('session-aborted'), { at: 5 });
    expect(kind([opened, aborted, gone, read(6, [])])).toBe('unexplained');
  });

  test('takes no effect before what the same client was told earlier, even if the stamps are equal', () => {
    const story = [opened, read(1, []), exchange(put(0, 1), lost, { at: 1, took: 1 })];
    const [, told, asked] = story as [Exchange, Exchange, Exchange];
    const early = { ...told, outcome: listing([0]) };
    expect(kind([opened, early, asked])).toBe('unexplained');
    expect(kind([opened, { ...early, client: 'B' }, asked])).toBe('explained');
  });

  test('takes no effect before it was sent', () => {
    expect(kind([opened, read(1, [0]), exchange(put(0, 1), lost, { at: 2, took: 1 })])).toBe('unexplained');
  });

  test.each([429, 507])('surely had no effect if the server said so: %i', (code) => {
    const refused = exchange(put(0, 1), answer(code), { at: 1 });
    expect(kind([opened, refused, read(2, [])])).toBe('explained');
    expect(kind([opened, refused, read(2, [0])])).toBe('unexplained');
  });
});

test('what cannot be explained is told by the longest order that can be, and the answer after it', () => {
  const first = exchange(put(0, 1), receipt(201, 0, 1), { at: 1 });
  const wrong = exchange(status, listing([0, 1]), { at: 2 });
  const later = exchange(status, listing([0]), { at: 3 });
  const explanation = explain([opened, first, wrong, later], claims);
  expect(explanation).toMatchObject({ kind: 'unexplained', exchange: 2, explained: 2 });
  expect(explanation).toHaveProperty('worlds.length', 1);
});

describe('cost', () => {
  /** One client that uploads and reads in turn; each `every`-th upload loses its answer, and the reading tells. */
  function sequential(operations: number, every = Number.POSITIVE_INFINITY): Exchange[] {
    const stored = new Set<number>();
    const story = [opened];
    for (let at = 1; story.length < operations; at += 2) {
      const chunk = at % 3;
      const told = receipt(stored.has(chunk) ? 200 : 201, chunk, at);
      stored.add(chunk);
      story.push(exchange(put(chunk, at), (at + 1) % (2 * every) === 0 ? lost : told, { at }));
      story.push(exchange(status, listing([...stored]), { at: at + 1 }));
    }
    return story.slice(0, operations);
  }

  test('a story of one client without loss costs one step an exchange', () => {
    expect(kind(sequential(400), 400)).toBe('explained');
    expect(kind(sequential(400), 399)).toBe('inconclusive');
  });

  test('lost answers that were told of soon do not make it explode', () => {
    expect(kind(sequential(100, 6), 20_000)).toBe('explained');
  });

  test('a search past its budget is undecided: neither a pass nor a failure', () => {
    const race = Array.from({ length: 8 }, (_, i) =>
      exchange(put(0, i), receipt(i === 0 ? 201 : 200, 0, i), { at: 1, took: 9, client: `C${i}` }),
    );
    const wrong = exchange(status, listing([0, 1]), { at: 20 });
    expect(kind([opened, ...race, wrong], 50)).toBe('inconclusive');
    expect(kind([opened, ...race, wrong])).toBe('unexplained');
  });
});

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
  const plan = fc.record({ call, client, gap, took, effect, fate, lie: fc.constantFrom(...lies) });
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
  const timed = all.map((plan, i) => {
    const at = (clock[plan.client] ?? 1) + plan.gap;
    clock[plan.client] = at + plan.took;
    const within = plan.fate === 'lost, late' ? 12 : plan.took;
    return { ...plan, i, at, effectAt: at + plan.effect * within };
  });
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
      const when = { at, took, client: `C${client}` };
      if (fate === 'cut' && call.kind === 'chunk') return cut(call, when);
      return exchange(call, fate === 'failed' ? answer(500) : (outcomes.get(i) ?? lost), when);
    }),
  ].sort((x, y) => x.sentAt - y.sentAt);
}

describe('histories of a tiny server with three clients', () => {
  test('are explained if it is honest, whatever is lost, late or cut', () => {
    fc.assert(
      fc.property(plans(['none']), fc.boolean(), (all, filled) => {
        expect(kind(simulate(all, filled))).toBe('explained');
      }),
      { numRuns: 1000 },
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
      { numRuns: 2500 },
    );
    // A generator that hardly ever lies, or hardly ever tells the truth, would compare nothing.
    expect(Math.min(found.explained, found.unexplained)).toBeGreaterThan(200);
  });
});
