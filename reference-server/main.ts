/** The composition root: settings → stores → uploads → server, with what a crash left settled before it listens. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { defaultTimeoutSeconds, maxChunks, minTimeoutSeconds, type Settings } from './config.ts';
import { createUploads } from './domain/uploads.ts';
import { createHttpServer } from './http/server.ts';
import { openFileBytes } from './storage/file-bytes.ts';
import { openSqliteRecords } from './storage/sqlite-records.ts';

export type RunningServer = Readonly<{
  /** The base URL, prefix included, without a slash at its end. */
  url: string;
  /**
   * Takes no more requests, lets those under way finish for `graceMs` milliseconds (default 10 s), refuses what
   * is then still being received, and closes the storage. What was acknowledged is kept in any case. Called
   * again, it waits for the same end.
   */
  close(graceMs?: number): Promise<void>;
}>;

/** Milliseconds between rounds of the sweeper; the contract wants storage back within 5 s of an expiry. */
const sweepEvery = 1000;

/** Starts a server. Rejects when the folder or the port cannot be had. Without `log` it says nothing. */
export async function startServer(settings: Settings, log?: Writable): Promise<RunningServer> {
  const { host, port, data, prefix, principal: principals, maxTimeout, logLevel } = settings;
  const { maxFileSize, minChunkSize, maxChunkSize } = settings;
  const { maxSessions, maxOpenBytes, maxConnections, minRate } = settings;
  const timeouts = { minTimeoutSeconds, maxTimeoutSeconds: maxTimeout };
  const limits = { maxFileSize, minChunkSize, maxChunkSize, maxChunks, ...timeouts };
  let closing = false;

  await mkdir(data, { recursive: true });
  const records = openSqliteRecords(join(data, 'records.sqlite')); // first: it locks the folder
  try {
    const uploads = createUploads({
      records,
      bytes: await openFileBytes(data),
      limits,
      allowance: { sessions: maxSessions, bytes: maxOpenBytes },
      defaultTimeoutSeconds,
      clock: Date.now,
      log: (event, error) => app.log.error({ code: codeOf(error) }, event),
    });
    const app = createHttpServer({
      uploads,
      limits,
      prefix,
      principals,
      maxConnections,
      minRate,
      log: log && { level: logLevel, stream: log },
      closing: () => closing,
    });
    await uploads.recover();
    await app.listen({ host, port });

    let sweeping: Promise<void> = Promise.resolve();
    const sweeper = setInterval(() => {
      sweeping = sweeping
        .then(uploads.sweep)
        .catch((error: unknown) => app.log.error({ code: codeOf(error) }, 'the sweeper failed'));
    }, sweepEvery);

    async function shutDown(graceMs: number): Promise<void> {
      closing = true;
      clearInterval(sweeper);
      const refuse = setTimeout(() => void uploads.stop(), graceMs);
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs + 1000);
      await app.close();
      clearTimeout(refuse);
      clearTimeout(cut);
      await sweeping;
      await uploads.stop();
      await uploads.idle();
      await records.close();
    }
    let closed: Promise<void> | null = null;
    function close(graceMs = 10_000): Promise<void> {
      closed ??= shutDown(graceMs);
      return closed;
    }
    const address = app.server.address();
    const bound = typeof address === 'object' ? (address?.port ?? port) : port;
    return { url: urlOf(host, bound, prefix), close };
  } catch (error) {
    await records.close();
    throw error;
  }
}

function urlOf(host: string, port: number, prefix: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${prefix}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : String(error);
}
