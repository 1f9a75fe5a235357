import fc from 'fast-check';
import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, InitiateCall, Script, Step } from '../history.ts';
import type { Property } from './property.ts';

const ways = ['same', 'reordered', 'extended', 'other', 'invalid'] as const;
type Way = (typeof ways)[number];

export const idempotency: Property = {
  id: 'idempotency',
  title: 'initiating again with the same key opens no second session, and with another request is refused',
  requirements: ['idempotency.replay', 'idempotency.reused'],
  weight: 0.5,
  unfit: ({ profiles }) => (profiles.includes('idempotency') ? undefined : 'the profile idempotency is not claimed'),
  examples: (environment) => {
    const first = { ...initiate('a', smallFile(environment, 2)), idempotencyKey: 'k' };
    const fill: Call = { kind: 'fill', session: 'a', write: 100 };
    const chunk: Call = { kind: 'chunk', session: 'a', chunk: 0, write: 1 };
    const ends: Call[][] = [[], [chunk], [fill, { kind: 'complete', session: 'a' }], [{ kind: 'abort', session: 'a' }]];
    return ends.flatMap((between) => ways.map((how) => scriptOf(first, ...between, repeat(first, how, 'again'))));
  },
  scripts: (environment) =>
    fc
      .record({
        lost: fc.constantFrom(false, false, true),
        between: fc.array(
          fc.constantFrom<'chunk' | 'fill' | 'complete' | 'abort' | 'status'>(
            'chunk',
            'fill',
            'complete',
            'abort',
            'status',
          ),
          { maxLength: 4 },
        ),
        again: fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: 3 }),
      })
      .map(({ lost, between, again }): Script => {
        const first = { ...initiate('a', smallFile(environment, 2)), idempotencyKey: 'k' };
        const repeats = again.map((how, i): Step => ({ call: repeat(first, how, `again${i}`) }));
        const middle = between.map((kind, i): Step => ({ call: inBetween(kind, i) }));
        const start: Step = lost ? { call: first, fault: { kind: 'lost' } } : { call: first };
        return { calls: [start, ...middle, ...repeats, { call: { kind: 'status', session: 'again0' } }] };
      }),
};

function inBetween(kind: 'chunk' | 'fill' | 'complete' | 'abort' | 'status', i: number): Step['call'] {
  if (kind === 'chunk') return { kind, session: 'a', chunk: i % 2, write: i + 1 };
  return kind === 'fill' ? { kind, session: 'a', write: 100 * (i + 1) } : { kind, session: 'a' };
}

function repeat(first: InitiateCall, how: Way, session: string): InitiateCall {
  const json = first.json as Record<string, never>;
  switch (how) {
    case 'same':
      return { ...first, session };
    case 'reordered':
      return { ...first, session, json: Object.fromEntries(Object.entries(json).reverse()) };
    case 'extended':
      return { ...first, session, json: { ...json, 'x-unknown': 1 } };
    case 'other':
      return { ...first, session, json: { ...json, fileSize: 9 } };
    case 'invalid':
      return { ...first, session, json: { ...json, fileSize: -1 } };
  }
}
