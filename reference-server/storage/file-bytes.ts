/**
 * Bytes in files. A session is a folder with one sparse file of the upload's full size, `home`, into which
 * every first upload of a chunk is written at its final offset. A chunk that replaces a stored one, or races
 * another writer, goes to a spare file, its slot. So nothing that a record names is ever written over, and
 * publishing is: copy the few slots home, sync, rename.
 *
 *   sessions/<sessionId>/home           attachments/<attachmentId>
 *   sessions/<sessionId>/<chunk>.<random>
 *
 * Only ids that this server drew itself become names.
 */
import { randomBytes } from 'node:crypto';
import fs, { type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes, Piece, Target } from './ports.ts';

const home = 'home';
const copyBlock = 1024 * 1024;

/** What this storage asks of the file system, so that a test can make each of it fail. */
export type Files = Pick<typeof fs, 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat'>;

/** Opens (or creates) the storage in `folder`. Rejects when the folder cannot be made or written. */
export async function openFileBytes(folder: string, files: Files = fs): Promise<Bytes> {
  const { mkdir, open, readdir, rename, rm, stat } = files;

  async function using(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
    const file = await open(path, flags);
    try {
      await work(file);
    } finally {
      await file.close();
    }
  }

  /** Makes the entries of a folder durable: a file's own sync does not (fsync(2)). */
  async function syncFolder(path: string): Promise<void> {
    await using(path, 'r', (folder) => folder.sync());
  }

  async function exists(path: string): Promise<boolean> {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
  }

  const sessions = join(folder, 'sessions');
  const attachments = join(folder, 'attachments');
  await mkdir(sessions, { recursive: true });
  await mkdir(attachments, { recursive: true });
  await syncFolder(folder);

  const folderOf = (sessionId: string) => join(sessions, sessionId);
  const fileOf = (sessionId: string, slot: string) => join(sessions, sessionId, slot);
  const attachmentOf = (attachmentId: string) => join(attachments, attachmentId);

  /** Chunks whose home is being written, or holds bytes whose record is not decided yet. */
  const claimed = new Set<string>();

  /** A slot in which this upload disturbs nobody: home, if it is nobody's, else a spare one. */
  async function slotFor({ sessionId, chunkId, vacant }: Target): Promise<{ slot: string; free: () => void }> {
    const spare = { slot: `${chunkId}.${randomBytes(12).toString('base64url')}`, free: () => {} };
    const claim = `${sessionId}/${chunkId}`;
    if (claimed.has(claim)) return spare;
    claimed.add(claim);
    const free = () => void claimed.delete(claim);
    // Asked under the claim: who had it before has freed it only after its record was decided.
    if (await vacant().catch(rethrowAfter(free))) return { slot: home, free };
    free();
    return spare;
  }

  async function discard(sessionId: string, slot: string): Promise<void> {
    if (slot !== home) await rm(fileOf(sessionId, slot), { force: true });
  }

  async function* read(sessionId: string, { slot, offset, length }: Piece): AsyncGenerator<Uint8Array> {
    const file = await open(fileOf(sessionId, slot), 'r');
    try {
      yield* blocks(file, slot === home ? offset : 0, length);
    } finally {
      await file.close();
    }
  }

  return {
    async create(sessionId, size) {
      await mkdir(folderOf(sessionId));
      try {
        await using(fileOf(sessionId, home), 'wx', async (file) => {
          await file.truncate(size);
          await file.sync();
        });
        await syncFolder(folderOf(sessionId));
        await syncFolder(sessions);
      } catch (error) {
        await rm(folderOf(sessionId), { recursive: true, force: true });
        throw error;
      }
    },

    async receive(target, body) {
      const { sessionId, offset } = target;
      const { slot, free } = await slotFor(target);
      try {
        await using(fileOf(sessionId, slot), slot === home ? 'r+' : 'wx', async (file) => {
          await writeAll(file, slot === home ? offset : 0, body);
          await file.datasync();
        });
        if (slot !== home) await syncFolder(folderOf(sessionId));
      } catch (error) {
        await discard(sessionId, slot).finally(free);
        throw error;
      }
      return { slot, settle: (kept) => (kept ? Promise.resolve() : discard(sessionId, slot)).finally(free) };
    },

    read,

    async publish(sessionId, attachmentId, pieces) {
      await using(fileOf(sessionId, home), 'r+', async (file) => {
        for (const piece of pieces) if (piece.slot !== home) await writeAll(file, piece.offset, read(sessionId, piece));
        await file.datasync();
      });
      await rename(fileOf(sessionId, home), attachmentOf(attachmentId));
      await syncFolder(attachments);
      await syncFolder(folderOf(sessionId));
    },

    async published(attachmentId) {
      if (!(await exists(attachmentOf(attachmentId)))) return false;
      await syncFolder(attachments); // a publish that died between its rename and this did not get so far
      return true;
    },

    async content(attachmentId, first, last) {
      const file = await open(attachmentOf(attachmentId), 'r');
      return file.createReadStream({ start: first, end: last, highWaterMark: copyBlock });
    },

    discard,

    release: (sessionId) => rm(folderOf(sessionId), { recursive: true, force: true }),

    async collect(keep) {
      for (const sessionId of await readdir(sessions)) {
        const wanted = await keep.slots(sessionId);
        if (wanted === null) await rm(folderOf(sessionId), { recursive: true, force: true });
        else
          for (const slot of await readdir(folderOf(sessionId))) if (!wanted.has(slot)) await discard(sessionId, slot);
      }
      for (const attachmentId of await readdir(attachments))
        if (!(await keep.attachment(attachmentId))) await rm(attachmentOf(attachmentId));
    },
  };
}

function rethrowAfter(cleanup: () => void): (error: unknown) => never {
  return (error) => {
    cleanup();
    throw error;
  };
}

/** Writes `body` from `position` on. */
async function writeAll(file: FileHandle, position: number, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of body) {
    await writeOne(file, position, piece);
    position += piece.length;
  }
}

/** A write may be short (write(2)), and then is not an error. */
async function writeOne(file: FileHandle, position: number, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await file.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}

/** `length` bytes of the file from `position` on. A file that ends before that is a fault of the storage. */
async function* blocks(file: FileHandle, position: number, length: number): AsyncGenerator<Uint8Array> {
  const block = Buffer.allocUnsafe(Math.min(copyBlock, length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, length - done), position + done);
    if (bytesRead === 0) throw Object.assign(new Error('A stored file is shorter than its record.'), { code: 'EIO' });
    yield block.subarray(0, bytesRead);
    done += bytesRead;
  }
}
