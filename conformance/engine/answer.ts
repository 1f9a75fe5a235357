import { isUtf8 } from 'node:buffer';
import { createHash, type Hash, hash } from 'node:crypto';
import type { Answer, Json } from '../history.ts';

/** Bodies past this length are not kept, only measured and hashed. In bytes. */
const keepAtMost = 1024 * 1024;

/** An answer as it comes in. */
export interface IncomingAnswer {
  readonly head: Pick<Answer, 'status' | 'headers' | 'continued'>;
  body(piece: Buffer): void;
  /** The answer, when all of it has come. */
  whole(): Answer;
}

export function incoming(head: IncomingAnswer['head']): IncomingAnswer {
  const pieces: Buffer[] = [];
  let length = 0;
  let tooLong: Hash | undefined;
  return {
    head,
    body(piece) {
      length += piece.length;
      if (tooLong) tooLong.update(piece);
      else pieces.push(piece);
      if (length <= keepAtMost || tooLong) return;
      tooLong = createHash('sha256');
      for (const kept of pieces.splice(0)) tooLong.update(kept);
    },
    whole() {
      const { status, headers, continued } = head;
      const bytes = tooLong ? undefined : joined(pieces);
      const digest = tooLong?.digest('base64') ?? hash('sha256', bytes as Uint8Array, 'base64');
      const json = isJson.test(headers['content-type'] ?? '') ? parse(bytes) : undefined;
      const body = json === undefined ? { ...(bytes && { bytes }) } : { json };
      return { kind: 'answered', status, headers, ...body, length, digest, continued };
    },
  };
}

const isJson = /^[^;]*[/+]json[ \t]*(;|$)/i;

/** In a memory of its own: what came in shares one with what comes next. */
const joined = (pieces: readonly Buffer[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

/** JSON as RFC 8259 has it: UTF-8, no byte order mark; undefined if it does not parse. */
function parse(bytes: Uint8Array | undefined): Json | undefined {
  try {
    return bytes && isUtf8(bytes) ? (JSON.parse(Buffer.from(bytes.buffer).toString('utf8')) as Json) : undefined;
  } catch {
    return undefined;
  }
}
