import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, Script, Step } from '../history.ts';
import type { Environment, Property } from './property.ts';

const restart: Call = { kind: 'restart' };
const chunk = (session: string, index: number, write: number): Call => ({
  kind: 'chunk',
  session,
  chunk: index,
  write,
});
const fill = (session: string): Call => ({ kind: 'fill', session, write: 100 });

/** What a client does that begins again: it asks what there is, sends the rest, and reads it all back. */
const resumed = (session: string): Call[] => [
  { kind: 'status', session },
  { kind: 'fill', session, write: 200, resume: true },
  { kind: 'complete', session },
  { kind: 'content', session },
];

export const durability: Property = {
  id: 'durability',
  title: 'what was acknowledged survives a kill of the server, whatever it was doing',
  requirements: ['chunk.durable', 'complete.durable', 'session.remembered'],
  weight: 0,
  alone: true,
  unfit: ({ hooks }) => (hooks.includes('restart') ? undefined : 'needs --restart-command'),
  examples: (environment) => [atRest(environment), ...moments.map((ms) => underLoad(environment, ms))],
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

/** So long after the clients have begun the target is killed. In ms. */
const moments = [0, 15, 40];

/** Two clients upload, each body with a pause in it, and a third one completes another session. */
function underLoad(environment: Environment, ms: number): Script {
  const each = 6;
  const file = smallFile(environment, 2 * each);
  const uploads = (from: number): Step[] =>
    Array.from({ length: Math.min(each, Math.max(0, file.totalChunks - from)) }, (_, i) => ({
      call: chunk('open', from + i, 1 + from + i),
      fault: { kind: 'hold', after: 2, ms: 5 },
    }));
  const steps = (...calls: readonly Call[]): Step[] => calls.map((call) => ({ call }));
  const other = smallFile(environment, 2);
  return {
    calls: steps(initiate('open', file), initiate('done', other), fill('done')),
    together: [
      uploads(0),
      uploads(each),
      steps({ kind: 'wait', ms }, { kind: 'complete', session: 'done' }),
      steps({ kind: 'wait', ms }, restart),
    ],
    after: steps(...resumed('open'), ...resumed('done')),
  };
}
