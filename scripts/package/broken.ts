/** A server that breaks a promise of the contract: it stands before one that keeps it, and falsifies its capabilities. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Starts it on a free port of the loopback, before the server at `url`; gives its base URL, with the same path. */
export async function startBroken(url: string): Promise<{ readonly url: string; close(): void }> {
  const behind = new URL(url);
  const server = createServer((asked, answered) => {
    const { method, headers, url: path = '/' } = asked;
    const forwarded = request({ host: behind.hostname, port: behind.port, method, path, headers }, (got) => {
      if (!path.endsWith('/capabilities') || method !== 'GET' || got.statusCode !== 200) {
        answered.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answered);
        return;
      }
      void text(got).then((body) => {
        const { limits, ...others } = JSON.parse(body);
        const { 'content-length': _, ...fields } = got.headers;
        answered.writeHead(got.statusCode ?? 502, fields);
        answered.end(JSON.stringify({ ...others, limits: { ...limits, maxChunks: 1 } }));
      });
    });
    forwarded.on('error', () => answered.destroy());
    asked.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}${behind.pathname}`, close };
}
