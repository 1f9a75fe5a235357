import type { StorageCall, StorageSample } from '../history.ts';
import { now, pause } from './clock.ts';
import type { Target } from './exchange.ts';
import { storageBy } from './hooks.ts';

/** The longest that storage is waited for: the 5 s that a server has, and what looking takes. In ms. */
const settlingMs = 7000;
/** Storage that is back to within so many bytes of what it was needs no second look. */
const settledWithin = 64 * 1024;

/** What the storage holds, or why nobody knows; if the call waits for it to settle, as soon as it has. */
export async function measure(
  { options, clock }: Target,
  { settles }: StorageCall,
  [first]: readonly StorageSample[],
): Promise<StorageSample | string> {
  const command = options.hooks?.storage;
  if (command === undefined) return 'needs --storage-command';
  const goal = settles === undefined || first === undefined ? undefined : first.bytes + settles;
  for (const since = now(); ; await pause(250, options.signal)) {
    const bytes = await storageBy(command);
    if (typeof bytes === 'string') return bytes;
    const at = now();
    const near = goal === undefined || bytes <= goal + settledWithin;
    if (near || at - since > settlingMs || options.signal?.aborted)
      return { since, at, bytes, serverClock: clock.during(since, at) };
  }
}
