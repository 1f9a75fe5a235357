/**
 * A round-robin proxy, each request to the next server. It passes bytes on, and takes no part in HTTP: half-closes,
 * resets and malformed bytes arrive as they were sent. Only one line is put into a head: that the connection ends with
 * its answer, so that the next request is on another connection, and on another server.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly port: number;
  /** The connections that each server has had. */
  readonly shares: readonly number[];
  close(): void;
}

/** Starts one in front of servers at these ports; one that does not listen is passed over. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const shares = ports.map(() => 0);
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    track(client);
    void choose().then((target) => {
      if (target === null || client.destroyed) {
        target?.destroy();
        client.resetAndDestroy();
        return;
      }
      track(target);
      client.once('data', (first: Buffer) => {
        target.write(closing(first));
        client.pipe(target);
      });
      client.once('end', () => target.end()); // also one that has said nothing
      target.pipe(client);
      breakWith(client, target);
      breakWith(target, client);
    });
  });

  /** A connection to the next server that takes one. */
  async function choose(): Promise<Socket | null> {
    for (let tries = 0; tries < ports.length; tries++) {
      const index = turn++ % ports.length;
      const socket = connect({ port: ports[index] ?? 0, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      const connected = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      if (!connected) continue;
      shares[index] = (shares[index] ?? 0) + 1;
      return socket;
    }
    return null;
  }

  function track(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => {}); // followed by 'close', which is heard
    socket.once('close', () => open.delete(socket));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    shares,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** The first bytes of a connection, with the line in them where they begin a request as most are. */
function closing(first: Buffer): Buffer {
  const line = /^[A-Z]+ [^ \r\n]+ HTTP\/1\.1\r\n(?=[^ \t\r\n])/.exec(first.toString('latin1'))?.[0];
  if (line === undefined) return first;
  return Buffer.concat([Buffer.from(`${line}Connection: close\r\n`), first.subarray(line.length)]);
}

/** A connection that breaks off breaks the other one, too. */
function breakWith(from: Socket, to: Socket): void {
  from.once('close', (failed) => {
    if (failed) to.resetAndDestroy();
    else if (!from.readableEnded) to.destroy();
  });
}
