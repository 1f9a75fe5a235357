/**
 * The chunk uploads that this process is receiving, by session, so that whoever ends a session (abort, expiry,
 * completion, shutdown) can stop their writing before it touches the bytes. No lock: a slow body holds nobody up.
 */

/** One upload's entry. `signal` aborts when it is stopped: its body is not waited for, and its chunk must not count. */
export type Reception = Readonly<{
  signal: AbortSignal;
  /** Does `work`, which writes, unless the upload has been stopped; whoever stops it from now on waits for the end. */
  write<T>(work: () => Promise<T>): Promise<T | 'stopped'>;
  /** Says that the upload has been decided. */
  leave(): void;
}>;

export type InFlight = Readonly<{
  enter(sessionId: string): Reception;
  /** Stops the uploads of one session, or of all; resolves when none of them writes, and none will. */
  stop(sessionId?: string): Promise<void>;
}>;

type Entry = { readonly controller: AbortController; writing: Promise<unknown> };

/** An empty registry. */
export function createInFlight(): InFlight {
  const sessions = new Map<string, Set<Entry>>();
  return {
    enter(sessionId) {
      const entry: Entry = { controller: new AbortController(), writing: Promise.resolve() };
      const entries = sessions.get(sessionId) ?? new Set();
      sessions.set(sessionId, entries.add(entry));
      const { signal } = entry.controller;
      return {
        signal,
        async write(work) {
          if (signal.aborted) return 'stopped';
          const writing = work(); // not one await since the check: stop() sees either the abort or this
          entry.writing = writing.catch(() => {});
          return writing;
        },
        leave() {
          entries.delete(entry);
          if (entries.size === 0 && sessions.get(sessionId) === entries) sessions.delete(sessionId);
        },
      };
    },
    async stop(sessionId) {
      const chosen = sessionId === undefined ? [...sessions.values()] : [sessions.get(sessionId) ?? new Set<Entry>()];
      const entries = chosen.flatMap((set) => [...set]);
      for (const { controller } of entries) controller.abort();
      await Promise.all(entries.map(({ writing }) => writing));
    },
  };
}
