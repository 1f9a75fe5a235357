import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cert, key } from '../cli/testing.ts';
import type { Fault, Framing } from '../history.ts';
import { now, pause } from './clock.ts';
import { listening, response } from './testing.ts';
import { openWire, type Wire, type WireRequest } from './wire.ts';

function wire(timeoutMs = 10_000): Wire {
  const opened = openWire({ timeoutMs });
  onTestFinished(() => opened.close());
  return opened;
}

const request = (url: URL, fault: Fault, more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'PUT',
  url,
  headers: {},
  body: Buffer.from('abcde'),
  chunked: false,
  expectContinue: false,
  fault,
  held: (over) => pause(20, over),
  ...more,
});

/** What arrives until the client ends its direction, or all that `whole` says; then the answer is given. */
async function told(fault: Fault, whole: RegExp | 'fin', more: Partial<WireRequest> = {}) {
  const { url, connections } = await listening(async ({ socket, until, ended }) => {
    if (whole === 'fin') await ended;
    else await until(whole);
    socket.end(response(200, 'read'));
  });
  const { outcome, ...sent } = await wire().send(request(url, fault, more));
  const [connection] = connections;
  const ended = await connection?.ended;
  const [head = '', body] = (connection?.received() ?? '').split(/\r\n\r\n(.*)/s, 2);
  const fields = head.split('\r\n').filter((line) => /^(content-length|transfer-encoding|expect|trailer):/i.test(line));
  return { outcome, sent, fields, body, ended, connections };
}

const answered = { kind: 'answered', status: 200, length: 4 };
const length = 'Content-Length: 5';
const chunked = 'Transfer-Encoding: chunked';

describe('the bytes of each framing', () => {
  const extension = ';chunkproof="a;b"';
  const everyFraming: Record<Framing, { fields: string[]; body: string; whole: boolean }> = {
    unterminated: { fields: [chunked], body: '2\r\nab\r\n3\r\ncde\r\n', whole: false },
    'bad-size': { fields: [chunked], body: '2\r\nab\r\nzz\r\ncde\r\n0\r\n\r\n', whole: false },
    'negative-size': { fields: [chunked], body: '2\r\nab\r\n-3\r\ncde\r\n0\r\n\r\n', whole: false },
    'long-size': { fields: [chunked], body: '2\r\nab\r\n100000003\r\ncde\r\n0\r\n\r\n', whole: false },
    'huge-size': { fields: [chunked], body: '2\r\nab\r\n10000000000000003\r\ncde\r\n0\r\n\r\n', whole: false },
    'missing-crlf': { fields: [chunked], body: '2\r\nab\r\n3\r\ncdex\r\n0\r\n\r\n', whole: false },
    'two-lengths': { fields: [length, 'Content-Length: 4'], body: 'abcde', whole: true },
    'unknown-coding': { fields: ['Transfer-Encoding: x-chunkproof'], body: 'abcde', whole: true },
    'both-lengths': { fields: [length, chunked], body: '2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n', whole: true },
    extension: {
      fields: [chunked],
      body: `2${extension}\r\nab\r\n3${extension}\r\ncde\r\n0${extension}\r\n\r\n`,
      whole: true,
    },
    trailer: {
      fields: [chunked, 'Trailer: Chunkproof-Trailer'],
      body: '2\r\nab\r\n3\r\ncde\r\n0\r\nChunkproof-Trailer: yes\r\n\r\n',
      whole: true,
    },
    'leading-zeros': { fields: [chunked], body: '00000002\r\nab\r\n00000003\r\ncde\r\n000\r\n\r\n', whole: true },
  };

  test.each(Object.entries(everyFraming))('%s', async (how, { fields, body, whole }) => {
    const ends = whole && how !== 'unknown-coding';
    const all = body.replace(/[^a-z0-9]/gi, '\\$&');
    const exchange = await told({ kind: 'framing', how: how as Framing }, ends ? new RegExp(`${all}$`) : 'fin');
    expect(exchange).toMatchObject({ outcome: answered, fields, body, sent: { whole } });
    expect(exchange.sent).not.toHaveProperty('handedOver');
    const named = fields.map((field) => field.split(': ') as [string, string]);
    for (const [name] of named) {
      const values = named.filter(([other]) => other === name).map(([, value]) => value);
      expect(exchange.sent.framing[name]).toBe(values.join(', '));
    }
  });

  test.each(Object.keys(everyFraming))('%s of an empty body, and of one byte, never hangs', async (how) => {
    for (const body of ['', 'a']) {
      const { outcome } = await told({ kind: 'framing', how: how as Framing }, /\r\n\r\n/, { body: Buffer.from(body) });
      expect(outcome).toMatchObject(answered);
    }
  });
});

describe('a client that ends its own direction', () => {
  test.each([
    [0, false, '', false],
    [2, false, 'ab', false],
    [5, false, 'abcde', true],
    [9, false, 'abcde', true],
    [2, true, '2\r\nab\r\n', false],
    [5, true, '5\r\nabcde\r\n', false],
  ])('after %i bytes (chunked: %s) still reads the answer', async (after, chunkedCoding, body, whole) => {
    const exchange = await told({ kind: 'half-close', after }, 'fin', { chunked: chunkedCoding });
    expect(exchange).toMatchObject({ outcome: answered, body, ended: 'fin', sent: { whole } });
    expect(exchange.sent.handedOver).toBe(after < 5 ? after : undefined);
  });

  test('reads an answer that takes its time', async () => {
    const { url } = await listening(async ({ socket, ended }) => {
      await ended;
      setTimeout(() => socket.end(response(200, 'late')), 100);
    });
    const { outcome } = await wire().send(request(url, { kind: 'half-close', after: 2 }));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
  });
});

describe('a length that is not the true one', () => {
  test('more than is sent: the end of the connection is the end of the body', async () => {
    const exchange = await told({ kind: 'length', by: 3 }, 'fin');
    expect(exchange).toMatchObject({ outcome: answered, fields: ['Content-Length: 8'], body: 'abcde', ended: 'fin' });
    expect(exchange.sent).toMatchObject({ whole: false, declaredLength: 8, framing: { 'Content-Length': '8' } });
  });

  test.each([
    [-2, 3],
    [-9, 0],
  ])('by %i: the request is whole, and the rest is what follows it', async (by, declaredLength) => {
    const exchange = await told({ kind: 'length', by }, /abcde/);
    expect(exchange).toMatchObject({ outcome: answered, fields: [`Content-Length: ${declaredLength}`], body: 'abcde' });
    expect(exchange.sent).toMatchObject({ whole: true, declaredLength });
  });

  test('by -2: an answer to what follows does not spoil the answer to the request', async () => {
    const { url } = await listening(async ({ socket, until }) => {
      await until(/abcde/);
      socket.end(response(200, 'good') + response(400, 'bad'));
    });
    const { outcome } = await wire().send(request(url, { kind: 'length', by: -2 }));
    expect(outcome).toMatchObject({ status: 200, length: 4 });
  });
});

describe('over TLS', () => {
  const secured = async (fault: Fault) => {
    // What TCP itself sees stands before the server that TLS ends at.
    const server = createServer({ key, cert, allowHalfOpen: true }, (socket) => {
      let text = '';
      socket.on('data', (piece) => {
        text += piece.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('end', () => socket.end(response(200, text.slice(text.indexOf('\r\n\r\n') + 4))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { url, connections } = await listening(({ socket }) => {
      const inner = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.pipe(inner).pipe(socket);
    });
    onTestFinished(() => void server.close());
    const opened = openWire({ timeoutMs: 10_000, ca: cert });
    onTestFinished(() => opened.close());
    const secure = new URL(url.href.replace('http://127.0.0.1', 'https://localhost'));
    const { outcome } = await opened.send(request(secure, fault));
    return { outcome, ended: await connections[0]?.ended };
  };

  test('a half-close is one, and the answer is read', async () => {
    const { outcome, ended } = await secured({ kind: 'half-close', after: 2 });
    expect(outcome).toMatchObject({ kind: 'answered', bytes: new Uint8Array(Buffer.from('ab')) });
    expect(ended).toBe('fin');
  });

  test.each(['fin', 'rst'] as const)('a cut by %s is one of TCP', async (how) => {
    const { outcome, ended } = await secured({ kind: 'cut', after: 2, how });
    expect(outcome).toEqual({ kind: 'lost', reason: 'cut after 2 bytes' });
    expect(ended).toBe(how);
  });
});

describe('a body in pieces', () => {
  test.each([
    [3, false, 'abcde', 2],
    [99, false, 'abcde', 4],
    [1, false, 'abcde', 0],
    [2, true, '2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n', 1],
  ])('%i (chunked: %s) comes whole, and takes its time', async (pieces, chunked, body, pauses) => {
    const started = now();
    const exchange = await told({ kind: 'trickle', pieces, ms: 30 }, chunked ? /0\r\n\r\n$/ : /abcde/, { chunked });
    expect(exchange).toMatchObject({ outcome: answered, body, sent: { whole: true } });
    const { releasedAt } = exchange.sent;
    if (pauses === 0) expect(releasedAt).toBeUndefined();
    else expect((releasedAt ?? 0) - started).toBeGreaterThan(pauses * 30 - 3);
  });

  test('is not lost for the time that it takes', async () => {
    const { url } = await listening(async ({ socket, until }) => {
      await until(/abcde/);
      socket.end(response(200));
    });
    const { outcome } = await wire(100).send(request(url, { kind: 'trickle', pieces: 5, ms: 60 }));
    expect(outcome.kind).toBe('answered');
  });

  test('ends with an answer that comes before its end', async () => {
    const { url, connections } = await listening(async ({ socket, until }) => {
      await until(/\r\n\r\na/);
      socket.write(response(410));
    });
    const { outcome, whole, handedOver } = await wire().send(request(url, { kind: 'trickle', pieces: 5, ms: 60_000 }));
    expect({ outcome, whole, handedOver }).toMatchObject({ outcome: { status: 410 }, whole: false, handedOver: 1 });
    await connections[0]?.ended;
  });
});

describe('a body that is withheld', () => {
  const withhold = { kind: 'withhold' } as const;
  const fields = [length, 'Expect: 100-continue'];
  const played = async (serve: Parameters<typeof listening>[0]) => {
    const { url, connections } = await listening(serve);
    const started = now();
    // Also if the call says chunked, and expects to be asked anyway.
    const result = await wire().send(request(url, withhold, { chunked: true, expectContinue: true }));
    await connections[0]?.ended;
    const [head = '', body] = (connections[0]?.received() ?? '').split(/\r\n\r\n(.*)/s, 2);
    expect(head.split('\r\n').filter((line) => /^(content-length|expect|transfer)/i.test(line))).toEqual(fields);
    expect(body).toBe('');
    expect(result).toMatchObject({ whole: false, handedOver: 0 });
    expect(now() - started).toBeLessThan(3000);
    return result.outcome;
  };
  const proceed = 'HTTP/1.1 100 Continue\r\n\r\n';

  test('is refused before it comes', async () => {
    const outcome = await played(({ socket, until }) =>
      until(/\r\n\r\n/).then(() => socket.write(response(413, 'no'))),
    );
    expect(outcome).toMatchObject({ status: 413, continued: false });
  });

  test('stays withheld when it is asked for, and the answer to that is read', async () => {
    const outcome = await played(async ({ socket, until, ended }) => {
      await until(/\r\n\r\n/);
      socket.write(proceed);
      await ended;
      socket.end(response(400, 'short'));
    });
    expect(outcome).toMatchObject({ status: 400, continued: true });
  });

  test.each(['', proceed])('costs little time at a server that says %j and then nothing', async (says) => {
    const outcome = await played(({ socket, until }) => until(/\r\n\r\n/).then(() => socket.write(says)));
    expect(outcome).toEqual({ kind: 'lost', reason: 'no answer within 500 ms' });
  });
});

test('each request with a fault has a connection of its own, and leaves none behind', async () => {
  const { url, connections } = await listening(({ socket }) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (text.includes('abcde')) socket.write(response(200));
    });
  });
  const kept = wire();
  const plain = async () => {
    const { fault: _, ...rest } = request(url, { kind: 'twice' });
    return kept.send(rest);
  };
  await plain();
  const faults: Fault[] = [
    { kind: 'twice' },
    { kind: 'lost' },
    { kind: 'length', by: -1 },
    { kind: 'trickle', pieces: 1, ms: 0 },
    { kind: 'half-close', after: 5 },
  ];
  for (const fault of faults) await kept.send(request(url, fault));
  await plain();
  expect(connections).toHaveLength(1 + faults.length);
  for (const { ended } of connections.slice(1)) await ended;
});

describe('a server that never answers', () => {
  const faults: Fault[] = [
    { kind: 'cut', after: 2, how: 'fin' },
    { kind: 'cut', after: 2, how: 'rst' },
    { kind: 'lost' },
    { kind: 'hold', after: 2 },
    { kind: 'trickle', pieces: 3, ms: 10 },
    { kind: 'half-close', after: 2 },
    { kind: 'length', by: 2 },
    { kind: 'length', by: -2 },
    { kind: 'framing', how: 'unterminated' },
    { kind: 'framing', how: 'two-lengths' },
    { kind: 'framing', how: 'unknown-coding' },
    { kind: 'twice' },
    { kind: 'withhold' },
  ];
  test.each(faults)('holds nobody up: $kind', async (fault) => {
    const { url, connections } = await listening(() => undefined);
    const started = now();
    const { outcome } = await wire(100).send(request(url, fault));
    expect(outcome.kind).toBe('lost');
    expect(now() - started).toBeLessThan(3000);
    await connections[0]?.ended;
  });

  test.each(faults)('is left at once when the wire is closed: $kind', async (fault) => {
    const { url } = await listening(() => undefined);
    const opened = wire();
    const sending = opened.send(request(url, fault, { held: (over) => pause(600_000, over) }));
    setTimeout(() => opened.close(), 30);
    expect((await sending).outcome.kind).toBe('lost');
  });
});
