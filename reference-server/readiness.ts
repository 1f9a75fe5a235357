/** Whether traffic may come: asked often, by load balancers, so the storage is not asked each time. */
import { setTimeout as after } from 'node:timers/promises';
import type { Readiness } from './http/admin.ts';
import type { Phase } from './http/server.ts';
import { storageFault } from './storage/ports.ts';

/** Milliseconds for which an answer of the storage counts. */
const fresh = 1000;
/** Milliseconds after which a storage that has not answered has failed. */
const patience = 2000;

/**
 * Makes the question. `probe` rejects if the storage fails. A full one does not count as failing: what is there can be
 * read, completed and aborted, which makes room.
 */
export function readinessOf(phase: () => Phase, probe: () => Promise<void>): () => Promise<Readiness> {
  let last: Readonly<{ at: number; works: Promise<boolean> }> | null = null;
  return async () => {
    if (phase() === 'serving') {
      const now = performance.now();
      if (last === null || now - last.at > fresh) last = { at: now, works: works(probe) };
      if (!(await last.works)) return 'storage-fails';
    }
    const now = phase(); // it may have gone down meanwhile
    return now === 'serving' ? 'ready' : now;
  };
}

async function works(probe: () => Promise<void>): Promise<boolean> {
  const answered = probe().then(
    () => true,
    (error: unknown) => storageFault(error) === 'full',
  );
  return Promise.race([answered, after(patience, false, { ref: false })]);
}
