import type { ClientName } from '../history.ts';
import { pause } from './clock.ts';

/** What the clients of one play hear of each other: that one was answered. */
export interface News {
  /** Lets a client play its steps. */
  during(client: () => Promise<void>): Promise<void>;
  answered(client: ClientName): void;
  /**
   * Waits until another client is answered, `ms` at most, and no longer than there is one that could be: clients that
   * wait for each other all go on.
   */
  another(client: ClientName, ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void>;
}

export function createNews(): News {
  const waiting = new Map<AbortController, ClientName>();
  let playing = 0;
  const release = (one: AbortController): void => {
    waiting.delete(one);
    one.abort();
  };
  const releaseIfStuck = (): void => {
    if (waiting.size >= playing) for (const one of waiting.keys()) release(one);
  };
  return {
    async during(client) {
      playing++;
      await client();
      playing--;
      releaseIfStuck();
    },
    answered(by) {
      for (const [one, client] of waiting) if (client !== by) release(one);
    },
    async another(client, ms, ...signals) {
      const one = new AbortController();
      waiting.set(one, client);
      releaseIfStuck();
      await pause(ms, one.signal, ...signals);
      waiting.delete(one);
    },
  };
}
