import { setTimeout as delay } from 'node:timers/promises';
import { type Mutant, sessionOf, succeeded, withField } from '../mutant.ts';
import { honest, type Seams } from '../seams.ts';
import type { Operation, Session } from '../state.ts';

/** Milliseconds between a look and the deed that goes by it. */
const moment = 3;

/**
 * Looks at a session when a request of one operation comes, and does a moment later what is right for what it saw: a
 * session that was completed meanwhile counts as one that is not.
 */
const lateToNotice = (operation: Operation): (() => Partial<Seams>) => {
  return () => {
    let looked: Session | undefined;
    return {
      around: async (request, next, state) => {
        const session = request.operation === operation ? sessionOf(state, request) : undefined;
        if (session?.state !== 'open') return next(request);
        await delay(moment);
        looked = session;
        const reply = next(request);
        looked = undefined;
        return reply;
      },
      guard: (session, asked, now) =>
        session === looked && session.state === 'completed' ? undefined : honest.guard(session, asked, now),
    };
  };
};

/** Servers that are right as long as nobody else asks at the same moment. */
export const brokenRaces: readonly Mutant[] = [
  {
    id: 'chunks-lose-updates',
    breaks: ['session.linearizable'],
    faultClass: 'existence not checked under the lock',
    sentence: 'The table of chunks is read, changed a moment later, and written back whole.',
    seams: () => ({
      around: async (request, next, state) => {
        const session = request.operation === 'uploadChunk' ? sessionOf(state, request) : undefined;
        if (session?.state !== 'open') return next(request);
        const read = [...session.chunks];
        await delay(1);
        const reply = next(request);
        const written = session.chunks.get(Number(request.chunkId));
        if (session.state !== 'open' || !succeeded(reply) || !written) return reply;
        session.chunks.clear();
        for (const [index, bytes] of read) session.chunks.set(index, bytes);
        session.chunks.set(Number(request.chunkId), written);
        return reply;
      },
    }),
  },
  {
    id: 'completed-at-once-makes-two',
    breaks: ['complete.exactly-once'],
    faultClass: 'overlapping final requests publish twice',
    sentence: 'A completion looks whether there is an attachment, and a moment later makes one all the same.',
    seams: () => ({
      around: async (request, next, state) => {
        const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
        if (session?.state !== 'open') return next(request);
        await delay(moment);
        if (session.attachment) Object.assign(session, { state: 'open', attachment: undefined });
        return next(request);
      },
    }),
  },
  {
    id: 'completed-at-once-created-twice',
    breaks: ['complete.exactly-once'],
    faultClass: 'overlapping final requests publish twice',
    sentence: 'Completions that come while one is under way are told, like it, that they made the attachment.',
    seams: () => ({
      around: async (request, next, state) => {
        const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
        if (session?.state !== 'open') return next(request);
        await delay(moment);
        const reply = next(request);
        return reply.status === 200 ? { ...reply, status: 201 } : reply;
      },
    }),
  },
  {
    id: 'completion-of-a-moment-ago',
    breaks: ['complete.atomic'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'A completion takes the chunks as they were when it began, and ends a moment later.',
    seams: () => {
      const begun = new WeakMap<Session, readonly Buffer[]>();
      return {
        around: async (request, next, state) => {
          const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
          if (session?.state !== 'open' || session.chunks.size < session.totalChunks) return next(request);
          begun.set(session, honest.assemble(session));
          await delay(moment);
          return next(request);
        },
        assemble: (session) => begun.get(session) ?? honest.assemble(session),
      };
    },
  },
  {
    id: 'chunk-at-completion-acknowledged',
    breaks: ['complete.atomic'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'A chunk that comes before the completion and is stored after it is acknowledged and lost.',
    seams: lateToNotice('uploadChunk'),
  },
  {
    id: 'abort-at-completion-wins-too',
    breaks: ['abort.race'],
    faultClass: 'complete and abort not serialised',
    sentence: 'An abort that comes before the completion is acknowledged after it, though the attachment is there.',
    seams: lateToNotice('abortUpload'),
  },
  {
    id: 'key-at-once-makes-two',
    breaks: ['idempotency.race'],
    sentence: 'A request looks whether its key is there, and a moment later makes a session all the same.',
    seams: () => {
      const bound = new Set<string>();
      return {
        around: async (request, next) => {
          const key = request.operation === 'initiateUpload' ? request.headers['idempotency-key'] : undefined;
          if (key === undefined || bound.has(key)) return next(request);
          await delay(moment);
          if (bound.has(key)) return next(withField(request, 'idempotency-key'));
          bound.add(key);
          return next(request);
        },
      };
    },
  },
];
