/** `@tus/server` with its file store, as its own documentation sets it up: it neither hashes nor syncs. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const tus = new Server({ path: '/files', datastore: new FileStore({ directory: process.argv[2] ?? '' }) });
const server = http.createServer((request, response) => void tus.handle(request, response));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
