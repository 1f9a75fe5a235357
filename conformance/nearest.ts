/** The candidate that takes the fewest typing errors to become this text; the empty text if there is none. */
export function nearest(text: string, candidates: readonly string[]): string {
  const ranked = candidates.map((one) => ({ one, errors: distance(text.toLowerCase(), one.toLowerCase()) }));
  return ranked.sort((a, b) => a.errors - b.errors)[0]?.one ?? '';
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
