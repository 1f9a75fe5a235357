/** What the `Date` fields tell of the server's clock: by how much, at least and at most, it is ahead of ours. In ms. */
export interface ServerClock {
  /** Takes note of a response: when the request was sent, when the answer came, and its `Date`. */
  observe(sentAt: number, receivedAt: number, date: string | undefined): void;
  /** The server's time while a request was under way, epoch ms. */
  during(sentAt: number, receivedAt: number): { readonly earliest: number; readonly latest: number };
}

/** Servers write `Date` from a cache that may be this much behind, beside its resolution of a second. In ms. */
const staleness = 250;

/** This process's clock: epoch ms, monotonic, finer than a millisecond. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Waits so many ms, or until one of the signals is given. */
export function pause(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  if (!(ms > 0) || signals.some((signal) => signal?.aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(end, Math.min(ms, longestTimer));
    for (const signal of signals) signal?.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', end);
      resolve();
    }
  });
}

/** Past this a timer fires at once. In ms. */
const longestTimer = 2 ** 31 - 1;

export function serverClock(): ServerClock {
  let ahead = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  return {
    observe(sentAt, receivedAt, date) {
      const at = Date.parse(date ?? '');
      if (Number.isNaN(at)) return;
      const least = at - receivedAt;
      const most = at + 1000 + staleness - sentAt;
      const both = { least: Math.max(ahead.least, least), most: Math.min(ahead.most, most) };
      // Two answers that contradict each other: the clock was set, and only the newer one counts.
      ahead = both.least <= both.most ? both : { least, most };
    },
    during: (sentAt, receivedAt) => ({ earliest: sentAt + ahead.least, latest: receivedAt + ahead.most }),
  };
}
