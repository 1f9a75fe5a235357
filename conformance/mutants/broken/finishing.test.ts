import { expect, it } from 'vitest';
import { atLarge } from '../at-large.ts';
import { verdictOn } from '../trial.ts';
import { brokenComplete } from './complete.ts';
import { brokenContent } from './content.ts';
import { brokenExpectations } from './expectations.ts';
import { brokenRaces } from './races.ts';

for (const mutant of [...brokenComplete, ...brokenExpectations, ...brokenRaces, ...brokenContent]) {
  const judged = Object.hasOwn(atLarge, mutant.id) ? it.concurrent.fails : it.concurrent;
  judged(`${mutant.id} is found to break ${mutant.breaks[0]}`, { timeout: 300_000 }, async () => {
    expect(await verdictOn(mutant)).toBe('found');
  });
}
