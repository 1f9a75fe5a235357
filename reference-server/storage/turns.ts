/** Turns within one process: for each session a line, in which one at a time has the turn. */
import type { Turn } from './ports.ts';

/** Takes a session's turn: `wait` for it, or `leave` with null if somebody has it. */
export type TakeTurn = (sessionId: string, patience: 'wait' | 'leave') => Promise<Turn | null>;

/** Lines that nobody stands in yet. */
export function createTurns(): TakeTurn {
  const last = new Map<string, Promise<void>>();
  return async (sessionId, patience) => {
    const before = last.get(sessionId);
    if (before !== undefined && patience === 'leave') return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    last.set(sessionId, promise);
    await before;
    return {
      async end() {
        if (last.get(sessionId) === promise) last.delete(sessionId);
        resolve();
      },
    };
  };
}
