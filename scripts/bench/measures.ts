/** What is measured: each function is one measurement of one server, and gives one figure. */
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Connection, open, succeeded } from './driver.ts';
import { begin, type Kind, type Measured, type Upload } from './servers.ts';

const MiB = 1024 * 1024;

/** Bytes that are no zeros: a file system may spare itself those. */
const bodies = new Map<number, Buffer>();
function bodyOf(length: number): Buffer {
  const body = bodies.get(length) ?? randomBytes(length);
  bodies.set(length, body);
  return body;
}

/** Uploads files of `each` chunks over `lines` connections at once. Resolves the seconds that the chunks took. */
async function load(kind: Kind, server: Measured, lines: number, each: number, chunkSize: number): Promise<number> {
  const connections = await Promise.all(Array.from({ length: lines }, () => open(server.base)));
  const uploads = await Promise.all(connections.map((line) => begin(kind, line, each, chunkSize)));
  const started = performance.now();
  await Promise.all(uploads.map((upload) => fill(upload, each, chunkSize)));
  const seconds = (performance.now() - started) / 1000;
  for (const line of connections) line.close();
  return seconds;
}

async function fill({ put }: Upload, chunks: number, chunkSize: number): Promise<void> {
  for (let chunk = 0; chunk < chunks; chunk++) await put(chunk, bodyOf(chunkSize));
}

/** MiB a second, with chunks of 8 MiB. */
export async function throughput(kind: Kind, server: Measured, lines: number, chunks: number): Promise<number> {
  const each = Math.ceil(chunks / lines);
  return (8 * each * lines) / (await load(kind, server, lines, each, 8 * MiB));
}

/** Chunks of 4 KiB a second. */
export async function smallChunks(kind: Kind, server: Measured, lines: number, chunks: number): Promise<number> {
  const each = Math.ceil(chunks / lines);
  return (each * lines) / (await load(kind, server, lines, each, 4 * 1024));
}

/** The most memory that the server ever had resident while 64 clients uploaded chunks of 8 MiB, in MiB. */
export async function memory(kind: Kind, server: Measured, each: number): Promise<number> {
  await load(kind, server, 64, each, 8 * MiB);
  return server.peakMiB();
}

/** How a completion went: milliseconds until the answer, its status, and milliseconds until it had ended. */
export type Completed = Readonly<{ status: number; answered: number; ended: number }>;

/**
 * Uploads a file of `fileSize` bytes in chunks of 8 MiB at most, and completes it: first with the digest of another file,
 * so that the whole is read and hashed, and refused; then without.
 */
export async function completion(server: Measured, fileSize: number): Promise<{ read: Completed; plain: Completed }> {
  const line = await open(server.base);
  const chunkSize = Math.min(fileSize, 8 * MiB);
  const upload = await begin('ours', line, Math.ceil(fileSize / chunkSize), chunkSize);
  await fill(upload, Math.ceil(fileSize / chunkSize), chunkSize);
  const digest = `sha-256=:${Buffer.alloc(32, 1).toString('base64')}:`;
  const read = await complete(line, upload, Buffer.from(JSON.stringify({ digest })));
  const plain = await complete(line, upload, Buffer.alloc(0));
  if (![400, 202].includes(read.status) || plain.status !== 201)
    throw new Error(`completions answered with ${read.status} and ${plain.status}`);
  line.close();
  return { read, plain };
}

async function complete(line: Connection, { id }: Upload, body: Uint8Array): Promise<Completed> {
  const fields: Record<string, string> = body.length > 0 ? { 'content-type': 'application/json' } : {};
  const started = performance.now();
  const { status } = await line.send('POST', `${id}/complete`, fields, body);
  const answered = performance.now() - started;
  for (let state = status === 202 ? 'completing' : ''; state === 'completing'; ) {
    await setTimeout(20);
    state = (JSON.parse(succeeded(await line.send('GET', id, {})).body) as { state: string }).state;
  }
  return { status, answered, ended: performance.now() - started };
}

/** Uploads of which `stored` says which chunks are there; made once, since asking changes nothing. */
export async function partly(server: Measured, chunks: number, stored: (chunk: number) => boolean): Promise<string> {
  const lines = await Promise.all(Array.from({ length: 16 }, () => open(server.base)));
  const [first] = lines;
  if (first === undefined) throw new Error('no connection');
  const { id } = await begin('ours', first, chunks, 1);
  const left = Array.from({ length: chunks }, (_, chunk) => chunk).filter(stored);
  await Promise.all(
    lines.map(async (line) => {
      for (let chunk = left.pop(); chunk !== undefined; chunk = left.pop())
        succeeded(await line.send('PUT', `${id}/upload/${chunk}`, {}, Buffer.from('x')));
      line.close();
    }),
  );
  return id;
}

/** Milliseconds that the session at `id` takes to be read: the median of `times`. */
export async function statusTime(server: Measured, id: string, times: number): Promise<number> {
  const line = await open(server.base);
  const took: number[] = [];
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    succeeded(await line.send('GET', id, {}));
    took.push(performance.now() - started);
  }
  line.close();
  return median(took);
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
