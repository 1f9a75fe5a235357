import { type Mutant, sessionOf } from '../mutant.ts';
import { problem } from '../replies.ts';
import { honest, type Seams } from '../seams.ts';
import type { Session, State } from '../state.ts';

/** Does something to each session, when the server is killed. */
const toEach =
  (killed: (session: Session, state: State) => void): (() => Partial<Seams>) =>
  () => ({
    killed: (state) => {
      for (const session of state.sessions.values()) killed(session, state);
    },
  });

/** Servers that a kill of their process finds out. */
export const brokenByRestart: readonly Mutant[] = [
  {
    id: 'acknowledged-before-sync',
    breaks: ['chunk.durable'],
    sentence: 'A chunk is acknowledged before it is synced, so a kill takes the last one.',
    seams: () => {
      const last = new WeakMap<Session, number>();
      return {
        store: (session, index, bytes) => {
          last.set(session, index);
          return honest.store(session, index, bytes);
        },
        killed: ({ sessions }) => {
          for (const session of sessions.values())
            if (session.state === 'open') session.chunks.delete(last.get(session) ?? -1);
        },
      };
    },
  },
  {
    id: 'replacement-lost-at-kill',
    breaks: ['chunk.durable'],
    sentence: 'A kill brings back the bytes that a chunk had before it was replaced.',
    seams: () => {
      const first = new WeakMap<Session, Map<number, Buffer>>();
      return {
        store: (session, index, bytes) => {
          const kept = first.get(session) ?? new Map<number, Buffer>();
          first.set(session, kept.set(index, kept.get(index) ?? bytes));
          return honest.store(session, index, bytes);
        },
        killed: ({ sessions }) => {
          for (const session of sessions.values())
            if (session.state === 'open')
              for (const [index, bytes] of first.get(session) ?? []) session.chunks.set(index, bytes);
        },
      };
    },
  },
  {
    id: 'sessions-in-memory',
    breaks: ['chunk.durable', 'session.remembered', 'complete.durable'],
    sentence: 'Sessions are known to one process only: the bytes are on the disk, and nobody finds them.',
    seams: () => ({ killed: ({ sessions }) => sessions.clear() }),
  },
  {
    id: 'replacement-torn-at-kill',
    breaks: ['chunk.durable', 'chunk.atomic'],
    sentence:
      'A replacement is written over the stored bytes as it comes, and undone when it is cut, but not by a kill.',
    seams: () => {
      const torn = new Map<Session, Map<number, Buffer>>();
      return {
        receiving: (session, index, soFar) => {
          const stored = session.state === 'open' ? session.chunks.get(index) : undefined;
          const part = soFar();
          if (!stored || part.length === 0) return;
          const mixed = Buffer.concat([part, stored.subarray(part.length)]);
          torn.set(session, (torn.get(session) ?? new Map<number, Buffer>()).set(index, mixed));
        },
        around: (request, next, state) => {
          const session = sessionOf(state, request);
          if (session && request.operation === 'uploadChunk') torn.get(session)?.delete(Number(request.chunkId));
          return next(request);
        },
        killed: () => {
          for (const [session, chunks] of torn)
            if (session.state === 'open') for (const [index, bytes] of chunks) session.chunks.set(index, bytes);
          torn.clear();
        },
      };
    },
  },
  {
    id: 'chunk-recorded-before-its-bytes',
    breaks: ['chunk.atomic', 'status.received', 'session.linearizable'],
    faultClass: 'a cut request frees data but keeps the record; read dies later',
    sentence: 'A chunk is recorded when its upload begins, and a kill leaves the record without all of the bytes.',
    seams: () => {
      const begun = new Map<Session, Map<number, Buffer>>();
      return {
        receiving: (session, index, soFar) => {
          if (session.state !== 'open' || session.chunks.has(index)) return;
          begun.set(session, (begun.get(session) ?? new Map<number, Buffer>()).set(index, soFar()));
        },
        around: (request, next, state) => {
          const session = sessionOf(state, request);
          if (session && request.operation === 'uploadChunk') begun.get(session)?.delete(Number(request.chunkId));
          return next(request);
        },
        killed: () => {
          for (const [session, chunks] of begun) for (const [index, part] of chunks) session.chunks.set(index, part);
          begun.clear();
        },
      };
    },
  },
  {
    id: 'completion-in-memory',
    breaks: ['complete.durable'],
    sentence: 'A kill opens completed sessions again, and their attachments are gone.',
    seams: toEach((session, state) => {
      if (session.attachment) state.attachments.delete(session.attachment.id);
      delete session.attachment;
      if (session.state === 'completed') session.state = 'open';
    }),
  },
  {
    id: 'attachment-lost-at-kill',
    breaks: ['complete.durable'],
    sentence: 'A completed session remembers its attachment, which a kill has taken.',
    seams: () => ({ killed: ({ attachments }) => attachments.clear() }),
  },
  {
    id: 'attachment-cut-at-kill',
    breaks: ['complete.durable'],
    sentence: 'A kill leaves of an attachment whatever had been synced: all but its last byte.',
    seams: () => ({
      killed: ({ attachments }) => {
        for (const [id, one] of attachments) attachments.set(id, { ...one, bytes: one.bytes.subarray(0, -1) });
      },
    }),
  },
  {
    id: 'abort-forgotten-at-kill',
    breaks: ['session.remembered', 'abort.final', 'abort.repeat'],
    sentence: 'An aborted session is not known any more after a kill.',
    seams: toEach(({ id, state }, { sessions }) => void (state === 'aborted' && sessions.delete(id))),
  },
  {
    id: 'abort-undone-by-kill',
    breaks: ['session.remembered', 'abort.final'],
    sentence: 'An aborted session is open again after a kill.',
    seams: toEach((session) => {
      if (session.state === 'aborted') session.state = 'open';
    }),
  },
  {
    id: 'keys-in-memory',
    breaks: ['idempotency.replay'],
    sentence: 'A kill takes the idempotency keys, and a repeat opens a second session.',
    seams: () => ({ killed: ({ keys }) => keys.clear() }),
  },
  {
    id: 'expiry-moved-back-by-kill',
    breaks: ['expiry.monotonic'],
    faultClass: 'expiry announced wrongly, or enforced though never announced',
    sentence: 'After a kill a session has half of its time, counted from when it was opened.',
    seams: toEach((session) => {
      session.expiresAt -= session.timeoutMs / 2;
    }),
  },
  {
    id: 'lock-left-by-kill',
    breaks: ['complete.created', 'session.linearizable'],
    faultClass: 'crash leaves "processing" for ever',
    sentence: 'A completion marks its session first, and when it is killed half-way the mark stays for ever.',
    seams: () => {
      const marks = new Map<Session, { readonly life: number; readonly done: Promise<unknown> }>();
      let life = 0;
      return {
        killed: () => void life++,
        around: async (request, next, state) => {
          const session = sessionOf(state, request);
          if (!session || request.operation !== 'completeUpload') return next(request);
          const mark = marks.get(session);
          if (mark && mark.life !== life) return problem('session-completed');
          await mark?.done;
          if (session.state !== 'open' || honest.missing(session).length > 0) return next(request);
          const own = { life, done: new Promise((resolve) => setTimeout(resolve, 60)) };
          marks.set(session, own);
          await own.done;
          if (own.life !== life) return next({ ...request, operation: 'getUploadSession' });
          marks.delete(session);
          return next(request);
        },
      };
    },
  },
];
