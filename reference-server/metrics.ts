/** What the server counts, under names and in units as OpenMetrics has them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import type { Observer } from './http/server.ts';
import type { Records } from './storage/ports.ts';

export type Metrics = Observer &
  Readonly<{
    /** Something was made durable, in so many seconds. */
    synced(what: 'chunk' | 'record', seconds: number): void;
    swept(outcome: 'done' | 'failed'): void;
    /** All of it as OpenMetrics text. While the records cannot be counted, without their number. */
    scrape(): Promise<Readonly<{ contentType: string; text: string }>>;
  }>;

type OpenMetrics = Registry<OpenMetricsContentType>;

/** Seconds: from a chunk of 4 KiB on a local disk to one of 64 MiB on a slow line. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Metrics that begin at zero; `census` is asked at every scrape. */
export function createMetrics(census: Records['census']): Metrics {
  const registry = newRegistry();
  const registers = [registry];
  const requests = new Counter({
    name: 'chunkproof_requests_total',
    help: 'Requests, by operation of the contract and status.',
    labelNames: ['operation', 'status'],
    registers,
  });
  const chunks = new Histogram({
    name: 'chunkproof_chunk_seconds',
    help: 'From the head of a chunk upload to its receipt.',
    buckets,
    registers,
  });
  const received = new Counter({ name: 'chunkproof_received_bytes_total', help: 'Bytes from clients.', registers });
  const sent = new Counter({ name: 'chunkproof_sent_bytes_total', help: 'Bytes to clients.', registers });
  const syncs = new Histogram({
    name: 'chunkproof_sync_seconds',
    help: 'From the last byte of a chunk, or from a change of a record, to the moment when it is durable.',
    labelNames: ['what'],
    buckets,
    registers,
  });
  const sweeps = new Counter({
    name: 'chunkproof_sweeps_total',
    help: 'Rounds of the sweeper.',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'chunkproof_sessions',
    help: 'Sessions that are remembered, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = await census().catch(() => null);
      if (counts === null) this.reset();
      else for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  return {
    answered({ operation, status, seconds }) {
      requests.inc({ operation, status });
      if (operation === 'uploadChunk' && status < 300) chunks.observe(seconds);
    },
    carried(incoming, outgoing) {
      received.inc(incoming);
      sent.inc(outgoing);
    },
    synced: (what, seconds) => syncs.observe({ what }, seconds),
    swept: (outcome) => sweeps.inc({ outcome }),
    async scrape() {
      // Registry.merge would do, if its types knew of OpenMetrics.
      const texts = await Promise.all([registry, ofTheProcess()].map((one) => one.metrics()));
      const text = `${texts.map((one) => one.replace(/# EOF\n$/, '')).join('')}# EOF\n`;
      return { contentType: registry.contentType, text };
    },
  };
}

let processRegistry: OpenMetrics | null = null;
/** Memory, handles, event loop: of the process, however many servers run in it. */
function ofTheProcess(): OpenMetrics {
  if (processRegistry === null) {
    processRegistry = newRegistry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

function newRegistry(): OpenMetrics {
  const registry: OpenMetrics = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}
