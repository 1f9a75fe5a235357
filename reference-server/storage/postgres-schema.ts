/** The tables of `postgres-records.ts`, made by whichever process starts first. */
import type { Pool } from 'pg';

const tables = `
  CREATE TABLE IF NOT EXISTS attachments (
    attachment_id text PRIMARY KEY,
    attachment text NOT NULL,
    digest text
  );
  CREATE TABLE IF NOT EXISTS sessions (
    session_id text PRIMARY KEY,
    principal text NOT NULL,
    idempotency_key text,
    fingerprint text,
    file_size bigint NOT NULL,
    plan text NOT NULL,
    state text NOT NULL,
    intent text,
    attachment_id text REFERENCES attachments,
    received bytea NOT NULL,
    expires_at bigint NOT NULL,
    version bigint NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX IF NOT EXISTS one_session_a_key ON sessions (principal, idempotency_key);
  CREATE INDEX IF NOT EXISTS unfinished ON sessions (principal) WHERE state IN ('open', 'completing');
  CREATE INDEX IF NOT EXISTS deadline ON sessions (expires_at) WHERE state = 'open';
  CREATE INDEX IF NOT EXISTS completion ON sessions (session_id) WHERE state = 'completing';
  CREATE INDEX IF NOT EXISTS ended ON sessions (expires_at) WHERE state NOT IN ('open', 'completing');
  CREATE TABLE IF NOT EXISTS chunks (
    session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
    chunk_id integer NOT NULL,
    digest bytea NOT NULL,
    slot text NOT NULL,
    PRIMARY KEY (session_id, chunk_id)
  );
  CREATE TABLE IF NOT EXISTS unreleased (
    session_id text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
  );
`;

/** `IF NOT EXISTS` is not safe from itself: two that start at once both find nothing, and one fails. So in turn. */
const inTurn = "SELECT pg_advisory_xact_lock(hashtextextended('chunkproof schema', 0))";

/** Makes the tables that are missing. Several processes may do so at once. */
export async function createTables(pool: Pool): Promise<void> {
  // Several statements in one simple query are one transaction (PostgreSQL, protocol flow, 55.2.2.1).
  await pool.query(`${inTurn}; ${tables}`);
}
