/** What is seen to before there is a request: how long its head may take, how many connections there are, bad HTTP. */
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { unnamedProblem } from './answer.ts';
import { cutBody } from './body.ts';

/**
 * Milliseconds for a request's head, from the connection on if it is the first. A client that trickles its head, or
 * sends none, is gone after at most a quarter more.
 */
const headLimit = 20_000;
/** Milliseconds after which an answer that nobody reads is given up. */
const unreadLimit = 120_000;

/** For Node's `createServer`. */
export const headTimeouts = { headersTimeout: headLimit, connectionsCheckingInterval: headLimit / 4 };

/** The answer that is under way on a connection, or was the last. */
const answering = new WeakMap<Socket, ServerResponse>();

/** Notes that an answer is under way on a connection. */
export function answersOn(socket: Socket, response: ServerResponse): void {
  answering.set(socket, response);
}

/** Sees to every connection of a server, the one past `most` not included: that is closed. `carried` gets its bytes. */
export function watchConnections(
  server: Server,
  most: number,
  carried: (received: number, sent: number) => void,
): void {
  server.maxConnections = most;
  // Node would end every silent connection; one that waits for a long completion is silent, too.
  server.setTimeout(unreadLimit, (socket: Socket) => {
    if (answering.get(socket)?.headersSent) socket.destroy();
  });
  // A client that has ended its own direction of the connection may still read: Node would hang up without an answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  const counted = new WeakMap<Socket, Readonly<{ read: number; written: number }>>();
  const count = (socket: Socket) => {
    const { read, written } = counted.get(socket) ?? { read: 0, written: 0 };
    carried(socket.bytesRead - read, socket.bytesWritten - written);
    counted.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
  };
  server.on('connection', (socket: Socket) => socket.once('close', () => count(socket)));
  // A connection may live for days: its bytes are told with each answer.
  server.on('request', ({ socket }, response) => response.once('close', () => count(socket)));
}

/**
 * What Node's parser could not make sense of. If it is the body that someone reads, the reader is told. If an answer is
 * under way, it is let through: a bad byte behind a good request does not make the request undone. Gives the status if
 * it is answered here.
 */
export function clientError(error: Error & { code?: string }, socket: Socket): number | null {
  const response = answering.get(socket);
  if (response !== undefined && !response.writableEnded && !response.destroyed) {
    if (!response.headersSent) response.setHeader('connection', 'close');
    cutBody(socket);
    return null;
  }
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return null;
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const { fields, body } = unnamedProblem(status);
  const lines = Object.entries({ ...fields, date: new Date().toUTCString(), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = `content-length: ${Buffer.byteLength(String(body))}\r\n`;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}${length}\r\n${String(body)}`);
  setTimeout(() => socket.destroy(), 1000).unref();
  return status;
}
