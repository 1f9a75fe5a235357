/** Nothing acknowledged is lost, however often the process is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { at, complete, digestOf, initiate, put, send, temporaryFolder } from './testing.ts';

const kills = 50;
const clients = 4;
const chunkSize = 64 * 1024;
const totalChunks = 400;

/** Bytes that tell which chunk, and which writing of it, they are. */
function bytesOf(chunkId: number, version: number): Buffer {
  const seed = createHash('sha256').update(`${chunkId}/${version}`).digest();
  return Buffer.alloc(chunkSize, seed);
}

async function start(data: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./crash.child.ts', import.meta.url)), data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return { child, url: /http:\S+/.exec(line.toString())?.[0] ?? '' };
}

test(`${kills} kills while chunks are being acknowledged lose none of them`, async () => {
  const data = await temporaryFolder();
  let { child, url } = await start(data);
  const { id } = await initiate(url, { fileSize: chunkSize * totalChunks, preferredChunkSize: chunkSize });
  /** By chunk: the writings whose bytes it may hold. An acknowledged one leaves itself alone, a lost one is added. */
  const possible = new Map<number, number[]>();
  let version = 0;

  for (let kill = 0; kill < kills; kill++) {
    let acknowledged = 0;
    let dead = false;
    const goal = 1 + (kill % 7);
    const killed = Promise.withResolvers<void>();
    const write = async (client: number) => {
      for (let turn = 0; !dead; turn++) {
        // Every client has chunks of its own: some new, some replaced again and again.
        const chunkId = clients * ((kill * 3 + turn) % (totalChunks / clients)) + client;
        const mine = ++version;
        try {
          const { status } = await put(url, id, chunkId, bytesOf(chunkId, mine));
          if (status > 201) throw new Error(`answered ${status}`);
          possible.set(chunkId, [mine]);
          if (++acknowledged === goal) killed.resolve();
        } catch (error) {
          if (!dead) throw error;
          possible.set(chunkId, [...(possible.get(chunkId) ?? [0]), mine]);
        }
      }
    };
    const writers = Array.from({ length: clients }, (_, client) => write(client));
    await Promise.race([killed.promise, Promise.all(writers)]);
    dead = true;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await Promise.all([exit, ...writers]);

    ({ child, url } = await start(data));
    const { json } = await send(url, { path: at(id) });
    const ranges = json['receivedChunks'] as { first: number; last: number }[];
    for (const [chunkId, versions] of possible)
      if (!versions.includes(0))
        expect(
          ranges.some(({ first, last }) => first <= chunkId && chunkId <= last),
          `chunk ${chunkId}`,
        ).toBe(true);
  }

  for (let chunkId = 0; chunkId < totalChunks; chunkId++) {
    if (possible.get(chunkId)?.includes(0) === false) continue;
    expect((await put(url, id, chunkId, bytesOf(chunkId, ++version))).status).toBeLessThan(202);
    possible.set(chunkId, [version]);
  }
  const { json } = await complete(url, id);
  const { bytes } = await send(url, { path: String(json['contentUrl']) });
  const digests: Buffer[] = [];
  for (const [chunkId, versions] of possible) {
    const chunk = bytes.subarray(chunkId * chunkSize, (chunkId + 1) * chunkSize);
    expect(
      versions.some((mine) => chunk.equals(bytesOf(chunkId, mine))),
      `bytes of chunk ${chunkId}`,
    ).toBe(true);
    digests[chunkId] = createHash('sha256').update(chunk).digest();
  }
  expect(json['compositeDigest']).toBe(digestOf(Buffer.concat(digests)));
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(await readdir(join(data, 'sessions'))).toEqual([]);
});
