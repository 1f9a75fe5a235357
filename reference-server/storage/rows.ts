/** Records as columns, which both SQL adapters use: what is only read as a whole is JSON. */
import type { Attachment, Failure, Intent, Life, Plan, Session } from '../domain/session.ts';
import type { StoredChunk } from './ports.ts';

/** A row as a driver gives it: text, numbers (or their text) and bytes. */
export type Row = Readonly<Record<string, unknown>>;

/** What of a session changes: its columns, and the attachment that is added with it. */
export function toColumns({ life, received, expiresAt }: Session) {
  const attachment = life.state === 'completed' ? life.attachment : null;
  return {
    state: life.state,
    intent: intentOf(life),
    attachmentId: attachment?.attachmentId ?? null,
    attachment: attachment && JSON.stringify(attachment),
    received,
    expiresAt,
    /** Its bytes are to be given back. */
    ended: life.state !== 'open' && life.state !== 'completing',
  };
}

/** One column for what a completion means to do, and for why the last one has failed. */
function intentOf(life: Life): string | null {
  if (life.state === 'completing') return JSON.stringify(life.intent);
  return life.state === 'open' && life.failure ? JSON.stringify(life.failure) : null;
}

export function toSession(row: Row): Session {
  const plan = JSON.parse(String(row['plan'])) as Plan;
  const received = Uint8Array.from(row['received'] as Uint8Array);
  return { plan, life: toLife(row), received, expiresAt: Number(row['expires_at']) };
}

function toLife(row: Row): Life {
  const state = row['state'] as Life['state'];
  if (state === 'completing') return { state, intent: JSON.parse(String(row['intent'])) as Intent };
  if (state === 'completed') return { state, attachment: JSON.parse(String(row['attachment'])) as Attachment };
  if (state === 'open' && row['intent']) return { state, failure: JSON.parse(String(row['intent'])) as Failure };
  return { state };
}

export function toChunk(row: Row): StoredChunk {
  return { chunkId: Number(row['chunk_id']), digest: row['digest'] as Uint8Array, slot: String(row['slot']) };
}

export function toCensus(rows: readonly Row[]): Record<Life['state'], number> {
  const count = { open: 0, completing: 0, completed: 0, aborted: 0, expired: 0 };
  for (const row of rows) count[row['state'] as Life['state']] = Number(row['sessions']);
  return count;
}
