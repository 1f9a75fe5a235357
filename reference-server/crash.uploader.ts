/** For `crash.test.ts`: one of those who upload while the server is killed, and what each may believe of the server. */
import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'vitest';
import { at, complete, digestOf, initiate, put, type Reply, send } from './testing.ts';

export const chunkSize = 16 * 1024;
export const totalChunks = 6;

/** Bytes that tell which upload, which chunk, and which writing of it, they are. */
export function bytesOf(key: string, chunk: number, version: number): Buffer {
  return Buffer.alloc(chunkSize, createHash('sha256').update(`${key}/${chunk}/${version}`).digest());
}

/**
 * An upload as far as its client knows. `versions` has by chunk what may be stored: 0 for nothing, and each writing that
 * was lost on its way; one that was acknowledged is there alone.
 */
export type Upload = { readonly key: string; id: string | null; readonly versions: number[][]; finishing: boolean };

/** A completion that was acknowledged: where the bytes are, and what they are. */
export type Published = Readonly<{ contentUrl: string; sha256: string }>;

function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(String(error.code))
  );
}

export type Uploader = Readonly<{
  /** Uploads one file after another until `dead` says that the server was killed; anything but success is an error. */
  work(url: string, dead: () => boolean, acknowledged: () => void): Promise<void>;
  /** Looks whether the server, which was started again, has all that it acknowledged. */
  check(url: string): Promise<void>;
  current(): Upload;
}>;

/** An uploader that draws by `random` (from 0 to 1) and tells of each `published` file. */
export function createUploader(name: string, random: () => number, published: (file: Published) => void): Uploader {
  let files = 0;
  let version = 0;
  const next = (): Upload => ({
    key: `${name}-${files++}`,
    id: null,
    versions: Array.from({ length: totalChunks }, () => [0]),
    finishing: false,
  });
  let upload = next();

  /** What a request that nobody interrupted has to come to. */
  const succeeded = (reply: Reply): Reply => {
    if (reply.status > 202) throw new Error(`${upload.key}: ${reply.status} ${reply.bytes.toString()}`);
    return reply;
  };

  async function begin(url: string): Promise<string> {
    const wish = { fileName: upload.key, fileSize: chunkSize * totalChunks, preferredChunkSize: chunkSize };
    const { reply, id } = await initiate(url, wish, { 'idempotency-key': upload.key });
    succeeded(reply);
    return id;
  }

  async function write(url: string, id: string, chunk: number): Promise<void> {
    const mine = ++version;
    const before = upload.versions[chunk] ?? [];
    upload.versions[chunk] = [...before, mine];
    succeeded(await put(url, id, chunk, bytesOf(upload.key, chunk, mine)));
    upload.versions[chunk] = [mine];
  }

  async function publish(url: string, id: string): Promise<void> {
    upload.finishing = true;
    // Without an expectation where a lost writing leaves open what it would be.
    const whole = upload.versions.map(([only = 0, ...more], chunk) =>
      more.length === 0 ? bytesOf(upload.key, chunk, only) : null,
    );
    const expectation =
      random() < 0.5 && !whole.includes(null) ? { digest: digestOf(Buffer.concat(whole as Buffer[])) } : {};
    const { status, json } = await complete(url, id, expectation).then(succeeded);
    if (status !== 202) return take(url, json);
    // It takes long on a machine that is busy. What comes of it the session tells.
    for (;;) {
      const { json: session } = succeeded(await send(url, { path: at(id) }));
      if (session['state'] === 'completed') return take(url, session['attachment'] as Record<string, unknown>);
      expect(session['state']).toBe('completing');
      await after(20);
    }
  }

  /** Holds the attachment to what was uploaded, and goes on to the next file. */
  async function take(url: string, attachment: Record<string, unknown>): Promise<void> {
    const contentUrl = String(attachment['contentUrl']);
    const { bytes } = succeeded(await send(url, { path: contentUrl }));
    expect(bytes.length).toBe(chunkSize * totalChunks);
    const digests = upload.versions.map((versions, chunk) => {
      const stored = bytes.subarray(chunk * chunkSize, (chunk + 1) * chunkSize);
      const known = versions.some((version) => version > 0 && stored.equals(bytesOf(upload.key, chunk, version)));
      expect(known, `${upload.key}: bytes of chunk ${chunk}`).toBe(true);
      return createHash('sha256').update(stored).digest();
    });
    expect(attachment['compositeDigest']).toBe(digestOf(Buffer.concat(digests)));
    published({ contentUrl, sha256: createHash('sha256').update(bytes).digest('hex') });
    upload = next();
  }

  return {
    current: () => upload,
    async work(url, dead, acknowledged) {
      while (!dead()) {
        try {
          upload.id ??= await begin(url);
          const missing = upload.versions.flatMap((versions, chunk) => (versions.includes(0) ? [chunk] : []));
          const again = random() < 0.2 ? [Math.floor(random() * totalChunks)] : [];
          const chunk = [...again, ...missing][0];
          if (chunk === undefined) await publish(url, upload.id);
          else await write(url, upload.id, chunk);
          acknowledged();
        } catch (error) {
          // Only a lost connection is excused by a kill: what was answered has to be right also then.
          if (!dead() || !isLostConnection(error)) throw error;
        }
      }
    },
    async check(url) {
      if (upload.id === null) return;
      const { json } = succeeded(await send(url, { path: at(upload.id) }));
      if (json['state'] === 'completed') {
        expect(upload.finishing, `${upload.key}: completed, though nobody asked for it`).toBe(true);
        return take(url, json['attachment'] as Record<string, unknown>);
      }
      expect(json['state']).toBe('open');
      const ranges = json['receivedChunks'] as { first: number; last: number }[];
      for (const [chunk, versions] of upload.versions.entries()) {
        const listed = ranges.some(({ first, last }) => first <= chunk && chunk <= last);
        if (!versions.includes(0)) expect(listed, `${upload.key}: chunk ${chunk} was acknowledged`).toBe(true);
        if (listed) expect(versions, `${upload.key}: chunk ${chunk} was never sent`).not.toEqual([0]);
      }
    },
  };
}
