/** For tests only: a server that does with each connection just what the test says, byte by byte. */
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createPlayer, type Player, type PlayerOptions } from './player.ts';

export interface Connection {
  readonly socket: Socket;
  /** Everything that has arrived, one character a byte. */
  received(): string;
  /** What has arrived, as soon as it matches. Never, if it never does. */
  until(pattern: RegExp): Promise<string>;
  /** How the client ended the connection. */
  readonly ended: Promise<'fin' | 'rst'>;
}

/** Listens on a free port of the loopback until the test has finished. */
export async function listening(
  serve: (connection: Connection, number: number) => unknown,
): Promise<{ readonly url: URL; readonly connections: readonly Connection[] }> {
  const connections: Connection[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = connectionOf(socket);
    connections.push(connection);
    serve(connection, connections.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const { socket } of connections) socket.destroy();
  });
  const address = server.address();
  return { url: new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`), connections };
}

function connectionOf(socket: Socket): Connection {
  let text = '';
  const lookers = new Set<() => void>();
  socket.on('data', (piece) => {
    text += piece.toString('latin1');
    for (const look of lookers) look();
  });
  const ended = new Promise<'fin' | 'rst'>((resolve) => {
    socket.once('end', () => resolve('fin'));
    socket.once('error', () => resolve('rst'));
  });
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      const look = (): void => {
        if (!pattern.test(text)) return;
        lookers.delete(look);
        resolve(text);
      };
      lookers.add(look);
      look();
    });
  return { socket, received: () => text, until, ended };
}

/** A final response as text. */
export const response = (status: number, body = '', fields: Readonly<Record<string, string>> = {}): string => {
  const all = { 'Content-Length': String(Buffer.byteLength(body)), ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Told\r\n${lines.join('')}\r\n${body}`;
};

/** The same as JSON, as the contract has it. */
export const json = (status: number, body: unknown, fields: Readonly<Record<string, string>> = {}): string =>
  response(status, JSON.stringify(body), { 'Content-Type': 'application/json', ...fields });

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that answers each request by a function, one request a connection. Gives what it was asked. */
export async function answering(
  answer: (asked: Asked) => string | Promise<string>,
): Promise<{ readonly url: URL; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const { url } = await listening(async ({ socket, until }) => {
    const head = await until(/\r\n\r\n/);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const start = head.indexOf('\r\n\r\n') + 4;
    const text = await until(new RegExp(`^[\\s\\S]{${start + length}}`));
    const [first = '', ...lines] = head.slice(0, start - 4).split('\r\n');
    const [method = '', path = ''] = first.split(' ');
    const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(/: ?(.*)/s, 2)));
    const one = { method, path, headers, body: text.slice(start) };
    asked.push(one);
    socket.end((await answer(one)).replace('\r\n', '\r\nConnection: close\r\n'));
  });
  return { url, asked };
}

/** A player of a target that is closed, with what it left there, when the test has finished. */
export function playing(base: URL, options: Partial<PlayerOptions> = {}): Player {
  const player = createPlayer({ base, runId: 'test', headers: {}, timeoutMs: 10_000, ...options });
  onTestFinished(() => player.close());
  return player;
}
