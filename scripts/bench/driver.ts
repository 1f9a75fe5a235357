/**
 * The client of the benchmark: HTTP/1.1 on raw sockets, so that what is measured is the server. It writes a body in one
 * piece, and reads of an answer what it needs: the status, the fields, and content of a known length.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Reply = Readonly<{ status: number; head: string; body: string }>;

/** A connection that is kept open; one request at a time. */
export type Connection = Readonly<{
  send(method: string, path: string, fields: Readonly<Record<string, string>>, body?: Uint8Array): Promise<Reply>;
  close(): void;
}>;

/** Connects to the server at `base`, whose path is put in front of every request's. */
export async function open(base: string): Promise<Connection> {
  const { hostname, port, pathname } = new URL(base);
  const prefix = pathname.replace(/\/$/, '');
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return {
    async send(method, path, fields, body = Buffer.alloc(0)) {
      const reply = replyOn(socket, `${method} ${path}`);
      const lines = Object.entries({ host: `${hostname}:${port}`, ...fields, 'content-length': String(body.length) });
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      socket.cork();
      socket.write(`${method} ${prefix}${path} HTTP/1.1\r\n${head}\r\n`);
      if (body.length > 0) socket.write(body);
      socket.uncork();
      return reply;
    },
    close: () => void socket.destroy(),
  };
}

/** The next answer on `socket`. Rejects when the connection ends before it is whole. */
function replyOn(socket: Socket, request: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const done = () => socket.off('data', look).off('close', lost).off('error', lost);
    const lost = () => {
      done();
      reject(new Error(`${request}: the connection ended after ${seen.toString('latin1', 0, 200) || 'nothing'}`));
    };
    const look = (piece: Buffer) => {
      seen = seen.length === 0 ? piece : Buffer.concat([seen, piece]);
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = seen.toString('latin1', 0, end);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (seen.length < end + 4 + length) return;
      done();
      resolve({ status: Number(head.slice(9, 12)), head, body: seen.toString('utf8', end + 4) });
    };
    socket.on('data', look).on('close', lost).on('error', lost);
  });
}

/** The reply, if its status is a success; else it throws: a benchmark of refusals measures nothing. */
export function succeeded(reply: Reply): Reply {
  if (reply.status >= 200 && reply.status < 300) return reply;
  throw new Error(`answered with ${reply.status}: ${reply.body}`);
}
