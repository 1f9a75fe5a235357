/** How long a body is waited for. The clock is set by hand; everything else is real. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { at, initiate, testServer, wire } from '../testing.ts';
import { isLate, piecesOf } from './body.ts';

const second = 1000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A body of `length` bytes on its way, read with 1024 bytes a second: `push` sends some, and waits until they are read. */
async function body(length: number) {
  const read = { count: 0, ended: null as null | 'whole' | 'late' | 'cut' };
  const changed = new EventTarget();
  const server = createServer(async (request, response) => {
    try {
      for await (const piece of piecesOf(request, response, new AbortController().signal, 1024)) {
        read.count += piece.length;
        changed.dispatchEvent(new Event('change'));
      }
      read.ended = 'whole';
    } catch {
      read.ended = isLate(request) ? 'late' : 'cut';
    }
    changed.dispatchEvent(new Event('change'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  const until = async (test: () => boolean) => {
    while (!test()) await once(changed, 'change');
    await new Promise(setImmediate); // by now the reader waits for more
  };
  socket.write(`PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  let sent = 0;
  const push = async (bytes: number) => {
    socket.write(Buffer.alloc(bytes));
    sent += bytes;
    await until(() => read.count === sent);
  };
  return { read, push, until };
}

test('a body that trickles is given up after half a minute, however steadily it comes', async () => {
  const { read, push, until } = await body(1000);
  await push(1);
  for (let elapsed = 0; elapsed < 29; elapsed++) {
    vi.advanceTimersByTime(second);
    await push(1);
    expect(read.ended).toBeNull();
  }
  vi.advanceTimersByTime(2 * second);
  await until(() => read.ended !== null);
  expect(read.ended).toBe('late');
});

test('an honest slow body comes to its end, hours later, and may pause for as long as it has earned', async () => {
  const { read, push, until } = await body(10_000 * 2048);
  for (let elapsed = 0; elapsed < 100; elapsed++) {
    await push(99 * 2048);
    for (const pause of [40, 40, 19]) {
      vi.advanceTimersByTime(pause * second);
      await push(1);
    }
  }
  await push(10_000 * 2048 - read.count);
  await until(() => read.ended !== null);
  expect(read.ended).toBe('whole');
});

test('a minute without a byte is too long for any', async () => {
  const { read, push, until } = await body(1e7);
  await push(1e6);
  vi.advanceTimersByTime(59 * second);
  await push(1);
  vi.advanceTimersByTime(61 * second);
  await until(() => read.ended !== null);
  expect(read.ended).toBe('late');
});

test('who is given up is told so with 408, the connection closes, and nothing is stored', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url);
  for (const [line, field] of [
    [`PUT ${at(id, '/upload/0')}`, ''],
    ['POST /attachment/initiate', 'Content-Type: application/json\r\n'],
    [`POST ${at(id, '/complete')}`, 'Content-Type: application/json\r\n'],
  ]) {
    const { socket, until, end } = wire(url);
    socket.write(`${line} HTTP/1.1\r\nHost: x\r\n${field}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    await until(/100 Continue/);
    socket.write('{');
    vi.advanceTimersByTime(31 * second);
    expect(await until(/about:blank/)).toMatch(/HTTP\/1.1 408 Request Timeout.*connection: close/is);
    await end;
  }
});
