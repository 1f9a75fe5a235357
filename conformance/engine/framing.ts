/** The chunked transfer coding (RFC 9112 7.1), as it is meant and as few clients or none should send it. */
import type { Framing } from '../history.ts';

/** One chunk. Of no data there is none, since a size of 0 is the last one's. */
export const chunk = (data: Uint8Array): Uint8Array => (data.length === 0 ? data : sized(hex(data.length), data));

export const lastChunk = Buffer.from('0\r\n\r\n');

const hex = (size: number | bigint): string => size.toString(16);

const sized = (size: string, data: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${size}\r\n`), data, Buffer.from('\r\n')]);

/** A body in a framing of its own: the fields that tell it, its bytes, and whether it has an end. */
export interface Framed {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly bytes: Uint8Array;
  readonly ends: boolean;
}

const chunked = ['Transfer-Encoding', 'chunked'] as const;

/** What no server's user will ever see: an extension's value that looks like the end of one, and a field of a trailer. */
const extension = ';chunkproof="a;b"';
const trailer = 'Chunkproof-Trailer';

/** Past 2^bits by just the size: a server that counts in so many bits takes it for that. */
const past = (bits: bigint, size: number): string => hex(2n ** bits + BigInt(size));

/** The body in the framing of that kind. What is wrong with a chunk is so of the second of two: the first is good. */
export function framed(how: Framing, body: Uint8Array): Framed {
  const middle = Math.floor(body.length / 2);
  const [first, second] = [body.subarray(0, middle), body.subarray(middle)];
  const coded = (...pieces: readonly Uint8Array[]): Framed => ({
    fields: [chunked],
    bytes: Buffer.concat(pieces),
    ends: true,
  });
  const broken = (size: string, data = second): Framed => ({
    ...coded(chunk(first), sized(size, data), lastChunk),
    ends: false,
  });
  const length = ['Content-Length', String(body.length)] as const;
  switch (how) {
    case 'unterminated':
      return { ...coded(chunk(first), chunk(second)), ends: false };
    case 'bad-size':
      return broken('zz');
    case 'negative-size':
      return broken(`-${hex(second.length)}`);
    case 'long-size':
      return broken(past(32n, second.length));
    case 'huge-size':
      return broken(past(64n, second.length));
    case 'missing-crlf':
      return broken(hex(second.length), Buffer.concat([second, Buffer.from('x')]));
    case 'two-lengths': {
      const other = String(Math.abs(body.length - 1));
      return { fields: [length, ['Content-Length', other]], bytes: body, ends: true };
    }
    case 'unknown-coding':
      return { fields: [['Transfer-Encoding', 'x-chunkproof']], bytes: body, ends: true };
    case 'both-lengths':
      return { ...coded(chunk(first), chunk(second), lastChunk), fields: [length, chunked] };
    case 'extension': {
      const pieces = [first, second].filter((data) => data.length > 0);
      const extended = pieces.map((data) => sized(`${hex(data.length)}${extension}`, data));
      return coded(...extended, Buffer.from(`0${extension}\r\n\r\n`));
    }
    case 'trailer': {
      const last = Buffer.from(`0\r\n${trailer}: yes\r\n\r\n`);
      return { ...coded(chunk(first), chunk(second), last), fields: [chunked, ['Trailer', trailer]] };
    }
    case 'leading-zeros': {
      const pieces = [first, second].filter((data) => data.length > 0);
      const padded = pieces.map((data) => sized(hex(data.length).padStart(8, '0'), data));
      return coded(...padded, Buffer.from('000\r\n\r\n'));
    }
  }
}
