import { once } from 'node:events';
import http from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Reading, readResponse } from './response.ts';

/** What a reader tells of what it was given piece by piece, then of the connection's end if that is wanted. */
function read(pieces: readonly Buffer[], { method = 'GET', ends = false } = {}) {
  const told = { interim: [] as number[], status: 0, fields: {} as Readonly<Record<string, string>>, body: '' };
  const reader = readResponse(method, {
    interim: (status) => told.interim.push(status),
    head: (status, fields) => Object.assign(told, { status, fields: { ...fields } }),
    body: (piece) => {
      told.body += piece.toString('latin1');
    },
  });
  let reading: Reading = 'more';
  for (const piece of pieces) if (reading === 'more' || reading === 'whole') reading = reader.take(piece);
  if (ends && reading === 'more') reading = reader.end();
  return { reading, reusable: reading === 'whole' && reader.reusable(), ...told };
}

const one = (text: string, options?: { readonly method?: string; readonly ends?: boolean }) =>
  read([Buffer.from(text, 'latin1')], options);

/** Cuts the bytes at the places given, as a network does. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const places = fc.array(fc.nat(2000), { maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\r', '\n', ':', '0', '\t', '\xff'), maxLength: 60 });
const chunks = fc.array(
  text.filter((chunk) => chunk.length > 0),
  { maxLength: 4 },
);

const inChunks = (parts: readonly string[], extension = ''): string =>
  [...parts.map((part) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`), '0\r\n\r\n'].join('');

/** A response as it is on the wire, and what is meant by it. */
const framed = fc.oneof(
  text.map((body) => ({ raw: `Content-Length: ${body.length}\r\n\r\n${body}`, body, ends: false })),
  fc.tuple(chunks, fc.constantFrom('', ';x', ' ; a="b"')).map(([parts, extension]) => ({
    raw: `Transfer-Encoding: chunked\r\n\r\n${inChunks(parts, extension)}`,
    body: parts.join(''),
    ends: false,
  })),
  text.map((body) => ({ raw: `\r\n${body}`, body, ends: true })),
);

test('a response is read as it is meant, however it is framed, announced and cut on its way', () => {
  fc.assert(
    fc.property(
      framed,
      fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
      fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
      places,
      ({ raw, body, ends }, interim, status, places) => {
        const before = interim.map((code) => `HTTP/1.1 ${code} Wait\r\nX-Wait: yes\r\n\r\n`).join('');
        const wire = Buffer.from(`${before}HTTP/1.1 ${status} Some reason\r\nX-A:  1 \r\nx-a:2\r\n${raw}`, 'latin1');
        const told = read(cutAt(wire, places), { ends });
        expect(told).toMatchObject({ reading: 'whole', reusable: !ends, interim, status, body });
        expect(told.fields).toMatchObject({ 'x-a': '1, 2' });
      },
    ),
  );
});

test('where the bytes are cut on their way never matters, be they a response or not', () => {
  const scrap = fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.0 404',
    '\r\n',
    '\n',
    'Content-Length: 3',
    'Content-Length: x',
    ' folded',
    'A: b',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    '3\r\nabc',
    '0',
    'Connection: close',
    'abc',
    '\0',
    ':',
  );
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 12 }), places, fc.boolean(), (scraps, places, ends) => {
      const wire = Buffer.from(scraps.join(''), 'latin1');
      expect(read(cutAt(wire, places), { ends })).toEqual(read([wire], { ends }));
    }),
    { numRuns: 1000 },
  );
});

test('what node:http takes for a whole answer is read as the same one', async () => {
  const line = fc.constantFrom(
    'A: b',
    'a:c',
    'Empty:',
    'Spaced: \t x y \t',
    'Latin: \xe9',
    'Content-Length: 3',
    'Content-Length: 0',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Connection: close',
    '__proto__: 1',
    'No field',
    'Content-Length: 3',
    'Connection: keep-alive',
    'Content-Length: 4x',
    'Bad Name: 1',
    'Space : 1',
  );
  const first = fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200',
    'HTTP/1.0 200 OK',
    'HTTP/1.1 204 No',
    'HTTP/1.1 404 ',
  );
  const body = fc.constantFrom(
    '',
    'abc',
    'abcdef',
    '3\r\nabc\r\n0\r\n\r\n',
    '3;x=1\r\nabc\r\n0\r\nT: 1\r\n\r\n',
    '3\r\nab',
  );
  const method = fc.constantFrom('GET', 'HEAD');
  const lines = fc.array(line, { maxLength: 4 });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(first, lines, body, method, async (first, lines, body, method) => {
      const wire = Buffer.from([first, ...lines, '', body].join('\r\n'), 'latin1');
      const other = await byNode(wire, method);
      if (other === undefined) return;
      taken++;
      expect(read([wire], { method, ends: true })).toMatchObject({ reading: 'whole', ...other });
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(50);
});

/** The answer as node:http reads it off a connection that then ends; undefined if it finds none. */
async function byNode(wire: Buffer, method: string) {
  const connection = new Duplex({
    read: () => undefined,
    write(_bytes, _encoding, done) {
      done();
      if (this.readableEnded || !this.writable) return;
      this.push(wire);
      this.push(null);
    },
  });
  try {
    const request = http.request({ method, host: 'localhost', createConnection: () => connection as never });
    const answered = once(request, 'response');
    // What comes after an answer is an error too, and of no interest.
    request.on('error', () => undefined);
    request.end();
    const [response] = (await answered) as [http.IncomingMessage];
    const pieces = (await response.toArray()) as Buffer[];
    const fields: Record<string, string> = Object.create(null);
    for (const [name, values] of Object.entries(response.headersDistinct)) fields[name] = (values ?? []).join(', ');
    return { status: response.statusCode, body: Buffer.concat(pieces).toString('latin1'), fields: { ...fields } };
  } catch {
    return undefined;
  } finally {
    connection.destroy();
  }
}

test.each([
  ['is nothing', '', { malformed: 'none came' }],
  ['is of another protocol', 'SSH-2.0-x\r\n\r\n', { malformed: 'it begins with "SSH-2.0-x"' }],
  ['has a line that is no field', 'HTTP/1.1 200 OK\r\nNo field\r\n\r\n', { malformed: 'the field line "No field"' }],
  ['has a NUL', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', { malformed: 'the field line "A: \\u0000"' }],
  ['switches protocols', 'HTTP/1.1 101 X\r\n\r\n', { malformed: 'it switches protocols, which nobody asked for' }],
  ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\na', { malformed: 'its Content-Length is 1, 2' }],
  ['ends in its head', 'HTTP/1.1 200 OK\r\n', 'broke off'],
  ['ends in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na', 'broke off'],
  ['ends in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na', 'broke off'],
])('what %s is no answer', (_, wire, reading) => {
  expect(one(wire, { ends: true }).reading).toEqual(reading);
});

test.each([
  ['closes', 'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n', false],
  ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
  ['is of HTTP/1.0 and stays', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', true],
  ['is followed by more than was asked for', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP', false],
  ['is plain', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
])('whether a connection goes on after a response that %s', (_, wire, reusable) => {
  expect(one(wire)).toMatchObject({ reading: 'whole', reusable });
});

test.each(['HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'])(
  'a line without an end is given up, not kept for ever: %j',
  (begin) => {
    const endless = Array.from({ length: 100 }, () => Buffer.alloc(1024, '1'));
    expect(read([Buffer.from(begin), ...endless]).reading).toHaveProperty('malformed');
  },
);

test('a response to HEAD has no body, whatever length it tells', () => {
  expect(one('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', { method: 'HEAD' })).toMatchObject({ reading: 'whole' });
});

test('a folded field is one line', () => {
  expect(one('HTTP/1.1 204 No\nA: b\n  c\n\n').fields).toEqual({ a: 'b c' });
});
