import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';

/** Servers that a thread judges side by side: much of the time is spent waiting, for a session to expire above all. */
const atOnce = 8;

/** What only time finds out comes first: it waits while the others work. */
const slow = [
  'chunk.parallel',
  'status.safe',
  'http.transient',
  'expiry.',
  '.releases',
  '.durable',
  'session.remembered',
];
const slowness = ({ breaks }: Mutant): number => Number(breaks.some((id) => slow.some((part) => id.includes(part))));

const verdicts = new Map(mutants.map(({ id }) => [id, Promise.withResolvers<string>()]));
const queue = [...mutants].sort((a, b) => slowness(b) - slowness(a)).map(({ id }) => id);
const threads = Array.from({ length: availableParallelism() }, () => {
  const thread = new Worker(new URL('judge-worker.ts', import.meta.url));
  const next = (): void => {
    const id = queue.shift();
    if (id !== undefined) thread.postMessage(id);
  };
  thread.on('message', ({ id, verdict }: { readonly id: string; readonly verdict: string }) => {
    verdicts.get(id)?.resolve(verdict);
    next();
  });
  thread.on('error', (error) => {
    for (const { reject, promise } of verdicts.values()) {
      promise.catch(() => undefined);
      reject(error);
    }
  });
  return { thread, next };
});
for (let place = 0; place < atOnce; place++) for (const { next } of threads) next();

afterAll(async () => {
  await Promise.all(threads.map(({ thread }) => thread.terminate()));
});

for (const { id, breaks } of mutants) {
  it(`${id} is found to break ${breaks[0]}`, { timeout: 600_000 }, async () => {
    expect(await verdicts.get(id)?.promise).toBe('found');
  });
}
