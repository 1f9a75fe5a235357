/** Which storage the settings ask for: a folder of one server, or a database and a bucket that many share. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from './config.ts';
import { openFileBytes } from './storage/file-bytes.ts';
import type { Bytes, Records } from './storage/ports.ts';
import { openSqliteRecords } from './storage/sqlite-records.ts';

type Stores = Readonly<{ records: Records; bytes: Bytes }>;

/** Opens the storage; `records.close` closes it. Rejects when it cannot be had. */
export async function openStores(settings: Settings): Promise<Stores> {
  const { data, databaseUrl, s3Bucket } = settings;
  if (databaseUrl !== null && s3Bucket !== null) return openDistributed(settings, databaseUrl, s3Bucket);
  await mkdir(data, { recursive: true });
  const records = openSqliteRecords(join(data, 'records.sqlite')); // first: it locks the folder
  return { records, bytes: await openFileBytes(data).catch(closing(records)) };
}

async function openDistributed(settings: Settings, databaseUrl: string, bucket: string): Promise<Stores> {
  const { s3Endpoint: endpoint, s3Region: region, s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = settings;
  // Loaded where they are used: the two clients are larger than all the rest, and few who install the package need them.
  const [{ openPostgresRecords }, { openS3Bytes }] = await Promise.all([
    import('./storage/postgres-records.ts'),
    import('./storage/s3-bytes.ts'),
  ]).catch(notInstalled);
  const records = await openPostgresRecords(databaseUrl).catch(unusable('the database'));
  const credentials = accessKeyId !== null && secretAccessKey !== null ? { accessKeyId, secretAccessKey } : null;
  const bytes = await openS3Bytes({ bucket, region, endpoint, credentials })
    .catch(unusable(`the bucket ${bucket}`))
    .catch(closing(records));
  return { records, bytes };
}

function closing(records: Records): (error: unknown) => Promise<never> {
  return async (error) => {
    await records.close();
    throw error;
  };
}

/** The two clients are optional peers of the package: whoever serves one folder, or only judges, goes without. */
function notInstalled(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const what = 'a database and a bucket need their clients, which are not installed';
  throw new Error(`${what}: npm install pg@8 @aws-sdk/client-s3@3`, { cause: error });
}

function unusable(what: string): (error: unknown) => never {
  return (error) => {
    const [name, message] = error instanceof Error ? [error.name, error.message] : ['', ''];
    const cause = message === '' || message === 'UnknownError' ? name : message;
    throw new Error(`${what} cannot be used: ${cause}`, { cause: error });
  };
}
