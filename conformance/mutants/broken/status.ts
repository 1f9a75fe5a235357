import { type Mutant, replies, sessionOf, succeeded, withMembers } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import { honest } from '../seams.ts';
import type { Session } from '../state.ts';

const onStatus = 'getUploadSession' as const;

/** Servers that tell a session's status wrongly, or change it by telling it. */
export const brokenStatus: readonly Mutant[] = [
  {
    id: 'status-one-too-few',
    breaks: ['status.read-your-writes'],
    sentence: 'The last chunk that is stored is not listed.',
    seams: () => ({ received: (session) => honest.received(session).slice(0, -1) }),
  },
  {
    id: 'status-ranges-adjacent',
    breaks: ['status.received'],
    sentence: 'Every chunk is a range of its own.',
    seams: replies('everywhere', (reply) =>
      withMembers(reply, ({ receivedChunks }) =>
        Array.isArray(receivedChunks)
          ? {
              receivedChunks: receivedChunks.flatMap(({ first, last }: { first: number; last: number }) =>
                Array.from({ length: last - first + 1 }, (_, i) => ({ first: first + i, last: first + i })),
              ),
            }
          : {},
      ),
    ),
  },
  {
    id: 'status-bytes-by-chunk-size',
    breaks: ['status.received'],
    faultClass: 'out-of-order chunk accepted where order is promised; chunk size reported as total',
    sentence: 'receivedBytes counts a short last chunk as a full one.',
    seams: replies(onStatus, (reply, request, state) => {
      const session = sessionOf(state, request);
      return session && succeeded(reply)
        ? withMembers(reply, () => ({ receivedBytes: session.chunks.size * session.chunkSize }))
        : reply;
    }),
  },
  {
    id: 'status-range-of-nothing',
    breaks: ['status.received', 'http.schema'],
    faultClass: 'offset NaN with no parts; Range: 0--1 at zero',
    sentence: 'A session without chunks lists the range 0 to -1.',
    seams: replies(onStatus, (reply) =>
      withMembers(reply, ({ receivedChunks }) =>
        Array.isArray(receivedChunks) && receivedChunks.length === 0
          ? { receivedChunks: [{ first: 0, last: -1 }] }
          : {},
      ),
    ),
  },
  {
    id: 'status-lists-a-thousand',
    breaks: ['status.received', 'status.read-your-writes'],
    faultClass: 'more than 1,000 parts: listing or completion truncated',
    sentence: 'A status lists no more than the first thousand chunks.',
    seams: () => ({ received: (session) => honest.received(session).slice(0, 1000) }),
  },
  {
    id: 'status-stale',
    breaks: ['status.read-your-writes', 'status.received'],
    sentence: 'A status is up to 50 ms old.',
    seams: () => {
      const seen = new WeakMap<Session, { at: number; list: readonly number[] }>();
      return {
        received: (session) => {
          const cached = seen.get(session);
          if (cached && Date.now() - cached.at < 50 && session.state === 'open') return cached.list;
          const list = honest.received(session);
          seen.set(session, { at: Date.now(), list });
          return list;
        },
      };
    },
  },
  {
    id: 'status-extends-expiry',
    breaks: ['status.safe', 'expiry.monotonic'],
    sentence: 'Reading a session gives it more time.',
    seams: () => ({
      expiresAt: (session, operation, now) =>
        operation === 'getUploadSession' && session.state === 'open'
          ? Math.max(session.expiresAt, now + session.timeoutMs)
          : honest.expiresAt(session, operation, now),
    }),
  },
  {
    id: 'status-completes',
    breaks: ['status.safe'],
    faultClass: 'a status query finalises the upload',
    sentence: 'A status that finds every chunk stored completes the upload.',
    seams: () => ({
      around: (request, next, state) => {
        const session = sessionOf(state, request);
        const full = session?.state === 'open' && session.totalChunks > 0 && honest.missing(session).length === 0;
        if (request.operation === 'getUploadSession' && full)
          next({ ...request, method: 'POST', operation: 'completeUpload' });
        return next(request);
      },
    }),
  },
  {
    id: 'head-lacking',
    breaks: ['status.head'],
    sentence: 'HEAD on a session is not there.',
    seams: replies(onStatus, (reply, { method }) => (method === 'HEAD' ? blankProblem(405, { Allow: 'GET' }) : reply)),
  },
  {
    id: 'head-always-200',
    breaks: ['status.head', 'status.unknown', 'abort.final'],
    sentence: 'HEAD on a session is 200 even if the session is gone.',
    seams: replies(onStatus, (reply, { method }) => (method === 'HEAD' ? { ...reply, status: 200 } : reply)),
  },
  {
    id: 'unknown-is-gone',
    breaks: ['status.unknown'],
    sentence: 'A session that never was is answered with 410.',
    seams: replies(onStatus, (reply) => (reply.status === 404 ? problem('session-aborted') : reply)),
  },
  {
    id: 'completed-without-attachment',
    breaks: ['status.completed'],
    sentence: 'A completed session does not show its attachment.',
    seams: replies(onStatus, (reply) => {
      const { attachment: _, ...json } = reply.json ?? {};
      return reply.json ? { ...reply, json } : reply;
    }),
  },
  {
    id: 'completed-shown-open',
    breaks: ['status.completed'],
    sentence: 'A completed session is shown as open.',
    seams: replies(onStatus, (reply) => {
      const { attachment: _, ...json } = reply.json ?? {};
      return succeeded(reply) ? { ...reply, json: { ...json, state: 'open' } } : reply;
    }),
  },
  {
    id: 'sessions-share-chunks',
    breaks: ['session.isolated', 'initiate.created', 'status.received'],
    sentence: 'All sessions keep their chunks in one table.',
    seams: () => {
      const shared = new Map<number, Buffer>();
      return { chunkTable: () => shared };
    },
  },
  {
    id: 'chunk-in-the-latest-session-too',
    breaks: ['session.isolated'],
    sentence: 'A chunk is also written to the session that was opened last.',
    seams: () => {
      let latest = honest.chunkTable();
      return {
        chunkTable: () => {
          latest = honest.chunkTable();
          return latest;
        },
        store: (session, index, bytes) => {
          latest.set(index, bytes);
          return honest.store(session, index, bytes);
        },
      };
    },
  },
];
