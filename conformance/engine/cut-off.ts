/** How long the answers to what is under way are waited for, once a run is to end: a session of it can be aborted then. In ms. */
const lastWords = 1000;

/** Works that a signal cuts off. */
export interface CutOff {
  /** Resolves when the work has ended, or a moment after the signal: what hangs by then is left to itself. */
  until(work: Promise<void>): Promise<void>;
  close(): void;
}

/** One listener for all works: a promise that outlives them, raced against each, would keep what each has made. */
export function cutOffBy(signal: AbortSignal | undefined): CutOff {
  const underWay = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  const cut = (): void => {
    timer = setTimeout(() => {
      for (const end of underWay) end();
    }, lastWords);
  };
  signal?.addEventListener('abort', cut, { once: true });
  return {
    async until(work) {
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      underWay.add(leave);
      await Promise.race([work, left]).finally(() => underWay.delete(leave));
    },
    close() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cut);
    },
  };
}
