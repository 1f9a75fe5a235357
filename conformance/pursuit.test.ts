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

const cutOff = {
  history: { script, exchanges: [] },
  judgement: { kind: 'inconclusive', reason: 'it was over' },
} as const;

/**
 * What is reported of a script that failed at the first of these places, and when played again at the others, and then at
 * the last of them; or was cut off.
 */
async function reported(...places: readonly (number | 'cut off')[]) {
  const [first, ...others] = places.map((place) => (place === 'cut off' ? cutOff : failedAt(place)));
  const last = others.at(-1);
  const ledger = openLedger();
  const docket = openDocket();
  docket.enter('http.transient');
  const hearing = {
    shows: async () => undefined, // there is no time to make it smaller
    // At first five times at once, then one after another.
    again: async (_script: Script, _first: Shown, times: number) =>
      Array.from({ length: times }, () => others.shift() ?? last),
  } as unknown as Hearing;
  const court = {
    ledger,
    selection: { requirements: new Set(['http.transient']) },
    progress() {},
    stopped: () => 'over',
    turns: openTurns(1),
    pause: async () => {},
  };
  const pursue = pursuit(court as unknown as Court, docket, hearing);
  const [property] = properties;
  if (property === undefined) throw new Error('there is a property');
  const confirm = await pursue(first as Shown, { seed: 1, path: '', from: 3 }, { property, scripts: 1, calls: 0 });
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

test('one of which nobody could see whether it lasts, since the run was cut off, is neither', async () => {
  expect(await reported(1, 1, 1, 1, 1, 1, 1, 'cut off')).toEqual({
    failures: 0,
    undecided: ['a 500 came; that happened 6 times more within a moment, and nobody saw whether it lasts: it was over'],
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
