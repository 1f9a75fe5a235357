/**
 * Request bodies: streamed, never held whole (JSON apart, which has a limit), and left alone in a way that
 * lets a client read an early answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds without one byte after which a body counts as cut. */
const idleLimit = 60_000;
/** Milliseconds that a body may be waited for however little of it comes. */
const grace = 30_000;
/** What is left of a refused body is read and dropped up to this many bytes; beyond it the connection is closed. */
const drainLimit = 1024 * 1024;
/** Milliseconds that a client gets to read an early answer, or to finish the body that nobody wants. */
const lingerLimit = 10_000;

/** Requests that wait for `100 Continue` before they send a body. */
const uninvited = new WeakSet<IncomingMessage>();
/** Connections on which no more of a body will come, though the answer may still be heard. */
const silent = new WeakSet<Socket>();
/** Requests whose body was not waited for any longer. */
const late = new WeakSet<IncomingMessage>();
/** How to wake the reader of a body. */
const readers = new WeakMap<Socket, () => void>();

/** Notes that the client waits to be asked for the body (RFC 9110, section 10.1.1). */
export function expectInvitation(request: IncomingMessage): void {
  uninvited.add(request);
}

/** Notes that no more of a body will come on this connection, and tells whoever reads it. */
export function cutBody(socket: Socket): void {
  silent.add(socket);
  readers.get(socket)?.();
}

/** Whether the request's body was given up because it came too slowly, which is answered with 408. */
export function isLate(request: IncomingMessage): boolean {
  return late.has(request);
}

/**
 * The body, piece by piece; it ends only if all of it has come. Throws when it is cut, when `signal` aborts, or when
 * it is waited for too long: a minute without a byte, or in all 30 seconds and one more for each `minRate` bytes that
 * have come. So whoever trickles holds a slot for a bounded time, and an honest client on a slow line comes through,
 * however long its chunk is (Apache's `RequestReadTimeout body=30,MinRate=` has the same rule). Only waiting counts:
 * a slow disk is not the client's fault. A piece may be used until the next is asked for. Whoever stops early leaves the rest to `leaveBody`.
 */
export async function* piecesOf(
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
  minRate: number,
): AsyncGenerator<Uint8Array> {
  if (uninvited.delete(request)) response.writeContinue();
  const news = newsOf(request, signal);
  let waited = 0;
  let count = 0;
  try {
    for (;;) {
      const piece: Uint8Array | null = request.read();
      if (piece !== null) {
        count += piece.length;
        yield piece;
        giveBack(piece);
        continue;
      }
      if (request.readableEnded && request.complete) return;
      const cut = request.destroyed || (silent.has(request.socket) && !request.complete);
      if (cut || signal.aborted) throw new Error('The body did not come to its end.');
      const began = performance.now();
      await news.within(Math.min(idleLimit, grace + (1000 * count) / minRate - waited));
      waited += performance.now() - began;
    }
  } finally {
    news.close();
  }
}

/**
 * Gives the memory of a piece back at once. Left to the garbage collector it brings a full collection for every 30 MiB
 * received, which costs more than everything else that is done with them: it counts bytes outside of its heap as pressure.
 */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= 4096 && buffer.byteLength === byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Listens for what there is to read, or that there is nothing to wait for any more. */
function newsOf(request: IncomingMessage, signal: AbortSignal) {
  const { socket } = request;
  const events = ['readable', 'end', 'error', 'close'] as const;
  let tell = () => {};
  const listener = () => tell();
  for (const event of events) request.on(event, listener);
  signal.addEventListener('abort', listener);
  readers.set(socket, listener);
  return {
    /** Resolves at the next news, and after `patience` milliseconds, which is what the body has been given up for then. */
    async within(patience: number): Promise<void> {
      const timer = setTimeout(() => {
        late.add(request);
        cutBody(socket);
      }, patience);
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
      clearTimeout(timer);
    },
    close() {
      for (const event of events) request.off(event, listener);
      signal.removeEventListener('abort', listener);
      readers.delete(socket);
    },
  };
}

/** The whole of a small body; 'too-large' once it is over `limit` bytes, 'cut' if it does not come to its end. */
export async function readAll(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
  minRate: number,
): Promise<Uint8Array | 'too-large' | 'cut'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return 'too-large';
  const pieces: Uint8Array[] = [];
  let count = 0;
  try {
    for await (const piece of piecesOf(request, response, new AbortController().signal, minRate)) {
      count += piece.length;
      if (count > limit) return 'too-large';
      pieces.push(Buffer.from(piece));
    }
  } catch {
    return 'cut';
  }
  return Buffer.concat(pieces);
}

/** Whether the request has content, going by its fields (RFC 9112, section 6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Called before an answer is sent: sees to what has not been read of the body. A short rest is read and
 * dropped; before a long one, a late one, or one that the client waits to be asked for, the connection is closed,
 * but only half: a full close would meet bytes on their way with a reset, and the reset can destroy the answer
 * before the client reads it (RFC 9112, section 9.6).
 */
export function leaveBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || !hasBody(request) || request.destroyed) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), lingerLimit);
  const settled = () => {
    clearTimeout(timer);
    socket.off('close', settled); // the connection may live on for many more requests
  };
  request.once('end', settled);
  socket.once('close', settled); // a request whose connection was cut does not always close
  if (
    uninvited.has(request) ||
    late.has(request) ||
    Number(request.headers['content-length'] ?? Infinity) > drainLimit
  ) {
    response.setHeader('connection', 'close');
    const close = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      socket.end();
      if (request.complete) close();
      else request.once('end', close);
    };
  }
  request.resume();
}
