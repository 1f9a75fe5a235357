import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Free ports, for programs that cannot take port 0: below those that the kernel gives to outgoing connections
 * (ip_local_port_range begins at 32768), so that none is taken before the program listens.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
