import fc from 'fast-check';
import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, InitiateCall, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';

const ways = ['same', 'reordered', 'respelt', 'extended', 'other', 'invalid'] as const;
type Way = (typeof ways)[number];

export const idempotency: Property = {
  id: 'idempotency',
  title: 'initiating again with the same key opens no second session, and with another request is refused',
  requirements: ['idempotency.replay', 'idempotency.reused'],
  weight: 0.5,
  malformed: true,
  unfit: ({ profiles }) => (profiles.includes('idempotency') ? undefined : 'the profile idempotency is not claimed'),
  examples: (environment) => {
    const first = { ...initiate('a', smallFile(environment, 2)), idempotencyKey: 'k' };
    const fill: Call = { kind: 'fill', session: 'a', write: 100 };
    const chunk: Call = { kind: 'chunk', session: 'a', chunk: 0, write: 1 };
    const ends: Call[][] = [[], [chunk], [fill, { kind: 'complete', session: 'a' }], [{ kind: 'abort', session: 'a' }]];
    return [
      ...ends.flatMap((between) => ways.map((how) => scriptOf(first, ...between, repeat(first, how, 'again')))),
      // A request that was refused binds no key: the next one with it is the first.
      ...refusedOnes(first).map((call) => scriptOf({ ...call, session: 'refused' }, first, { ...first, session: 'b' })),
      ...(hasTwoPrincipals(environment) ? ofTwo(first) : []),
    ];
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

const hasTwoPrincipals = ({ profiles, secondPrincipal }: Environment): boolean =>
  secondPrincipal && profiles.includes('auth');

/** The key of one principal as another's, with the same request and with another one: each has a session of their own. */
const ofTwo = (first: InitiateCall): readonly Script[] =>
  (['same', 'other'] as const).map((how) =>
    scriptOf(
      first,
      { ...repeat(first, how, 'b'), as: 'second' },
      { kind: 'status', session: 'b', as: 'second' },
      repeat(first, 'same', 'again'),
    ),
  );

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
    case 'respelt': {
      const { json: _, ...rest } = first;
      return { ...rest, session, body: respelt(JSON.stringify(json)) };
    }
    case 'extended':
      return { ...first, session, json: { ...json, 'x-unknown': 1 } };
    case 'other':
      return { ...first, session, json: { ...json, fileSize: 9 } };
    case 'invalid':
      return { ...first, session, json: { ...json, fileSize: -1 } };
  }
}

/** The same JSON value: white space, escapes, and whole numbers with a fraction of zero. */
const respelt = (text: string): string => ` ${text.replace(/"f/g, '"\\u0066').replace(/:([0-9]+)/g, ' :\t$1.0')}\r\n`;

/** The request of a key, spoilt in each way that a declaration can be. */
function refusedOnes(first: InitiateCall): readonly InitiateCall[] {
  const { json, ...rest } = first;
  return [
    ...[{ fileSize: -1 }, { fileName: 'a/b' }, { fileSize: 1e15 }].map(
      (more): InitiateCall => ({ ...first, json: { ...(json as Record<string, never>), ...more } }),
    ),
    ...['', '{', `${JSON.stringify(json)}}`, '\xff'].map((body): InitiateCall => ({ ...rest, body })),
    { ...first, mediaType: 'text/plain' },
  ];
}
