/**
 * `npm run bench:suite`: requests a second of the player beside those of a bare keep-alive loop of node:http, which sends
 * the same requests and reads the same answers, but checks, hashes and records nothing. Both talk to one server in a
 * process of its own, in turn, several times; the figure is the median of the ratios. Exits with 1 below one half.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createPlayer } from '../conformance/engine/player.ts';
import type { Call, Script } from '../conformance/history.ts';

const least = 0.5;
const rounds = 7;
const clients = 16;
const secondsEach = 2;

const a = { session: 'a' };
const calls: readonly Call[] = [
  { kind: 'initiate', ...a, json: { fileName: 'file.bin', fileSize: 10, preferredChunkSize: 4 } },
  { kind: 'chunk', ...a, chunk: 0, write: 1 },
  { kind: 'status', ...a },
  { kind: 'chunk', ...a, chunk: 1, write: 2 },
  { kind: 'chunk', ...a, chunk: 2, write: 3 },
  { kind: 'status', ...a },
  { kind: 'complete', ...a },
  { kind: 'status', ...a },
];
const script: Script = { calls: calls.map((call) => ({ call })) };

const server = spawn(
  process.execPath,
  [...process.execArgv, fileURLToPath(new URL('canned-server.ts', import.meta.url))],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const [port] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const base = new URL(`http://127.0.0.1:${port}`);
  const sent = await requestsOf(base);
  const measured: { bare: number; player: number }[] = [];
  await throughput(() => playing(base));
  for (let round = 0; round < rounds; round++)
    measured.push({ bare: await throughput(() => looping(base, sent)), player: await throughput(() => playing(base)) });
  const ratios = measured.map(({ bare, player }) => player / bare).toSorted((x, y) => x - y);
  const ratio = ratios[ratios.length >> 1] ?? 0;
  for (const { bare, player } of measured)
    process.stdout.write(
      `bare loop ${perSecond(bare)} · player ${perSecond(player)} · ratio ${(player / bare).toFixed(2)}\n`,
    );
  process.stdout.write(
    `player: ${ratio.toFixed(2)} of a bare keep-alive loop (median of ${rounds}; at least ${least})\n`,
  );
  if (ratio < least) process.exitCode = 1;
} finally {
  server.kill();
}

/** Runs `clients` of these at once for a while; gives their requests a second. */
async function throughput(open: () => { once(): Promise<number>; close(): void | Promise<void> }): Promise<number> {
  const { once, close } = open();
  let requests = 0;
  const started = performance.now();
  const until = started + secondsEach * 1000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until) {
        // Not `requests += await …`, which would forget what the others add meanwhile.
        const made = await once();
        requests += made;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  await close();
  return requests / seconds;
}

function playing(base: URL) {
  const player = createPlayer({ base, runId: 'bench', headers: {}, timeoutMs: 5000 });
  return { once: async () => (await player.play(script)).exchanges.length, close: () => player.close() };
}

interface Bare {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the player sends for the script, as data. */
async function requestsOf(base: URL): Promise<readonly Bare[]> {
  const player = createPlayer({ base, runId: 'bench', headers: {}, timeoutMs: 5000 });
  const { exchanges } = await player.play(script);
  return exchanges.map(({ sent }) => {
    const { pathname } = new URL(sent.url);
    const body = sent.text === undefined ? Buffer.alloc(sent.bodyLength) : Buffer.from(sent.text);
    return {
      method: sent.method,
      path: pathname,
      headers: { ...sent.headers, 'Content-Length': String(body.length) },
      body,
    };
  });
}

function looping(base: URL, requests: readonly Bare[]) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const send = ({ method, path, headers, body }: Bare): Promise<void> =>
    new Promise((resolve, reject) => {
      const outgoing = http.request({ host: base.hostname, port: base.port, method, path, headers, agent });
      outgoing.on('response', (response) => response.resume().on('end', resolve)).on('error', reject);
      outgoing.end(body);
    });
  return {
    async once() {
      for (const request of requests) await send(request);
      return requests.length;
    },
    close: () => agent.destroy(),
  };
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')} requests/s`;
}
