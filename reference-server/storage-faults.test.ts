/**
 * Every I/O fails once, and from then on for ever: each of those that a small scenario needs, in turn, in every way that
 * storage fails. What was acknowledged stays, what failed can be sent again, and nobody is told what is not so.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maxChunks } from './config.ts';
import { createHashing } from './domain/hashing.ts';
import { createUploads } from './domain/uploads.ts';
import { createHttpServer } from './http/server.ts';
import { openFileBytes } from './storage/file-bytes.ts';
import { openSqliteRecords } from './storage/sqlite-records.ts';
import { type Code, createTrouble, type Plan, type Trouble } from './storage/testing.ts';
import { at, complete, digestOf, initiate, put, type Reply, send, temporaryFolder } from './testing.ts';

const limits = {
  maxFileSize: 1000,
  minChunkSize: 1,
  maxChunkSize: 1000,
  maxChunks,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 1000,
};

type Running = Readonly<{ url: string; sweep(): Promise<void>; close(): Promise<void> }>;

/** The server as `main.ts` puts it together, over a storage in trouble; its sweeper runs when it is told to. */
async function start(data: string, { files, open }: Trouble): Promise<Running> {
  const records = openSqliteRecords(join(data, 'records.sqlite'), open);
  const uploads = createUploads({
    records,
    bytes: await openFileBytes(data, files),
    hashing: createHashing(0),
    limits,
    allowance: { sessions: 1000, bytes: 1e9 },
    defaultTimeoutSeconds: 1000,
    completeWithin: 10_000,
    clock: Date.now,
    log: () => {},
  });
  await uploads.recover();
  const app = createHttpServer({
    uploads,
    limits,
    prefix: '',
    principals: [],
    maxConnections: 100,
    minRate: 0,
    cors: [],
    phase: () => 'serving',
    operator: null,
    observer: { answered() {}, carried() {} },
  });
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    async sweep() {
      await uploads.sweep();
      await uploads.idle();
    },
    async close() {
      await app.close();
      await uploads.idle();
      await records.close();
    },
  };
}

const isFault = ({ status }: Pick<Reply, 'status'>) => [500, 503, 507].includes(status);
const described = (plan: Plan) => `${plan.lasting ? 'from' : 'at'} I/O ${plan.nth}: ${plan.code}, ${plan.effect}`;

/**
 * Uploads, replaces, completes and aborts while the storage is in trouble. Each request that fails is asked for again
 * while the trouble lasts, and then when it is over. Resolves what failed.
 */
async function play(plan: Plan): Promise<readonly string[]> {
  const data = await temporaryFolder();
  const trouble = createTrouble();
  const server = await start(data, trouble);
  const { url } = server;
  let failed: readonly string[] = [];
  let troubled = true;
  trouble.plan(plan);

  /** Does `request` until it succeeds, with a look at the session after each failure. */
  async function succeed(request: () => Promise<Reply>, look: (failed: Reply) => Promise<void>): Promise<Reply> {
    for (let tries = 0; ; tries++) {
      const reply = await request();
      if (reply.status < 300) return reply;
      expect(isFault(reply), `${reply.status} ${String(reply.json['type'])}`).toBe(true);
      expect(tries, 'failures of a storage that has healed').toBeLessThan(2);
      if (tries === 0) {
        if (plan.code === 'ENOSPC' && plan.effect === 'undone') expect([503, 507]).toContain(reply.status);
        await look(reply);
      }
      if (tries === (plan.lasting ? 1 : 0)) {
        failed = trouble.fired();
        troubled = false;
        trouble.plan(null);
        await look(reply);
      }
    }
  }

  /** What the session has to hold: by chunk its bytes, or several where an answer left that open. */
  async function received(id: string, chunks: ReadonlyMap<number, unknown>, doubtful: number | null): Promise<void> {
    const { status, json } = await send(url, { path: at(id) });
    // While the trouble lasts a completion cannot be settled that it has left behind.
    if (plan.lasting && isFault({ status }) && troubled) return;
    expect(status, 'a session that is there').toBe(200);
    const listed = (json['receivedChunks'] as { first: number; last: number }[]).flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index),
    );
    const certain = listed.filter((chunk) => chunk !== doubtful);
    expect(certain).toEqual([...chunks.keys()].filter((chunk) => chunk !== doubtful).toSorted());
  }

  async function begin(key: string): Promise<string> {
    const fields = { 'idempotency-key': key };
    const { json } = await succeed(
      async () => (await initiate(url, {}, fields)).reply,
      async () => {},
    );
    return String(json['sessionId']);
  }

  async function upload(id: string, chunks: Map<number, string>, chunk: number, text: string): Promise<void> {
    const doubtful = plan.effect === 'done' ? chunk : null;
    await succeed(
      () => put(url, id, chunk, text),
      () => received(id, chunks, doubtful),
    );
    chunks.set(chunk, text);
    await received(id, chunks, null);
  }

  const id = await begin('whole');
  const chunks = new Map<number, string>();
  await upload(id, chunks, 0, 'abcd');
  await upload(id, chunks, 2, 'ij');
  await upload(id, chunks, 0, 'ABCD');
  await upload(id, chunks, 1, 'efgh');
  const whole = 'ABCDefghij';
  const completed = await succeed(
    () => complete(url, id, { digest: digestOf(whole) }),
    async (reply) => {
      await received(id, chunks, null);
      // What is told as impossible for want of room must not happen later.
      if (reply.status === 507) expect((await send(url, { path: at(id) })).json['state']).toBe('open');
    },
  );
  const contentUrl = String(completed.json['contentUrl']);

  const other = await begin('given up');
  const others = new Map<number, string>();
  await upload(other, others, 1, 'EFGH');
  await succeed(
    () => send(url, { method: 'POST', path: at(other, '/abort') }),
    async () => {
      const { status, json } = await send(url, { path: at(other) });
      // An abort may have happened although it was not said to have: then it is told by its own problem.
      if (plan.effect === 'done' && status === 410) expect(json['type']).toMatch(/session-aborted$/);
      else expect(status).toBe(200);
    },
  );

  if (failed.length === 0) failed = trouble.fired();
  await server.sweep().catch(() => {}); // as main.ts does: the next round comes
  failed = trouble.fired().length > failed.length ? trouble.fired() : failed;
  trouble.plan(null);
  await server.sweep();
  for (const running of [server, null]) {
    const now = running ?? (await start(data, trouble));
    expect((await send(now.url, { path: contentUrl })).bytes.toString()).toBe(whole);
    expect((await send(now.url, { path: at(id) })).json).toMatchObject({ state: 'completed' });
    expect((await send(now.url, { path: at(other) })).json['type']).toMatch(/session-aborted$/);
    const names = (folder: string) => readdir(join(data, folder));
    expect([await names('sessions'), (await names('attachments')).length], 'orphans').toEqual([[], 1]);
    await now.close();
  }
  return failed;
}

const ways: readonly Omit<Plan, 'nth'>[] = [
  ...(['EIO', 'ENOSPC', 'EMFILE'] satisfies Code[]).flatMap((code) => [
    { code, lasting: false, effect: 'undone' } as const,
    { code, lasting: true, effect: 'undone' } as const,
  ]),
  { code: 'EIO', lasting: false, effect: 'done' },
  { code: 'EIO', lasting: true, effect: 'done' },
];

test.each(ways)(
  '$code at every I/O in turn (lasting: $lasting, effect: $effect) loses nothing and tells no lie',
  {
    timeout: 120_000,
  },
  async (way) => {
    const struck = new Map<string, number>();
    for (let nth = 1; ; nth++) {
      const plan = { ...way, nth };
      const [name] = await play(plan).catch((error: unknown) => {
        throw new Error(`${described(plan)}: ${error instanceof Error ? error.message : error}`, { cause: error });
      });
      if (name === undefined) break;
      struck.set(name, (struck.get(name) ?? 0) + 1);
    }
    const expected = ['commit', 'mkdir', 'open', 'rename', 'sync', 'truncate', 'unlink', 'write'];
    expect([...struck.keys()].toSorted()).toEqual(expected);
    const cases = [...struck.values()].reduce((sum, count) => sum + count, 0);
    const each = [...struck].map(([name, count]) => `${count} ${name}`).join(', ');
    console.log(
      `${way.code}, ${way.lasting ? 'for ever' : 'once'}, ${way.effect}: ${cases} I/Os failed in turn (${each})`,
    );
  },
);
