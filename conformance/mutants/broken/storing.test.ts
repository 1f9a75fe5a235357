import { expect, it } from 'vitest';
import { atLarge } from '../at-large.ts';
import { verdictOn } from '../trial.ts';
import { brokenChunk } from './chunk.ts';
import { brokenRefusals } from './refusals.ts';
import { brokenStatus } from './status.ts';

for (const mutant of [...brokenChunk, ...brokenRefusals, ...brokenStatus]) {
  const judged = Object.hasOwn(atLarge, mutant.id) ? it.concurrent.fails : it.concurrent;
  judged(`${mutant.id} is found to break ${mutant.breaks[0]}`, { timeout: 300_000 }, async () => {
    expect(await verdictOn(mutant)).toBe('found');
  });
}
