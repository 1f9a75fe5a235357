import fc from 'fast-check';
import { initiate, scriptOf } from '../arbitraries.ts';
import type { Call, Principal, Spelling } from '../history.ts';
import type { Property } from './property.ts';

const file = { fileSize: 10, chunkSize: 4, totalChunks: 3 };

/** Every operation on a session, by another spelling or another principal. */
function operations(session: string, how: { readonly spelling?: Spelling; readonly as?: Principal }): Call[] {
  return [
    { kind: 'status', session, ...how },
    { kind: 'status', session, head: true, ...how },
    { kind: 'chunk', session, chunk: 0, write: 5, ...how },
    { kind: 'chunk', session, chunk: '99', write: 5, ...how },
    { kind: 'complete', session, ...how },
    { kind: 'abort', session, ...how },
  ];
}

export const unknownSession: Property = {
  id: 'unknown-session',
  title: 'a session has one id and one spelling of it; whatever else is asked for is unknown',
  requirements: ['status.unknown', 'initiate.unguessable'],
  weight: 0.5,
  scripts: () =>
    fc
      .record({
        spelling: fc.constantFrom<Spelling>('unknown', 'percent-encoded', 'double-encoded', 'other-case'),
        calls: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }),
      })
      .map(({ spelling, calls }) => {
        const all = operations('a', { spelling });
        return scriptOf(initiate('a', file), ...calls.map((i) => all[i] as Call), { kind: 'status', session: 'a' });
      }),
};

export const principals: Property = {
  id: 'principals',
  title: "without credentials nothing is answered, and another principal's session is as if it were not there",
  requirements: ['auth.required', 'auth.isolated'],
  weight: 0.5,
  unfit: ({ profiles, secondPrincipal }) => {
    if (!profiles.includes('auth')) return 'the profile auth is not claimed';
    return secondPrincipal ? undefined : 'needs credentials of a second principal (--second-header)';
  },
  scripts: () =>
    fc
      .record({
        as: fc.constantFrom<Principal>('second', 'nobody'),
        filled: fc.boolean(),
        completed: fc.boolean(),
        calls: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
        read: fc.boolean(),
      })
      .map(({ as, filled, completed, calls, read }) => {
        const all = operations('a', { as });
        const before: Call[] = [
          ...(filled || completed ? [{ kind: 'fill', session: 'a', write: 100 } as const] : []),
          ...(completed ? [{ kind: 'complete', session: 'a' } as const] : []),
        ];
        const others: Call[] = read
          ? [
              { kind: 'initiate', session: 'b', json: { fileName: 'b', fileSize: 1 }, as },
              { kind: 'attachment', session: 'a', as },
              { kind: 'content', session: 'a', as },
            ]
          : [];
        const ours: Call[] = [
          { kind: 'status', session: 'a' },
          { kind: 'content', session: 'a' },
        ];
        return scriptOf(initiate('a', file), ...before, ...calls.map((i) => all[i] as Call), ...others, ...ours);
      }),
};
