/** The servers that are measured, each in a process and a folder of its own, and how an upload is sent to each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Connection, succeeded } from './driver.ts';

/** `bare`: bodies written at an offset. `ours`: the reference server as it is built. `tus`: @tus/server. */
export type Kind = 'bare' | 'ours' | 'tus';

/** A server that runs. `peakMiB` is the most memory that it ever had resident, in MiB (proc(5), VmHWM). */
export type Measured = Readonly<{ base: string; peakMiB(): Promise<number>; stop(): Promise<void> }>;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const commands: Record<Kind, (folder: string) => readonly string[]> = {
  bare: (folder) => [here('bare.child.ts'), folder],
  ours: (folder) => [
    here('../../dist/conformance/cli.js'),
    'serve',
    '--port',
    '0',
    '--data',
    folder,
    '--log-level',
    'warn',
  ],
  tus: (folder) => [here('tus.child.ts'), folder],
};

/** Starts one. Its folder goes when it is stopped. */
export async function start(kind: Kind): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), `chunkproof-bench-${kind}-`));
  const child = spawn(process.execPath, commands[kind](folder), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error(`the server ${kind} ended before it listened`)),
  );
  ended.catch(() => {}); // later it is ended on purpose
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string];
  return {
    base: /http:\S+/.exec(line)?.[0] ?? '',
    async peakMiB() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An upload that has begun: sends its chunk number `chunk`, which is `body`. */
export type Upload = Readonly<{ id: string; put(chunk: number, body: Uint8Array): Promise<unknown> }>;

let uploads = 0;

/** Begins an upload of `chunks` chunks of `chunkSize` bytes on a connection of its own. */
export async function begin(kind: Kind, line: Connection, chunks: number, chunkSize: number): Promise<Upload> {
  const fileSize = chunks * chunkSize;
  switch (kind) {
    case 'bare': {
      const id = `upload-${uploads++}`;
      return {
        id,
        put: async (chunk, body) => succeeded(await line.send('PUT', `/${id}/${chunk * chunkSize}`, {}, body)),
      };
    }
    case 'tus': {
      const version = { 'tus-resumable': '1.0.0' };
      const { head } = succeeded(await line.send('POST', '/files', { ...version, 'upload-length': String(fileSize) }));
      const id = new URL(/\r\nlocation: (\S+)/i.exec(head)?.[1] ?? '', 'http://x').pathname;
      const fields = { ...version, 'content-type': 'application/offset+octet-stream' };
      return {
        id,
        put: async (chunk, body) =>
          succeeded(await line.send('PATCH', id, { ...fields, 'upload-offset': String(chunk * chunkSize) }, body)),
      };
    }
    case 'ours': {
      const wish = Buffer.from(JSON.stringify({ fileName: 'file.bin', fileSize, preferredChunkSize: chunkSize }));
      const json = { 'content-type': 'application/json' };
      const { body } = succeeded(await line.send('POST', '/attachment/initiate', json, wish));
      const { sessionId } = JSON.parse(body) as { sessionId: string };
      const path = `/attachment/session/${sessionId}`;
      return {
        id: path,
        put: async (chunk, body) => succeeded(await line.send('PUT', `${path}/upload/${chunk}`, {}, body)),
      };
    }
  }
}
