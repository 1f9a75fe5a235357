/**
 * Clients that use one session at the same time. On a fast link a request is answered before the next one comes, so bodies
 * are held back for some milliseconds or until another client was answered, trickle, and are sent twice: those races are
 * met in which one request overtakes another, and not only those in which the first one wins.
 */
import fc from 'fast-check';
import { initiate, smallFile } from '../arbitraries.ts';
import type { Call, ChunkCall, Fault, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';

const a = { session: 'a' };

/** Which chunks are there when the race begins. */
type Before = 'nothing' | 'one' | 'all but one' | 'all';

export const races: Property = {
  id: 'races',
  title: 'requests on one session at the same time are answered as if they had come in some order',
  requirements: ['chunk.parallel', 'complete.atomic', 'complete.exactly-once', 'abort.race', 'session.linearizable'],
  weight: 2,
  examples: (environment) => [...named(environment), ...pending(environment)],
  // What is smaller may race less: the script is made smaller step by step instead, each tried a few times.
  scripts: (environment) =>
    fc.noShrink(
      fc
        .record({
          before: fc.constantFrom<Before>('nothing', 'one', 'all but one', 'all', 'all'),
          branches: fc.array(fc.array(raced, { minLength: 1, maxLength: 3 }), {
            minLength: 2,
            maxLength: mostClients(environment),
          }),
        })
        .map(({ before, branches }) => race(environment, before, branches)),
    ),
};

/** How many clients at most share a session: as many as the model searches an order for, unless chunks are large. */
const mostClients = ({ limits }: Environment): number => (limits.minChunkSize > 64 * 1024 ? 3 : 8);

/** A session with these chunks, the branches at once, and everything read back. Writes of 0 are numbered. */
function race(environment: Environment, before: Before, branches: readonly (readonly Step[])[]): Script {
  let write = 1;
  const own = ({ call, ...rest }: Step): Step =>
    call.kind === 'chunk' && call.write === 0 ? { ...rest, call: { ...call, write: write++ } } : { ...rest, call };
  const prefix: Record<Before, readonly Call[]> = {
    nothing: [],
    one: [chunk(0, 90)],
    'all but one': [chunk(1, 90), chunk(2, 91)],
    all: [{ kind: 'fill', ...a, write: 90 }],
  };
  return {
    calls: steps(initiate('a', smallFile(environment, 3)), ...prefix[before]),
    together: branches.map((branch) => branch.map(own)),
    after: steps(
      { kind: 'status', ...a },
      { kind: 'fill', ...a, write: 95 },
      { kind: 'complete', ...a },
      { kind: 'content', ...a },
    ),
  };
}

const steps = (...calls: readonly Call[]): Step[] => calls.map((call) => ({ call }));
const chunk = (index: number, write = 0, more: Partial<ChunkCall> = {}): Call => ({
  kind: 'chunk',
  ...a,
  chunk: index,
  write,
  ...more,
});

const complete: Call = { kind: 'complete', ...a };
const proved: Call = { ...complete, compositeDigest: 'right' };
const read: Call = { ...complete, digest: 'right' };
const abort: Call = { kind: 'abort', ...a };
const status: Call = { kind: 'status', ...a };
const head: Call = { ...status, head: true };

/** The longest that a body waits for another client's answer, where it does not matter if none comes. In ms. */
const patience = 100;

const untilAnother: Fault = { kind: 'hold', after: 2, until: 'another', ms: patience };

/** Every kind of race by name: what is there before, and what is sent at the same time. */
const forms: readonly (readonly [Before, ...Call[]])[] = [
  ['nothing', chunk(0), chunk(0)],
  ['nothing', chunk(0, 80), chunk(0, 80)],
  ['one', chunk(0), chunk(0)],
  ['one', chunk(0, 90), chunk(0)],
  ['nothing', chunk(0), chunk(1), chunk(2)],
  ['all but one', chunk(0), complete],
  ['all but one', chunk(0), complete, complete],
  ['all', chunk(0), complete],
  ['all', chunk(0), proved],
  ['all', chunk(1), read],
  ['all', complete, complete],
  ['all', proved, read],
  ['all', abort, complete],
  ['one', abort, chunk(0)],
  ['nothing', chunk(2), abort],
  ['one', abort, abort],
  ['nothing', chunk(0), status, head],
  ['one', chunk(0), status, chunk(1), status],
  ['all', complete, status, head],
  ['one', abort, status, head],
  ['all', complete, abort, chunk(0), status],
];

/** The races in which most goes wrong: two uploads of a chunk that is there, and one while the file is completed. */
const fatal: typeof forms = [
  ['one', chunk(0), chunk(0)],
  ['all', chunk(0), complete],
  ['all but one', chunk(0), complete],
];

/** What else may be the matter with a chunk that races. */
const troubles: readonly Fault[] = [
  { kind: 'hold', after: 2, ms: 2 },
  { kind: 'trickle', pieces: 3, ms: 1 },
  { kind: 'cut', after: 2, how: 'rst' },
  { kind: 'cut', after: 2, how: 'fin' },
  { kind: 'lost' },
  { kind: 'twice' },
];

/** Each race by name, at once and with the first body held back; the fatal ones with each trouble; and crowds of each. */
function named(environment: Environment): Script[] {
  const started = ([before, first, ...others]: (typeof forms)[number], fault?: Fault): Script[] => {
    if (first === undefined || (fault && first.kind !== 'chunk' && !bodiless.includes(fault.kind))) return [];
    const rest = others.map((call) => (fault === untilAnother ? late(call) : [{ call }]));
    return [race(environment, before, [[fault ? { call: first, fault } : { call: first }], ...rest])];
  };
  const crowds = [chunk(0), chunk(0, 80), complete, proved, status].map((call) =>
    race(
      environment,
      call.kind === 'chunk' ? 'nothing' : 'all',
      Array.from({ length: mostClients(environment) }, () => [{ call }]),
    ),
  );
  return [
    ...forms.flatMap((form) => [...started(form), ...started(form, untilAnother)]),
    ...fatal.flatMap((form) => troubles.flatMap((fault) => started(form, fault))),
    ...crowds,
  ];
}

/** A request that comes when the first bytes of one that was sent at the same time, on a new connection, are there. */
const late = (call: Call): Step[] =>
  call.kind === 'chunk'
    ? [{ call, fault: { kind: 'hold', after: 0, ms: 4 } }]
    : [{ call: { kind: 'wait', ms: 4 } }, { call }];

/** Faults that a request without a body may have, too. */
const bodiless: readonly Fault['kind'][] = ['lost', 'twice'];

/**
 * A chunk whose body is pending until another client was answered, and that client's upload of another chunk: a server that
 * takes one chunk at a time lets both wait. One upload before them shows how long the server takes when nobody is waiting.
 * In several framings, since a machine that stalls for a moment spoils what one of them would show.
 */
function pending(environment: Environment): Script[] {
  const file = smallFile(environment, 3);
  if (file.totalChunks < 3 || file.chunkSize < 2) return [];
  const fault: Fault = { kind: 'hold', after: 1, until: 'another', ms: 8000 };
  const framings: readonly (readonly [Partial<ChunkCall>, Partial<ChunkCall>])[] = [
    [{}, {}],
    [{ framing: 'chunked' }, {}],
    [{}, { framing: 'chunked' }],
  ];
  return framings.map(([held, waiting]) => ({
    calls: steps(initiate('a', file), chunk(2, 1)),
    together: [
      [{ call: chunk(0, 2, held), fault }],
      [{ call: { kind: 'wait', ms: 100 } }, { call: chunk(1, 3, waiting) }],
    ],
    after: steps(status),
  }));
}

const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('hold' as const), after: fc.nat(4), ms: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 2, arbitrary: fc.constant(untilAnother) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('trickle' as const),
      pieces: fc.integer({ min: 2, max: 4 }),
      ms: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Fault>({ kind: 'twice' }) },
  { weight: 1, arbitrary: fc.constant<Fault>({ kind: 'lost' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      after: fc.nat(4),
      how: fc.constantFrom('fin' as const, 'rst' as const),
    }),
  },
);

const calls: fc.Arbitrary<Call> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(2).map((index) => chunk(index)) },
  { weight: 1, arbitrary: fc.constant(chunk(0, 80)) },
  { weight: 3, arbitrary: fc.constant(complete) },
  { weight: 1, arbitrary: fc.constantFrom(proved, read) },
  { weight: 1, arbitrary: fc.constant(abort) },
  { weight: 2, arbitrary: fc.constantFrom(status, status, head) },
);

const raced: fc.Arbitrary<Step> = fc.tuple(calls, fault).map(([call, fault]): Step => {
  const fits = fault !== undefined && (call.kind === 'chunk' || bodiless.includes(fault.kind));
  return fits ? { call, fault } : { call };
});

export const keyRaces: Property = {
  id: 'key-races',
  title: 'initiating with one key at the same time opens one session',
  requirements: ['idempotency.race'],
  weight: 0.3,
  unfit: ({ profiles }) => (profiles.includes('idempotency') ? undefined : 'the profile idempotency is not claimed'),
  examples: (environment) => [2, 8].map((clients) => sameKey(environment, Array<undefined>(clients).fill(undefined))),
  scripts: (environment) =>
    fc.array(opening, { minLength: 2, maxLength: 8 }).map((faults) => sameKey(environment, faults)),
};

const opening: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('hold' as const),
      after: fc.nat(20),
      ms: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant(untilAnother) },
  { weight: 1, arbitrary: fc.constant<Fault>({ kind: 'twice' }) },
);

/** As many clients as there are faults open a session with one key, and each asks for what it was given. */
function sameKey(environment: Environment, faults: readonly (Fault | undefined)[]): Script {
  const open = (session: string, fault: Fault | undefined): Step => ({
    call: { ...initiate(session, smallFile(environment, 2)), idempotencyKey: 'k' },
    ...(fault ? { fault } : {}),
  });
  return {
    calls: [],
    together: faults.map((fault, i) => [open(`s${i}`, fault)]),
    after: faults.map((_, i): Step => ({ call: { kind: 'status', session: `s${i}` } })),
  };
}
