import fc from 'fast-check';
import { initiate, scriptOf } from '../arbitraries.ts';
import type { Call } from '../history.ts';
import type { Property } from './property.ts';

const file = { fileSize: 8, chunkSize: 4, totalChunks: 2 };

export const expiry: Property = {
  id: 'expiry',
  title: 'a session can be used until it expires, and by no operation afterwards; an attachment outlives it',
  requirements: ['expiry.enforced', 'expiry.not-early', 'expiry.monotonic', 'expiry.attachment', 'initiate.timeout'],
  weight: 0,
  unfit: ({ limits, waitExpirySeconds }) =>
    limits.minTimeoutSeconds > waitExpirySeconds
      ? `sessions last at least ${limits.minTimeoutSeconds} s, and --wait-expiry is ${waitExpirySeconds} s`
      : undefined,
  scripts: (environment) => {
    const { minTimeoutSeconds, maxTimeoutSeconds } = environment.limits;
    const preferredTimeoutSeconds = Math.min(Math.max(3, minTimeoutSeconds), maxTimeoutSeconds);
    // Many sessions expire side by side, so the whole family costs one wait; each is asked something else first.
    const probes: readonly ((session: string) => Call)[] = [
      (session) => ({ kind: 'status', session }),
      (session) => ({ kind: 'chunk', session, chunk: 0, write: 2 }),
      (session) => ({ kind: 'chunk', session, chunk: 1, write: 3 }),
      (session) => ({ kind: 'complete', session }),
      (session) => ({ kind: 'abort', session }),
      (session) => ({ kind: 'status', session, head: true }),
    ];
    const name = (i: number) => `s${i}`;
    const each = (make: (session: string, i: number) => Call[]) => probes.flatMap((_, i) => make(name(i), i));
    return fc.constant(
      scriptOf(
        ...each((session) => [
          initiate(session, file, { preferredTimeoutSeconds }),
          { kind: 'chunk', session, chunk: 0, write: 1 },
        ]),
        initiate('full', file, { preferredTimeoutSeconds }),
        { kind: 'fill', session: 'full', write: 100 },
        initiate('done', file, { preferredTimeoutSeconds }),
        { kind: 'fill', session: 'done', write: 100 },
        { kind: 'complete', session: 'done' },
        initiate('ended', file, { preferredTimeoutSeconds }),
        { kind: 'abort', session: 'ended' },
        // The last moment at which the doubt of two clocks, up to 2.25 s, leaves no doubt: all can still be used.
        { kind: 'wait', ms: Math.max(0, preferredTimeoutSeconds * 1000 - 2400) },
        ...each((session) => [{ kind: 'status', session }]),
        { kind: 'wait', expiryOf: 'ended' },
        { kind: 'wait', expiryOf: 'done' },
        ...each((session, i) => [(probes[i] as (typeof probes)[number])(session)]),
        { kind: 'complete', session: 'full' },
        { kind: 'content', session: 'done' },
        { kind: 'attachment', session: 'done' },
        ...each((session) => [
          { kind: 'status', session },
          { kind: 'abort', session },
        ]),
        { kind: 'complete', session: 'full' },
        { kind: 'status', session: 'ended' },
        { kind: 'content', session: 'full' },
      ),
    );
  },
};

export const stillness: Property = {
  id: 'stillness',
  title: 'reading a session, or being refused, does not move its expiry',
  requirements: ['status.safe', 'expiry.monotonic'],
  weight: 0,
  scripts: ({ limits }) => {
    // Long enough not to expire meanwhile; time stamps may be off by a second, so what moves has to move by more.
    const preferredTimeoutSeconds = Math.min(Math.max(60, limits.minTimeoutSeconds), limits.maxTimeoutSeconds);
    const session = 'a';
    return fc.constant(
      scriptOf(
        initiate(session, file, { preferredTimeoutSeconds }),
        { kind: 'chunk', session, chunk: 0, write: 1 },
        { kind: 'status', session },
        { kind: 'wait', ms: 2500 },
        { kind: 'status', session, head: true },
        { kind: 'status', session },
        { kind: 'chunk', session, chunk: 0, write: 2, excess: 1 },
        { kind: 'chunk', session, chunk: '9', write: 2 },
        { kind: 'complete', session },
        { kind: 'status', session },
        { kind: 'chunk', session, chunk: 1, write: 3 },
        { kind: 'status', session },
      ),
    );
  },
};
