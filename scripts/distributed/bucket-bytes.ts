/** Prints the bytes of a bucket's objects and parts: the storage command for a store whose disks nobody can look at. */
import { bytesIn, clientOf, storeOf } from './store.ts';

const store = storeOf(process.env);
const [bucket] = process.argv.slice(2);
if (store === null || bucket === undefined) {
  process.stderr.write('bucket-bytes: needs CHUNKPROOF_TEST_S3_ENDPOINT and its keys, and the name of a bucket\n');
  process.exit(2);
}
process.stdout.write(`${await bytesIn(clientOf(store), bucket)}\n`);
