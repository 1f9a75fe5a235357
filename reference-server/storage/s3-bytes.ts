/**
 * Bytes in an S3-compatible store, for any number of processes. Every upload of a chunk is an object of its own, under a
 * name that nobody had before; publishing copies the chunks that the records name, inside the store, as the parts of a
 * multipart upload, and completes it.
 *
 *   sessions/<sessionId>/<chunkId>.<random>      attachments/<attachmentId>
 *
 * Why a chunk is not uploaded as a part at once: a part cannot be read, so that an expected digest of the whole could be
 * checked only by completing, which uses the parts up; a late writer of a part replaces it unseen, by its number, in some
 * stores even after the completion; and a completion that was sent by a process that died takes effect whenever it
 * arrives. Here nothing that a record names is ever written over or used up. A completion that failed or died left
 * nothing to undo, and one that arrives too late makes an object that nobody looks for.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import type { Bytes, Piece } from './ports.ts';

export type S3Settings = Readonly<{
  bucket: string;
  region: string;
  /** Null: AWS itself. */
  endpoint: string | null;
  /** Null: those that the SDK finds by itself, such as the role of a machine. */
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }> | null;
}>;

/** Requests that one call has under way at once, where it makes many. */
const width = 16;

/** Opens the storage in a bucket that is there. Rejects when it cannot be had. */
export async function openS3Bytes({ bucket, region, endpoint, credentials }: S3Settings): Promise<Bytes> {
  const client = new s3.S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials }),
    // The chunks' SHA-256 is this server's own; checksums in trailers are more than many stores understand.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, httpAgent: { maxSockets: 512 }, httpsAgent: { maxSockets: 512 } },
    logger: { debug() {}, info() {}, warn() {}, error() {} }, // what fails is told to the caller
  });
  const Bucket = bucket;
  const folderOf = (sessionId: string) => `sessions/${sessionId}/`;
  const keyOf = (sessionId: string, slot: string) => `${folderOf(sessionId)}${slot}`;
  const attachmentOf = (attachmentId: string) => `attachments/${attachmentId}`;
  const sourceOf = (sessionId: string, { slot }: Piece) => `${bucket}/${keyOf(sessionId, slot)}`;

  async function get(Key: string, range: { Range?: string } = {}): Promise<Readable> {
    const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key, ...range })).catch(rethrow);
    return Body as Readable; // what it is in Node
  }

  async function put(Key: string, length: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    const failed: { because?: unknown } = {};
    const cut = new AbortController();
    const source = Readable.from(
      (async function* () {
        try {
          yield* withLastHeldBack(body);
        } catch (error) {
          failed.because = error;
          cut.abort();
        }
      })(),
      { objectMode: false },
    );
    source.on('error', () => {}); // the request fails by it
    const command = new s3.PutObjectCommand({ Bucket, Key, Body: source, ContentLength: length });
    try {
      await client.send(command, { abortSignal: cut.signal });
    } catch (error) {
      if ('because' in failed) throw failed.because;
      rethrow(error);
    } finally {
      source.destroy();
    }
  }

  async function remove(Key: string): Promise<void> {
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key })).catch(rethrow);
  }

  async function published(attachmentId: string): Promise<boolean> {
    try {
      await client.send(new s3.HeadObjectCommand({ Bucket, Key: attachmentOf(attachmentId) }));
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      rethrow(error);
    }
  }

  async function release(sessionId: string): Promise<void> {
    const pages = s3.paginateListObjectsV2({ client }, { Bucket, Prefix: folderOf(sessionId) });
    for await (const { Contents = [] } of errorsOf(pages)) await each(Contents, ({ Key = '' }) => remove(Key));
  }

  /** Completes a multipart upload of the pieces, each a part, with exactly the parts that were made for it. */
  async function assemble(sessionId: string, Key: string, pieces: readonly Piece[]): Promise<void> {
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key }));
    const upload = { Bucket, Key, UploadId };
    try {
      const Parts = await each(pieces, async (piece, index): Promise<s3.CompletedPart> => {
        const part = { PartNumber: index + 1, CopySource: sourceOf(sessionId, piece) };
        const { CopyPartResult } = await client.send(new s3.UploadPartCopyCommand({ ...upload, ...part }));
        return { PartNumber: part.PartNumber, ETag: CopyPartResult?.ETag };
      });
      await client.send(new s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    } catch (error) {
      await client.send(new s3.AbortMultipartUploadCommand(upload)).catch(() => {}); // else `collect` finds it
      throw error;
    }
  }

  await client.send(new s3.HeadBucketCommand({ Bucket })).catch(rethrow);
  return {
    create: async () => {}, // a session without chunks takes no room

    async receive({ sessionId, chunkId, length }, body) {
      const slot = `${chunkId}.${randomBytes(12).toString('base64url')}`;
      const key = keyOf(sessionId, slot);
      await put(key, length, body);
      return { slot, settle: async (kept) => (kept ? undefined : remove(key)) };
    },

    async *read(sessionId, { slot }) {
      yield* await get(keyOf(sessionId, slot));
    },

    async publish(sessionId, attachmentId, pieces) {
      const Key = attachmentOf(attachmentId);
      const [first, ...rest] = pieces;
      const whole =
        first === undefined // a multipart upload has one part or more
          ? client.send(new s3.PutObjectCommand({ Bucket, Key, Body: new Uint8Array() }))
          : rest.length === 0
            ? client.send(new s3.CopyObjectCommand({ Bucket, Key, CopySource: sourceOf(sessionId, first) }))
            : assemble(sessionId, Key, pieces);
      await Promise.resolve<unknown>(whole).catch(rethrow);
    },

    published,
    content: (attachmentId, first, last) => get(attachmentOf(attachmentId), { Range: `bytes=${first}-${last}` }),
    discard: (sessionId, slot) => remove(keyOf(sessionId, slot)),
    release,

    /**
     * Safe beside any other process: a session is recorded before it has an object, and a completion before it has an
     * upload, so what has no record has none any more. In a session that goes on, an object that no record names may be
     * one that another process is about to record: it goes with the session.
     */
    async collect(keep) {
      const listing = { Bucket, Prefix: 'sessions/', Delimiter: '/' };
      for await (const { CommonPrefixes = [] } of errorsOf(s3.paginateListObjectsV2({ client }, listing)))
        await each(CommonPrefixes, async ({ Prefix = '' }) => {
          const sessionId = Prefix.split('/')[1] ?? '';
          if ((await keep.slots(sessionId)) === null) await release(sessionId);
        });
      for await (const { Key = '', UploadId } of uploads()) {
        if (!Key.startsWith(attachmentOf(''))) continue;
        const attachmentId = Key.slice(attachmentOf('').length);
        // One of a process that died, where another has published what it meant to.
        const idle = !(await keep.attachment(attachmentId)) || (await published(attachmentId));
        const abort = new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
        if (idle) await client.send(abort).catch((error: unknown) => codeOf(error) === 'ENOENT' || rethrow(error));
      }
    },
  };

  /** All of the bucket: MinIO takes a prefix for the whole of a key, and so lists none of a folder. */
  async function* uploads(): AsyncGenerator<s3.MultipartUpload> {
    let from: Pick<s3.ListMultipartUploadsOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> | null = {};
    while (from !== null) {
      const markers = { KeyMarker: from.NextKeyMarker, UploadIdMarker: from.NextUploadIdMarker };
      const listing = new s3.ListMultipartUploadsCommand({ Bucket, ...markers });
      const page: s3.ListMultipartUploadsOutput = await client.send(listing).catch(rethrow);
      yield* page.Uploads ?? [];
      from = page.IsTruncated === true ? page : null;
    }
  }
}

/**
 * The body, its last piece only once its end has come as it should: a store that has not got all of the bytes that were
 * announced keeps none, and who refuses a body at its end has not sent it whole.
 */
async function* withLastHeldBack(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | null = null;
  for await (const piece of body) {
    if (held !== null) yield held;
    held = Buffer.from(piece); // what comes next is written where this piece was
  }
  if (held !== null) yield held;
}

/** Does `work` for each item, some at a time. Begins none after a failure; rejects when none is under way any more. */
async function each<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const left = items.entries();
  const line = async () => {
    for (const [index, item] of left) {
      if (failures.length > 0) return;
      await work(item, index).then(
        (result) => (results[index] = result),
        (error: unknown) => failures.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, line));
  if (failures.length > 0) throw failures[0];
  return results;
}

async function* errorsOf<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    rethrow(error);
  }
}

/** The kind of failure as the ports name them. S3's own names stay, since a log with them helps. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'EIO';
  if (/^(NoSuchKey|NoSuchUpload|NotFound)$/.test(error.name)) return 'ENOENT';
  const status = error instanceof s3.S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 507 || /^(XMinioStorageFull|QuotaExceeded)$/.test(error.name)) return 'ENOSPC';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function rethrow(error: unknown): never {
  throw Object.assign(error instanceof Error ? error : new Error(String(error)), { code: codeOf(error) });
}
