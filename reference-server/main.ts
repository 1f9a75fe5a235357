/** The composition root: settings → stores → uploads → server, with what a crash left settled before it listens. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import type { Writable } from 'node:stream';
import { defaultTimeoutSeconds, maxChunks, minTimeoutSeconds, type Settings } from './config.ts';
import { createHashing } from './domain/hashing.ts';
import { createUploads } from './domain/uploads.ts';
import { faulty } from './faults/faulty.ts';
import { createAdminServer } from './http/admin.ts';
import { createHttpServer, type Phase } from './http/server.ts';
import { measuredBytes, measuredRecords } from './measured.ts';
import { createMetrics } from './metrics.ts';
import { readinessOf } from './readiness.ts';
import { openStores } from './stores.ts';

export type RunningServer = Readonly<{
  /** The base URL, prefix included, without a slash at its end. */
  url: string;
  /** Where `/healthz`, `/readyz` and `/metrics` are, without a slash at the end. */
  adminUrl: string;
  /** By what its faults can be repeated; null if it has none. */
  faultsSeed: number | null;
  /**
   * Takes no more requests, lets those under way finish for `graceMs` milliseconds (default 10 s), refuses what
   * is then still being received, and closes the storage. What was acknowledged is kept in any case. Called
   * again, it waits for the same end.
   */
  close(graceMs?: number): Promise<void>;
}>;

/** Milliseconds between rounds of the sweeper; the contract wants storage back within 5 s of an expiry. */
const sweepEvery = 1000;
/** Threads that hash, beside the one that receives. */
const hashThreads = Math.max(1, availableParallelism() - 1);

/** Starts a server. Rejects when the storage or the port cannot be had. Without `log` it says nothing. */
export async function startServer(settings: Settings, log?: Writable): Promise<RunningServer> {
  const { host, port, prefix, principal: principals, maxTimeout, logLevel } = settings;
  const { maxFileSize, minChunkSize, maxChunkSize } = settings;
  const { maxSessions, maxOpenBytes, maxConnections, minRate, cors, adminPort, faults } = settings;
  const faultsSeed = faults && (settings.faultsSeed ?? randomInt(2 ** 31));
  const maxTimeoutSeconds = Math.min(maxTimeout, faults?.maxTimeoutSeconds ?? maxTimeout);
  const timeouts = { minTimeoutSeconds, maxTimeoutSeconds };
  const limits = { maxFileSize, minChunkSize, maxChunkSize, maxChunks, ...timeouts };
  let phase: Phase = 'recovering';

  const { records, bytes } = await openStores(settings);
  const metrics = createMetrics(records.census);
  const hashing = createHashing(hashThreads);
  /** What has been opened, to be closed in this order. */
  const opened = [hashing.close, records.close];
  try {
    const uploads = createUploads({
      records: measuredRecords(records, metrics.synced),
      bytes: measuredBytes(bytes, metrics.synced),
      hashing,
      limits,
      allowance: { sessions: maxSessions, bytes: maxOpenBytes },
      defaultTimeoutSeconds,
      completeWithin:
        1000 * Math.min(settings.completeWithin, faults?.completeWithinSeconds ?? settings.completeWithin),
      clock: Date.now,
      log: (event, error) => app.log.error({ code: codeOf(error) }, event),
    });
    const operator = { readiness: readinessOf(() => phase, uploads.probe), metrics: metrics.scrape };
    const app = createHttpServer({
      uploads,
      limits,
      prefix,
      principals,
      maxConnections,
      minRate,
      log: log && { level: logLevel, stream: log },
      cors,
      phase: () => phase,
      operator: adminPort === null ? operator : null,
      observer: metrics,
      ...(faults && faultsSeed !== null ? { inFront: (listener) => faulty(listener, faults, faultsSeed, prefix) } : {}),
    });
    // Before it recovers, so that who asks is told to come back, and not that nobody is there.
    await app.listen({ host, port });
    opened.unshift(() => app.close());
    const admin = adminPort === null ? app.server : createAdminServer(operator).listen(adminPort, host);
    if (admin !== app.server) {
      await once(admin, 'listening');
      opened.unshift(async () => {
        admin.close();
        admin.closeAllConnections();
      });
    }
    await uploads.recover();
    phase = 'serving';

    let sweeping: Promise<void> = Promise.resolve();
    const sweeper = setInterval(() => {
      sweeping = sweeping
        .then(uploads.sweep)
        .then(() => metrics.swept('done'))
        .catch((error: unknown) => {
          metrics.swept('failed');
          app.log.error({ code: codeOf(error) }, 'the sweeper failed');
        });
    }, sweepEvery);

    async function shutDown(graceMs: number): Promise<void> {
      phase = 'stopping';
      clearInterval(sweeper);
      const refuse = setTimeout(() => void uploads.stop(), graceMs);
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs + 1000);
      await app.close();
      clearTimeout(refuse);
      clearTimeout(cut);
      await sweeping;
      await uploads.stop();
      await uploads.idle();
      for (const close of opened) await close();
    }
    let closed: Promise<void> | null = null;
    function close(graceMs = 10_000): Promise<void> {
      closed ??= shutDown(graceMs);
      return closed;
    }
    return { url: urlOf(host, app.server, prefix), adminUrl: urlOf(host, admin, ''), faultsSeed, close };
  } catch (error) {
    for (const close of opened) await close();
    throw error;
  }
}

function urlOf(host: string, server: Server, prefix: string): string {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? '') : '';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${prefix}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : String(error);
}
