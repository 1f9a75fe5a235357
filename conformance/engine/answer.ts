import { createHash, type Hash, hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer, Json, Lost } from '../history.ts';

/** Bodies past this length are not kept, only measured and hashed. In bytes. */
const keepAtMost = 1024 * 1024;

/** Reads a response to its end. An answer that breaks off is none. */
export function answerFrom(response: IncomingMessage, continued: boolean): Promise<Answer | Lost> {
  const pieces: Buffer[] = [];
  let length = 0;
  let tooLong: Hash | undefined;
  return new Promise((resolve) => {
    response.on('data', (piece: Buffer) => {
      length += piece.length;
      if (tooLong) tooLong.update(piece);
      else pieces.push(piece);
      if (length <= keepAtMost || tooLong) return;
      tooLong = createHash('sha256');
      for (const kept of pieces.splice(0)) tooLong.update(kept);
    });
    response.on('end', () => {
      const bytes = tooLong ? undefined : new Uint8Array(Buffer.concat(pieces));
      const digest = tooLong?.digest('base64') ?? hash('sha256', bytes as Uint8Array, 'base64');
      if (response.complete) resolve(answerOf(response, bytes, { length, digest, continued }));
    });
    response.on('error', (error) => resolve(brokenOff(`: ${error.message}`)));
    response.on('close', () => resolve(brokenOff('')));
  });
}

const brokenOff = (why: string): Lost => ({ kind: 'lost', reason: `the answer broke off${why}` });

function answerOf(
  { statusCode = 0, rawHeaders }: IncomingMessage,
  bytes: Uint8Array | undefined,
  measured: Pick<Answer, 'length' | 'digest' | 'continued'>,
): Answer {
  const headers = fieldsOf(rawHeaders);
  const json = /^[^;]*[/+]json[ \t]*(;|$)/i.test(headers['content-type'] ?? '') ? parse(bytes) : undefined;
  const body = json === undefined ? { ...(bytes && { bytes }) } : { json };
  return { kind: 'answered', status: statusCode, headers, ...body, ...measured };
}

function fieldsOf(raw: readonly string[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    const value = raw[i + 1] ?? '';
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(fields);
}

/** JSON as RFC 8259 has it: UTF-8, no byte order mark; undefined if it does not parse. */
function parse(bytes: Uint8Array | undefined): Json | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as Json;
  } catch {
    return undefined;
  }
}
