import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer, Json, Lost } from '../history.ts';

/** Bodies past this length are not kept, only measured and hashed. In bytes. */
const keepAtMost = 1024 * 1024;

/** Reads a response to its end. An answer that breaks off is none. */
export async function answerFrom(response: IncomingMessage, continued: boolean): Promise<Answer | Lost> {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      hash.update(piece);
      length += piece.length;
      if (length <= keepAtMost) pieces.push(piece);
    }
  } catch (error) {
    return { kind: 'lost', reason: `the answer broke off: ${(error as Error).message}` };
  }
  if (!response.complete) return { kind: 'lost', reason: 'the answer broke off' };
  const headers = fieldsOf(response.rawHeaders);
  const bytes = length <= keepAtMost ? new Uint8Array(Buffer.concat(pieces)) : undefined;
  const json = /^[^;]*[/+]json[ \t]*(;|$)/i.test(headers['content-type'] ?? '') ? parse(bytes) : undefined;
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    headers,
    ...(json === undefined ? {} : { json }),
    ...(bytes === undefined || json !== undefined ? {} : { bytes }),
    length,
    digest: hash.digest('base64'),
    continued,
  };
}

function fieldsOf(raw: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    const value = raw[i + 1] ?? '';
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value;
  }
  return { ...fields };
}

/** JSON as RFC 8259 has it: UTF-8, no byte order mark; undefined if it does not parse. */
function parse(bytes: Uint8Array | undefined): Json | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as Json;
  } catch {
    return undefined;
  }
}
