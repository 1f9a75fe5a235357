import { attachmentOf, type Mutant, replies, sessionOf, succeeded, withMembers } from '../mutant.ts';
import { jsonReply, problem } from '../replies.ts';
import { honest, type Seams } from '../seams.ts';
import type { Operation, Session } from '../state.ts';

/** Lets an operation pass in a state that forbids it. */
const passing =
  (operation: Operation, inState: (session: Session) => boolean): (() => Partial<Seams>) =>
  () => ({
    guard: (session, asked, now) =>
      asked === operation && inState(session) ? undefined : honest.guard(session, asked, now),
  });

/** Sessions of a second: what shows only after their end is found, and made small, in less time. */
const briefly = { limits: { maxTimeoutSeconds: 1 } } as const;

const isAborted = ({ state }: Session): boolean => state === 'aborted';
const isOpen = ({ state }: Session): boolean => state === 'open';

/** Servers that do not let a session end, or end it too much. */
export const brokenEnding: readonly Mutant[] = [
  {
    id: 'forgotten-after-abort',
    breaks: ['session.remembered'],
    sentence: 'A session is forgotten as soon as it is aborted.',
    seams: () => ({ forgets: isAborted }),
  },
  {
    id: 'abort-with-body',
    breaks: ['abort.aborted'],
    sentence: 'An abort is answered with 200 and the session.',
    seams: () => ({
      around: (request, next) => {
        const reply = next(request);
        return request.operation === 'abortUpload' && succeeded(reply) ? jsonReply(200, { state: 'aborted' }) : reply;
      },
    }),
  },
  {
    id: 'abort-does-nothing',
    breaks: ['abort.final'],
    sentence: 'An abort is acknowledged, and the session goes on.',
    seams: () => ({
      around: (request, next) => {
        if (request.operation !== 'abortUpload') return next(request);
        const status = next({ ...request, method: 'GET', operation: 'getUploadSession' });
        return succeeded(status) ? { status: 204, headers: status.headers } : next(request);
      },
    }),
  },
  {
    id: 'abort-once',
    breaks: ['abort.repeat'],
    sentence: 'A second abort is told that the session is gone.',
    seams: () => ({
      guard: (session, operation, now) =>
        isAborted(session) ? 'session-aborted' : honest.guard(session, operation, now),
    }),
  },
  {
    id: 'chunk-after-abort-accepted',
    breaks: ['abort.final'],
    faultClass: 'chunk accepted after abort; orphan bytes left',
    sentence: 'An aborted session acknowledges chunks.',
    seams: passing('uploadChunk', isAborted),
  },
  {
    id: 'status-after-abort',
    breaks: ['abort.final', 'http.schema'],
    sentence: 'An aborted session still has a status.',
    seams: () => ({
      ...passing('getUploadSession', isAborted)(),
      around: (request, next) => {
        const reply = next(request);
        return withMembers(reply, ({ state }) => (state === 'aborted' ? { state: 'open' } : {}));
      },
    }),
  },
  {
    id: 'completion-after-abort',
    breaks: ['abort.final', 'abort.race'],
    faultClass: 'complete and abort not serialised',
    sentence: 'An aborted session can still be completed, if it had all its chunks.',
    seams: () => {
      const kept = new WeakMap<Session, [number, Buffer][]>();
      return {
        ...passing('completeUpload', isAborted)(),
        around: (request, next, state) => {
          const session = sessionOf(state, request);
          if (session && request.operation === 'abortUpload' && isOpen(session)) kept.set(session, [...session.chunks]);
          if (session && request.operation === 'completeUpload' && isAborted(session))
            for (const [index, bytes] of kept.get(session) ?? []) session.chunks.set(index, bytes);
          return next(request);
        },
      };
    },
  },
  {
    id: 'abort-deletes-attachment',
    breaks: ['abort.completed'],
    faultClass: 'delete during assembly destroys chunks',
    sentence: 'An abort of a completed session deletes its attachment.',
    seams: () => ({
      ...passing('abortUpload', ({ state }) => state === 'completed')(),
      around: (request, next, state) => {
        const session = sessionOf(state, request);
        if (request.operation === 'abortUpload' && session?.attachment) state.attachments.delete(session.attachment.id);
        return next(request);
      },
    }),
  },
  {
    id: 'refused-abort-deletes-attachment',
    breaks: ['abort.completed', 'content.exact'],
    faultClass: 'delete during assembly destroys chunks',
    sentence: 'An abort of a completed session is refused, but its attachment is gone.',
    seams: replies('abortUpload', (reply, request, state) => {
      const attachment = sessionOf(state, request)?.attachment;
      if (reply.status === 409 && attachment) state.attachments.delete(attachment.id);
      return reply;
    }),
  },
  ...(
    [
      ['status', 'getUploadSession'],
      ['chunk', 'uploadChunk'],
      ['completion', 'completeUpload'],
      ['abort', 'abortUpload'],
    ] as const
  ).map(
    ([word, operation]): Mutant => ({
      id: `${word}-after-expiry`,
      breaks: ['expiry.enforced'],
      sentence: `An expired session still allows one operation: ${word}.`,
      seams: passing(operation, isOpen),
      options: briefly,
    }),
  ),
  {
    id: 'expired-at-of-now',
    breaks: ['expiry.enforced'],
    sentence: 'expiredAt is the time at which somebody asked.',
    seams: replies('everywhere', (reply, _, { seams }) =>
      withMembers(reply, ({ expiredAt }) =>
        expiredAt === undefined ? {} : { expiredAt: new Date(seams.now()).toISOString() },
      ),
    ),
    options: briefly,
  },
  {
    id: 'deadline-by-the-first-byte',
    breaks: ['expiry.in-flight'],
    sentence: 'A chunk whose upload began in time is stored, however late its last byte comes.',
    seams: () => {
      const began = new WeakSet<Session>();
      return {
        receiving: (session) => void (Date.now() < session.expiresAt && began.add(session)),
        guard: (session, operation, now) =>
          operation === 'uploadChunk' && isOpen(session) && began.has(session)
            ? undefined
            : honest.guard(session, operation, now),
      };
    },
    options: briefly,
  },
  {
    id: 'expired-when-idle',
    breaks: ['expiry.not-early', 'session.remembered'],
    faultClass: 'expiry announced wrongly, or enforced though never announced',
    sentence: 'A session that gets no chunk for two seconds expires, whatever was announced.',
    seams: () => ({
      guard: (session, operation, now) => honest.guard(session, operation, now + Math.max(0, session.timeoutMs - 2000)),
    }),
  },
  {
    id: 'expired-early',
    breaks: ['expiry.not-early'],
    faultClass: 'expiry announced wrongly, or enforced though never announced',
    sentence: 'Sessions expire at half of the time that was announced.',
    seams: () => ({
      guard: (session, operation, now) => honest.guard(session, operation, now + session.timeoutMs / 2),
    }),
  },
  {
    id: 'swept-while-fresh',
    breaks: ['expiry.not-early', 'session.remembered', 'initiate.location'],
    faultClass: 'the sweeper wipes a fresh session, or one in mid-chunk',
    sentence: 'A session without a chunk is forgotten when another session begins.',
    seams: () => ({
      around: (request, next, state) => {
        if (request.operation === 'initiateUpload')
          for (const [id, session] of state.sessions)
            if (isOpen(session) && session.chunks.size === 0) state.sessions.delete(id);
        return next(request);
      },
    }),
  },
  {
    id: 'expiry-moves-back',
    breaks: ['expiry.monotonic'],
    sentence: 'A stored chunk leaves the session half of its time, counted from now.',
    seams: () => ({
      expiresAt: (session, operation, now) =>
        operation === 'uploadChunk' ? now + session.timeoutMs / 2 : session.expiresAt,
    }),
  },
  {
    id: 'receipt-expiry-of-its-own',
    breaks: ['expiry.monotonic', 'expiry.not-early', 'chunk.stored'],
    faultClass: 'expiry announced wrongly, or enforced though never announced',
    sentence: 'A receipt announces a minute more than the session has.',
    seams: replies('uploadChunk', (reply) =>
      withMembers(reply, ({ expiresAt }) =>
        expiresAt === undefined ? {} : { expiresAt: new Date(Date.parse(String(expiresAt)) + 60_000).toISOString() },
      ),
    ),
  },
  {
    id: 'attachment-expires',
    breaks: ['expiry.attachment'],
    faultClass: 'status 404 after finish when the last response was lost',
    sentence: 'An attachment is gone when its session expires.',
    seams: () => ({
      around: (request, next, state) => {
        const attachment = attachmentOf(state, request);
        const session = [...state.sessions.values()].find((one) => one.attachment && one.attachment === attachment);
        return session && Date.now() >= session.expiresAt ? problem('attachment-not-found') : next(request);
      },
    }),
    options: briefly,
  },
];
