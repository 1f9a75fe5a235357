import { expect, it } from 'vitest';
import { atLarge } from '../at-large.ts';
import { verdictOn } from '../trial.ts';
import { brokenEnding } from './ending.ts';

for (const mutant of [...brokenEnding]) {
  const judged = Object.hasOwn(atLarge, mutant.id) ? it.concurrent.fails : it.concurrent;
  judged(`${mutant.id} is found to break ${mutant.breaks[0]}`, { timeout: 300_000 }, async () => {
    expect(await verdictOn(mutant)).toBe('found');
  });
}
