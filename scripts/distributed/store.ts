/** The object store of a test: one that is started for it, or one that the environment names. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as s3 from '@aws-sdk/client-s3';

export interface Store {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The least part that it takes, but for the last one of an upload, in bytes. */
  readonly leastPart: number;
  /** Prints the bytes of all objects and parts of a bucket. */
  storageCommand(bucket: string): string;
  /** Whether what is left in it goes with it. */
  readonly temporary: boolean;
}

/** S3's least part, in bytes. */
const leastPart = 5 * 1024 ** 2;

/** The store that the environment names; null if it names none. Buckets are made in it, and removed again. */
export function storeOf(env: NodeJS.ProcessEnv): Store | null {
  const endpoint = env['CHUNKPROOF_TEST_S3_ENDPOINT'];
  if (!endpoint) return null;
  const script = fileURLToPath(new URL('bucket-bytes.ts', import.meta.url));
  return {
    name: new URL(endpoint).host,
    endpoint,
    region: env['CHUNKPROOF_TEST_S3_REGION'] ?? 'us-east-1',
    accessKey: env['CHUNKPROOF_TEST_S3_ACCESS_KEY'] ?? '',
    secretKey: env['CHUNKPROOF_TEST_S3_SECRET_KEY'] ?? '',
    leastPart: Number(env['CHUNKPROOF_TEST_S3_LEAST_PART'] ?? leastPart),
    storageCommand: (bucket) => `'${process.execPath}' '${script}' '${bucket}'`,
    temporary: false,
  };
}

/** The same for programs and tests that are started. */
export const environmentOf = (store: Store, buckets: string): NodeJS.ProcessEnv => ({
  CHUNKPROOF_TEST_S3_ENDPOINT: store.endpoint,
  CHUNKPROOF_TEST_S3_REGION: store.region,
  CHUNKPROOF_TEST_S3_ACCESS_KEY: store.accessKey,
  CHUNKPROOF_TEST_S3_SECRET_KEY: store.secretKey,
  CHUNKPROOF_TEST_S3_LEAST_PART: String(store.leastPart),
  CHUNKPROOF_TEST_S3_BUCKETS: buckets,
});

/** What the names of one test's buckets begin with: nobody else's do. */
export const ownBuckets = (): string => `chunkproof-${randomBytes(6).toString('hex')}-`;

export const clientOf = ({
  endpoint,
  region,
  accessKey: accessKeyId,
  secretKey: secretAccessKey,
}: Store): s3.S3Client =>
  new s3.S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });

/** The bytes of all objects and parts of a bucket. */
export async function bytesIn(client: s3.S3Client, Bucket: string): Promise<number> {
  let sum = 0;
  for await (const { Contents = [] } of s3.paginateListObjectsV2({ client }, { Bucket }))
    for (const { Size = 0 } of Contents) sum += Size;
  const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of Uploads)
    for await (const { Parts = [] } of s3.paginateListParts({ client }, { Bucket, Key, UploadId }))
      for (const { Size = 0 } of Parts) sum += Size;
  return sum;
}

/** Removes the buckets of such names, with all that is in them. */
export async function removeBuckets(client: s3.S3Client, prefix: string): Promise<void> {
  const { Buckets = [] } = await client.send(new s3.ListBucketsCommand({}));
  for (const { Name: Bucket = '' } of Buckets) {
    if (!Bucket.startsWith(prefix)) continue;
    for await (const { Contents = [] } of s3.paginateListObjectsV2({ client }, { Bucket }))
      for (const { Key } of Contents) await client.send(new s3.DeleteObjectCommand({ Bucket, Key }));
    const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId } of Uploads)
      await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    await client.send(new s3.DeleteBucketCommand({ Bucket }));
  }
}
