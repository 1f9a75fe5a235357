/**
 * Turns among processes: advisory locks of a PostgreSQL session of their own. When the process dies the connection
 * closes, and its locks go with it. One that hangs, or can no longer be reached, stops sending the beat that keeps its
 * session alive, and the database ends it: a lease, timed by one clock.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { createTurns, type TakeTurn } from './turns.ts';

/** Milliseconds of silence after which the database takes all turns of a process away. */
const usualLease = 10_000;
/** Milliseconds between two tries to take a turn that another process has: at first, and at most. */
const [shortest, longest] = [5, 100];

/** The number of a session's lock. Should two share one, they only wait for each other. */
export function lockOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest().readBigInt64BE().toString();
}

/** Turns in the database of `config`. `close` gives up those that are left. `lease` in milliseconds. */
export function postgresTurns(
  config: ClientConfig,
  lease = usualLease,
): { takeTurn: TakeTurn; close(): Promise<void> } {
  const here = createTurns();
  let current: Promise<Client> | null = null;

  /** The connection, made when it is first needed, and again when it is lost. */
  function connected(): Promise<Client> {
    if (current !== null) return current;
    const made = connect(() => {
      if (current === made) current = null;
    });
    current = made;
    return made;
  }

  async function connect(lost: () => void): Promise<Client> {
    const client = new Client({ ...config, query_timeout: lease });
    const timer = setInterval(() => void client.query('SELECT 1').catch(() => client.end()), lease / 3);
    const over = () => {
      clearInterval(timer);
      lost();
    };
    client.on('error', over).on('end', over);
    try {
      await client.connect();
      await client.query(`SET idle_session_timeout = ${lease}`);
    } catch (error) {
      over();
      void client.end().catch(() => {});
      throw error;
    }
    return client;
  }

  async function lock(key: string, patience: 'wait' | 'leave'): Promise<Client | null> {
    for (let pause = shortest; ; pause = Math.min(2 * pause, longest)) {
      const client = await connected();
      const { rows } = await client.query('SELECT pg_try_advisory_lock($1::bigint) AS taken', [key]);
      if (rows[0]?.taken === true) return client;
      if (patience === 'leave') return null;
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  return {
    async takeTurn(sessionId, patience) {
      const mine = await here(sessionId, patience);
      if (mine === null) return null;
      const key = lockOf(sessionId);
      const client = await lock(key, patience).catch(async (error: unknown) => {
        await mine.end();
        throw error;
      });
      if (client === null) {
        await mine.end();
        return null;
      }
      return {
        async end() {
          // Whether it could be given back or not: ending the connection gives it back, too.
          await client.query('SELECT pg_advisory_unlock($1::bigint)', [key]).catch(() => client.end().catch(() => {}));
          await mine.end();
        },
      };
    },
    async close() {
      const client = await current?.catch(() => null);
      current = null;
      await client?.end();
    },
  };
}
