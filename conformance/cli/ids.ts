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

/** The id that takes the fewest typing errors to become this text. */
export function nearest(text: string, ids: readonly string[]): string {
  const ranked = ids.map((id) => ({ id, errors: distance(text.toLowerCase(), id.toLowerCase()) }));
  return ranked.sort((a, b) => a.errors - b.errors)[0]?.id ?? '';
}

/** Levenshtein's distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const substitute = (row[column - 1] ?? 0) + (character === b[column - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
