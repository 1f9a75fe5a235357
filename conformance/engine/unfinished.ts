import type { Exchange } from '../history.ts';
import { pause } from './clock.ts';

/** How long sessions are aborted at the end: a target that hangs by then cannot hold the suite back. In ms. */
const cleaningUp = 5000;

/** The sessions that the suite opened, as far as nothing has ended them. */
export interface Unfinished {
  /** Takes note of a session, by the URL that aborts it and what does so. */
  add(url: URL, abort: () => Promise<unknown>): void;
  /** Takes note of an exchange that may have ended a session. */
  learn(exchange: Exchange): void;
  abortAll(): Promise<void>;
}

export function unfinishedSessions(): Unfinished {
  const open = new Map<string, () => Promise<unknown>>();
  return {
    add: (url, abort) => void open.set(url.href, abort),
    learn({ call, sent, outcome }) {
      if (call.kind !== 'abort' && call.kind !== 'complete') return;
      const ended = outcome.kind === 'answered' && outcome.status < 300;
      if (ended) open.delete(sent.url.replace(/\/complete$/, '/abort'));
    },
    async abortAll() {
      const rest = [...open.values()];
      const cleaned = new AbortController();
      const enough = pause(cleaningUp, cleaned.signal).then(() => cleaned.abort());
      while (rest.length > 0 && !cleaned.signal.aborted)
        await Promise.race([Promise.all(rest.splice(0, 16).map((abort) => abort().catch(() => undefined))), enough]);
      cleaned.abort();
    },
  };
}
