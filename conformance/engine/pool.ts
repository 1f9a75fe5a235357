import type { ConnectionOptions } from 'node:tls';
import { now } from './clock.ts';
import { type Connection, connect } from './connection.ts';

/** Connections to a target, kept while nobody talks on them. */
export interface Pool {
  /** A connection that nobody else has, an idle one if there is one. */
  take(url: URL): Connection;
  /** A connection that carried nothing yet. */
  fresh(url: URL): Connection;
  /** Takes a connection back, on which the server may be talked to again for `ms` at least. */
  give(connection: Connection, ms: number): void;
  /** Ends a connection. */
  drop(connection: Connection): void;
  /** Ends them all. */
  close(): void;
}

/**
 * How long a connection is kept idle. Servers close idle ones, some without a word of when, and a request that meets
 * that moment is lost. In ms.
 */
const idleAtMost = 2000;

/** @param timeoutMs - in which a connection has to stand */
export function openPool(secure: ConnectionOptions, timeoutMs: number): Pool {
  const all = new Set<Connection>();
  const idle = new Map<string, { readonly connection: Connection; readonly until: number }[]>();
  const fresh = (url: URL): Connection => {
    const connection = connect(url, secure, timeoutMs);
    all.add(connection);
    connection.socket.once('close', () => all.delete(connection));
    return connection;
  };
  const drop = (connection: Connection): void => {
    all.delete(connection);
    connection.socket.destroy();
  };
  return {
    fresh,
    drop,
    take(url) {
      const kept = idle.get(url.origin) ?? [];
      // The one that was used last is the least likely to be closed just now.
      for (let last = kept.pop(); last; last = kept.pop()) {
        const { connection, until } = last;
        if (connection.isOpen() && until > now()) {
          connection.socket.ref();
          return connection;
        }
        drop(connection);
      }
      return fresh(url);
    },
    give(connection, ms) {
      if (!connection.isOpen()) return drop(connection);
      // An idle connection keeps no process alive.
      connection.socket.unref();
      const kept = idle.get(connection.origin) ?? [];
      kept.push({ connection, until: now() + Math.min(ms, idleAtMost) });
      idle.set(connection.origin, kept);
    },
    close() {
      for (const connection of all) connection.socket.destroy();
      all.clear();
      idle.clear();
    },
  };
}
