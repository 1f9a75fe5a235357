/** Both ports in memory: for tests, and as the smallest implementation that keeps their promises. */
import { Readable } from 'node:stream';
import type { Attachment, Session } from '../domain/session.ts';
import { type Bytes, type KeyUse, type Records, type StoredChunk, unlimited } from './ports.ts';
import { createTurns } from './turns.ts';

type Entry = { session: Session; use: KeyUse | null; chunks: Map<number, StoredChunk> };

/** Records that end with the process. */
export function memoryRecords(): Records {
  const entries = new Map<string, Entry>();
  const attachments = new Map<string, Attachment>();
  const unreleased = new Set<string>();
  const withLatest = (session: Session): Session => {
    if (session.life.state !== 'completed') return session;
    const attachment = attachments.get(session.life.attachment.attachmentId) ?? session.life.attachment;
    return { ...session, life: { state: 'completed', attachment } };
  };
  const byKey = (principal: string, key: string) =>
    [...entries.values()].find((entry) => entry.session.plan.principal === principal && entry.use?.key === key);
  const idsWhere = (test: (session: Session) => boolean) =>
    [...entries.values()].filter(({ session }) => test(session)).map(({ session }) => session.plan.sessionId);
  return {
    insert: async (session, use, allowance = unlimited) => {
      const { principal, fileSize } = session.plan;
      if (use !== null && byKey(principal, use.key) !== undefined) return 'key-taken';
      const unfinished = [...entries.values()]
        .map((entry) => entry.session)
        .filter(({ plan, life }) => plan.principal === principal && /open|completing/.test(life.state));
      if (unfinished.length >= allowance.sessions) return 'too-many-sessions';
      const bytes = unfinished.reduce((sum, { plan }) => sum + plan.fileSize, fileSize);
      if (bytes > allowance.bytes) return 'too-many-bytes';
      entries.set(session.plan.sessionId, { session, use, chunks: new Map() });
      return 'inserted';
    },
    find: async (sessionId) => {
      const entry = entries.get(sessionId);
      return entry === undefined ? null : withLatest(entry.session);
    },
    findByKey: async (principal, key) => {
      const entry = byKey(principal, key);
      if (entry === undefined || entry.use === null) return null;
      return { sessionId: entry.session.plan.sessionId, fingerprint: entry.use.fingerprint };
    },
    advance: async (sessionId, chunkId, step) => {
      const entry = entries.get(sessionId);
      if (entry === undefined) return null;
      const stored = chunkId === null ? null : (entry.chunks.get(chunkId) ?? null);
      const { session, chunk, answer } = step(withLatest(entry.session), stored);
      if (session !== null) entry.session = session;
      if (session !== null && !/open|completing/.test(session.life.state)) unreleased.add(sessionId);
      if (session?.life.state === 'completed')
        attachments.set(session.life.attachment.attachmentId, session.life.attachment);
      if (chunk) entry.chunks.set(chunk.chunkId, chunk);
      return answer;
    },
    chunks: async (sessionId) =>
      [...(entries.get(sessionId)?.chunks.values() ?? [])].sort((a, b) => a.chunkId - b.chunkId),
    attachment: async (attachmentId) => attachments.get(attachmentId) ?? null,
    learnDigest: async (attachmentId, digest) => {
      const attachment = attachments.get(attachmentId);
      if (attachment !== undefined) attachments.set(attachmentId, { ...attachment, digest });
    },
    census: async () => {
      const count = { open: 0, completing: 0, completed: 0, aborted: 0, expired: 0 };
      for (const { session } of entries.values()) count[session.life.state]++;
      return count;
    },
    completing: async () => idsWhere(({ life }) => life.state === 'completing'),
    overdue: async (now) => idsWhere(({ life, expiresAt }) => life.state === 'open' && expiresAt <= now),
    unreleased: async () => [...unreleased],
    released: async (sessionId) => void unreleased.delete(sessionId),
    forget: async (before) => {
      for (const id of idsWhere(({ life, expiresAt }) => !/open|completing/.test(life.state) && expiresAt < before))
        entries.delete(id);
    },
    takeTurn: createTurns(),
    close: async () => {},
  };
}

/** Bytes that end with the process; every upload has a slot of its own, so nothing is ever written over. */
export function memoryBytes(): Bytes {
  const sessions = new Map<string, Map<string, Buffer>>();
  const attachments = new Map<string, Buffer>();
  const slotsOf = (sessionId: string) => {
    const slots = sessions.get(sessionId);
    if (slots === undefined) throw Object.assign(new Error('No such session in the store.'), { code: 'ENOENT' });
    return slots;
  };
  const bytesOf = (sessionId: string, slot: string) => slotsOf(sessionId).get(slot) ?? Buffer.alloc(0);
  let drawn = 0;
  return {
    create: async (sessionId) => void sessions.set(sessionId, new Map()),
    receive: async ({ sessionId, chunkId }, body) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(Uint8Array.from(piece));
      const slot = `${chunkId}.${drawn++}`;
      slotsOf(sessionId).set(slot, Buffer.concat(pieces));
      return { slot, settle: async (kept) => void (kept || sessions.get(sessionId)?.delete(slot)) };
    },
    read: async function* (sessionId, { slot }) {
      yield bytesOf(sessionId, slot);
    },
    publish: async (sessionId, attachmentId, pieces) =>
      void attachments.set(attachmentId, Buffer.concat(pieces.map(({ slot }) => bytesOf(sessionId, slot)))),
    published: async (attachmentId) => attachments.has(attachmentId),
    content: async (attachmentId, first, last) =>
      Readable.from([attachments.get(attachmentId)?.subarray(first, last + 1) ?? Buffer.alloc(0)]),
    discard: async (sessionId, slot) => void sessions.get(sessionId)?.delete(slot),
    release: async (sessionId) => void sessions.delete(sessionId),
    collect: async (keep) => {
      for (const [sessionId, slots] of sessions) {
        const wanted = await keep.slots(sessionId);
        if (wanted === null) sessions.delete(sessionId);
        else for (const slot of slots.keys()) if (!wanted.has(slot)) slots.delete(slot);
      }
      for (const id of attachments.keys()) if (!(await keep.attachment(id))) attachments.delete(id);
    },
  };
}
