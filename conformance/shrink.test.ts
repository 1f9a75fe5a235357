import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Call, Fault, Script, Step } from './history.ts';
import { inTurn, minimize } from './shrink.ts';
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

describe('the plainest script', () => {
  const open = (session: string, json: object): Step => ({ call: { kind: 'initiate', session, json } as Call });
  const put = (chunk: number, write: number, fault?: Fault): Step => ({
    call: { kind: 'chunk', session: 'a', chunk, write },
    ...(fault ? { fault } : {}),
  });
  const status: Step = { call: { kind: 'status', session: 'a' } };
  const kinds = (script: Script) => stepsOf(script).map(({ call }) => call.kind);
  const smallest = (script: Script, fails: (candidate: Script) => boolean) =>
    minimize(script, async (candidate) => fails(candidate), 1000);
  /** Whether the script still has these calls: of a bug that any file, chunk and write shows. */
  const having = (script: Script) => (candidate: Script) => isDeepStrictEqual(kinds(candidate), kinds(script));

  test('declares no more than the name and a few bytes, and tells of the first chunk and the first write', async () => {
    const json = { fileName: 'ä', fileSize: 12_000, preferredChunkSize: 1000, contentType: 'text/plain' };
    const script = { calls: [open('a', json), put(7, 90), put(7, 91), put(7, 90)] };
    expect(await smallest(script, having(script))).toEqual({
      calls: [open('a', { fileName: 'file.bin', fileSize: 4 }), put(0, 1), put(0, 2), put(0, 1)],
    });
  });

  test('has as many chunks of a few bytes as it needs', async () => {
    const script = { calls: [open('a', { fileName: 'file.bin', fileSize: 50_000, preferredChunkSize: 4096 })] };
    const needed = (count: number) => (candidate: Script) => {
      const [first] = stepsOf(candidate);
      const json = (first?.call.kind === 'initiate' ? first.call.json : {}) as Record<string, number>;
      return Math.ceil(Number(json['fileSize']) / Number(json['preferredChunkSize'])) >= count;
    };
    for (const count of [2, 3, 13]) {
      const json = { fileName: 'file.bin', fileSize: 4 * count, preferredChunkSize: 4 };
      expect(await smallest(script, needed(count))).toEqual({ calls: [open('a', json)] });
    }
  });

  test('keeps equal declarations equal, and how long a session lives that it waits for', async () => {
    const json = { fileName: 'file.bin', fileSize: 8, preferredChunkSize: 4, preferredTimeoutSeconds: 3 };
    const wait: Step = { call: { kind: 'wait', expiryOf: 'a' } };
    const script = { calls: [open('a', json), open('b', json), wait] };
    const same = ({ calls: [a, b] }: Script) =>
      a?.call.kind === 'initiate' && b?.call.kind === 'initiate' && isDeepStrictEqual(a.call.json, b.call.json);
    const small = { fileName: 'file.bin', fileSize: 4, preferredTimeoutSeconds: 3 };
    expect(await smallest(script, (candidate) => having(script)(candidate) && same(candidate))).toEqual({
      calls: [open('a', small), open('b', small), wait],
    });
  });

  test('waits where a body that is held back does nothing else', async () => {
    const script = { calls: [put(0, 1, { kind: 'hold', after: 2, expiryOf: 'a' }), status] };
    const waits = ({ calls }: Script) =>
      calls.length === 2 && [calls[0]?.call, calls[0]?.fault].some((one) => one && 'expiryOf' in one);
    expect(await smallest(script, waits)).toEqual({ calls: [{ call: { kind: 'wait', expiryOf: 'a' } }, status] });
  });

  test('begins with what need not race', async () => {
    const complete: Step = { call: { kind: 'complete', session: 'a' } };
    const script = { calls: [], together: [[put(0, 1)], [complete], [complete]] };
    const raced = (candidate: Script) =>
      having({ calls: [put(0, 1), complete, complete] })(candidate) &&
      (candidate.together ?? []).filter((branch) => branch.includes(complete)).length === 2;
    expect(await smallest(script, raced)).toEqual({ calls: [put(0, 1)], together: [[complete], [complete]] });
  });

  test('is as small if its candidates are played side by side', async () => {
    await fc.assert(
      fc.asyncProperty(failing, async ([script, one]) => {
        const small = await minimize(script, async (candidate) => shows(one, candidate), 100_000, true);
        expect(shows(one, small)).toBe(true);
        expect(stepsOf(small)).toHaveLength(one.chunks.length);
        expect(small.together).toBeUndefined();
      }),
    );
  });

  test('has an end', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        let played = 0;
        await minimize(script, async () => ++played > 0, 100_000);
        expect(played).toBeLessThan(200);
      }),
    );
  });
});

test('the steps of a script are its calls, its branches in order, and what comes after', () => {
  const at = (write: number): Step => ({ call: { kind: 'chunk', session: 'a', chunk: 0, write } });
  const script = { calls: [at(0)], together: [[at(1), at(2)], [at(3)]], after: [at(4)] };
  expect(stepsOf(script).map(({ call }) => 'write' in call && call.write)).toEqual([0, 1, 2, 3, 4]);
});

describe('a race in turn', () => {
  const at = (write: number, fault?: Fault): Step => ({
    call: { kind: 'chunk', session: 'a', chunk: 0, write },
    ...(fault ? { fault } : {}),
  });
  const wait: Step = { call: { kind: 'wait', ms: 4 } };
  const writes = (script: Script) => stepsOf(script).map(({ call }) => 'write' in call && call.write);

  test('is the same requests one after another, in each order of its branches', () => {
    const script = {
      calls: [at(0)],
      together: [
        [at(1), at(2)],
        [wait, at(3)],
      ],
      after: [at(4)],
    };
    expect(inTurn(script).map(writes)).toEqual([
      [0, 1, 2, 3, 4],
      [0, 3, 1, 2, 4],
    ]);
  });

  test('waits for nobody, and sends in a row what was sent twice at once; what is cut stays cut', () => {
    const cut: Fault = { kind: 'cut', after: 1, how: 'rst' };
    const script = { calls: [at(0, { kind: 'twice' })], after: [at(1, { kind: 'hold', after: 1, ms: 9 }), at(2, cut)] };
    expect(inTurn(script)).toEqual([{ calls: [at(0), at(0), at(1), at(2, cut)] }]);
  });

  test('of many clients has two orders, and of a single one none', () => {
    const crowd = { calls: [], together: [1, 2, 3, 4, 5].map((write) => [at(write)]) };
    expect(inTurn(crowd).map(writes)).toEqual([
      [1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1],
    ]);
    expect(inTurn({ calls: [at(1)] })).toEqual([]);
  });
});
