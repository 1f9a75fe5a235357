import fc from 'fast-check';
import { faults, type Geometry, geometries, initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, ChunkCall, Fault, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';

export const lifeCycle: Property = {
  id: 'life-cycle',
  title: 'chunks arrive in any order, again, changed, cut off or unanswered, and the file is what was acknowledged',
  requirements: [
    'chunk.stored',
    'chunk.created',
    'chunk.any-order',
    'chunk.replay',
    'chunk.replace',
    'chunk.atomic',
    'chunk.transfer-coding',
    'status.received',
    'status.read-your-writes',
    'status.head',
    'status.completed',
    'complete.created',
    'complete.bytes',
    'complete.incomplete',
    'complete.repeat',
    'session.remembered',
    'session.linearizable',
  ],
  weight: 2.5,
  examples: (environment) => [...interrupted(environment), ...manyChunks(environment)],
  scripts: (environment) => oneSession(environment, 'a').map((calls) => ({ calls })),
};

/** A chunk that is there is uploaded again, and cut, not answered, or sent with a pause; then all is read back. */
function interrupted(environment: Environment): Script[] {
  const file = smallFile(environment, 3);
  const cuts = [0, 1, Math.floor(file.chunkSize / 2), file.chunkSize - 1, file.chunkSize];
  const cut: Fault[] = [...new Set(cuts)].flatMap((after) =>
    (['fin', 'rst'] as const).map((how) => ({ kind: 'cut', after, how })),
  );
  const stall: Fault = { kind: 'hold', after: Math.floor(file.chunkSize / 2), ms: 30 };
  return [...cut, { kind: 'lost' } as const, stall].flatMap((fault) =>
    (['length', 'chunked'] as const).flatMap((framing) =>
      [true, false].map((stored): Script => {
        const chunk = { kind: 'chunk', session: 'a', chunk: 1 } as const;
        const first: Step[] = stored ? [{ call: { ...chunk, write: 1 } }] : [];
        const again: Step = { call: { ...chunk, write: 2, framing }, fault };
        const rest = whole.map((call): Step => ({ call: { ...call, session: 'a' } as Call }));
        return { calls: [{ call: initiate('a', file) }, ...first, again, ...rest] };
      }),
    ),
  );
}

/** More chunks than a page of most stores lists, if they may be small: a listing or a file that ends early shows here. */
function manyChunks({ limits, maxScriptCalls }: Environment): Script[] {
  const [chunks, chunkSize] = [1002, Math.max(1, limits.minChunkSize)];
  const affordable = chunkSize <= 64 && chunks * chunkSize <= limits.maxFileSize && chunks <= limits.maxChunks;
  if (!affordable || chunks > maxScriptCalls) return [];
  const a = { session: 'a' } as const;
  return [
    scriptOf(
      initiate('a', { fileSize: chunks * chunkSize, chunkSize, totalChunks: chunks }),
      { kind: 'fill', ...a, write: 10_000 },
      { kind: 'status', ...a },
      { kind: 'complete', ...a },
      { kind: 'content', ...a },
    ),
  ];
}

/**
 * All other properties play side by side, which only sessions that are kept apart allow: what leaks into the sessions of
 * another one shows as a dozen other promises broken, and as this one only by chance.
 */
export const isolation: Property = {
  id: 'isolation',
  title: 'what happens to one session shows in no other, while nobody else is at work',
  requirements: ['session.isolated'],
  weight: 0,
  alone: 'first',
  examples: (environment) => {
    const file = smallFile(environment, 2);
    const [a, b, c] = [{ session: 'a' }, { session: 'b' }, { session: 'c' }] as const;
    return [
      scriptOf(
        initiate('a', file),
        initiate('b', file),
        initiate('c', file),
        { kind: 'chunk', ...a, chunk: 0, write: 1 },
        { kind: 'chunk', ...b, chunk: 1, write: 2 },
        ...[a, b, c].map((one): Call => ({ kind: 'status', ...one })),
        { kind: 'abort', ...c },
        { kind: 'fill', ...a, write: 100 },
        { kind: 'status', ...b },
        { kind: 'complete', ...a },
        { kind: 'status', ...b },
        { kind: 'fill', ...b, write: 200 },
        { kind: 'complete', ...b },
        { kind: 'content', ...a },
        { kind: 'content', ...b },
      ),
    ];
  },
};

export const sessionsApart: Property = {
  id: 'sessions-apart',
  title: 'what happens to one session never shows in another',
  requirements: ['session.isolated', 'initiate.unguessable'],
  weight: 0.5,
  scripts: (environment) =>
    fc
      .tuple(oneSession(environment, 'a', 6), oneSession(environment, 'b', 6), fc.infiniteStream(fc.boolean()))
      .map(([a, b, coin]): Script => ({ calls: interleave(a, b, coin) })),
};

function interleave(a: readonly Step[], b: readonly Step[], coin: Iterable<boolean>): Step[] {
  const [left, right, mixed] = [[...a], [...b], [] as Step[]];
  for (const heads of coin) {
    const next = (heads ? left.shift() : right.shift()) ?? left.shift() ?? right.shift();
    if (next === undefined) break;
    mixed.push(next);
  }
  return mixed;
}

/** One thing that a client does. The chunk is told by a number that any geometry can take. */
type Move =
  | { readonly kind: 'chunk'; readonly chunk: number; readonly replay: boolean; readonly how: Partial<ChunkCall> }
  | { readonly kind: 'cut'; readonly chunk: number; readonly fault: number }
  | { readonly kind: 'status' | 'head' | 'complete' | 'fill' | 'resume' };

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('chunk' as const),
      chunk: fc.nat(11),
      replay: fc.boolean(),
      how: fc.constantFrom<Partial<ChunkCall>>(
        {},
        {},
        { framing: 'chunked' },
        { contentDigest: 'right' },
        { contentRange: 'right' },
        { contentDigest: 'several' },
        { expectContinue: true },
        { spelling: 'percent-encoded' },
        { framing: 'chunked', contentDigest: 'right' },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut' as const), chunk: fc.nat(11), fault: fc.nat() }) },
  { weight: 3, arbitrary: fc.constantFrom<Move>({ kind: 'status' }, { kind: 'status' }, { kind: 'head' }) },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ kind: 'complete' }, { kind: 'fill' }, { kind: 'resume' }) },
);

const whole: readonly Call[] = [
  { kind: 'status', session: '' },
  { kind: 'fill', session: '', write: 900, resume: true },
  { kind: 'complete', session: '' },
  { kind: 'complete', session: '' },
  { kind: 'content', session: '' },
  { kind: 'status', session: '' },
];

/** A session from its start to some end: most often until its bytes were read back. */
function oneSession(environment: Environment, session: string, atMost = 12): fc.Arbitrary<Step[]> {
  return fc
    .record({
      geometry: geometries(environment),
      moves: fc.array(moves, { maxLength: atMost }),
      faults: fc.array(faults(4), { minLength: 8, maxLength: 8 }),
      end: fc.constantFrom(whole.slice(0, 0), whole.slice(0, 1), whole, whole, whole, whole),
    })
    .map(({ geometry, moves, faults: planned, end }) => [
      { call: initiate(session, geometry) },
      ...play(moves, geometry, session, (n) => planned[n % planned.length] as Step['fault']),
      ...end.map((call): Step => ({ call: { ...call, session } as Call })),
    ]);
}

function play(
  moves: readonly Move[],
  geometry: Geometry,
  session: string,
  fault: (n: number) => Step['fault'],
): Step[] {
  const last = new Map<number, number>();
  return moves.map((move, i): Step => {
    const write = i + 1;
    switch (move.kind) {
      case 'chunk':
      case 'cut': {
        const chunk = geometry.totalChunks > 0 ? move.chunk % geometry.totalChunks : move.chunk;
        const again = move.kind === 'chunk' && move.replay ? last.get(chunk) : undefined;
        const how = move.kind === 'chunk' ? move.how : {};
        const call: ChunkCall = { kind: 'chunk', session, chunk, write: again ?? write, ...how };
        const wrong = move.kind === 'cut' ? fault(move.fault) : undefined;
        if (!wrong) last.set(chunk, call.write);
        return wrong ? { call, fault: wrong } : { call };
      }
      case 'head':
        return { call: { kind: 'status', session, head: true } };
      case 'fill':
      case 'resume':
        return {
          call: { kind: 'fill', session, write: 100 * write, order: orderOf(i), resume: move.kind === 'resume' },
        };
      default:
        return { call: { kind: move.kind, session } };
    }
  });
}

const orderOf = (i: number) => (['ascending', 'descending', 'inside-out'] as const)[i % 3] ?? 'ascending';
