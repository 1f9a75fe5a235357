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
  let soon = false;
  /** Not at once: who has just had a turn is to be compared with the others, and asks again only after it. */
  const handOut = (): void => {
    if (soon) return;
    soon = true;
    setImmediate(() => {
      soon = false;
      while (free > 0 && waiting.length > 0) {
        const least = Math.min(...waiting.map(({ progress }) => progress));
        const first = waiting.findIndex(({ progress }) => progress === least);
        const [chosen] = waiting.splice(first, 1);
        free--;
        chosen?.start();
      }
    });
  };
  return {
    async take(progress, work) {
      await new Promise<void>((start) => {
        waiting.push({ progress, start });
        handOut();
      });
      try {
        return await work();
      } finally {
        free++;
        handOut();
      }
    },
  };
}
