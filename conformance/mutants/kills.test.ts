import { expect, it } from 'vitest';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { verdictOn } from './trial.ts';

/** Servers that are judged side by side: most of the time is spent waiting for sessions to expire. */
const atOnce = 12;

/** Those that only time finds out come first: they wait while the others work. */
const slowness = ({ breaks }: Mutant): number =>
  Number(breaks.some((id) => id === 'status.safe' || id.startsWith('expiry') || id.endsWith('releases')));

const verdicts = new Map(mutants.map(({ id }) => [id, Promise.withResolvers<string>()]));
const queue = [...mutants].sort((a, b) => slowness(b) - slowness(a));
for (let worker = 0; worker < atOnce; worker++) void judgeQueued();

async function judgeQueued(): Promise<void> {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const verdict = verdicts.get(mutant.id);
    await verdictOn(mutant).then(verdict?.resolve, verdict?.reject);
  }
}

for (const { id, breaks } of mutants) {
  it(`${id} is found to break ${breaks[0]}`, { timeout: 300_000 }, async () => {
    expect(await verdicts.get(id)?.promise).toBe('found');
  });
}
