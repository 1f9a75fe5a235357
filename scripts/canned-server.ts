/**
 * A server that answers every operation at once with its example from the bundle, and keeps nothing: for benchmarks of
 * what calls it. Prints its port.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import openapi from '../generated/openapi.json' with { type: 'json' };

interface Described {
  readonly content?: {
    readonly 'application/json'?: { readonly examples: Record<string, { readonly value: unknown }> };
  };
}

const noStore = { 'Cache-Control': 'no-store' };

/** The first success that the description documents for a path and method. */
const canned = Object.entries(openapi.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, operation]) => {
    const responses = Object.entries((operation as { readonly responses?: Record<string, Described> }).responses ?? {});
    const [status, response] = responses.find(([status]) => status.startsWith('2')) ?? [];
    if (status === undefined) return [];
    const [example] = Object.values(response?.content?.['application/json']?.examples ?? {});
    const body = example === undefined ? '' : JSON.stringify(example.value);
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
    return [{ method: method.toUpperCase(), pattern, status: Number(status), body }];
  }),
);

const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    const found = canned.find(({ method, pattern }) => method === request.method && pattern.test(request.url ?? ''));
    const { status = 404, body = '' } = found ?? {};
    const type = body === '' ? {} : { 'Content-Type': 'application/json' };
    const location = status === 201 ? { Location: `${request.url?.replace(/initiate$/, 'session/')}x` } : {};
    response.writeHead(status, { ...noStore, ...type, ...location, 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
