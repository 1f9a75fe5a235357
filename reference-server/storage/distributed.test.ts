/** What the adapters for several processes promise beyond the contract test: that there may be several. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { noneOf } from '../domain/received.ts';
import type { Session } from '../domain/session.ts';
import { database, freshBucket, freshDatabase, letters, objectStore } from './distributed.testing.ts';
import type { Piece, Records } from './ports.ts';
import { openPostgresRecords } from './postgres-records.ts';
import { lockOf, postgresTurns } from './postgres-turns.ts';
import { openS3Bytes, type S3Settings } from './s3-bytes.ts';

const session: Session = {
  plan: {
    sessionId: 's1',
    principal: 'ann',
    fileName: 'f',
    fileSize: 80,
    contentType: 'x/y',
    chunkSize: 4,
    totalChunks: 20,
    timeoutMs: 1000,
  },
  life: { state: 'open' },
  received: noneOf(20),
  expiresAt: 0,
};
const later = (found: Session) => ({ session: { ...found, expiresAt: found.expiresAt + 1 }, answer: found.expiresAt });

/** Records of several processes, as far as the database can tell; the first makes no tables before the others. */
async function openSeveral(count: number): Promise<{ all: Records[]; one: Records; two: Records; url: string }> {
  const url = await freshDatabase();
  const all = await Promise.all(Array.from({ length: count }, () => openPostgresRecords(url)));
  onTestFinished(async () => void (await Promise.all(all.map((records) => records.close()))));
  const [one, two] = all;
  if (!one || !two) throw new Error('two at least');
  return { all, one, two, url };
}

describe.skipIf(database === null)('records in postgres, shared by several processes', () => {
  test('all may start at once, on a database without tables', async () => {
    const { one, two } = await openSeveral(6);
    await one.insert(session, null);
    expect(await two.find('s1')).toEqual(session);
  });

  test('no advance is lost or done twice, whoever makes it', async () => {
    const { all, one } = await openSeveral(3);
    await one.insert(session, null);
    const answers = await Promise.all(
      all.flatMap((records) => Array.from({ length: 20 }, () => records.advance('s1', null, later))),
    );
    expect(answers.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect((await one.find('s1'))?.expiresAt).toBe(60);
  });

  test('a key is bound once, and an allowance kept, whoever asks', async () => {
    const { all, one } = await openSeveral(3);
    const named = (id: string): Session => ({ ...session, plan: { ...session.plan, sessionId: id } });
    const use = { key: 'k', fingerprint: 'f' };
    const keyed = await Promise.all(all.map((records, i) => records.insert(named(`k${i}`), use)));
    expect(keyed.sort()).toEqual(['inserted', 'key-taken', 'key-taken']);
    const allowance = { sessions: 3, bytes: 1000 };
    const more = await Promise.all(
      all.flatMap((records, i) => [0, 1].map((j) => records.insert(named(`n${i}.${j}`), null, allowance))),
    );
    expect(more.filter((answer) => answer === 'inserted')).toHaveLength(2);
    expect((await one.census()).open).toBe(3);
  });

  test('a turn is had by one process at a time, and goes with the connection of who had it', async () => {
    const { one, two, url } = await openSeveral(2);
    expect(await one.takeTurn('s1', 'leave')).not.toBeNull();
    expect(await two.takeTurn('s1', 'leave')).toBeNull();
    const waiting = two.takeTurn('s1', 'wait');
    const other = await two.takeTurn('s2', 'leave');
    await other?.end();
    expect(await Promise.race([waiting, sleep(200, 'still waiting')])).toBe('still waiting');
    const admin = new Client(url);
    await admin.connect();
    // As when its process is killed: the database sees the connection close.
    const { rowCount } = await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
       AND (classid::bigint << 32 | objid::bigint) = $1`,
      [lockOf('s1')],
    );
    await admin.end();
    expect(rowCount).toBe(1);
    const turn = await waiting;
    expect(turn).not.toBeNull();
    expect(await one.takeTurn('s2', 'leave')).not.toBeNull(); // on a new connection
    await turn?.end();
  });
});

test.skipIf(database === null)('a turn is taken from a process that hangs, and kept by one that lives', async () => {
  const url = await freshDatabase();
  const lease = 1500;
  const file = fileURLToPath(new URL('./turn.child.ts', import.meta.url));
  const child = spawn(process.execPath, [file, url, String(lease)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const { takeTurn, close } = postgresTurns({ connectionString: url }, lease);
  onTestFinished(close);
  const waiting = takeTurn('s1', 'wait');
  expect(await Promise.race([waiting, sleep(2 * lease, 'kept')])).toBe('kept');
  child.kill('SIGSTOP');
  const turn = await waiting;
  expect(turn).not.toBeNull();
  child.kill('SIGCONT');
  expect(await Promise.race([takeTurn('s1', 'leave'), sleep(10_000, 'hangs')])).toBeNull();
  await turn?.end();
});

describe.skipIf(objectStore === null)('bytes in s3', () => {
  const { times, spell, read } = letters;
  const target = { sessionId: 's1', chunkId: 0, offset: 0, length: 4 * times, vacant: async () => true };

  test('a body that is cut, or refused after its last byte, leaves no object', async () => {
    const settings = await freshBucket();
    const bytes = await openS3Bytes(settings);
    async function* refused(...pieces: string[]) {
      for (const piece of pieces) yield spell(piece);
      throw new Error('refused');
    }
    for (const pieces of [[], ['ab'], ['abcd'], ['ab', 'cd']])
      await expect(bytes.receive(target, refused(...pieces))).rejects.toThrow('refused');
    await expect(
      bytes.collect({ slots: async () => expect.fail('an object'), attachment: async () => true }),
    ).resolves.toBe(undefined);
  });

  test('a completion that fails leaves no parts and no attachment, and its chunks as they were', async () => {
    const settings = await freshBucket();
    const bytes = await openS3Bytes(settings);
    const { slot, settle } = await bytes.receive(
      target,
      (async function* () {
        yield spell('abcd');
      })(),
    );
    await settle(true);
    const here = { slot, offset: 0, length: 4 * times };
    const there = { ...here, offset: 4 * times };
    const pieces = [here, { ...there, slot: '1.missing' }];
    await expect(bytes.publish('s1', 'a1', pieces)).rejects.toHaveProperty('code', 'ENOENT');
    expect(await bytes.published('a1')).toBe(false);
    expect(await uploadsIn(settings)).toEqual([]);
    await bytes.publish('s1', 'a1', [here, there]);
    expect(await read(await bytes.content('a1', 2 * times, 7 * times - 1))).toBe('cdabc');
  });

  test('an upload that a dead process has left goes, and one that a living process may be at stays', async () => {
    const settings = await freshBucket();
    const bytes = await openS3Bytes(settings);
    const client = clientOf(settings);
    // Abandoned, under way, and made twice: what the second made is published.
    for (const id of ['abandoned', 'completing', 'published'])
      await client.send(new CreateMultipartUploadCommand({ Bucket: settings.bucket, Key: `attachments/${id}` }));
    client.destroy();
    await bytes.publish('s1', 'published', []);
    await bytes.collect({ slots: async () => null, attachment: async (id) => id !== 'abandoned' });
    expect(await uploadsIn(settings)).toEqual(['attachments/completing']);
    expect(await bytes.published('published')).toBe(true);
  });

  test('chunks of S3’s least part and a shorter last one make one object, whatever was replaced before', async () => {
    const bytes = await openS3Bytes(await freshBucket());
    const part = 5 * 1024 * 1024;
    const whole = Buffer.concat([Buffer.alloc(part, 'a'), Buffer.alloc(part, 'b'), Buffer.alloc(1000, 'c')]);
    const pieces: Piece[] = [];
    for (const [chunkId, version] of [
      [2, 'new'],
      [0, 'old'],
      [0, 'new'],
      [1, 'new'],
    ] as const) {
      const offset = chunkId * part;
      const chunk = version === 'old' ? Buffer.alloc(part, 'x') : whole.subarray(offset, offset + part);
      const body = Readable.from([chunk.subarray(0, 70_000), chunk.subarray(70_000)]);
      const held = await bytes.receive({ ...target, chunkId, offset, length: chunk.length }, body);
      await held.settle(true);
      if (version === 'new') pieces.push({ slot: held.slot, offset, length: chunk.length });
    }
    await bytes.publish(
      's1',
      'a1',
      pieces.sort((a, b) => a.offset - b.offset),
    );
    expect((await bytesOf(await bytes.content('a1', 0, whole.length - 1))).equals(whole)).toBe(true);
    await bytes.release('s1');
    expect((await bytesOf(await bytes.content('a1', part - 1, part))).toString()).toBe('ab');
  });
});

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

function clientOf({ endpoint, region, credentials }: S3Settings): S3Client {
  const login = { ...(endpoint && { endpoint }), ...(credentials && { credentials }) };
  return new S3Client({ ...login, region, forcePathStyle: true });
}

async function uploadsIn(settings: S3Settings): Promise<string[]> {
  const client = clientOf(settings);
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: settings.bucket }));
  client.destroy();
  return Uploads.map(({ Key = '' }) => Key);
}
