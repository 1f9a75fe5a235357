import fc from 'fast-check';
import { geometries, initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, CompleteCall, DigestWord, Script, Step } from '../history.ts';
import type { Property } from './property.ts';

export const completion: Property = {
  id: 'completion',
  title: 'a completion publishes the whole file once, or says why not and changes nothing',
  requirements: [
    'complete.created',
    'complete.bytes',
    'complete.empty-file',
    'complete.incomplete',
    'complete.repeat',
    'complete.digest',
    'complete.async',
    'status.completed',
    'session.remembered',
  ],
  weight: 1.5,
  malformed: true,
  examples: (environment) => [
    // Every expectation of a file of two chunks, and of an empty one; then again, once it is complete.
    ...expectations.flatMap((how) =>
      [2, 0].map((chunks) => ({
        calls: [
          { call: initiate('a', smallFile(environment, chunks)) },
          { call: { kind: 'fill', session: 'a', write: 100 } } as const,
          ofSession(how),
          { call: { kind: 'status', session: 'a' } } as const,
          ofSession({}),
          ofSession(how),
          { call: { kind: 'content', session: 'a' } } as const,
        ],
      })),
    ),
    // Too early: what was stored is still there, and the rest makes it whole.
    scriptOf(
      initiate('a', smallFile(environment, 2)),
      { kind: 'chunk', session: 'a', chunk: 1, write: 1 },
      { kind: 'complete', session: 'a' },
      { kind: 'status', session: 'a' },
      { kind: 'fill', session: 'a', write: 100 },
      { kind: 'complete', session: 'a' },
      { kind: 'content', session: 'a' },
    ),
    // Twelve chunks, since a server may sort their numbers as text.
    scriptOf(
      initiate('a', smallFile(environment, 12)),
      { kind: 'fill', session: 'a', write: 100, order: 'inside-out' },
      { kind: 'complete', session: 'a' },
      { kind: 'content', session: 'a' },
    ),
  ],
  scripts: (environment) =>
    fc
      .record({
        geometry: geometries(environment, 0, 13),
        early: fc.array(completions, { maxLength: 1 }),
        order: fc.constantFrom('ascending', 'descending', 'inside-out'),
        tries: fc.array(completions, { maxLength: 3 }),
        lost: fc.constantFrom(false, false, false, true),
        again: fc.array(completions, { maxLength: 2 }),
        end: fc.subarray(ends, { minLength: 0 }),
      })
      .map(({ geometry, early, order, tries, lost, again, end }): Script => {
        const session = 'a';
        const expected: Step = { call: { kind: 'complete', session } };
        const complete: Step = lost ? { ...expected, fault: { kind: 'lost' } } : expected;
        return {
          calls: [
            { call: initiate(session, geometry) },
            ...early.map(ofSession),
            { call: { kind: 'fill', session, write: 100, order } },
            ...tries.map(ofSession),
            complete,
            ...again.map(ofSession),
            ...end.map((call): Step => ({ call })),
          ],
        };
      }),
};

const ofSession = (how: Partial<CompleteCall>): Step => ({ call: { kind: 'complete', session: 'a', ...how } });

const words: readonly DigestWord[] = ['right', 'wrong', 'several', 'unsupported', 'garbage', 'short', 'empty'];

/** Every expectation that a completion can have, one at a time, and bodies that are none. */
const expectations: readonly Partial<CompleteCall>[] = [
  {},
  ...words.map((compositeDigest) => ({ compositeDigest })),
  ...words.map((digest) => ({ digest })),
  ...[{}, { 'x-unknown': [1] }, { digest: 5 }, { compositeDigest: null }, [], 'text'].map((json) => ({ json })),
  { body: '{' },
];

const completions: fc.Arbitrary<Partial<CompleteCall>> = fc.oneof(
  fc.constantFrom(...expectations),
  fc.record({ compositeDigest: fc.constantFrom(...words), digest: fc.constantFrom(...words) }),
);

const ends: Call[] = [
  { kind: 'content', session: 'a' },
  { kind: 'status', session: 'a' },
  { kind: 'attachment', session: 'a' },
  { kind: 'chunk', session: 'a', chunk: 0, write: 7 },
  { kind: 'abort', session: 'a' },
  { kind: 'status', session: 'a', head: true },
  { kind: 'content', session: 'a' },
];

export const abort: Property = {
  id: 'abort',
  title: 'an aborted session is gone for every other operation, and a completed one cannot be aborted',
  requirements: ['abort.aborted', 'abort.repeat', 'abort.final', 'abort.completed', 'session.remembered'],
  weight: 0.5,
  examples: (environment) =>
    [true, false].flatMap((completed) =>
      afterwards.map((call) =>
        scriptOf(
          initiate('a', smallFile(environment, 1)),
          { kind: 'fill', session: 'a', write: 100 },
          ...(completed ? [{ kind: 'complete', session: 'a' } as const] : []),
          { kind: 'abort', session: 'a' },
          call,
        ),
      ),
    ),
  scripts: (environment) =>
    fc
      .record({
        geometry: geometries(environment, 0, 3),
        filled: fc.boolean(),
        completed: fc.boolean(),
        after: fc.shuffledSubarray(afterwards, { minLength: 1 }),
        lost: fc.constantFrom(false, false, true),
      })
      .map(({ geometry, filled, completed, after, lost }): Script => {
        const session = 'a';
        const before: Call[] = [
          ...(filled || completed ? [{ kind: 'fill', session, write: 100 } as const] : []),
          ...(completed ? [{ kind: 'complete', session } as const] : []),
        ];
        const step: Step = { call: { kind: 'abort', session }, ...(lost ? { fault: { kind: 'lost' } } : {}) };
        const first = scriptOf(initiate(session, geometry), ...before).calls;
        return { calls: [...first, step, ...after.map((call): Step => ({ call }))] };
      }),
};

const afterwards: Call[] = [
  { kind: 'abort', session: 'a' },
  { kind: 'status', session: 'a' },
  { kind: 'status', session: 'a', head: true },
  { kind: 'chunk', session: 'a', chunk: 0, write: 1 },
  { kind: 'complete', session: 'a' },
  { kind: 'abort', session: 'a' },
  { kind: 'content', session: 'a' },
];
