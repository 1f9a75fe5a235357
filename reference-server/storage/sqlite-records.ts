/**
 * Records in one SQLite file: WAL, `synchronous=FULL`, so what is committed survives a kill and a power loss.
 * One process at a time owns the file (`locking_mode=EXCLUSIVE`); the lock goes with the process, however it ends.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Attachment, Session } from '../domain/session.ts';
import { type Records, type StoredChunk, unlimited } from './ports.ts';
import { toCensus, toChunk, toColumns, toSession } from './rows.ts';
import { createTurns } from './turns.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS attachments (
    attachment_id TEXT PRIMARY KEY,
    attachment TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    idempotency_key TEXT,
    fingerprint TEXT,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    intent TEXT,
    attachment_id TEXT REFERENCES attachments,
    received BLOB NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_session_a_key ON sessions (principal, idempotency_key);
  CREATE INDEX IF NOT EXISTS deadline ON sessions (state, expires_at);
  CREATE INDEX IF NOT EXISTS unfinished ON sessions (principal, plan ->> 'fileSize')
    WHERE state IN ('open', 'completing');
  CREATE TABLE IF NOT EXISTS chunks (
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    chunk_id INTEGER NOT NULL,
    digest BLOB NOT NULL,
    slot TEXT NOT NULL,
    PRIMARY KEY (session_id, chunk_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS unreleased (session_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** The database in `file`, created if it is not there. */
export function openDatabase(file: string): DatabaseSync {
  return new DatabaseSync(file, { enableForeignKeyConstraints: true });
}

type Waiting = Readonly<{ work: () => void; done: () => void; failed: (error: unknown) => void }>;

/**
 * Opens (or creates) the records in `file`; `:memory:` keeps nothing. A test may `open` a database that fails.
 * Throws when the file is no database of ours or another process owns it.
 */
export function openSqliteRecords(file: string, open = openDatabase): Records {
  const db = open(file);
  db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
  db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`);

  const select = 'SELECT sessions.*, attachment FROM sessions LEFT JOIN attachments USING (attachment_id)';
  const findSession = db.prepare(`${select} WHERE session_id = ?`);
  const findKey = db.prepare(
    'SELECT session_id, fingerprint FROM sessions WHERE principal = ? AND idempotency_key = ?',
  );
  const findChunk = db.prepare('SELECT chunk_id, digest, slot FROM chunks WHERE session_id = ? AND chunk_id = ?');
  const findChunks = db.prepare('SELECT chunk_id, digest, slot FROM chunks WHERE session_id = ? ORDER BY chunk_id');
  const findAttachment = db.prepare('SELECT attachment FROM attachments WHERE attachment_id = ?');
  const findOverdue = db.prepare("SELECT session_id FROM sessions WHERE state = 'open' AND expires_at <= ?");
  // TOTAL, since SUM fails past 2^63.
  const findUnfinished = db.prepare(
    `SELECT COUNT(*) AS sessions, TOTAL(plan ->> 'fileSize') AS bytes FROM sessions
     WHERE principal = ? AND state IN ('open', 'completing')`,
  );
  const countStates = db.prepare('SELECT state, COUNT(*) AS sessions FROM sessions GROUP BY state');
  const findCompleting = db.prepare("SELECT session_id FROM sessions WHERE state = 'completing'");
  const addSession = db.prepare(
    `INSERT INTO sessions (session_id, principal, idempotency_key, fingerprint, plan, state, received, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setSession = db.prepare(
    'UPDATE sessions SET state = ?, intent = ?, attachment_id = ?, received = ?, expires_at = ? WHERE session_id = ?',
  );
  const setChunk = db.prepare('INSERT OR REPLACE INTO chunks (session_id, chunk_id, digest, slot) VALUES (?, ?, ?, ?)');
  const addAttachment = db.prepare('INSERT OR IGNORE INTO attachments (attachment_id, attachment) VALUES (?, ?)');
  const setDigest = db.prepare(
    "UPDATE attachments SET attachment = json_set(attachment, '$.digest', ?) WHERE attachment_id = ?",
  );
  const addUnreleased = db.prepare('INSERT OR IGNORE INTO unreleased (session_id) VALUES (?)');
  const findUnreleased = db.prepare('SELECT session_id FROM unreleased');
  const dropUnreleased = db.prepare('DELETE FROM unreleased WHERE session_id = ?');
  const dropSessions = db.prepare("DELETE FROM sessions WHERE state NOT IN ('open', 'completing') AND expires_at < ?");

  // Group commit: what is asked for while the last commit ran shares the next one, and its one sync of the disk.
  let queue: Waiting[] = [];
  function write<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      const run = () => {
        result = work();
      };
      queue.push({ work: run, done: () => resolve(result), failed: reject });
      if (queue.length === 1) setImmediate(flush);
    });
  }
  function flush(): void {
    const batch = queue;
    queue = [];
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const { work } of batch) work();
      db.exec('COMMIT');
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
      for (const { failed } of batch) failed(withCode(error));
      return;
    }
    for (const { done } of batch) done();
  }

  const chunkOf = (sessionId: string, chunkId: number): StoredChunk | null => {
    const row = findChunk.get(sessionId, chunkId);
    return row === undefined ? null : toChunk(row);
  };
  const sessionOf = (sessionId: string): Session | null => {
    const row = findSession.get(sessionId);
    return row === undefined ? null : toSession(row);
  };
  const save = (session: Session): void => {
    const { sessionId } = session.plan;
    const { state, intent, attachmentId, attachment, received, expiresAt, ended } = toColumns(session);
    if (attachmentId !== null) addAttachment.run(attachmentId, attachment);
    setSession.run(state, intent, attachmentId, received, expiresAt, sessionId);
    if (ended) addUnreleased.run(sessionId);
  };

  return {
    insert: (session, use, allowance = unlimited) =>
      write(() => {
        const { plan, life, received, expiresAt } = session;
        if (use !== null && findKey.get(plan.principal, use.key) !== undefined) return 'key-taken';
        const unfinished = findUnfinished.get(plan.principal) ?? {};
        if (Number(unfinished['sessions']) >= allowance.sessions) return 'too-many-sessions';
        if (Number(unfinished['bytes']) + plan.fileSize > allowance.bytes) return 'too-many-bytes';
        const identity = [plan.sessionId, plan.principal, use?.key ?? null, use?.fingerprint ?? null] as const;
        addSession.run(...identity, JSON.stringify(plan), life.state, received, expiresAt);
        return 'inserted';
      }),
    find: async (sessionId) => sessionOf(sessionId),
    findByKey: async (principal, key) => {
      const row = findKey.get(principal, key);
      return row === undefined
        ? null
        : { sessionId: String(row['session_id']), fingerprint: String(row['fingerprint']) };
    },
    advance: (sessionId, chunkId, step) =>
      write(() => {
        const session = sessionOf(sessionId);
        if (session === null) return null;
        const { session: next, chunk, answer } = step(session, chunkId === null ? null : chunkOf(sessionId, chunkId));
        if (next !== null) save(next);
        if (chunk) setChunk.run(sessionId, chunk.chunkId, chunk.digest, chunk.slot);
        return answer;
      }),
    chunks: async (sessionId) => findChunks.all(sessionId).map(toChunk),
    attachment: async (attachmentId) => {
      const row = findAttachment.get(attachmentId);
      return row === undefined ? null : (JSON.parse(String(row['attachment'])) as Attachment);
    },
    learnDigest: (attachmentId, digest) => write(() => void setDigest.run(digest, attachmentId)),
    census: async () => toCensus(countStates.all()),
    completing: async () => findCompleting.all().map((row) => String(row['session_id'])),
    overdue: async (now) => findOverdue.all(now).map((row) => String(row['session_id'])),
    unreleased: async () => findUnreleased.all().map((row) => String(row['session_id'])),
    released: (sessionId) => write(() => void dropUnreleased.run(sessionId)),
    forget: (before) => write(() => void dropSessions.run(before)),
    takeTurn: createTurns(),
    close: async () => {
      await write(() => undefined);
      db.close();
    },
  };
}

/** SQLite says that the disk is full by a number of its own (https://sqlite.org/rescode.html#full). */
function withCode(error: unknown): unknown {
  const full = error instanceof Error && 'errcode' in error && error.errcode === 13;
  return full ? Object.assign(error, { code: 'ENOSPC' }) : error;
}
