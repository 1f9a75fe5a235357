import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openTurns } from './turns.ts';

/** Lets everything go on that can: what has ended, then whoever has the turn. */
async function settle(): Promise<void> {
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
}

it('whoever has come least far goes next, and of equals the first to ask', async () => {
  const turns = openTurns(1);
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const all = [turns.take(9, () => first.promise)];
  for (const [name, progress] of [
    ['late', 0.7],
    ['early', 0.1],
    ['equal', 0.1],
    ['middle', 0.5],
  ] as const)
    all.push(turns.take(progress, async () => void done.push(name)));
  first.resolve();
  await Promise.all(all);
  expect(done).toEqual(['early', 'equal', 'middle', 'late']);
});

it('work that fails gives its turn back', async () => {
  const turns = openTurns(1);
  await expect(turns.take(0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turns.take(0, async () => 'done')).toBe('done');
});

it('at most as many work at a time as may, never fewer while others wait, and all come equally far', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.integer({ min: 1, max: 9 })), async (width, sizes) => {
      const turns = openTurns(width);
      const open: (() => void)[] = [];
      const played = sizes.map(() => 0);
      const all = sizes.map(async (size, i) => {
        for (let script = 0; script < size; script++)
          await turns.take(script / size, async () => {
            await new Promise<void>((resolve) => open.push(resolve));
            played[i] = script + 1;
          });
      });
      await settle();
      while (open.length > 0) {
        const left = sizes.filter((size, i) => (played[i] ?? 0) < size).length;
        expect(open.length).toBe(Math.min(width, left));
        const shares = sizes.map((size, i) => (played[i] ?? 0) / size);
        const [least, most] = [Math.min(...shares), Math.max(...shares)];
        // Nobody is further ahead than by what was under way, and by one script of the shortest.
        expect(most - least).toBeLessThan((1 + width) / Math.min(...sizes) + 1e-9);
        open.shift()?.();
        await settle();
      }
      await Promise.all(all);
      expect(played).toEqual(sizes);
    }),
    { numRuns: 60, examples: [[1, [9, 4]]] },
  ));

it('work alone waits for what is under way and for what is beside the turns, and nobody begins while it waits or works', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ alone: fc.boolean(), progress: fc.nat(5) }), { minLength: 1 }),
      fc.nat(2),
      fc.infiniteStream(fc.nat()),
      async (width, asked, besides, which) => {
        const turns = openTurns(width);
        const open: { readonly alone: boolean; readonly beside: boolean; readonly end: () => void }[] = [];
        const work =
          (alone: boolean, beside = false) =>
          (): Promise<void> =>
            new Promise((end) => open.push({ alone, beside, end }));
        const all = [
          ...Array.from({ length: besides }, () => turns.beside(work(false, true))),
          ...asked.map(({ alone, progress }) => (alone ? turns.takeAlone : turns.take)(progress, work(alone))),
        ];
        let ended = 0;
        for (await settle(); open.length > 0; await settle()) {
          if (open.some(({ alone }) => alone)) expect(open).toHaveLength(1);
          const [one] = open.splice((which.next().value ?? 0) % open.length, 1);
          one?.end();
          ended++;
        }
        await Promise.all(all);
        expect(ended).toBe(all.length);
      },
    ),
    { numRuns: 100 },
  ));

it('the turns of others go on until what is beside them has ended, and only then does one alone come first', async () => {
  const turns = openTurns(1);
  const done: string[] = [];
  const beside = Promise.withResolvers<void>();
  const besides = turns.beside(() => beside.promise);
  const alone = turns.takeAlone(0, async () => void done.push('alone'));
  await turns.take(1, async () => void done.push('meanwhile'));
  const later = turns.take(2, async () => void done.push('later'));
  beside.resolve();
  await Promise.all([besides, alone, later]);
  expect(done).toEqual(['meanwhile', 'alone', 'later']);
});

it('a quiet turn has no other beside it, and does not wait for what takes none', async () => {
  const turns = openTurns(2);
  const done: string[] = [];
  const [beside, first] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const besides = turns.beside(() => beside.promise);
  const taken = turns.take(1, () => first.promise.then(() => void done.push('first')));
  await settle();
  const quiet = turns.takeQuietly(0, async () => void done.push('quiet'));
  const later = turns.take(1, async () => void done.push('later'));
  await settle();
  expect(done).toEqual([]);
  first.resolve();
  await Promise.all([taken, quiet, later]);
  expect(done).toEqual(['first', 'quiet', 'later']);
  beside.resolve();
  await besides;
});
