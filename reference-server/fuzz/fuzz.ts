/** Sends malformed requests to a server, each on a connection of its own, and watches what becomes of the server. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { type FuzzRequest, fuzzRequests, placeholders } from './requests.ts';

export type FuzzOptions = Readonly<{
  url: string;
  /** Where the server's `/metrics` are. */
  adminUrl: string;
  requests: number;
  seed: number;
  connections: number;
  /** Told after each part of the run. */
  onPart?: (part: number, vitals: Vitals) => void;
}>;

/** What the server's process holds: bytes resident and on the heap, and open file handles (NaN where they cannot be had). */
export type Vitals = Readonly<{ rss: number; heap: number; handles: number }>;

/** What should not have been: an answer of 500 or more, none within twenty seconds, or one that is no HTTP. */
export type Finding = Readonly<{ what: string; index: number; request: FuzzRequest }>;

export type FuzzResult = Readonly<{
  findings: readonly Finding[];
  /** How often each status was answered; 0: the connection was closed without an answer. */
  statuses: ReadonlyMap<number, number>;
  /** Before the first request, and after each part. */
  vitals: readonly Vitals[];
}>;

/** A run has so many parts, after each of which the server's process is looked at. */
export const parts = 20;
/** After so many requests the placeholders mean another session, since by then it is aborted as a rule. */
const idsLast = 50;

/** Milliseconds after which a client that has sent all it has must have been answered, or let go. */
const patience = 20_000;

/** Plays the requests that `seed` makes. Rejects when the server is gone. */
export async function fuzz({ url, adminUrl, requests, seed, connections, onPart }: FuzzOptions): Promise<FuzzResult> {
  const findings: Finding[] = [];
  const statuses = new Map<number, number>();
  const vitals = [await vitalsOf(adminUrl)];
  for (let part = 0; part < parts; part++) {
    const first = Math.floor((part * requests) / parts);
    const numRuns = Math.floor(((part + 1) * requests) / parts) - first;
    const batch = fc.sample(fuzzRequests, { seed: seed + part, numRuns });
    let next = 0;
    let ids = makeIds(url);
    const worker = async () => {
      for (let index = next++; index < batch.length; index = next++) {
        const request = batch[index] as FuzzRequest;
        if (index % idsLast === idsLast - 1) ids = makeIds(url);
        const outcome = await play(url, request, await ids);
        for (const status of outcome.statuses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (outcome.wrong !== null) findings.push({ what: outcome.wrong, index: first + index, request });
      }
    };
    await Promise.all(Array.from({ length: connections }, worker));
    vitals.push(await vitalsOf(adminUrl));
    onPart?.(part + 1, vitals.at(-1) as Vitals);
  }
  return { findings, statuses, vitals };
}

type Ids = Readonly<Record<keyof typeof placeholders, string>>;
type Outcome = Readonly<{ statuses: readonly number[]; wrong: string | null }>;

/** Sends one request and hears out the answer. A client that resets the connection wants none. */
function play(url: string, { bytes, ending }: FuzzRequest, ids: Ids): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  let text = bytes.toString('latin1');
  for (const name of ['session', 'attachment'] as const) text = text.replaceAll(placeholders[name], ids[name]);
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const done = (wrong: string | null) => {
      clearTimeout(timer);
      socket.resetAndDestroy();
      const answered = [...heard.matchAll(/(?<![^\n}])HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      const failed = answered.find((status) => status >= 500);
      const strange = heard !== '' && !/^HTTP\/1\.1 [1-5]\d\d [\w '-]+\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n/.test(heard);
      const found =
        failed === undefined ? (strange ? `an answer that is no HTTP: ${heard.slice(0, 200)}` : wrong) : `${failed}`;
      resolve({ statuses: answered.length > 0 || ending === 'reset' ? answered : [0], wrong: found });
    };
    const timer = setTimeout(
      () => done(`no end within ${patience / 1000} s, after ${heard.slice(0, 100) || 'nothing'}`),
      patience,
    );
    socket.on('data', (piece) => {
      heard += piece.toString('latin1');
    });
    socket.once('end', () => done(null));
    socket.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'ECONNREFUSED') reject(new Error('the server is gone'));
      done(null);
    });
    if (ending === 'reset') socket.write(text, 'latin1', () => done(null));
    else socket.end(text, 'latin1');
  });
}

/** An open session whose first chunk is there, and an attachment. */
async function makeIds(url: string): Promise<Ids> {
  const initiate = async (fileSize: number) => {
    const body = JSON.stringify({ fileName: 'a.bin', fileSize, preferredChunkSize: 4, preferredTimeoutSeconds: 600 });
    const json = { 'content-type': 'application/json' };
    const { sessionId } = await call<{ sessionId: string }>(`${url}/attachment/initiate`, {
      method: 'POST',
      headers: json,
      body,
    });
    return sessionId;
  };
  const [session, empty] = await Promise.all([initiate(10), initiate(0)]);
  await call(`${url}/attachment/session/${session}/upload/0`, { method: 'PUT', body: 'abcd' });
  const complete = `${url}/attachment/session/${empty}/complete`;
  const { attachmentId } = await call<{ attachmentId: string }>(complete, { method: 'POST' });
  return { session, attachment: attachmentId };
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`a sound request was answered with ${response.status}`);
  return (await response.json()) as T;
}

async function vitalsOf(adminUrl: string): Promise<Vitals> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    rss: value('process_resident_memory_bytes'),
    heap: value('nodejs_heap_size_used_bytes'),
    handles: value('process_open_fds'),
  };
}
