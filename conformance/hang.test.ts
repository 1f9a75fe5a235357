import { expect, test } from 'vitest';
import type { Player } from './engine/player.ts';
import type { Exchange, Script } from './history.ts';
import { openLedger } from './ledger.ts';
import { abort, claims, created, done, exchange, initiate, listing, lost, status } from './model/testing.ts';
import type { Target } from './preflight.ts';
import type { Property } from './properties/property.ts';
import { select } from './select.ts';
import { stepsOf } from './steps.ts';
import { createTrial } from './trial.ts';
import { openTurns } from './turns.ts';

/** How long a request is waited for, in ms of a clock that only these tests have. */
const ever = 30_000;

const target: Target = { kind: 'ready', capabilities: null, deviations: [], digestAlgorithms: ['sha-256'], ...claims };

const script: Script = { calls: [initiate(), status, status, abort].map((call) => ({ call })) };

type Declared = { readonly fileName?: string; readonly fileSize?: number; readonly preferredChunkSize?: number };

/**
 * What is told of a server whose aborts take so long, by the number of requests in the script, and how the scripts were
 * played: with how many requests, and how much patience.
 */
async function judged(silence: (requests: number) => number) {
  const plays: { requests: number; patience: number }[] = [];
  const player: Player = {
    play: async (script, timeoutMs = ever) => {
      const steps = stepsOf(script);
      plays.push({ requests: steps.length, patience: timeoutMs });
      const [first] = steps;
      if (first?.call.kind !== 'initiate') return { script, exchanges: [] };
      const { fileName = '', fileSize = 0, preferredChunkSize: chunkSize = 4 } = first.call.json as Declared;
      const file = { fileName, fileSize, chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
      let at = 0;
      const exchanges = steps.map(({ call }): Exchange => {
        const silent = call.kind === 'abort' ? silence(steps.length) : 1;
        const took = Math.min(silent, timeoutMs);
        at += took;
        const outcome = call.kind === 'initiate' ? created(file) : call.kind === 'abort' ? done : listing([], file);
        return exchange(call as Exchange['call'], silent >= timeoutMs ? lost : outcome, { at: at - took, took });
      });
      return { script, exchanges };
    },
    totals: () => ({ calls: 0, bytes: 0, sessions: 0, faults: 0 }),
    closed: () => new Set(),
    close: async () => undefined,
  };
  const property: Property = {
    id: 'hanging',
    title: 'a server that hangs',
    requirements: ['http.transient'],
    weight: 1,
    examples: () => [script],
  };
  const ledger = openLedger();
  const trial = createTrial({
    player,
    target,
    ledger,
    selection: select([property], { only: [], skip: [] }),
    progress: () => undefined,
    turns: openTurns(1),
    stopped: () => undefined,
    pause: async () => {},
    watch: { look: async () => undefined },
  });
  const { defect } = await trial.conduct(property, { examples: [script], seed: 1, numRuns: 0 });
  if (defect) throw defect;
  const { failures, undecided } = ledger;
  return { plays, undecided, failures: failures.map((one) => [one.requirement, one.history.length, one.reproduced]) };
}

test('what hangs is made small with less patience, and told only by those who waited as long as ever', async () => {
  const { plays, failures } = await judged(() => ever);
  expect(failures).toEqual([['http.transient', 2, { k: 5, n: 5 }]]);
  const whole = plays.filter(({ patience }) => patience === ever).map(({ requests }) => requests);
  // When it was found, twice to see whether it lasts, and once when the property went on.
  expect(whole.filter((requests) => requests > 2)).toEqual([4, 4, 4, 4]);
  expect(plays.length).toBeGreaterThan(whole.length);
});

test('a smaller script that is slow and no more is not taken for the one that hangs', async () => {
  const { failures, undecided } = await judged((requests) => (requests < 4 ? 4000 : ever));
  expect(failures).toEqual([['http.transient', 4, { k: 5, n: 5 }]]);
  expect(undecided).toEqual([]);
});

test('what is slow and no more is not told', async () => {
  expect((await judged(() => 4000)).failures).toEqual([]);
});
