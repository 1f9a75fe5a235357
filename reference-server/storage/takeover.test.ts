/** A completion that dies at each of its requests to the store, and whose request arrives after all when others went on. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHashing } from '../domain/hashing.ts';
import type { Admission } from '../domain/receiving.ts';
import { createUploads, type Uploads } from '../domain/uploads.ts';
import { database, freshBucket, freshDatabase, letters, objectStore } from './distributed.testing.ts';
import type { Bytes, Records } from './ports.ts';
import { openPostgresRecords } from './postgres-records.ts';
import { openS3Bytes } from './s3-bytes.ts';

const { times, spell, read } = letters;
const limits = {
  maxFileSize: 1000 * times,
  minChunkSize: 1,
  maxChunkSize: 1000 * times,
  maxChunks: 10_000,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 1000,
};
const nothing = { digest: new Map(), compositeDigest: null };
const size = { fileSize: 8 * times, preferredChunkSize: 4 * times };
const wish = { fileName: 'f', contentType: 'x/y', preferredTimeoutSeconds: 1000, ...size };

function processOver(records: Records, bytes: Bytes): Uploads {
  const allowance = { sessions: 10, bytes: 1000 * times };
  const options = { limits, allowance, defaultTimeoutSeconds: 10, completeWithin: 60_000, log: () => {} };
  return createUploads({ ...options, records, bytes, hashing: createHashing(0), clock: Date.now });
}

async function put(uploads: Uploads, subject: { principal: string; sessionId: string }, chunkId: number, text: string) {
  const admission = (await uploads.admit(subject, chunkId)) as Admission;
  const body = async function* () {
    yield spell(text);
  };
  expect(await uploads.receive(admission, body, new Map())).toHaveProperty('digest');
}

type Held = Readonly<{ asks: string; letGo: () => Promise<void> }>;

/** What a request asks of S3: the method and the names of its parameters. */
function asks({ method, url }: IncomingMessage): string {
  const names = [...new URL(url ?? '/', 'http://store').searchParams.keys()].filter((name) => name !== 'x-id');
  return [method, ...names].join(' ');
}

/** A way to the store that holds back one request, counted from when it is told so, until it is let go. */
async function holdingWay(store: string) {
  let count = Number.NEGATIVE_INFINITY;
  let held = Promise.withResolvers<Held>();
  const server = createServer((incoming, outgoing) => {
    if (--count !== 0) void pass(incoming, outgoing);
    else held.resolve({ asks: asks(incoming), letGo: () => pass(incoming, outgoing) });
  });
  /** Passes a request on, and resolves when it has been answered, whether or not anybody still hears the answer. */
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, headers, url } = incoming;
    const onward = request(new URL(url ?? '/', store), { method, headers, agent: false });
    onward.on('error', () => {}); // Swift ends an answer without content twice
    incoming.pipe(onward);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    // How the body is framed is each connection's own matter (RFC 9112, section 6.1).
    const { 'transfer-encoding': _framing, connection: _connection, ...fields } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 500, fields);
    answer.pipe(outgoing);
    await once(answer, 'end');
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on, holds the `nth` request; resolves when it has come. */
    hold(nth: number): Promise<Held> {
      count = nth;
      held = Promise.withResolvers();
      return held.promise;
    },
  };
}

describe.skipIf(database === null || objectStore === null)('completions that die', () => {
  test.each([
    [1, 'POST uploads'],
    [2, 'PUT partNumber uploadId'],
    [3, 'PUT partNumber uploadId'],
    [4, 'POST uploadId'],
  ])(
    'at request %i to the store (%s): another process settles it, and it does no harm when it arrives late',
    async (nth, what) => {
      const [url, bucket] = await Promise.all([freshDatabase(), freshBucket()]);
      const way = await holdingWay(bucket.endpoint ?? '');
      const [records, survivor] = await Promise.all([openPostgresRecords(url), openPostgresRecords(url)]);
      onTestFinished(() => survivor.close());
      const bytes = await openS3Bytes(bucket);
      const dying = processOver(records, await openS3Bytes({ ...bucket, endpoint: way.endpoint }));
      const other = processOver(survivor, bytes);
      const begun = await dying.initiate('', wish, null);
      if ('refused' in begun) throw new Error(begun.refused);
      const subject = { principal: '', sessionId: begun.plan.sessionId };
      await put(dying, subject, 0, 'abcd');
      await put(dying, subject, 1, 'efgh');

      const coming = way.hold(nth);
      const completion = dying.complete(subject, nothing);
      const held = await coming;
      expect(held.asks).toBe(what);
      // Its connections to the database close, as when it is killed; its request is still on the way.
      await records.close();
      await other.sweep();
      expect(await other.session(subject)).toMatchObject({ life: { state: 'open' } });
      await put(other, subject, 1, 'EFGH');
      const late = held.letGo();
      const again = await other.complete(subject, nothing);
      await late;
      await completion.catch(() => {});

      expect(again).toMatchObject({ created: true });
      if (!('created' in again)) return;
      const { attachment } = again;
      expect(await other.session(subject)).toMatchObject({ life: { state: 'completed', attachment } });
      const content = await other.content(attachment.attachmentId, 0, 8 * times - 1);
      expect(await read(content as AsyncIterable<Uint8Array>)).toBe('abcdEFGH');
      await other.idle();
      await bytes.collect({ slots: async () => expect.fail('chunks are left'), attachment: async () => false });
    },
  );
});
