import { once } from 'node:events';
import { expect, test } from 'vitest';
import { at, complete, digestOf, initiate, put, send, testServer, type Wire, wire } from '../testing.ts';

const mebibyte = 1024 * 1024;

/** Writes the head of a chunk's upload and leaves the body to the test. */
function begin(base: string, id: string, chunkId: number, fields: string): Wire {
  const connection = wire(base);
  connection.socket.write(`PUT ${at(id, `/upload/${chunkId}`)} HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n`);
  return connection;
}

async function contentOf(base: string, id: string): Promise<string> {
  const { json } = await complete(base, id);
  return (await send(base, { path: String(json['contentUrl']) })).bytes.toString();
}

test('a client that expects 100 Continue gets it for a chunk that may come, and then the receipt', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  const { socket, until } = begin(url, id, 0, 'Content-Length: 4\r\nExpect: 100-continue');
  await until(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
  socket.write('abcd');
  expect(await until(/"chunkId":0/)).toContain('HTTP/1.1 201');
});

test('a client that expects 100 Continue gets the refusal at once where there is one', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  const refused = begin(url, id, 7, 'Content-Length: 4\r\nExpect: 100-continue');
  await refused.end;
  expect(refused.text()).toMatch(/^HTTP\/1.1 404 .*connection: close/is);
  expect(refused.text()).not.toContain('100 Continue');
  const early = begin(url, id, 0, 'Content-Length: 5\r\nExpect: 100-continue');
  expect(await early.until(/chunk-length-mismatch/)).not.toContain('100 Continue');
  const json = wire(url);
  const body = '{"fileName":"a","fileSize":0}';
  json.socket.write(
    `POST /attachment/initiate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  await json.until(/100 Continue/);
  json.socket.write(body);
  await json.until(/HTTP\/1.1 201 /);
});

test('a refusal that comes before a large body can be read by a client that goes on sending', async () => {
  const { url } = await testServer();
  for (const chunkId of [0, 1, 2, 3, 4]) {
    const body = Buffer.alloc(48 * mebibyte, chunkId);
    const reply = await put(url, 'unknown', chunkId, body);
    expect(reply.json).toMatchObject({ status: 404 });
    expect(reply.headers.connection).toBe('close');
  }
});

test('a refusal that comes before a small body leaves the connection usable', async () => {
  const { url } = await testServer();
  const connection = begin(url, 'unknown', 0, 'Content-Length: 9');
  await connection.until(/404 Not Found/);
  connection.socket.write(`any bytesGET ${at('other')} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await connection.until(/404 Not Found.*404 Not Found/s);
});

test('refusals on one connection leave nothing behind on it', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const { url } = await testServer();
  const connection = wire(url);
  for (let turn = 0; turn < 20; turn++) {
    const head = `PUT ${at('unknown', `/upload/${turn}`)} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n`;
    const answers = connection.text().length;
    connection.socket.write(head);
    await expect.poll(() => connection.text().slice(answers)).toContain('session-not-found');
    connection.socket.write('any bytes');
  }
  await new Promise(setImmediate); // warnings are told on the next turn
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('a body refused half-way, when it turns out too long, is answered too', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  const { socket, until } = begin(url, id, 0, 'Transfer-Encoding: chunked');
  socket.write('5\r\nabcde\r\n');
  await until(/400 Bad Request.*chunk-length-mismatch/s);
  expect((await send(url, { path: at(id) })).json['receivedChunks']).toEqual([]);
});

test('a chunk may come in chunked coding, a byte at a time', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  const { socket, until } = begin(url, id, 0, 'Transfer-Encoding: chunked');
  for (const byte of 'abcd') {
    socket.write(`1\r\n${byte}\r\n`);
    await new Promise(setImmediate);
  }
  socket.write('0\r\n\r\n');
  expect(await until(/"digest"/)).toContain(digestOf('abcd'));
});

test('a replacement that is cut leaves the stored chunk, and one that ends early is told so if it still listens', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url, { fileSize: 4 });
  await put(url, id, 0, 'abcd');
  const reset = begin(url, id, 0, 'Content-Length: 4');
  reset.socket.write('XX');
  await once(reset.socket, 'connect');
  reset.socket.resetAndDestroy();
  const halfClosed = begin(url, id, 0, 'Content-Length: 4');
  halfClosed.socket.end('YY');
  expect(await halfClosed.until(/chunk-length-mismatch/)).toContain('400 Bad Request');
  expect((await put(url, id, 0, 'ZZZZ', { 'content-digest': digestOf('other') })).status).toBe(400);
  expect(await contentOf(url, id)).toBe('abcd');
});

test('a first upload that is cut stores nothing, and the chunk can be sent again', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url, { fileSize: 4 });
  const { socket, until } = begin(url, id, 0, 'Content-Length: 4');
  socket.end('XX');
  await until(/400/);
  expect((await send(url, { path: at(id) })).json['receivedChunks']).toEqual([]);
  expect((await put(url, id, 0, 'abcd')).status).toBe(201);
  expect(await contentOf(url, id)).toBe('abcd');
});

test('a client that has sent all and ends its own direction still gets its answer', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url, { fileSize: 4 });
  const { socket, until, end } = begin(url, id, 0, 'Content-Length: 4');
  socket.end('abcd');
  expect(await until(/"chunkId":0/)).toContain('HTTP/1.1 201');
  await end;
});

test.each([
  ['a size that is no number', 'Transfer-Encoding: chunked', '2\r\nab\r\nzz\r\ncd\r\n0\r\n\r\n'],
  ['data that do not end where the size says', 'Transfer-Encoding: chunked', '2\r\nab\r\n2\r\ncdx\r\n0\r\n\r\n'],
  ['a transfer coding that nobody knows', 'Transfer-Encoding: x-coding', 'abcd'],
  ['two lengths that differ', 'Content-Length: 4\r\nContent-Length: 3', 'abcd'],
])(
  'a chunk with %s is refused, also if the client ends its direction, and nothing is stored',
  async (_, fields, body) => {
    const { url } = await testServer();
    const { id } = await initiate(url, { fileSize: 4 });
    for (const finish of [(one: Wire) => one.socket.write(body), (one: Wire) => one.socket.end(body)]) {
      const connection = begin(url, id, 0, fields);
      finish(connection);
      expect(await connection.until(/"status":400/)).toContain('400 Bad Request');
      await connection.end;
    }
    expect((await send(url, { path: at(id) })).json['receivedChunks']).toEqual([]);
  },
);

test('two writers of one chunk never mix: each chunk is whole, the last acknowledged one counts', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url, { fileSize: 4 });
  const slow = begin(url, id, 0, 'Content-Length: 4');
  slow.socket.write('SS');
  await expect.poll(async () => (await put(url, id, 0, 'ffff')).status).toBe(200); // slow has the home slot by now
  slow.socket.write('SS');
  await slow.until(/HTTP\/1.1 200 /);
  expect(await contentOf(url, id)).toBe('SSSS');
});

test('bytes behind a good request do not make it undone', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  const { socket, until } = begin(url, id, 0, 'Content-Length: 4');
  socket.write('abcdX');
  expect(await until(/"chunkId":0/)).toMatch(/^HTTP\/1.1 201 /);
});

test('what is no HTTP gets a problem, and the server lives on', async () => {
  const { url } = await testServer();
  for (const text of [
    '\0\0\0\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET / HTTP/1.1\r\nx: ${'x'.repeat(99_999)}\r\n\r\n`,
  ]) {
    const { socket, until } = wire(url);
    socket.write(text);
    expect(await until(/about:blank/)).toMatch(/^HTTP\/1.1 4\d\d /);
  }
  const absolute = wire(url);
  absolute.socket.write('GET http://elsewhere/attachment/capabilities?x HTTP/1.1\r\nHost: x\r\n\r\n');
  await absolute.until(/200 OK.*"contractVersion"/s);
});

test('an abort ends the uploads that are under way, with an answer', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  const { socket, until } = begin(url, id, 0, 'Content-Length: 4\r\nExpect: 100-continue');
  await until(/100 Continue/);
  socket.write('a');
  expect((await send(url, { method: 'POST', path: at(id, '/abort') })).status).toBe(204);
  expect(await until(/session-aborted/)).toContain('410 Gone');
});

test('a completion refuses the replacement that is under way, and the bytes are those it acknowledged', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url, { fileSize: 4 });
  const slow = begin(url, id, 0, 'Content-Length: 4\r\nExpect: 100-continue');
  await slow.until(/100 Continue/);
  slow.socket.write('SS');
  await put(url, id, 0, 'ffff');
  expect(await contentOf(url, id)).toBe('ffff');
  slow.socket.write('SS');
  await slow.until(/409 Conflict.*session-completed/s);
});
