import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requirementIds } from '../generated/requirements.ts';
import type { Player } from './engine/player.ts';
import type { Script } from './history.ts';
import { conclude, openLedger } from './ledger.ts';
import type { Shard } from './options.ts';
import type { Target } from './preflight.ts';
import { properties } from './properties/index.ts';
import type { Environment } from './properties/property.ts';
import { select } from './select.ts';
import { isMine, otherPart } from './shard.ts';
import { createTrial } from './trial.ts';
import { openTurns } from './turns.ts';

const limits = {
  maxFileSize: 1e9,
  minChunkSize: 1,
  maxChunkSize: 1e6,
  maxChunks: 10_000,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 60,
};
const profiles = ['core', 'download', 'auth', 'idempotency'];
const target: Target = {
  kind: 'ready',
  capabilities: null,
  deviations: [],
  profiles,
  limits,
  digestAlgorithms: ['sha-256'],
};
const environment: Environment = {
  profiles,
  limits,
  secondPrincipal: true,
  waitExpirySeconds: 10,
  hooks: [],
  maxTimeSeconds: 120,
  sparing: 1,
  maxScriptBytes: 65_536,
  maxScriptCalls: 6000,
};

/** The scripts that a part of a run plays, of every property: against nobody, so that no answer changes what is made. */
async function played(shard: Shard | undefined, numRuns: number): Promise<{ scripts: string[]; told: number }> {
  const scripts: string[] = [];
  const player: Player = {
    play: async (script: Script) => {
      scripts.push(JSON.stringify(script));
      return { script, exchanges: [] };
    },
    totals: () => ({ calls: 0, bytes: 0, sessions: 0, faults: 0 }),
    closed: () => new Set(),
    close: async () => undefined,
  };
  const ledger = openLedger();
  const selection = select(properties, { only: [], skip: [] });
  const trial = createTrial({
    player,
    target,
    ledger,
    selection,
    progress: () => undefined,
    turns: openTurns(1),
    stopped: () => undefined,
    pause: async () => {},
    watch: { look: async () => undefined },
  });
  let told = 0;
  for (const [place, property] of properties.entries()) {
    const scripts = property.scripts?.(environment);
    const examples = property.examples?.(environment) ?? [];
    const mine = (index: number) => isMine(shard, place, index);
    told += (await trial.conduct(property, { examples, ...(scripts ? { scripts } : {}), seed: 7, numRuns, mine }))
      .scripts;
  }
  return { scripts, told };
}

test.each([1, 2, 3, 7])('%i parts play together what the whole run plays, each script once', async (count) => {
  const whole = await played(undefined, 12);
  const parts = await Promise.all(Array.from({ length: count }, (_, i) => played({ index: i + 1, count }, 12)));
  expect(parts.flatMap(({ scripts }) => scripts).sort()).toEqual([...whole.scripts].sort());
  for (const part of parts) expect(part.told).toBe(part.scripts.length);
  // No part is idle, and none does nearly all.
  for (const part of parts) expect(part.scripts.length).toBeGreaterThan(whole.scripts.length / count / 2);
});

test('each script belongs to exactly one part', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(100), fc.nat(10_000), (count, place, index) => {
      const parts = Array.from({ length: count }, (_, i) => ({ index: i + 1, count }));
      expect(parts.filter((part) => isMine(part, place, index))).toHaveLength(1);
    }),
  );
});

test('what a part has not seen is not tested, with the reason, and never a failure', () => {
  const reason = otherPart({ index: 2, count: 3 });
  const ledger = openLedger(reason);
  ledger.observed.set('chunk.stored', 1);
  const results = conclude(ledger, select(properties, { only: [], skip: [] }), properties, profiles);
  expect(results.find(({ id }) => id === 'chunk.stored')).toMatchObject({ verdict: 'pass' });
  expect(results.find(({ id }) => id === 'chunk.atomic')).toMatchObject({ verdict: 'not-tested', reason });
  expect(results.map(({ verdict }) => verdict)).not.toContain('fail');
  expect(results).toHaveLength(requirementIds.length);
});
