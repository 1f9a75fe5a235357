/**
 * `npm run test:distributed`: the reference server as three processes over one PostgreSQL and one S3-compatible store,
 * behind a round-robin proxy, judged by the whole conformance run; and again while one process after another is killed.
 * Before that, the contract test of the storage adapters on the same two. What is missing is installed from Debian if that
 * may be done; else it says why it is skipped, and exits with 77. All that it starts is gone when it ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { startBalancer } from './distributed/balancer.ts';
import { type Cluster, startCluster } from './distributed/cluster.ts';
import { whyNotInstalled } from './distributed/debian.ts';
import { whatIsLeft } from './distributed/leftovers.ts';
import { startPostgres } from './distributed/postgres.ts';
import type { Program } from './distributed/programs.ts';
import { clientOf, environmentOf, ownBuckets, removeBuckets, type Store, storeOf } from './distributed/store.ts';
import { keepsAttributes, startSwift } from './distributed/swift.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'conformance', 'cli.ts');
const buckets = ownBuckets();
const bucket = `${buckets}cluster`;
const processes = 3;
/** Milliseconds from one killed process being back to the next being killed. */
const respite = 1000;
/** Few scripts of each property beside its examples, which show every promise: each request costs Swift 20 ms, and each chunk of a store with a least part 5 MiB. */
const whole = ['--runs', '3', '--max-bytes', '8GiB'];
/** What automake's tests end with that were skipped. */
const skipped = 77;

const programs: Program[] = [];
const folder = await mkdtemp(join(tmpdir(), 'chunkproof-distributed-'));
await chmod(folder, 0o711); // the database has a user of its own
const given = storeOf(process.env);
const unkept = given === null && !keepsAttributes(folder);
const why =
  whyNotInstalled(given === null) ?? (unkept ? `Swift needs extended attributes, and ${tmpdir()} has none` : null);
if (why !== null) {
  say(`skipped: ${why}`);
  await rm(folder, { recursive: true });
  process.exit(skipped);
}

const interrupted = new AbortController();
let running: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    interrupted.abort();
    if (running?.pid !== undefined) process.kill(-running.pid, 'SIGKILL'); // with all of its group
  });

const lines: string[] = [];
let cluster: Cluster | undefined;
let balancer: { close(): void } | undefined;
try {
  await test();
  say(`\n${lines.join('\n')}`);
} catch (error) {
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
  if (!interrupted.signal.aborted) say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  await cluster?.stop();
  balancer?.close();
  await Promise.all(programs.map((program) => program.kill()));
  await rm(folder, { recursive: true, force: true });
}

async function test(): Promise<void> {
  const begun = performance.now();
  const started = (program: Program) => programs.push(program);
  const [postgres, store] = await Promise.all([startPostgres(folder, started), given ?? startSwift(folder, started)]);
  say(`PostgreSQL and ${store.name} are there after ${seconds(begun)}`);
  const client = clientOf(store);
  try {
    await testOver(postgres.url, store, client);
  } finally {
    if (!store.temporary) await removeBuckets(client, buckets);
    client.destroy();
  }
}

async function testOver(databaseUrl: string, store: Store, client: S3Client): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));

  const named = environmentOf(store, buckets);
  await adapters({ CHUNKPROOF_TEST_DATABASE_URL: databaseUrl, ...named });

  const tokens = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')] as const;
  const settings = {
    CHUNKPROOF_PREFIX: '/api',
    CHUNKPROOF_PRINCIPAL: `first:${tokens[0]},second:${tokens[1]}`,
    CHUNKPROOF_DATABASE_URL: databaseUrl,
    CHUNKPROOF_S3_BUCKET: bucket,
    CHUNKPROOF_S3_ENDPOINT: store.endpoint,
    CHUNKPROOF_S3_REGION: store.region,
    CHUNKPROOF_S3_ACCESS_KEY: store.accessKey,
    CHUNKPROOF_S3_SECRET_KEY: store.secretKey,
    CHUNKPROOF_MIN_CHUNK_SIZE: String(store.leastPart),
  };
  cluster = await startCluster(processes, cli, settings, folder);
  const proxy = await startBalancer(cluster.ports);
  balancer = proxy;
  const url = `http://127.0.0.1:${proxy.port}/api`;

  const hooks = ['--restart-command', cluster.restartCommand, '--storage-command', store.storageCommand(bucket)];
  const open = await judge(url, tokens, 'distributed', [...hooks, ...whole, '--max-time', '600']);
  if (open > 0) throw new Error(`${open} of the MUST requirements were not shown`);
  say(`connections a process: ${proxy.shares.join(', ')}`);

  const judged = new AbortController();
  const killing = cluster.killInTurn(respite, AbortSignal.any([judged.signal, interrupted.signal]));
  try {
    await judge(url, tokens, 'distributed, one process after another killed', [...whole, '--max-time', '120']);
  } finally {
    judged.abort();
    lines.push(`  ${await killing} kills`);
  }

  await cluster.restart(); // what a process had not recorded when it died is found by those that start
  const left = await whatIsLeft(databaseUrl, client, bucket);
  if (left.length > 0) throw new Error(`storage of sessions that have ended was not given back: ${left.join(', ')}`);
  lines.push('  no bytes left of a session that has ended');
}

/** The tests of the storage: how many each adapter passed. None may be skipped here. */
async function adapters(env: NodeJS.ProcessEnv): Promise<void> {
  const file = join(folder, 'vitest.json');
  const code = await program(
    'vitest',
    ['run', 'reference-server/storage', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`],
    env,
  );
  const report = JSON.parse(await readFile(file, 'utf8')) as {
    testResults: { assertionResults: { status: string; ancestorTitles: string[]; title: string }[] }[];
  };
  const passed = new Map<string, number>();
  for (const { status, ancestorTitles, title } of report.testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    const [adapter = title] = ancestorTitles;
    if (status !== 'passed') throw new Error(`${adapter}: ${title}: ${status}`);
    passed.set(adapter, (passed.get(adapter) ?? 0) + 1);
  }
  if (code !== 0) throw new Error('the tests of the storage failed');
  lines.push('storage', ...[...passed].map(([adapter, count]) => `  ${adapter}: ${count} passed`));
}

/** The conformance run against the proxy. Resolves how many MUST requirements it has left open; a failed one rejects. */
async function judge(
  url: string,
  tokens: readonly [string, string],
  title: string,
  flags: readonly string[],
): Promise<number> {
  const out = join(folder, 'report');
  const [first, second] = tokens.map((token) => `Authorization: Bearer ${token}`);
  const credentials = ['--header', first ?? '', '--second-header', second ?? ''];
  const args = ['run', url, ...credentials, ...flags, '--out', out, ...process.argv.slice(2)];
  say(`\n── ${title}`);
  const begun = performance.now();
  const code = await program(process.execPath, [cli, ...args]);
  if (code !== 0) throw new Error(`${title}: the run ended with ${code}`);
  const { requirements, stats } = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as {
    requirements: { level: string; verdict: string }[];
    stats: { calls: number };
  };
  const must = requirements.filter(({ level }) => level === 'MUST');
  const passed = must.filter(({ verdict }) => verdict === 'pass').length;
  lines.push(
    `${title}: conforms`,
    `  MUST ${passed} of ${must.length} passed, ${stats.calls} requests, ${seconds(begun)}`,
  );
  return must.length - passed;
}

/** Runs a program of this repository; resolves its exit code. */
async function program(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  interrupted.signal.throwIfAborted();
  const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(name, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // Ctrl-C is for this process, which stops the others
    env: { ...process.env, PATH: path, ...env },
  });
  running = child;
  const [code] = (await once(child, 'exit')) as [number | null];
  running = undefined;
  interrupted.signal.throwIfAborted();
  return code ?? 70;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
