import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, Fault, Script } from '../history.ts';
import type { Environment, Property } from './property.ts';

const a = { session: 'a' } as const;

/** Every operation on a session: each gets one of its own, so that none can be saved by what another did to it. */
const operations: readonly Call[] = [
  { kind: 'status', ...a },
  { kind: 'status', ...a, head: true },
  { kind: 'chunk', ...a, chunk: 0, write: 2 },
  { kind: 'chunk', ...a, chunk: 1, write: 3 },
  { kind: 'complete', ...a },
  { kind: 'abort', ...a },
];

/** Why no session of this target can be waited for; undefined if one can. */
export function tooLong({ limits, waitExpirySeconds, maxTimeSeconds }: Environment): string | undefined {
  const least = limits.minTimeoutSeconds;
  if (least > waitExpirySeconds)
    return `sessions last at least ${least} s, and --wait-expiry is ${waitExpirySeconds} s`;
  const takes = Math.max(least, 3) + 2;
  return takes > maxTimeSeconds ? `takes ${takes} s, and --max-time is ${maxTimeSeconds} s` : undefined;
}

export const expiry: Property = {
  id: 'expiry',
  title: 'a session can be used until it expires, and by no operation afterwards; an attachment outlives it',
  requirements: [
    'expiry.enforced',
    'expiry.not-early',
    'expiry.in-flight',
    'expiry.monotonic',
    'expiry.attachment',
    'initiate.timeout',
  ],
  weight: 0,
  unfit: tooLong,
  examples: (environment) => {
    const { minTimeoutSeconds, maxTimeoutSeconds } = environment.limits;
    const preferredTimeoutSeconds = Math.min(Math.max(3, minTimeoutSeconds), maxTimeoutSeconds);
    const file = smallFile(environment, 2);
    const open = initiate('a', file, { preferredTimeoutSeconds });
    const chunk: Call = { kind: 'chunk', ...a, chunk: 0, write: 1 };
    const fill: Call = { kind: 'fill', ...a, write: 100 };
    const complete: Call = { kind: 'complete', ...a };
    const expired: Call = { kind: 'wait', expiryOf: 'a' };
    // The last moment of which a second's doubt leaves no doubt: it can still be used.
    const late = soonBefore(preferredTimeoutSeconds, 1.5);
    // The same where an answer takes long, or little is known of the server's clock: in the life of a longer session.
    const longer = Math.min(Math.max(6, minTimeoutSeconds), maxTimeoutSeconds);
    const openLonger = initiate('a', file, { preferredTimeoutSeconds: longer });
    const lateInLonger = soonBefore(longer, 2.5);
    // A body that is under way for almost as long as the session lives, up to about its end, and surely past it.
    const ms = preferredTimeoutSeconds * 1000;
    const held: Fault[] = [{ ms: Math.max(0, ms - 1500) }, { ms }, { expiryOf: 'a' }].map((until) => ({
      kind: 'hold',
      // Some bytes are always held back: of a chunk of one byte that byte.
      after: Math.min(2, Math.max(0, file.chunkSize - 1)),
      ...until,
    }));
    return [
      ...held.flatMap((fault) =>
        [[], [chunk]].map(
          (before): Script => ({
            calls: [
              ...scriptOf(open, ...before).calls,
              { call: { kind: 'chunk', ...a, chunk: 0, write: 2 }, fault },
              { call: { kind: 'status', ...a } },
            ],
          }),
        ),
      ),
      ...operations.map((call) => scriptOf(open, chunk, expired, call, { kind: 'status', ...a })),
      ...operations.flatMap((call) => [scriptOf(open, late, call), scriptOf(openLonger, lateInLonger, call)]),
      scriptOf(open, fill, expired, complete),
      scriptOf(open, fill, complete, expired, { kind: 'content', ...a }, { kind: 'attachment', ...a }),
      scriptOf(open, fill, complete, expired, { kind: 'status', ...a }),
      scriptOf(open, { kind: 'abort', ...a }, expired, { kind: 'status', ...a }),
    ];
  },
};

/** Waits until so many seconds before the end of a session that lives for `lifetime` seconds. */
const soonBefore = (lifetime: number, seconds: number): Call => ({
  kind: 'wait',
  ms: Math.max(0, (lifetime - seconds) * 1000),
});

export const stillness: Property = {
  id: 'stillness',
  title: 'reading a session, or being refused, changes nothing about it',
  requirements: ['status.safe', 'expiry.monotonic'],
  weight: 0,
  examples: (environment) => still(environment),
};

/** What must not move a session's expiry. */
const harmless: readonly Call[] = [
  { kind: 'status', ...a },
  { kind: 'status', ...a, head: true },
  { kind: 'chunk', ...a, chunk: 0, write: 2, excess: 1 },
  { kind: 'chunk', ...a, chunk: '9', write: 2 },
  { kind: 'chunk', ...a, chunk: 0, write: 2, contentDigest: 'wrong' },
  { kind: 'complete', ...a },
];

function still(environment: Environment): Script[] {
  const { minTimeoutSeconds, maxTimeoutSeconds } = environment.limits;
  // Long enough not to expire meanwhile; time stamps may be off by a second, so what moves has to move by more.
  const preferredTimeoutSeconds = Math.min(Math.max(60, minTimeoutSeconds), maxTimeoutSeconds);
  const open = initiate('a', smallFile(environment, 2), { preferredTimeoutSeconds });
  const pause: Call = { kind: 'wait', ms: 2500 };
  return [
    ...harmless.map((call) => scriptOf(open, pause, call, { kind: 'status', ...a })),
    scriptOf(open, pause, { kind: 'chunk', ...a, chunk: 1, write: 3 }, { kind: 'status', ...a }),
    // Nor does it complete what could be completed.
    scriptOf(open, { kind: 'fill', ...a, write: 100 }, { kind: 'status', ...a }, { kind: 'status', ...a }),
  ];
}
