import fc from 'fast-check';
import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, Principal, Script, Spelling } from '../history.ts';
import type { Environment, Property } from './property.ts';

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

const spellings = ['unknown', 'percent-encoded', 'double-encoded', 'other-case'] as const;

export const unknownSession: Property = {
  id: 'unknown-session',
  title: 'a session has one id and one spelling of it; whatever else is asked for is unknown',
  requirements: ['status.unknown', 'initiate.unguessable'],
  weight: 0.2,
  examples: (environment) =>
    spellings.flatMap((spelling) =>
      operations('a', { spelling }).map((call) =>
        scriptOf(initiate('a', smallFile(environment, 3)), call, { kind: 'status', session: 'a' }),
      ),
    ),
  scripts: (environment) =>
    fc
      .record({
        spelling: fc.constantFrom<Spelling>(...spellings),
        calls: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }),
      })
      .map(({ spelling, calls }) => {
        const all = operations('a', { spelling });
        const first = initiate('a', smallFile(environment, 3));
        return scriptOf(first, ...calls.map((i) => all[i] as Call), { kind: 'status', session: 'a' });
      }),
};

/** Every operation of this principal on a session of the first one: open, full, or completed; and what its owner sees. */
function trespasses(environment: Environment, as: Principal): Script[] {
  const filled: Call = { kind: 'fill', session: 'a', write: 100 };
  const completed: Call = { kind: 'complete', session: 'a' };
  const unknown = operations('a', { as, spelling: 'unknown' });
  const theirs: Call[][] = [
    // The same of a session that nobody has comes next: the answers are to be the same.
    ...operations('a', { as }).map((call, i) => [call, unknown[i] as Call]),
    [{ kind: 'initiate', session: 'b', json: { fileName: 'b', fileSize: 1 }, as }],
    [{ kind: 'attachment', session: 'a', as }],
    [{ kind: 'content', session: 'a', as }],
  ];
  return [[], [filled], [filled, completed]].flatMap((before) =>
    theirs.map((calls) =>
      scriptOf(
        initiate('a', smallFile(environment, 3)),
        ...before,
        ...calls,
        { kind: 'status', session: 'a' },
        content,
      ),
    ),
  );
}

const content: Call = { kind: 'content', session: 'a' };

export const credentials: Property = {
  id: 'credentials',
  title: 'without credentials nothing is answered and nothing happens',
  requirements: ['auth.required'],
  weight: 0,
  unfit: ({ profiles }) => (profiles.includes('auth') ? undefined : 'the profile auth is not claimed'),
  examples: (environment) => trespasses(environment, 'nobody'),
};

export const principals: Property = {
  id: 'principals',
  title: "another principal's session is as if it were not there",
  requirements: ['auth.isolated'],
  weight: 0,
  unfit: ({ profiles, secondPrincipal }) => {
    if (!profiles.includes('auth')) return 'the profile auth is not claimed';
    return secondPrincipal ? undefined : 'needs credentials of a second principal (--second-header)';
  },
  examples: (environment) => trespasses(environment, 'second'),
};
