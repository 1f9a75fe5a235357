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
