import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Lost } from '../history.ts';

/** A connection that one request has for itself, and may break. */
export interface Connection {
  /** What HTTP is spoken on. */
  readonly socket: Socket;
  /** Resolves when it stands, or with why it never will. */
  readonly opened: Promise<Lost | undefined>;
  /** Ends it with RST, which is TCP's to send. */
  reset(): void;
}

/** Connects to the origin of the URL, in `timeoutMs` at most. */
export function connect(url: URL, secure: ConnectionOptions, timeoutMs: number): Connection {
  const host = hostOf(url);
  const isSecure = url.protocol === 'https:';
  const tcp = connectTcp({ host, port: Number(url.port || (isSecure ? 443 : 80)), noDelay: true });
  // A server's name is not said if it is an address (RFC 6066 3).
  const name = isIP(host) ? {} : { servername: host };
  const socket = isSecure ? connectTls({ ...secure, ...name, host, socket: tcp, ALPNProtocols: ['http/1.1'] }) : tcp;
  const opened = new Promise<Lost | undefined>((resolve) => {
    const fail = (reason: string): void => resolve({ kind: 'lost', reason, unsent: true });
    const timer = setTimeout(() => {
      fail(`no connection within ${timeoutMs} ms`);
      socket.destroy();
    }, timeoutMs);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) => fail(code ?? message));
    socket.once('close', () => {
      clearTimeout(timer);
      fail('the connection was closed');
    });
    if (isSecure) tcp.on('error', (error) => socket.destroy(error));
  });
  return { socket, opened, reset: () => tcp.resetAndDestroy() };
}

/** An error before an answer, which tells whether there ever was a connection. */
export function lostBy(error: NodeJS.ErrnoException): Lost {
  // Where a name has several addresses, the errors of all attempts to connect come as one.
  const unsent = error.syscall === 'connect' || error instanceof AggregateError ? { unsent: true as const } : {};
  return { kind: 'lost', reason: error.code ?? error.message, ...unsent };
}

/** The host as it is looked up: without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
