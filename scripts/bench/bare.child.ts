/**
 * The least that a server of node:http can do with a body: write it to a file at an offset. Neither hash nor sync nor
 * record: what the benchmark measures the reference server against.
 *
 *   PUT /<file>/<offset>
 */
import { type FileHandle, open } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const folder = process.argv[2] ?? '';
const files = new Map<string, Promise<FileHandle>>();

const server = http.createServer((request, response) => {
  const [, name = '', offset] = (request.url ?? '').split('/');
  const opened = files.get(name) ?? open(join(folder, name), 'w');
  files.set(name, opened);
  store(request, opened, Number(offset)).then(
    () => response.writeHead(204).end(),
    () => response.writeHead(500).end(),
  );
});

async function store(body: AsyncIterable<Buffer>, opened: Promise<FileHandle>, offset: number): Promise<void> {
  const file = await opened;
  let position = offset;
  let writing: Promise<unknown> = Promise.resolve();
  for await (const piece of body) {
    await writing;
    writing = file.write(piece, 0, piece.length, position);
    position += piece.length;
  }
  await writing;
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
