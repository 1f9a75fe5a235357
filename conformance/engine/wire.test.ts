import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { now, pause } from './clock.ts';
import { type Connection, listening, response } from './testing.ts';
import { openWire, type Wire, type WireRequest } from './wire.ts';

function wire(timeoutMs = 10_000): Wire {
  const opened = openWire({ timeoutMs });
  onTestFinished(() => opened.close());
  return opened;
}

const request = (url: URL, more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'PUT',
  url,
  headers: { 'X-Test': 'yes' },
  body: Buffer.from('abcde'),
  chunked: false,
  expectContinue: false,
  ...more,
});

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);
/** Answers once all of a request has come. */
const answers =
  (pattern: RegExp, text: string) =>
  async ({ socket, until }: Connection) => {
    await until(pattern);
    socket.write(text);
  };

test.each(['http://127.0.0.1:1', 'http://localhost:1', 'https://127.0.0.1:1', 'https://localhost:1'])(
  'what finds no connection to %s was surely not sent, with or without a fault',
  async (origin) => {
    // Nobody listens at the port of tcpmux, and no server of another test is given it.
    const url = new URL(origin);
    const lost = { kind: 'lost', reason: 'ECONNREFUSED', unsent: true };
    expect((await wire().send(request(url))).outcome).toEqual(lost);
    const faulty = await wire().send(request(url, { fault: { kind: 'twice' } }));
    expect(faulty).toMatchObject({ outcome: lost, whole: false, handedOver: 0 });
  },
);

describe('what is put on the wire', () => {
  test('is the request and nothing else, but for Host and Connection', async () => {
    const { url, connections } = await listening(answers(/abcde/, response(200)));
    await wire().send(request(new URL('/a%20b/%2Fc?x=1', url)));
    expect(connections[0]?.received().split('\r\n')).toEqual([
      'PUT /a%20b/%2Fc?x=1 HTTP/1.1',
      `Host: ${url.host}`,
      'X-Test: yes',
      'Content-Length: 5',
      'Connection: keep-alive',
      '',
      'abcde',
    ]);
  });

  test.each([
    ['GET', false],
    ['HEAD', false],
    ['POST', true],
    ['PUT', true],
  ])('of an empty %s: is a length announced? %s', async (method, announced) => {
    const { url, connections } = await listening(answers(/\r\n\r\n/, response(204)));
    await wire().send(request(url, { method, body: Buffer.alloc(0) }));
    expect(/content-length: 0\r\n/i.test(connections[0]?.received() ?? '')).toBe(announced);
  });

  test('in chunked coding has no length, and more than one chunk', async () => {
    const { url, connections } = await listening(answers(/\r\n0\r\n\r\n/, response(200)));
    const { whole } = await wire().send(request(url, { chunked: true }));
    expect(whole).toBe(true);
    expect(connections[0]?.received()).not.toMatch(/content-length/i);
    expect(bodyOf(connections[0]?.received() ?? '')).toBe('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  });

  test('is said once: a connection that is closed without an answer is not tried again', async () => {
    const { url, connections } = await listening(async ({ socket, until }, number) => {
      await until(/abcde/);
      if (number === 1) socket.write(response(200));
      await until(/abcde[\s\S]*abcde/);
      socket.destroy();
    });
    const kept = wire();
    await kept.send(request(url));
    const second = await kept.send(request(url));
    expect(second).toMatchObject({ outcome: { kind: 'lost' }, whole: true });
    expect(connections).toHaveLength(1);
    expect(connections[0]?.received().match(/PUT/g)).toHaveLength(2);
  });
});

describe('a connection that is cut', () => {
  const cut = (after: number, how: 'fin' | 'rst') => ({ kind: 'cut', after, how }) as const;

  test('by FIN ends after just so many bytes, and only the last one makes the request whole', async () => {
    const { url, connections } = await listening(({ socket, ended }) => ended.then(() => socket.end()));
    const body = Buffer.from('0123456789'.repeat(20));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(0, 1, 199, 200), fc.nat(200)), fc.boolean(), async (after, chunked) => {
        const { outcome, whole } = await wire().send(request(url, { body, chunked, fault: cut(after, 'fin') }));
        const last = connections.at(-1) as Connection;
        expect(await last.ended).toBe('fin');
        expect(outcome).toEqual({ kind: 'lost', reason: `cut after ${after} bytes` });
        expect(whole).toBe(after === body.length && !chunked);
        const sent = bodyOf(last.received()).replace(/^[0-9a-f]+\r\n|\r\n$/g, '');
        expect(sent).toBe(body.toString().slice(0, after));
      }),
      { numRuns: 30 },
    );
  });

  test.each([0, 3])('by RST after %i bytes is reset', async (after) => {
    const { url, connections } = await listening(() => undefined);
    const { whole } = await wire().send(request(url, { fault: cut(after, 'rst') }));
    expect(whole).toBe(false);
    expect(await connections[0]?.ended).toBe('rst');
    expect('abcde'.slice(0, after).startsWith(bodyOf(connections[0]?.received() ?? ''))).toBe(true);
  });

  test('after its last byte counts as whole, also if the server hangs up at once', async () => {
    const { url } = await listening(async ({ socket, until }) => {
      await until(/abcde/);
      socket.resetAndDestroy();
    });
    for (let i = 0; i < 50; i++) {
      const { outcome, whole } = await wire().send(request(url, { fault: cut(5, 'fin') }));
      expect(outcome.kind).toBe('lost');
      expect(whole).toBe(true);
    }
  });

  test('takes no other request with it', async () => {
    const { url, connections } = await listening(({ socket }) => {
      socket.on('data', (piece) => piece.includes('abcde') && socket.write(response(200)));
    });
    const kept = wire();
    await kept.send(request(url));
    await kept.send(request(url, { fault: cut(2, 'fin') }));
    const last = await kept.send(request(url));
    expect(last.outcome).toMatchObject({ kind: 'answered' });
    expect(connections).toHaveLength(2);
  });
});

describe('a body that is held back', () => {
  const hold = (after: number, ms: number): Partial<WireRequest> => ({
    fault: { kind: 'hold', after },
    held: (over) => pause(ms, over),
  });

  test.each([
    [0, false],
    [2, false],
    [2, true],
    [5, true],
  ])('after %i bytes comes whole in the end, and not before its time (chunked: %s)', async (after, chunked) => {
    let early = 'nothing';
    const { url } = await listening(async ({ socket, until, received }) => {
      await until(/\r\n\r\n/);
      setTimeout(() => {
        early = bodyOf(received()).replace(/[\d\r\n]/g, '');
      }, 50);
      await until(/de$|de\r\n0\r\n\r\n$/);
      socket.write(response(200));
    });
    const started = now();
    const { outcome, whole, releasedAt = 0 } = await wire().send(request(url, { chunked, ...hold(after, 100) }));
    expect({ outcome, whole }).toMatchObject({ outcome: { status: 200 }, whole: true });
    expect(early).toBe('abcde'.slice(0, after));
    expect(releasedAt - started).toBeGreaterThan(95);
  });

  test('is never sent if its answer comes before', async () => {
    const { url, connections } = await listening(answers(/ab/, response(410, 'gone')));
    const { outcome, whole, releasedAt } = await wire().send(request(url, hold(2, 60_000)));
    expect({ outcome, whole, releasedAt }).toMatchObject({ outcome: { status: 410 }, whole: false });
    await connections[0]?.ended;
    expect(bodyOf(connections[0]?.received() ?? '')).toBe('ab');
  });

  test('after its last byte counts as whole, though its end was never sent', async () => {
    const { url } = await listening(answers(/abcde/, response(200)));
    const result = await wire().send(request(url, hold(5, 60_000)));
    expect(result).toMatchObject({ outcome: { status: 200 }, whole: true });
  });

  test('takes its time from nobody: what is waited for an answer begins when all was sent', async () => {
    const { url } = await listening(answers(/abcde/, response(200)));
    const { outcome } = await wire(100).send(request(url, hold(2, 150)));
    expect(outcome.kind).toBe('answered');
  });

  test('is let go when the run ends', async () => {
    const { url } = await listening(answers(/abcde/, response(200)));
    const abort = new AbortController();
    const sending = wire().send(
      request(url, { fault: { kind: 'hold', after: 2 }, held: (over) => pause(60_000, over, abort.signal) }),
    );
    abort.abort();
    expect((await sending).outcome.kind).toBe('answered');
  });
});

test('an answer that is to be lost is never read, though all was sent', async () => {
  const { url, connections } = await listening(answers(/abcde/, response(201, 'secret')));
  const { outcome, whole } = await wire().send(request(url, { fault: { kind: 'lost' } }));
  expect({ outcome, whole }).toEqual({ outcome: { kind: 'lost', reason: 'the answer was not read' }, whole: true });
  expect(bodyOf(connections[0]?.received() ?? '')).toBe('abcde');
});

describe('Expect: 100-continue', () => {
  const expecting = { expectContinue: true };
  const proceed = 'HTTP/1.1 100 Continue\r\n\r\n';

  test('withholds the body until the server asks for it', async () => {
    const { url } = await listening(async ({ socket, until, received }) => {
      await until(/expect: 100-continue\r\n[\s\S]*\r\n\r\n/i);
      expect(bodyOf(received())).toBe('');
      socket.write(proceed);
      await until(/abcde/);
      socket.write(response(200));
    });
    const { outcome, whole } = await wire().send(request(url, expecting));
    expect({ outcome, whole }).toMatchObject({ outcome: { status: 200, continued: true }, whole: true });
  });

  test('never sends the body that was refused', async () => {
    const { url, connections } = await listening(answers(/\r\n\r\n/, response(413, 'no')));
    const { outcome, whole } = await wire().send(request(url, expecting));
    expect({ outcome, whole }).toMatchObject({ outcome: { status: 413, continued: false }, whole: false });
    await connections[0]?.ended;
    expect(bodyOf(connections[0]?.received() ?? '')).toBe('');
  });

  test.each([
    ['ignores it', ''],
    ['says 100 only when the body has come', proceed],
  ])('does not wait for ever for a server that %s', async (_, late) => {
    const { url, connections } = await listening(answers(/abcde/, late + response(200)));
    const { outcome, whole } = await wire().send(request(url, expecting));
    expect({ outcome, whole }).toMatchObject({ outcome: { kind: 'answered', status: 200 }, whole: true });
    expect(bodyOf(connections[0]?.received() ?? '')).toBe('abcde');
  });
});

describe('an answer', () => {
  test('that comes before the body was sent is read', async () => {
    const { url } = await listening(async ({ socket, until }) => {
      await until(/\r\n\r\n/);
      socket.end(response(413, 'too large', { Connection: 'close' }));
    });
    const { outcome } = await wire().send(request(url, { body: Buffer.alloc(4 * 1024 * 1024) }));
    expect(outcome).toMatchObject({ kind: 'answered', status: 413, length: 9 });
  });

  test.each([
    ['that breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['that breaks off in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'],
    ['that has only a head, and not all of it', 'HTTP/1.1 200 OK\r\nContent-'],
    ['that is no HTTP', 'hello\r\n\r\n'],
    ['that is nothing', ''],
  ])('%s is lost', async (_, text) => {
    const { url } = await listening(async ({ socket, until }) => {
      await until(/abcde/);
      socket.end(text);
    });
    expect(await wire().send(request(url))).toMatchObject({ outcome: { kind: 'lost' }, whole: true });
  });

  test('that never comes is lost after the time that was given', async () => {
    const { url } = await listening(() => undefined);
    const { outcome } = await wire(50).send(request(url));
    expect(outcome).toEqual({ kind: 'lost', reason: 'no answer within 50 ms' });
  });

  test('has its fields in lower case, the repeated ones joined, whatever they are called', async () => {
    const fields = 'Content-Length: 0\r\nX-A: 1\r\nx-a: 2\r\n__proto__: 3\r\nETag: "\xe9"\r\n';
    const { url } = await listening(({ socket, until }) =>
      until(/abcde/).then(() => socket.end(Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n`, 'latin1'))),
    );
    const { outcome } = await wire().send(request(url));
    expect(outcome).toMatchObject({ headers: { 'x-a': '1, 2', etag: '"\xe9"' } });
  });

  test.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['Application/Problem+JSON; charset=utf-8', '[]', []],
    ['application/json', '\ufeff{}', undefined],
    ['application/json', '{', undefined],
    ['application/json', '', undefined],
    ['text/plain', '{}', undefined],
  ])('as %s of %j is the JSON %j', async (type, body, expected) => {
    const { url } = await listening(answers(/abcde/, response(200, body, { 'Content-Type': type })));
    const { outcome } = await wire().send(request(url));
    expect(outcome.kind === 'answered' && outcome.json).toEqual(expected);
  });

  test('that is long is measured and hashed, and not kept', async () => {
    const body = 'x'.repeat(1024 * 1024 + 1);
    const { url } = await listening(answers(/abcde/, response(200, body)));
    const { outcome } = await wire().send(request(url));
    const digest = createHash('sha256').update(body).digest('base64');
    expect(outcome).toMatchObject({ length: body.length, digest });
    expect(outcome).not.toHaveProperty('bytes');
  });
});

describe('a connection', () => {
  /** Answers each request with this, and does something else after the first answer. */
  async function sentTwice(answer: string, afterTheFirst: (connection: Connection) => unknown = () => undefined) {
    const { url, connections } = await listening(({ socket, until, ...more }, number) => {
      const connection = { socket, until, ...more };
      socket.on('data', (piece) => {
        if (!piece.includes('abcde')) return;
        socket.write(answer);
        if (number === 1) afterTheFirst(connection);
      });
    });
    const kept = wire();
    const first = await kept.send(request(url));
    if (afterTheFirst.length > 0) await connections[0]?.ended;
    const second = await kept.send(request(url));
    return { outcomes: [first.outcome.kind, second.outcome.kind], connections: connections.length };
  }

  test('carries one request after another', async () => {
    expect(await sentTwice(response(200))).toEqual({ outcomes: ['answered', 'answered'], connections: 1 });
  });

  test.each([
    ['is told to be closed', response(200, '', { Connection: 'close' })],
    ['is promised for too short a time', response(200, '', { 'Keep-Alive': 'timeout=1, max=100' })],
    ['said more than it was asked for', `${response(200)}HTTP/1.1 200 OK\r\n`],
  ])('that %s carries no other request', async (_, answer) => {
    expect(await sentTwice(answer)).toEqual({ outcomes: ['answered', 'answered'], connections: 2 });
  });

  test('that the server closed while it was idle is not used again', async () => {
    const closed = await sentTwice(response(200), ({ socket }) => socket.end());
    expect(closed).toEqual({ outcomes: ['answered', 'answered'], connections: 2 });
  });
});
