import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Lost } from '../history.ts';

/** A connection to a server. */
export interface Connection {
  readonly origin: string;
  readonly socket: Socket;
  /** Resolves when it stands, or with why it never will. */
  readonly opened: Promise<Lost | undefined>;
  /** Whether both ends may still talk. */
  isOpen(): boolean;
  /** Who hears what the server says, from now on; without one, whatever it says ends the connection. */
  listen(listener: Listener | undefined): void;
  /** Ends it with RST, which is TCP's to send. */
  reset(): void;
}

export interface Listener {
  data(piece: Buffer): void;
  /** The server will say no more. */
  end(): void;
  /** The connection is no more, by an error if there is one. */
  closed(error?: NodeJS.ErrnoException): void;
}

/** Connects to the origin of the URL, in `timeoutMs` at most. */
export function connect(url: URL, secure: ConnectionOptions, timeoutMs: number): Connection {
  const host = hostOf(url);
  const isSecure = url.protocol === 'https:';
  const tcp = connectTcp({ host, port: Number(url.port || (isSecure ? 443 : 80)), noDelay: true });
  // A server's name is not said if it is an address (RFC 6066 3).
  const name = isIP(host) ? {} : { servername: host };
  const socket = isSecure ? connectTls({ ...secure, ...name, host, socket: tcp, ALPNProtocols: ['http/1.1'] }) : tcp;
  let listener: Listener | undefined;
  let error: NodeJS.ErrnoException | undefined;
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
    socket.on('error', (reason: NodeJS.ErrnoException) => {
      error = reason;
      fail(reason.code ?? reason.message);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      fail('the connection was closed');
      listener?.closed(error);
    });
    if (isSecure) tcp.on('error', (error) => socket.destroy(error));
  });
  socket.on('data', (piece: Buffer) => (listener ? listener.data(piece) : socket.destroy()));
  socket.on('end', () => listener?.end());
  return {
    origin: url.origin,
    socket,
    opened,
    isOpen: () => !socket.destroyed && socket.readable && socket.writable,
    listen(next) {
      listener = next;
    },
    reset: () => tcp.resetAndDestroy(),
  };
}

/** The host as it is looked up: without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
