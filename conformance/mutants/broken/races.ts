import { setTimeout as delay } from 'node:timers/promises';
import { type Mutant, sessionOf, succeeded, withField } from '../mutant.ts';
import { honest } from '../seams.ts';
import type { Session } from '../state.ts';

/** Milliseconds for which the servers here have not yet noticed what they just did: they are within the same one. */
const blink = 1;

const justCompleted = ({ attachment }: Session): boolean =>
  attachment !== undefined && Date.now() - attachment.createdAt < blink;

/** Servers that are right as long as nobody else asks at the same moment. */
export const brokenRaces: readonly Mutant[] = [
  {
    id: 'chunks-lose-updates',
    breaks: [
      'session.linearizable',
      'status.read-your-writes',
      'status.received',
      'chunk.stored',
      'complete.incomplete',
    ],
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
    breaks: ['complete.exactly-once', 'complete.repeat'],
    faultClass: 'overlapping final requests publish twice',
    sentence: 'A completion looks whether there is an attachment, and a moment later makes one all the same.',
    seams: () => ({
      around: async (request, next, state) => {
        const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
        if (session?.state !== 'open') return next(request);
        await delay(5);
        if (session.attachment) Object.assign(session, { state: 'open', attachment: undefined });
        return next(request);
      },
    }),
  },
  {
    id: 'completed-at-once-created-twice',
    breaks: ['complete.exactly-once', 'complete.repeat'],
    faultClass: 'overlapping final requests publish twice',
    sentence: 'A completion within a blink of another one is told, like it, that it made the attachment.',
    seams: () => ({
      around: (request, next, state) => {
        const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
        const reply = next(request);
        return reply.status === 200 && session && justCompleted(session) ? { ...reply, status: 201 } : reply;
      },
    }),
  },
  {
    id: 'completion-of-a-moment-ago',
    breaks: ['complete.atomic', 'chunk.stored', 'chunk.replace', 'complete.bytes', 'complete.digest'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'A completion takes the chunks as they were when it began, and ends a millisecond later.',
    seams: () => {
      const begun = new WeakMap<Session, readonly Buffer[]>();
      return {
        around: async (request, next, state) => {
          const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
          if (session?.state !== 'open' || session.chunks.size < session.totalChunks) return next(request);
          begun.set(session, honest.assemble(session));
          await delay(1);
          return next(request);
        },
        assemble: (session) => begun.get(session) ?? honest.assemble(session),
      };
    },
  },
  {
    id: 'chunk-at-completion-acknowledged',
    breaks: ['complete.atomic', 'chunk.stored'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'A chunk within a blink of the completion is acknowledged and lost.',
    seams: () => ({
      guard: (session, operation, now) =>
        operation === 'uploadChunk' && justCompleted(session) ? undefined : honest.guard(session, operation, now),
    }),
  },
  {
    id: 'abort-at-completion-wins-too',
    breaks: ['abort.race', 'abort.completed'],
    faultClass: 'complete and abort not serialised',
    sentence: 'An abort within a blink of the completion is acknowledged, though the attachment is there.',
    seams: () => ({
      guard: (session, operation, now) =>
        operation === 'abortUpload' && justCompleted(session) ? undefined : honest.guard(session, operation, now),
    }),
  },
  {
    id: 'key-at-once-makes-two',
    breaks: ['idempotency.race', 'idempotency.replay'],
    sentence: 'A request looks whether its key is there, and a moment later makes a session all the same.',
    seams: () => {
      const bound = new Set<string>();
      return {
        around: async (request, next) => {
          const key = request.operation === 'initiateUpload' ? request.headers['idempotency-key'] : undefined;
          if (key === undefined || bound.has(key)) return next(request);
          await delay(5);
          if (bound.has(key)) return next(withField(request, 'idempotency-key'));
          bound.add(key);
          return next(request);
        },
      };
    },
  },
];
