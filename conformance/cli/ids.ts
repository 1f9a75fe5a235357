import { nearest } from '../nearest.ts';
import { matchesGlob } from '../select.ts';
import { UsageError } from './io.ts';

/** Refuses a glob that names nothing: it would leave out, or run, something else than was meant. */
export function checkGlobs(flag: string, globs: readonly string[], ids: readonly string[]): void {
  for (const glob of globs) {
    if (ids.some((id) => matchesGlob(id, glob))) continue;
    const hint = /[*?]/.test(glob) ? '' : `; did you mean ${nearest(glob, ids)}?`;
    throw new UsageError(`${flag} ${glob} names no requirement and no property${hint} (npx chunkproof list shows all)`);
  }
}
