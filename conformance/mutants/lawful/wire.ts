import type { ServerResponse } from 'node:http';
import type { Seams } from '../seams.ts';
import type { Head, State } from '../state.ts';
import { between, pause, supposing, type Variant } from './variant.ts';

type Fields = Readonly<Record<string, string>>;

/** A writer that changes the fields of every response, given whether it is one to HEAD. */
const fields = (change: (headers: Fields, head: boolean) => Fields): (() => Partial<Seams>) => {
  return () => ({
    write(response, status, headers, content) {
      response.writeHead(status, change(headers, response.req.method === 'HEAD'));
      response.end(content);
    },
  });
};

const renamed = (change: (name: string) => string): (() => Partial<Seams>) =>
  fields((headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [change(name), value])));

const without = (headers: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

/** Writes a body in pieces of these lengths over and over, in a chunked coding, with a pause after each. */
async function inPieces(response: ServerResponse, content: Buffer, lengths: readonly number[], ms = 0): Promise<void> {
  for (let from = 0, turn = 0; from < content.length; turn++) {
    const to = from + (lengths[turn % lengths.length] ?? 1);
    response.write(content.subarray(from, to));
    from = to;
    if (ms > 0) await pause(ms);
  }
  response.end();
}

/** Writes a response as HTTP/1.0 has it: the body ends with the connection. */
function asOld(response: ServerResponse, status: number, headers: Fields, content: Buffer): void {
  const { socket, req } = response;
  const lines = Object.entries(without(headers, 'Content-Length')).map(([name, value]) => `${name}: ${value}\r\n`);
  socket?.write(Buffer.from(`HTTP/1.0 ${status} \r\n${lines.join('')}\r\n`, 'latin1'));
  socket?.end(req.method === 'HEAD' ? '' : content);
}

/** What is wrong with a chunk whatever its body may be: the reply is known before any byte of it has come. */
function refusalOf(head: Head, state: State) {
  if (head.operation !== 'uploadChunk') return undefined;
  const announced = head.headers['content-length'];
  const session = state.sessions.get(head.sessionId);
  const index = session && state.seams.chunkIndex(head.chunkId, session);
  const right = session && index !== undefined ? state.seams.chunkLength(session, index) : 0;
  const body = { bytes: Buffer.alloc(0), length: Number(announced ?? right), whole: true, chunked: false };
  const reply = supposing(state, { ...head, body }, { seams: { digestFault: () => undefined } });
  return reply.status >= 400 ? reply : undefined;
}

const early = (close: boolean): (() => Partial<Seams>) => {
  return () => ({
    early(head, state) {
      const reply = refusalOf(head, state);
      return reply && { reply, close };
    },
  });
};

const beforeBody = 'A server may refuse before the body has arrived (also instead of `100 Continue`)';

/** Servers that speak HTTP otherwise, and ways to them that are slow. */
export const wire: readonly Variant[] = [
  {
    id: 'lower-case-fields',
    sentence: 'field names are in lower case',
    allowedBy: 'RFC 9110 5.1',
    seams: renamed((name) => name.toLowerCase()),
  },
  {
    id: 'upper-case-fields',
    sentence: 'field names are in upper case',
    allowedBy: 'RFC 9110 5.1',
    seams: renamed((name) => name.toUpperCase()),
  },
  {
    id: 'odd-pieces',
    sentence: 'bodies come in a chunked coding, in pieces of 1, 3, 2 and 700 bytes',
    allowedBy: 'RFC 9112 7.1',
    seams: () => ({
      write(response, status, headers, content) {
        response.writeHead(status, without(headers, 'Content-Length'));
        void inPieces(response, content, [1, 3, 2, 700]);
      },
    }),
  },
  {
    id: 'trickled-bodies',
    sentence: 'bodies come in three pieces with a pause after each',
    allowedBy: 'RFC 9112 9.3',
    seams: () => ({
      write(response, status, headers, content) {
        response.writeHead(status, headers);
        void inPieces(response, content, [Math.ceil(content.length / 3)], 5);
      },
    }),
  },
  {
    id: 'bare-heads',
    sentence: 'a response to HEAD has neither length nor, unless it stands for content, type',
    allowedBy: '`Content-Length` and `Content-Type` may be left out',
    seams: () => ({
      write(response, status, headers, content) {
        const { method, url = '' } = response.req;
        const bare = method === 'HEAD' && status < 400;
        const untyped = url.endsWith('/content') ? [] : ['Content-Type'];
        // Without a length node would announce a chunked coding, and a chunked coding is one of content.
        response.useChunkedEncodingByDefault = !bare;
        response.writeHead(status, bare ? without(headers, 'Content-Length', ...untyped) : headers);
        response.end(content);
      },
    }),
  },
  {
    id: 'closes-each-connection',
    sentence: 'every connection ends with its first answer',
    allowedBy: 'RFC 9112 9.6',
    seams: fields((headers) => ({ ...headers, Connection: 'close' })),
  },
  {
    id: 'closes-now-and-then',
    sentence: 'a connection is closed after some of its answers, without a word before',
    allowedBy: 'RFC 9112 9.5',
    seams: () => ({
      write(response, status, headers, content) {
        response.writeHead(status, headers);
        response.end(content);
        if (Math.random() < 0.1) response.once('finish', () => response.req.socket.end());
      },
    }),
  },
  {
    id: 'http-1.0',
    sentence: 'answers are of HTTP/1.0, and their bodies end with the connection',
    allowedBy: 'RFC 9110 2.5',
    seams: () => ({ write: asOld }),
  },
  {
    id: 'early-hints',
    sentence: 'an interim response comes before each final one',
    allowedBy: 'RFC 9110 15.2',
    seams: () => ({
      write(response, status, headers, content) {
        response.writeEarlyHints({ link: '</x>; rel=preload' });
        response.writeHead(status, headers);
        response.end(content);
      },
    }),
  },
  {
    id: 'refuses-early-and-closes',
    sentence: 'a chunk that is refused for its fields is refused before its body, and the connection ends',
    allowedBy: beforeBody,
    seams: early(true),
  },
  {
    id: 'refuses-early-and-reads-on',
    sentence: 'a chunk that is refused for its fields is refused before its body, which is then read',
    allowedBy: beforeBody,
    seams: early(false),
  },
  {
    id: 'thinks-before',
    sentence: 'every request waits for up to 15 ms before it takes effect',
    allowedBy: 'Each operation happens at one moment between its request and its answer.',
    seams: () => ({
      async around(request, next) {
        await pause(between(0, 15));
        return next(request);
      },
    }),
  },
  {
    id: 'thinks-after',
    sentence: 'every answer waits for up to 15 ms after its request took effect',
    allowedBy: 'Each operation happens at one moment between its request and its answer.',
    seams: () => ({
      async around(request, next) {
        const reply = next(request);
        await pause(between(0, 15));
        return reply;
      },
    }),
  },
  {
    id: 'far-away',
    sentence: 'every piece is under way for 10 to 50 ms, there and back',
    allowedBy: 'RFC 9110 3.3',
    line: { latency: () => between(10, 50) },
  },
  {
    id: 'narrow-line',
    sentence: 'the line passes 64 KiB in a second',
    allowedBy: 'RFC 9110 3.3',
    line: { latency: () => 2, bytesPerSecond: 2 ** 16 },
  },
];
