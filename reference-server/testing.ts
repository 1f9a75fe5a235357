/** For tests only: a server of one's own on a free port, and requests to it, well-formed or not. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { resolveSettings, type Settings } from './config.ts';
import { type RunningServer, startServer } from './main.ts';

/** An answer; `json` is its body read as JSON, or an empty object. */
export type Reply = Readonly<{
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  json: Record<string, unknown>;
}>;

export type Request = Readonly<{
  method?: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Uint8Array;
}>;

/** A folder that goes when the test has finished. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chunkproof-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Settings for a test: a free port, and everything else as given or usual. */
export async function testSettings(overrides: Partial<Settings> = {}): Promise<Settings> {
  const resolved = resolveSettings({ port: '0', data: overrides.data ?? (await temporaryFolder()) }, {});
  if (!resolved.ok) throw new Error(resolved.errors.join());
  // However busy the machine is, a completion is waited for.
  return { ...resolved.settings, completeWithin: 60, ...overrides };
}

/** A running server that is closed when the test has finished. */
export async function testServer(overrides: Partial<Settings> = {}): Promise<RunningServer> {
  const server = await startServer(await testSettings(overrides));
  onTestFinished(() => server.close(0));
  return server;
}

/** Sends a request, on a connection of its own, and waits for the whole answer. */
export function send(base: string, { method = 'GET', path, headers = {}, body }: Request): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(base);
    const where = { hostname, port, path: pathname.replace(/\/$/, '') + path };
    const request = httpRequest({ ...where, method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        // Not by the bytes alone: content may begin as JSON does.
        const isObject =
          bytes[0] === 0x7b && /^application\/(problem\+)?json\b/.test(response.headers['content-type'] ?? '');
        const json = isObject ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, json });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Initiates an upload and gives its id. */
export async function initiate(base: string, wanted: Record<string, unknown> = {}, headers: OutgoingHttpHeaders = {}) {
  const body = JSON.stringify({ fileName: 'a.bin', fileSize: 10, preferredChunkSize: 4, ...wanted });
  const path = '/attachment/initiate';
  const type = { 'content-type': 'application/json' };
  const reply = await send(base, { method: 'POST', path, headers: { ...type, ...headers }, body });
  return { reply, id: String(reply.json['sessionId']) };
}

/** The path of a session, or of something below it. */
export function at(id: string, below = ''): string {
  return `/attachment/session/${id}${below}`;
}

/** Uploads one chunk. */
export function put(base: string, id: string, chunkId: number, body: string | Uint8Array, headers = {}) {
  return send(base, { method: 'PUT', path: at(id, `/upload/${chunkId}`), headers, body });
}

/** Completes a session, with or without expectations. */
export function complete(base: string, id: string, expectations?: Record<string, unknown>) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(expectations) };
  return send(base, { method: 'POST', path: at(id, '/complete'), ...(expectations ? json : {}) });
}

/** An open connection and everything that comes back on it. */
export type Wire = Readonly<{
  socket: Socket;
  text(): string;
  until(pattern: RegExp): Promise<string>;
  end: Promise<void>;
}>;

/** Connects to a server; what is written is up to the caller, byte by byte. */
export function wire(base: string): Wire {
  const { hostname, port } = new URL(base);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let text = '';
  socket.on('data', (piece) => {
    text += piece.toString('latin1');
  });
  socket.on('error', () => {}); // seen as an end without the awaited text
  const end = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  onTestFinished(() => void socket.destroy());
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(text)) return;
        socket.off('data', look);
        resolve(text);
      };
      socket.on('data', look);
      void end.then(() => (pattern.test(text) ? resolve(text) : reject(new Error(`ended after ${text || 'nothing'}`))));
      look();
    });
  return { socket, text: () => text, until, end };
}

/** Bytes as a digest field. */
export function digestOf(bytes: string | Uint8Array, algorithm: 'sha-256' | 'sha-512' = 'sha-256'): string {
  const hash = createHash(algorithm.replace('-', '')).update(bytes).digest('base64');
  return `${algorithm}=:${hash}:`;
}
