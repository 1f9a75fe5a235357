/**
 * Records in PostgreSQL, for any number of processes. A session is advanced by compare-and-set on its `version`: read,
 * decide, and write in one statement only if nobody has written since; no lock outlives a statement, so a process that
 * hangs holds nobody up. What is committed is durable and is seen by every later read, as long as all go to the primary
 * and `synchronous_commit` is on, which it is unless somebody turns it off.
 */
import { Pool, type PoolConfig, type QueryResult } from 'pg';
import type { Attachment, Session } from '../domain/session.ts';
import { type Allowance, type KeyUse, type Records, unlimited } from './ports.ts';
import { createTables } from './postgres-schema.ts';
import { postgresTurns } from './postgres-turns.ts';
import { type Row, toCensus, toChunk, toColumns, toSession } from './rows.ts';
import { createTurns } from './turns.ts';

/** Milliseconds for a connection, and for an answer. */
const config = { connectionTimeoutMillis: 5_000, query_timeout: 15_000, keepAlive: true } satisfies PoolConfig;

/** The attachment with the digest that was learned later, as `toSession` and `attachment` read it. */
const latest = `CASE WHEN a.digest IS NULL THEN a.attachment
  ELSE jsonb_set(a.attachment::jsonb, '{digest}', to_jsonb(a.digest))::text END AS attachment`;
const findSession = `SELECT s.*, ${latest} FROM sessions s LEFT JOIN attachments a USING (attachment_id)
  WHERE session_id = $1`;
const findToAdvance = `SELECT s.*, ${latest}, c.chunk_id, c.digest, c.slot
  FROM sessions s LEFT JOIN attachments a USING (attachment_id)
  LEFT JOIN chunks c ON c.session_id = s.session_id AND c.chunk_id = $2
  WHERE s.session_id = $1`;
const addSession = `INSERT INTO sessions
  (session_id, principal, idempotency_key, fingerprint, file_size, plan, state, received, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
const findUnfinished = `SELECT count(*) AS sessions, coalesce(sum(file_size), 0) AS bytes FROM sessions
  WHERE principal = $1 AND state IN ('open', 'completing')`;
/** All that an advance changes, in one statement: nothing of it happens if another came first. */
const advanceSession = `
  WITH moved AS (
    UPDATE sessions SET version = version + 1, state = $3, intent = $4, attachment_id = $5::text, received = $6, expires_at = $7
    WHERE session_id = $1 AND version = $2 RETURNING session_id
  ), published AS (
    INSERT INTO attachments (attachment_id, attachment) SELECT $5::text, $8::text FROM moved WHERE $5 IS NOT NULL
    ON CONFLICT DO NOTHING
  ), ended AS (
    INSERT INTO unreleased (session_id) SELECT session_id FROM moved WHERE $9::boolean ON CONFLICT DO NOTHING
  ), stored AS (
    INSERT INTO chunks (session_id, chunk_id, digest, slot) SELECT session_id, $10::integer, $11::bytea, $12::text FROM moved
    WHERE $10::integer IS NOT NULL
    ON CONFLICT (session_id, chunk_id) DO UPDATE SET digest = EXCLUDED.digest, slot = EXCLUDED.slot
  ) SELECT session_id FROM moved`;
/** A few, and not the same for every process: what one cannot give back keeps none from the others. */
const findUnreleased = `SELECT session_id FROM unreleased WHERE since < now() - interval '1 second'
  ORDER BY random() LIMIT 100`;
/** Several processes may do it at once: each takes what no other is at. */
const dropSessions = `DELETE FROM sessions WHERE session_id IN (
    SELECT session_id FROM sessions WHERE state NOT IN ('open', 'completing') AND expires_at < $1 FOR UPDATE SKIP LOCKED)`;

/** Opens the records in the database at `url`, and makes what is missing there. Rejects when it cannot be had. */
export async function openPostgresRecords(url: string): Promise<Records> {
  const pool = new Pool({ ...config, connectionString: url, max: 16 });
  pool.on('error', () => {}); // an idle connection that was lost: the next query takes another
  const turns = postgresTurns({ ...config, connectionString: url });
  const inTurn = createTurns();

  const query = (text: string, values: unknown[] = []): Promise<QueryResult<Row>> =>
    pool.query<Row>(text, values).catch((error: unknown) => {
      throw withCode(error);
    });
  const idsOf = async (text: string, values: unknown[] = []) =>
    (await query(text, values)).rows.map((row) => String(row['session_id']));
  const first = async (text: string, values: unknown[]) => (await query(text, values)).rows[0] ?? null;

  async function insert(session: Session, use: KeyUse | null, allowance: Allowance) {
    const { plan, life, received, expiresAt } = session;
    const { sessionId, principal, fileSize } = plan;
    const identity = [sessionId, principal, use?.key ?? null, use?.fingerprint ?? null];
    const client = await pool.connect().catch((error: unknown) => {
      throw withCode(error);
    });
    try {
      await client.query('BEGIN');
      // What one principal adds is counted one after the other; how much it frees meanwhile does no harm.
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('chunkproof principal ' || $1, 0))", [
        principal,
      ]);
      const keyed = await client.query('SELECT 1 FROM sessions WHERE principal = $1 AND idempotency_key = $2', [
        principal,
        use?.key ?? null,
      ]);
      const { rows } = await client.query<Row>(findUnfinished, [principal]);
      const full =
        Number(rows[0]?.['sessions']) >= allowance.sessions
          ? 'too-many-sessions'
          : Number(rows[0]?.['bytes']) + fileSize > allowance.bytes
            ? 'too-many-bytes'
            : null;
      const answer = keyed.rowCount !== 0 ? 'key-taken' : full;
      if (answer === null)
        await client.query(addSession, [...identity, fileSize, JSON.stringify(plan), life.state, received, expiresAt]);
      await client.query('COMMIT');
      client.release();
      return answer ?? 'inserted';
    } catch (error) {
      client.release(true); // and what it had begun is undone
      throw withCode(error);
    }
  }

  const records: Records = {
    insert: (session, use, allowance = unlimited) => insert(session, use, allowance),
    find: async (sessionId) => {
      const row = nameable(sessionId) ? await first(findSession, [sessionId]) : null;
      return row && toSession(row);
    },
    findByKey: async (principal, key) => {
      const text = 'SELECT session_id, fingerprint FROM sessions WHERE principal = $1 AND idempotency_key = $2';
      const row = await first(text, [principal, key]);
      return row && { sessionId: String(row['session_id']), fingerprint: String(row['fingerprint']) };
    },
    advance: async (sessionId, chunkId, step) => {
      if (!nameable(sessionId)) return null;
      // In turn within this process, so that its own requests do not make one another try again.
      const turn = await inTurn(sessionId, 'wait');
      try {
        for (;;) {
          const row = await first(findToAdvance, [sessionId, chunkId]);
          if (row === null) return null;
          const { session, chunk, answer } = step(toSession(row), row['chunk_id'] === null ? null : toChunk(row));
          if (session === null) return answer;
          const { state, intent, attachmentId, attachment, received, expiresAt, ended } = toColumns(session);
          const life = [state, intent, attachmentId, received, expiresAt, attachment, ended];
          const stored = [chunk?.chunkId ?? null, chunk?.digest ?? null, chunk?.slot ?? null];
          const { rowCount } = await query(advanceSession, [sessionId, row['version'], ...life, ...stored]);
          if (rowCount === 1) return answer;
        }
      } finally {
        await turn?.end();
      }
    },
    chunks: async (sessionId) => {
      const text = 'SELECT chunk_id, digest, slot FROM chunks WHERE session_id = $1 ORDER BY chunk_id';
      return (await query(text, [sessionId])).rows.map(toChunk);
    },
    attachment: async (attachmentId) => {
      if (!nameable(attachmentId)) return null;
      const row = await first(`SELECT ${latest} FROM attachments a WHERE attachment_id = $1`, [attachmentId]);
      return row && (JSON.parse(String(row['attachment'])) as Attachment);
    },
    learnDigest: async (attachmentId, digest) => {
      await query('UPDATE attachments SET digest = $2 WHERE attachment_id = $1', [attachmentId, digest]);
    },
    census: async () => toCensus((await query('SELECT state, count(*) AS sessions FROM sessions GROUP BY state')).rows),
    completing: () => idsOf("SELECT session_id FROM sessions WHERE state = 'completing'"),
    overdue: (now) => idsOf("SELECT session_id FROM sessions WHERE state = 'open' AND expires_at <= $1", [now]),
    unreleased: () => idsOf(findUnreleased),
    released: async (sessionId) => void (await query('DELETE FROM unreleased WHERE session_id = $1', [sessionId])),
    forget: async (before) => void (await query(dropSessions, [before])),
    takeTurn: (sessionId, patience) =>
      turns.takeTurn(sessionId, patience).catch((error: unknown) => {
        throw withCode(error);
      }),
    close: async () => {
      await turns.close();
      await pool.end();
    },
  };
  try {
    await createTables(pool);
    return records;
  } catch (error) {
    await records.close();
    throw withCode(error);
  }
}

/** No text of PostgreSQL has a NUL in it, so none of its rows is named so. */
function nameable(id: string): boolean {
  return !id.includes('\0');
}

/** 53100 is a full disk (PostgreSQL, appendix A); a connection that breaks off has no code at all. */
function withCode(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'ECONNRESET';
  return Object.assign(error, { code: code === '53100' ? 'ENOSPC' : code });
}
