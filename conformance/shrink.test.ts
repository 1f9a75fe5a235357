import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Call, Script, Step } from './history.ts';
import { minimize } from './shrink.ts';
import { stepsOf } from './steps.ts';

const step: fc.Arbitrary<Step> = fc
  .record(
    {
      session: fc.constantFrom('a', 'b'),
      chunk: fc.nat(3),
      write: fc.nat(9),
      framing: fc.constant('chunked' as const),
      contentDigest: fc.constantFrom('right' as const, 'wrong' as const),
      fault: fc.constant({ kind: 'lost' } as const),
    },
    { requiredKeys: ['session', 'chunk', 'write'] },
  )
  .map(({ fault, ...more }) => ({ call: { kind: 'chunk', ...more } as Call, ...(fault ? { fault } : {}) }));
const steps = fc.array(step, { maxLength: 10 });
const scripts: fc.Arbitrary<Script> = fc.oneof(
  steps.map((calls) => ({ calls })),
  fc.record({ calls: steps, together: fc.array(steps, { minLength: 2, maxLength: 4 }), after: steps }),
);

/** A fault of a server: it shows when these chunks are uploaded in this order, the last with something special. */
const bug = fc.record({
  chunks: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
  special: fc.constantFrom<'nothing' | 'fault' | 'framing'>('nothing', 'fault', 'framing'),
});

type Bug = typeof bug extends fc.Arbitrary<infer One> ? One : never;

function shows({ chunks, special }: Bug, script: Script): boolean {
  let next = 0;
  for (const { call, fault } of stepsOf(script)) {
    if (call.kind !== 'chunk' || call.chunk !== chunks[next]) continue;
    const last = next === chunks.length - 1;
    if (last && special === 'fault' && !fault) continue;
    if (last && special === 'framing' && !call.framing) continue;
    if (++next === chunks.length) return true;
  }
  return false;
}

const failing = fc.tuple(scripts, bug).filter(([script, one]) => shows(one, script));

describe('the smallest script', () => {
  test('still fails, and has no race, step, fault or option that it could do without', async () => {
    await fc.assert(
      fc.asyncProperty(failing, async ([script, one]) => {
        const small = await minimize(script, async (candidate) => shows(one, candidate), 10_000);
        const left = stepsOf(small);
        expect(shows(one, small)).toBe(true);
        expect(left).toHaveLength(one.chunks.length);
        expect(small.together).toBeUndefined();
        expect(left.filter(({ fault }) => fault)).toHaveLength(one.special === 'fault' ? 1 : 0);
        expect(left.filter(({ call }) => 'framing' in call)).toHaveLength(one.special === 'framing' ? 1 : 0);
        expect(left.filter(({ call }) => 'contentDigest' in call)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('costs no more candidates than the budget, and is never larger for that', async () => {
    await fc.assert(
      fc.asyncProperty(failing, fc.nat(20), async ([script, one], budget) => {
        let played = 0;
        const play = async (candidate: Script) => {
          played++;
          return shows(one, candidate);
        };
        const small = await minimize(script, play, budget);
        expect(played).toBeLessThanOrEqual(budget);
        expect(shows(one, small)).toBe(true);
        expect(stepsOf(small).length).toBeLessThanOrEqual(stepsOf(script).length);
      }),
    );
  });

  test('of a script that fails but once is that script', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        expect(await minimize(script, async () => false, 1000)).toBe(script);
      }),
    );
  });

  test('keeps a race that is needed: two branches, of what they need', async () => {
    const put = (chunk: number): Step => ({ call: { kind: 'chunk', session: 'a', chunk, write: chunk } });
    const script = { calls: [put(9)], together: [[put(1), put(2)], [put(3), put(4)], [put(5)]], after: [put(6)] };
    const raced = async ({ together = [] }: Script) =>
      together.length > 1 && together.flat().some(({ call }) => 'chunk' in call && call.chunk === 4);
    const small = await minimize(script, raced, 1000);
    expect(small.calls).toEqual([]);
    expect(small.together).toHaveLength(2);
    expect(stepsOf(small)).toHaveLength(2);
    expect(small).not.toHaveProperty('after');
  });
});

test('the steps of a script are its calls, its branches in order, and what comes after', () => {
  const at = (write: number): Step => ({ call: { kind: 'chunk', session: 'a', chunk: 0, write } });
  const script = { calls: [at(0)], together: [[at(1), at(2)], [at(3)]], after: [at(4)] };
  expect(stepsOf(script).map(({ call }) => 'write' in call && call.write)).toEqual([0, 1, 2, 3, 4]);
});
