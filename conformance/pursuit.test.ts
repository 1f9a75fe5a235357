import { expect, test } from 'vitest';
import { type Court, openDocket } from './court.ts';
import type { Shown } from './failure.ts';
import type { Hearing } from './hearing.ts';
import type { Script } from './history.ts';
import { openLedger } from './ledger.ts';
import { answer, created, exchange, initiate, status } from './model/testing.ts';
import { properties } from './properties/index.ts';
import { pursuit } from './pursuit.ts';
import { openTurns } from './turns.ts';

const script: Script = { calls: [{ call: initiate() }, { call: status }, { call: status }] } as unknown as Script;

/** A script of which the request at this place was answered with 500. */
function failedAt(index: number): Shown {
  const exchanges = [initiate(), status, status].map((call, at) =>
    exchange(call, at === index ? answer(500) : created(), { at }),
  );
  const objection = { requirement: 'http.transient', expected: 'no 5xx' } as const;
  const judgement = {
    kind: 'unexplained',
    exchange: index,
    objection,
    states: [],
    explained: index,
    order: [],
  } as const;
  return { history: { script, exchanges }, judgement: { ...judgement, passing: true } };
}

/** What is reported of a script that failed at the first of these places, and when played again at the others. */
async function reported(...places: readonly number[]) {
  const [first = 0, ...others] = places;
  const ledger = openLedger();
  const docket = openDocket();
  docket.enter('http.transient');
  const hearing = {
    shows: async () => undefined, // there is no time to make it smaller
    // At first five times at once, then one after another.
    again: async (_script: Script, _first: Shown, times: number) => others.splice(0, times).map(failedAt),
  } as unknown as Hearing;
  const court = {
    ledger,
    selection: { requirements: new Set(['http.transient']) },
    progress() {},
    stopped: () => 'over',
    turns: openTurns(1),
  };
  const later = others.slice(5).map(() => 0);
  const pursue = pursuit(court as unknown as Court, docket, hearing, later);
  const [property] = properties;
  if (property === undefined) throw new Error('there is a property');
  const confirm = await pursue(failedAt(first), { seed: 1, path: '', from: 3 }, { property, scripts: 1, calls: 0 });
  await confirm?.();
  return { failures: ledger.failures.length, undecided: ledger.undecided };
}

test('an error that the same request meets each time is a failure', async () => {
  expect(await reported(1, 1, 1, 1, 1, 1)).toEqual({ failures: 1, undecided: [] });
});

test('one that goes on for seconds is a failure, one that ends after a moment was passing', async () => {
  expect(await reported(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).toEqual({ failures: 1, undecided: [] });
  expect(await reported(1, 1, 1, 1, 1, 1, 1, 1, 2)).toMatchObject({
    failures: 0,
    undecided: [expect.stringContaining('in 8 repetitions')],
  });
});

test('one that meets now this request and now that is passing, however many requests a script has', async () => {
  expect(await reported(1, 1, 2, 1, 0, 1)).toEqual({
    failures: 0,
    undecided: [
      'a 500 came; in 5 repetitions that happened 3 times more: a passing fault of the target, whose log may say why',
    ],
  });
});

test.each([
  ['did not happen again', []],
  ['happened once more', [1]],
  ['happened 2 times more', [1, 1]],
])('a passing fault is told by how often it came again: that %s', async (words, again) => {
  const elsewhere = Array.from({ length: 5 - again.length }, () => 2);
  expect((await reported(1, ...again, ...elsewhere)).undecided).toEqual([expect.stringContaining(`that ${words}: `)]);
});
