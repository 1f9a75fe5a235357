/** A disk that is really full: a small one, mounted for this test, which takes root. */
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { at, complete, initiate, put, send, temporaryFolder, testServer } from './testing.ts';

const KiB = 1024;
const chunkSize = 256 * KiB;
const totalChunks = 16;
const diskSize = 6 * 1024 * KiB;

/** Why no disk can be mounted here, or null. */
function obstacle(): string | null {
  if (process.platform !== 'linux') return 'tmpfs is of Linux';
  return process.getuid?.() === 0 ? null : 'mounting takes root';
}

/** A tmpfs of `diskSize` bytes, unmounted when the test has finished; null if this container may not mount one. */
async function smallDisk(): Promise<string | null> {
  const folder = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'chunkproof', folder], { stdio: 'pipe' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

const bytesOf = (chunk: number) => Buffer.alloc(chunkSize, `chunk ${chunk}`);

const reason = obstacle();

test.skipIf(reason !== null)(
  `a full disk is told with 507, loses nothing, and is no longer told once there is room${reason === null ? '' : ` (skipped: ${reason})`}`,
  async ({ skip }) => {
    const data = await smallDisk();
    if (data === null) return skip('this container may not mount a tmpfs');
    const { url } = await testServer({ data });
    const { id } = await initiate(url, { fileSize: totalChunks * chunkSize, preferredChunkSize: chunkSize });
    const { id: other } = await initiate(url, { fileSize: chunkSize, preferredChunkSize: chunkSize });
    // What else lies on the disk. It leaves room for some chunks, not for all.
    const ballast = join(data, 'ballast');
    await writeFile(ballast, Buffer.alloc(4 * 1024 * KiB, 1));

    const acknowledged: number[] = [];
    const refused: number[] = [];
    for (let chunk = 0; chunk < totalChunks; chunk++) {
      const { status, json } = await put(url, id, chunk, bytesOf(chunk));
      if (status === 201) acknowledged.push(chunk);
      else {
        expect([status, json['type']]).toEqual([507, expect.stringMatching(/insufficient-storage$/)]);
        refused.push(chunk);
      }
      const { json: session } = await send(url, { path: at(id) });
      expect(session['receivedBytes']).toBe(acknowledged.length * chunkSize);
    }
    expect(acknowledged.length, 'chunks that there was room for').toBeGreaterThan(0);
    expect(refused.length, 'chunks that there was none for').toBeGreaterThan(0);
    // A chunk that is there is not harmed by a replacement that there is no room for.
    expect((await put(url, id, acknowledged[0] ?? 0, Buffer.alloc(chunkSize, 'other'))).status).toBe(507);
    expect((await complete(url, id)).status).toBe(409);

    await rm(ballast);
    for (const chunk of refused) expect((await put(url, id, chunk, bytesOf(chunk))).status).toBe(201);
    expect((await put(url, other, 0, bytesOf(0))).status).toBe(201);
    const { status, json } = await complete(url, id);
    expect(status).toBe(201);
    const { bytes } = await send(url, { path: String(json['contentUrl']) });
    const whole = Buffer.concat(Array.from({ length: totalChunks }, (_, chunk) => bytesOf(chunk)));
    expect(bytes.equals(whole)).toBe(true);
  },
);
