import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { pause } from './variant.ts';

/** A slow way to a server: what each piece of either direction waits, and what passes in a second. */
export interface Line {
  /** How long a piece is under way, in ms. */
  readonly latency: () => number;
  readonly bytesPerSecond?: number;
}

export interface OpenLine {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens a slow way to a port of this machine. Ends and resets of either side are passed on, like its bytes, late. */
export async function openLine(port: number, line: Line): Promise<OpenLine> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.once('close', () => open.delete(from));
      from.setNoDelay(true);
      // Told by its end, too: `carry` passes it on.
      from.on('error', () => undefined);
      void carry(from, to, line);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Carries one direction: pieces stay in order, and one that is under way does not hold back the next one's start. */
async function carry(from: Socket, to: Socket, { latency, bytesPerSecond }: Line): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const later = (act: () => void): void => {
    const arrived = pause(latency());
    last = Promise.all([last, arrived]).then(act);
  };
  try {
    for await (const piece of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      later(() => to.writable && to.write(piece));
      if (bytesPerSecond !== undefined) await pause((piece.length / bytesPerSecond) * 1000);
    }
    later(() => to.end());
  } catch {
    later(() => to.resetAndDestroy());
  }
}
