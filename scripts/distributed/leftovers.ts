/** What the storage of several servers holds that no session needs any more. */

import { setTimeout as sleep } from 'node:timers/promises';
import { ListMultipartUploadsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Client } from 'pg';

/** Milliseconds in which the storage of an ended session is to be given back; some more, for a busy machine. */
const patience = 15_000;

/** Objects of sessions that have ended, and uploads of nobody: none, or what is left when the time is up. */
export async function whatIsLeft(databaseUrl: string, store: S3Client, bucket: string): Promise<string[]> {
  const database = new Client(databaseUrl);
  await database.connect();
  try {
    for (const until = Date.now() + patience; ; await sleep(500)) {
      const left = [...(await objects(database, store, bucket)), ...(await uploads(store, bucket))];
      if (left.length === 0 || Date.now() > until) return left;
    }
  } finally {
    await database.end();
  }
}

async function objects(database: Client, store: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: store }, { Bucket, Prefix: 'sessions/' }))
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  const { rows } = await database.query("SELECT session_id FROM sessions WHERE state IN ('open', 'completing')");
  const unfinished = new Set(rows.map((row: { session_id: string }) => row.session_id));
  return keys.filter((key) => !unfinished.has(key.split('/')[1] ?? ''));
}

async function uploads(store: S3Client, Bucket: string): Promise<string[]> {
  const { Uploads = [] } = await store.send(new ListMultipartUploadsCommand({ Bucket }));
  return Uploads.map(({ Key }) => `upload of ${Key}`);
}
