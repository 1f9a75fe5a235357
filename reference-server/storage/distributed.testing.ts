/** For tests only: the database and the object store that the environment names, a part of each for one's own. */
import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { lettersOf } from './letters.testing.ts';
import type { S3Settings } from './s3-bytes.ts';

const { env } = process;

/** The URL of a database in which schemas may be made; null if there is none. */
export const database = env['CHUNKPROOF_TEST_DATABASE_URL'] ?? null;

/** A store in which buckets may be made; null if there is none. */
export const objectStore = storeOf(env['CHUNKPROOF_TEST_S3_ENDPOINT']);

/** Of four letters, each chunk is as long as the least part that the store takes; the variable has its bytes. */
export const letters = lettersOf(Math.ceil(Number(env['CHUNKPROOF_TEST_S3_LEAST_PART'] ?? 1) / 4));

function storeOf(endpoint: string | undefined): Omit<S3Settings, 'bucket'> | null {
  const { CHUNKPROOF_TEST_S3_ACCESS_KEY: accessKeyId = '', CHUNKPROOF_TEST_S3_SECRET_KEY: secretAccessKey = '' } = env;
  const region = env['CHUNKPROOF_TEST_S3_REGION'] ?? 'us-east-1';
  return endpoint ? { endpoint, region, credentials: { accessKeyId, secretAccessKey } } : null;
}

/** A database without tables: a schema of one's own. It goes with the database, which a test run makes for itself. */
export async function freshDatabase(): Promise<string> {
  if (database === null) throw new Error('no database');
  const schema = `test_${randomBytes(8).toString('hex')}`;
  const client = new Client(database);
  await client.connect();
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.end();
  return `${database}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
}

/** An empty bucket. */
export async function freshBucket(): Promise<S3Settings> {
  if (objectStore === null) throw new Error('no object store');
  const { endpoint, region, credentials } = objectStore;
  const bucket = `${env['CHUNKPROOF_TEST_S3_BUCKETS'] ?? 'test-'}${randomBytes(8).toString('hex')}`;
  const login = { ...(endpoint && { endpoint }), ...(credentials && { credentials }) };
  const client = new S3Client({ ...login, region, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return { ...objectStore, bucket };
}
