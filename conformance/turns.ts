/** Shares out what may be done at the same time. */
export interface Turns {
  /**
   * Does the work when its turn comes: whoever has come least far goes next, so that all come equally far, however slow
   * the target is and whenever the time is over.
   *
   * @param progress - how far whoever asks has come: any number that grows; of equal ones the first to ask goes first
   */
  take<Result>(progress: number, work: () => Promise<Result>): Promise<Result>;
}

/** Turns of which at most `width` are taken at the same time. */
export function openTurns(width: number): Turns {
  const waiting: { readonly progress: number; readonly start: () => void }[] = [];
  let free = Math.max(1, width);
  const next = (): void => {
    const least = Math.min(...waiting.map(({ progress }) => progress));
    const [chosen] = waiting.splice(
      waiting.findIndex(({ progress }) => progress === least),
      1,
    );
    if (chosen === undefined) return;
    free--;
    chosen.start();
  };
  return {
    async take(progress, work) {
      if (free > 0) free--;
      else await new Promise<void>((start) => waiting.push({ progress, start }));
      try {
        return await work();
      } finally {
        free++;
        next();
      }
    },
  };
}
