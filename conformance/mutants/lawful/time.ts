import type { JsonObject, Session } from '../state.ts';
import { between, type Variant } from './variant.ts';

const hour = 3_600_000;

/** A clock that is so far ahead of ours, in ms. */
const ahead = (ms: number) => ({ now: () => Date.now() + ms });

/** Every text in a value changed by this. */
function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withTexts(item, change)]));
}

/** Replies whose time stamps are written like this. */
const written = (id: string, sentence: string, stamp: (at: string) => string): Variant => ({
  id,
  sentence,
  allowedBy: 'Times are written with `Z` or `+00:00`, with or without fractions',
  seams: () => ({
    async around(request, next) {
      const reply = next(request);
      const change = (text: string) => (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? stamp(text) : text);
      return reply.json ? { ...reply, json: withTexts(reply.json, change) as JsonObject } : reply;
    },
  }),
});

/** Other clocks, other ways to write time, and what becomes of a session at its end. */
export const time: readonly Variant[] = [
  written('whole-seconds', 'time stamps have no fractions, and an offset', (at) => at.replace(/\.\d+Z$/, '+00:00')),
  written('microseconds', 'time stamps have six digits', (at) => at.replace(/Z$/, '000Z')),
  {
    id: 'clock-ahead',
    sentence: 'the clock is seven hours ahead',
    allowedBy: "`expiresAt` is a moment on the server's clock, the one of its `Date` field.",
    seams: () => ahead(7 * hour),
  },
  {
    id: 'clock-behind',
    sentence: 'the clock is a day and some behind',
    allowedBy: "`expiresAt` is a moment on the server's clock, the one of its `Date` field.",
    seams: () => ahead(-25.5 * hour - 400),
  },
  {
    id: 'absolute-expiry',
    sentence: 'nothing moves the end of a session',
    allowedBy: "Whether and how far is the server's choice",
    seams: () => ({ expiresAt: ({ expiresAt }: Session) => expiresAt }),
  },
  {
    id: 'random-extension',
    sentence: 'a stored chunk moves the end of its session by some time, or not at all, and a completion by an hour',
    allowedBy: "Whether and how far is the server's choice",
    seams: () => ({
      expiresAt: ({ expiresAt }: Session, operation) =>
        operation === 'uploadChunk' ? expiresAt + Math.max(0, Math.round(between(-300, 300))) : expiresAt,
      around(request, next, state) {
        const reply = next(request);
        const session = state.sessions.get(request.sessionId);
        if (session && request.operation === 'completeUpload' && reply.status < 300) session.expiresAt += hour;
        return reply;
      },
    }),
  },
  {
    id: 'forgets-in-time',
    sentence: 'tombstones are kept as long as they were promised, and then nothing is known of any session',
    allowedBy: 'After that it keeps them, or is 410 `session-expired`, or 404, as the server likes.',
    seams: () => ({
      guard(session, operation, now) {
        if (now >= session.expiresAt) return 'session-not-found';
        if (session.state === 'aborted') return operation === 'abortUpload' ? undefined : 'session-aborted';
        if (session.state === 'open') return undefined;
        return operation === 'uploadChunk' || operation === 'abortUpload' ? 'session-completed' : undefined;
      },
    }),
  },
  {
    id: 'forgets-keys-in-time',
    sentence: 'an expired session is forgotten with its key, which then opens another one',
    allowedBy: 'From the last `expiresAt` on it is 410, or 404, or the key is unused again',
    seams: () => ({
      around(request, next, state) {
        const now = state.seams.now();
        for (const [id, session] of state.sessions) if (now >= session.expiresAt) state.sessions.delete(id);
        for (const [key, { session }] of state.keys) if (now >= session.expiresAt) state.keys.delete(key);
        return next(request);
      },
    }),
  },
  {
    id: 'expired-for-ever',
    sentence: 'once its time is over, every session is 410, a completed one too',
    allowedBy: 'After that it keeps them, or is 410 `session-expired`, or 404, as the server likes.',
    seams: () => ({
      guard(session, operation, now) {
        if (now >= session.expiresAt) return 'session-expired';
        if (session.state === 'aborted') return operation === 'abortUpload' ? undefined : 'session-aborted';
        if (session.state === 'open') return undefined;
        return operation === 'uploadChunk' || operation === 'abortUpload' ? 'session-completed' : undefined;
      },
    }),
  },
  {
    id: 'late-date',
    sentence: 'Date is taken from a text that is renewed once a second',
    allowedBy: 'clients allow a second around them, the resolution of `Date`',
    seams: () => {
      let shown = { until: 0, text: '' };
      return {
        dated(now) {
          if (now >= shown.until) shown = { until: now + 1000 - (now % 1000), text: new Date(now).toUTCString() };
          return { Date: shown.text };
        },
      };
    },
  },
];
