import fc from 'fast-check';
import { type Geometry, initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, InitiateCall, RestartCall, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';

const restart: RestartCall = { kind: 'restart' };
const chunk = (session: string, index: number, write: number): Call => ({
  kind: 'chunk',
  session,
  chunk: index,
  write,
});
const fill = (session: string): Call => ({ kind: 'fill', session, write: 100 });
const steps = (...calls: readonly Call[]): Step[] => calls.map((call) => ({ call }));

/** What a client does that begins again: it asks what there is, sends the rest, and reads it all back. */
const resumed = (session: string): Call[] => [
  { kind: 'status', session },
  { kind: 'fill', session, write: 200, resume: true },
  { kind: 'complete', session },
  { kind: 'content', session },
];

/** The same, and what else a client may ask that does not know how its session ended. */
const readBack = (session: string): Call[] => [
  ...resumed(session),
  { kind: 'complete', session },
  { kind: 'abort', session },
  { kind: 'status', session },
];

export const durability: Property = {
  id: 'durability',
  title: 'what was acknowledged survives a kill of the server, whatever it was doing',
  requirements: [
    'chunk.durable',
    'complete.durable',
    'session.remembered',
    'session.linearizable',
    'expiry.monotonic',
    'idempotency.replay',
  ],
  // Few, since a restart may take seconds: each serves several sessions.
  weight: 0.16,
  alone: 'in-turn',
  unfit: ({ hooks }) => (hooks.includes('restart') ? undefined : 'needs --restart-command'),
  examples: (environment) => [atRest(environment), inFlight(environment)],
  scripts: (environment) =>
    fc
      .record({
        clients: fc.array(fc.array(work, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 8 }),
        ms: fc.integer({ min: 0, max: 60 }),
        again: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined, freq: 2 }),
      })
      .map((load) => underLoad(environment, load)),
};

/** The target is killed while it has nothing to do. A restart may take seconds, so one serves every kind of session. */
function atRest(environment: Environment): Script {
  const file = smallFile(environment, 3);
  const keyed = { ...initiate('keyed', file), idempotencyKey: 'k' };
  const withKeys = environment.profiles.includes('idempotency');
  return scriptOf(
    initiate('open', file),
    chunk('open', 0, 1),
    chunk('open', 2, 2),
    chunk('open', 2, 3),
    initiate('done', file),
    fill('done'),
    { kind: 'complete', session: 'done' },
    initiate('over', file),
    chunk('over', 0, 4),
    { kind: 'abort', session: 'over' },
    ...(withKeys ? [keyed, chunk('keyed', 0, 5)] : []),
    restart,
    ...resumed('open'),
    ...resumed('done'),
    { kind: 'attachment', session: 'done' },
    { kind: 'status', session: 'over' },
    { kind: 'abort', session: 'over' },
    ...(withKeys ? [{ ...keyed, session: 'again' }, { kind: 'status', session: 'again' } as const] : []),
  );
}

/** The target is killed while it receives a chunk, and one that replaces another, and while it completes. */
function inFlight(environment: Environment): Script {
  const file = smallFile(environment, 2);
  const held = (session: string, write: number): Step[] => [
    { call: chunk(session, 0, write), fault: { kind: 'hold', after: 2, ms: 200 } },
  ];
  return {
    calls: steps(
      initiate('open', file),
      initiate('replaced', file),
      fill('replaced'),
      initiate('done', file),
      fill('done'),
    ),
    together: [
      held('open', 1),
      held('replaced', 2),
      // So far apart that a slow machine keeps them in order.
      steps({ kind: 'wait', ms: 20 }, { kind: 'complete', session: 'done' }),
      steps({ kind: 'wait', ms: 50 }, restart),
    ],
    after: steps(...['open', 'replaced', 'done'].flatMap(readBack)),
  };
}

/** What a client does next under load; which chunk and which bytes are told by its place in the script. */
type Work = { readonly session: Loaded; readonly ms: number } & (
  | { readonly does: 'upload'; readonly index: number }
  | { readonly does: 'complete' | 'abort' | 'ask' | 'begin' }
);

/** One session of many chunks, one that is ready to be completed, and one that lacks a chunk. */
const loaded = ['many', 'ready', 'lacking'] as const;
type Loaded = (typeof loaded)[number];

const session = fc.constantFrom<Loaded>('many', 'many', 'many', 'ready', 'lacking');
/** How long a body is under way: on a fast link hardly any would be at the kill. */
const ms = fc.integer({ min: 0, max: 20 });
const work: fc.Arbitrary<Work> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('upload' as const), session, ms, index: fc.nat(7) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('complete' as const, 'abort', 'ask', 'begin'), session, ms }),
  },
);

interface Load {
  readonly clients: readonly (readonly Work[])[];
  /** So long after the clients have begun the target is killed, and killed again. In ms. */
  readonly ms: number;
  readonly again: number | undefined;
}

/** Clients upload, replace, complete, abort and begin, until the target is killed; then everything is read back. */
function underLoad(environment: Environment, { clients, ms, again }: Load): Script {
  const few = smallFile(environment, 2);
  const affordable = Math.max(2, Math.floor(environment.maxScriptBytes / few.chunkSize / 8));
  const files: Record<Loaded, Geometry> = {
    many: smallFile(environment, Math.min(8, affordable)),
    ready: few,
    lacking: few,
  };
  const withKeys = environment.profiles.includes('idempotency');
  let write = 1;
  const begun: InitiateCall[] = [];
  const branch = (works: readonly Work[]): Step[] =>
    works.flatMap((one): Step[] => {
      const { does, session } = one;
      if (does === 'upload') {
        const index = one.index % files[session].totalChunks;
        return [{ call: chunk(session, index, write++), fault: { kind: 'hold', after: 2, ms: one.ms } }];
      }
      if (does === 'ask') return steps({ kind: 'status', session });
      if (does !== 'begin') return steps({ kind: 'wait', ms: one.ms }, { kind: does, session });
      const name = `new${begun.length}`;
      const open: InitiateCall = { ...initiate(name, few), ...(withKeys ? { idempotencyKey: name } : {}) };
      begun.push(open);
      return steps(open, chunk(name, 0, write++));
    });
  const together = clients.map(branch);
  const kill: Call = again === undefined ? restart : { ...restart, again };
  const repeated = begun.flatMap((open, i): Call[] => [
    ...(withKeys ? [{ ...open, session: `again${i}` }] : []),
    ...resumed(open.session),
  ]);
  return {
    calls: steps(
      ...loaded.map((name) => initiate(name, files[name])),
      chunk('many', 0, 90),
      chunk('many', 1, 91),
      fill('ready'),
      chunk('lacking', 0, 92),
    ),
    together: [...together, steps({ kind: 'wait', ms }, kill)],
    after: steps(...loaded.flatMap(readBack), ...repeated),
  };
}
