/**
 * The set of chunks that a session has stored: one bit a chunk, so the longest list the contract
 * knows (10,000 chunks, in any pattern) is 1,250 bytes in the record and one pass to read out.
 */
export type Received = Readonly<Uint8Array>;

/** Chunks `first` to `last`, both inclusive. */
export type Range = Readonly<{ first: number; last: number }>;

/** The empty set for an upload of `totalChunks` chunks. */
export function noneOf(totalChunks: number): Received {
  return new Uint8Array(Math.ceil(totalChunks / 8));
}

/** Whether `chunkId` is in the set. */
export function has(received: Received, chunkId: number): boolean {
  return (((received[chunkId >> 3] ?? 0) >> (chunkId & 7)) & 1) === 1;
}

/** The set with `chunkId` added; the given set is left as it is. */
export function including(received: Received, chunkId: number): Received {
  const next = Uint8Array.from(received);
  next[chunkId >> 3] = (next[chunkId >> 3] ?? 0) | (1 << (chunkId & 7));
  return next;
}

/** The maximal ranges of chunks that are (or, with `present` false, are not) in the set: ascending, never adjacent. */
export function rangesOf(received: Received, totalChunks: number, present = true): Range[] {
  const ranges: Range[] = [];
  let first = -1;
  for (let chunkId = 0; chunkId <= totalChunks; chunkId++) {
    const inside = chunkId < totalChunks && has(received, chunkId) === present;
    if (inside && first < 0) first = chunkId;
    if (!inside && first >= 0) {
      ranges.push({ first, last: chunkId - 1 });
      first = -1;
    }
  }
  return ranges;
}

/** How many chunks the ranges hold. */
export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}
