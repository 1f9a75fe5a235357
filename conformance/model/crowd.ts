/**
 * For tests and the benchmark only: what many clients see who share one session of an honest server. Everything is
 * chosen by a seed, so equal crowds have equal histories.
 */
import { bytesOf } from '../bytes.ts';
import type { Answer, Exchange } from '../history.ts';
import { compositeDigest, type Stored, sha256Base64 } from './digest.ts';
import { ranges } from './state.ts';
import * as words from './testing.ts';

export interface Crowd {
  readonly clients: number;
  /** How many requests they send in all, before one of them completes the session. */
  readonly operations: number;
  /** How many chunks of four bytes the file has. */
  readonly chunks: number;
  readonly seed: number;
  /** How many of a hundred answers are lost. Default: none. */
  readonly lostPercent?: number;
}

const length = 4;

/** What the target says of itself: as in every test, but for larger files. */
export const claims = { ...words.claims, limits: { ...words.claims.limits, maxFileSize: 1e6, maxChunks: 1e5 } };

/** One session, opened by one client; requests of all clients at once, each on its own; and a completion at the end. */
export function crowded({ clients, operations, chunks, seed, lostPercent = 0 }: Crowd): Exchange[] {
  const random = dice(seed);
  const file = { fileSize: chunks * length, chunkSize: length, totalChunks: chunks };
  const { fileName, contentType } = words.file;
  const session = (more: object): Answer => words.listing([], { ...file, ...more });
  const stored = new Map<number, Stored>();
  let completed = false;

  const published = (status: 200 | 201): Answer => {
    const digest = `sha-256=:${compositeDigest(stored)}:`;
    return words.published(status, [], { fileSize: file.fileSize, compositeDigest: digest });
  };
  const received = () => ({
    receivedChunks: ranges(chunks, (chunk) => stored.has(chunk)),
    receivedBytes: stored.size * length,
  });
  /** What the server answers at the instant at which the request takes effect. */
  const serve = (call: words.Played): Answer => {
    if (call.kind === 'status' && !completed) return session(received());
    if (call.kind === 'status') return session({ ...received(), state: 'completed', attachment: published(200).json });
    if (call.kind === 'complete' && stored.size === chunks) {
      const answer = published(completed ? 200 : 201);
      completed = true;
      return answer;
    }
    if (call.kind === 'complete') {
      const missingChunks = ranges(chunks, (chunk) => !stored.has(chunk));
      return words.problem('upload-incomplete', { missingChunks, missingCount: chunks - stored.size });
    }
    if (completed || call.kind !== 'chunk') return words.problem('session-completed');
    const [chunk, digest] = [Number(call.chunk), digestOf(call.write, Number(call.chunk))];
    const status = stored.has(chunk) ? 200 : 201;
    stored.set(chunk, { write: call.write, digest });
    const place = { offset: chunk * length, length };
    return words.receipt(status, chunk, call.write, { ...place, digest: `sha-256=:${digest}:` });
  };

  const clock = Array.from({ length: clients }, () => 1);
  const requests = Array.from({ length: operations }, (_, write) => {
    const client = random(clients);
    const at = (clock[client] ?? 1) + random(4);
    const took = 1 + random(20);
    clock[client] = at + took;
    const dice = random(10);
    const put = words.put(random(4) > 0 ? write % chunks : random(chunks), write);
    const call = dice < 6 ? put : dice < 9 ? words.status : words.complete;
    return { call, client, at, took, effectAt: at + (random(1000) / 1000) * took };
  });
  const answers = new Map(requests.toSorted((a, b) => a.effectAt - b.effectAt).map((one) => [one, serve(one.call)]));
  const told = requests.map((one) => {
    const { call, client, at, took } = one;
    const outcome = random(100) < lostPercent ? words.lost : (answers.get(one) as Answer);
    return words.exchange(call, outcome, { at, took, client: `C${client}`, sent: sentOf(call) });
  });
  const json = { fileName, fileSize: file.fileSize, preferredChunkSize: length };
  const end = Math.max(...clock) + 1;
  const missing = completed ? [] : [...Array(chunks).keys()].filter((chunk) => !stored.has(chunk));
  const last = [...missing.map((chunk) => words.put(chunk, operations + chunk)), words.complete];
  return [
    words.exchange(words.initiate({ json }), words.created({ ...file, fileName, contentType }), { at: 0 }),
    ...told.sort((a, b) => a.sentAt - b.sentAt),
    ...last.map((call, i) => words.exchange(call, serve(call), { at: end + i, sent: sentOf(call) })),
  ];
}

const sentOf = (call: words.Played): Partial<Exchange['sent']> =>
  call.kind === 'chunk' ? { bodyLength: length, bodyDigest: digestOf(call.write, Number(call.chunk)) } : {};

const digestOf = (write: number, chunk: number): string => sha256Base64(bytesOf(write, chunk, length));

/** Integers from 0 up to a bound, the same for the same seed (mulberry32). */
function dice(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
