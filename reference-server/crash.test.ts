/**
 * Nothing acknowledged is lost, at whatever moment the process is killed: `npm run test:crash` kills it 1,000 times, CI
 * less often. After each kill the disk is looked at, then the server is started again and asked.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { bytesOf, chunkSize, createUploader, type Published, type Upload } from './crash.uploader.ts';
import { send, temporaryFolder } from './testing.ts';

const kills = Number(process.env['CHUNKPROOF_KILLS'] ?? 40);
/** So many kills a folder, so that the disk does not fill. */
const killsEach = 100;
const uploaders = 8;
/** A kill comes after so many acknowledgements at most, and then so many milliseconds. */
const mostRequests = 60;
const mostMs = 10;
/** Where Node keeps what it compiled, so that the next process is loaded sooner. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/chunkproof', import.meta.url));

/** A process that has loaded everything and waits to be told to serve: loading takes most of a start. */
function prepare(): ChildProcess {
  const child = fork(fileURLToPath(new URL('./crash.child.ts', import.meta.url)), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function serving(child: ChildProcess, data: string): Promise<string> {
  child.send(data);
  if (child.stdout === null) throw new Error('no standard output');
  const ended = once(child, 'exit').then((how) => Promise.reject(new Error(`it ended before it listened: ${how}`)));
  ended.catch(() => {}); // later it is killed on purpose
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string];
  return /http:\S+/.exec(line)?.[0] ?? '';
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`it ended by itself, with ${child.exitCode}`);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** What the disk holds, and has to, while no server runs: ids of the sessions and attachments whose bytes are needed. */
async function examine(
  data: string,
  uploads: readonly Upload[],
): Promise<{ sessions: string[]; attachments: string[] }> {
  const db = new DatabaseSync(join(data, 'records.sqlite'), { readOnly: true });
  const rows = (sql: string) => db.prepare(sql).all() as Record<string, string>[];
  const sessions = rows("SELECT session_id, state, intent FROM sessions WHERE state IN ('open', 'completing')");
  const chunks = rows('SELECT session_id, chunk_id, slot FROM chunks JOIN sessions USING (session_id)');
  const published = rows('SELECT attachment_id FROM attachments').map((row) => String(row['attachment_id']));
  db.close();
  const intents = sessions.flatMap(({ intent }) => (intent ? [String(JSON.parse(intent)['attachmentId'])] : []));
  for (const { key, id, versions } of uploads) {
    const session = sessions.find((row) => row['session_id'] === id);
    if (session === undefined) continue;
    const intent = session['intent'] ? String(JSON.parse(session['intent'])['attachmentId']) : null;
    const moved = intent !== null && existsSync(join(data, 'attachments', intent));
    for (const [chunk, possible] of versions.entries()) {
      const row = chunks.find((row) => row['session_id'] === id && Number(row['chunk_id']) === chunk);
      if (row === undefined) {
        expect(possible, `${key}: chunk ${chunk} was acknowledged, and is in no record`).toContain(0);
        continue;
      }
      const inHome = row['slot'] === 'home';
      const path = moved ? join(data, 'attachments', intent) : join(data, 'sessions', String(id), String(row['slot']));
      const bytes = await read(path, moved || inHome ? chunk * chunkSize : 0);
      const known = possible.some((version) => version > 0 && bytes.equals(bytesOf(key, chunk, version)));
      expect(known, `${key}: bytes of chunk ${chunk}, recorded in ${row['slot']}`).toBe(true);
    }
  }
  return { sessions: sessions.map((row) => String(row['session_id'])), attachments: [...published, ...intents] };
}

async function read(path: string, position: number): Promise<Buffer> {
  const file = await open(path);
  const bytes = Buffer.alloc(chunkSize);
  await file.read(bytes, 0, chunkSize, position);
  await file.close();
  return bytes;
}

async function intact(url: string, { contentUrl, sha256 }: Published): Promise<void> {
  const { bytes } = await send(url, { path: contentUrl });
  expect(createHash('sha256').update(bytes).digest('hex'), contentUrl).toBe(sha256);
}

test(`${kills} kills under ${uploaders} uploads lose nothing that was acknowledged, and leave no orphans`, {
  timeout: kills * 5000,
}, async () => {
  const tally = { kills: 0, acknowledged: 0, published: 0 };
  let standby = [prepare(), prepare()];
  const nextChild = () => {
    const child = standby.shift() ?? prepare();
    standby = [...standby, prepare()];
    return child;
  };

  while (tally.kills < kills) {
    const data = await temporaryFolder();
    const published: Published[] = [];
    const crowd = Array.from({ length: uploaders }, (_, index) =>
      createUploader(`${tally.kills}-${index}`, Math.random, (file) => {
        published.push(file);
        tally.published++;
      }),
    );
    const last = Math.min(kills, tally.kills + killsEach);
    let needed: { sessions: string[]; attachments: string[] } | null = null;
    for (;;) {
      const child = nextChild();
      const begun = serving(child, data);
      // Now and then it is killed while it settles what the kill before has left.
      if (needed !== null && tally.kills < last && Math.random() < 0.1) {
        begun.catch(() => {});
        await after(Math.random() * 5 * mostMs);
        await kill(child);
        tally.kills++;
        needed = await examine(
          data,
          crowd.map(({ current }) => current()),
        );
        continue;
      }
      const url = await begun;
      if (needed !== null) {
        const orphans = async (folder: string, wanted: readonly string[]) =>
          (await readdir(join(data, folder))).filter((name) => !wanted.includes(name));
        expect(await orphans('sessions', needed.sessions), 'orphans').toEqual([]);
        expect(await orphans('attachments', needed.attachments), 'orphans').toEqual([]);
        await Promise.all(crowd.map(({ check }) => check(url)));
        const sample = published.filter((_, index) => index >= published.length - 8 || Math.random() < 0.05);
        await Promise.all(sample.map((file) => intact(url, file)));
      }
      if (tally.kills === last) {
        for (const file of published) await intact(url, file);
        await kill(child);
        break;
      }
      let dead = false;
      let left = 1 + Math.floor(Math.random() * mostRequests);
      const due = Promise.withResolvers<void>();
      const acknowledged = () => {
        tally.acknowledged++;
        if (--left === 0) due.resolve();
      };
      const work = Promise.all(crowd.map((uploader) => uploader.work(url, () => dead, acknowledged)));
      await Promise.race([due.promise, work]);
      await Promise.race([after(Math.random() * mostMs), work]);
      dead = true;
      await kill(child);
      await work;
      tally.kills++;
      needed = await examine(
        data,
        crowd.map(({ current }) => current()),
      );
    }
  }
  console.log(
    `${tally.kills} kills under ${uploaders} uploads: ${tally.acknowledged} requests acknowledged, ${tally.published} attachments published, 0 lost`,
  );
});
