import fc from 'fast-check';
import { geometries, initiate, scriptOf } from '../arbitraries.ts';
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
  weight: 2,
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

const words = fc.constantFrom<DigestWord>('right', 'wrong', 'several', 'unsupported', 'garbage', 'short', 'empty');

const completions: fc.Arbitrary<Partial<CompleteCall>> = fc.oneof(
  fc.constant({}),
  words.map((compositeDigest) => ({ compositeDigest })),
  words.map((digest) => ({ digest })),
  fc.record({ compositeDigest: words, digest: words }),
  fc.constantFrom<Partial<CompleteCall>>(
    { json: {} },
    { json: { 'x-unknown': [1] } },
    { json: { digest: 5 } },
    { json: { compositeDigest: null } },
    { json: [] },
    { json: 'text' },
    { broken: '{' },
  ),
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
  weight: 0.7,
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
