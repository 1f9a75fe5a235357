import fc from 'fast-check';
import { initiate, smallFile } from '../arbitraries.ts';
import type { Call, Script, Step } from '../history.ts';
import type { Property } from './property.ts';

const a = { session: 'a' };

export const races: Property = {
  id: 'races',
  title: 'requests on one session at the same time are answered as if they had come in some order',
  requirements: ['chunk.parallel', 'complete.atomic', 'complete.exactly-once', 'abort.race', 'session.linearizable'],
  weight: 1,
  scripts: (environment) =>
    fc
      .record({
        before: fc.constantFrom<'nothing' | 'one' | 'all'>('nothing', 'one', 'all', 'all'),
        branches: fc.array(fc.array(raced, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 4 }),
        after: fc.boolean(),
      })
      .map(({ before, branches, after }): Script => {
        let write = 1;
        const own = ({ call, ...rest }: Step): Step =>
          call.kind === 'chunk' && call.write === 0
            ? { ...rest, call: { ...call, write: write++ } }
            : { ...rest, call };
        const first: Call[] = before === 'one' ? [{ kind: 'chunk', ...a, chunk: 0, write: 90 }] : [];
        const filled: Call[] = before === 'all' ? [{ kind: 'fill', ...a, write: 90 }] : [];
        const rest: Call[] = after
          ? [
              { kind: 'status', ...a },
              { kind: 'fill', ...a, write: 95 },
              { kind: 'complete', ...a },
              { kind: 'content', ...a },
            ]
          : [{ kind: 'status', ...a }];
        const steps = (calls: readonly Call[]) => calls.map((call): Step => ({ call }));
        return {
          calls: steps([initiate('a', smallFile(environment, 2)), ...first, ...filled]),
          together: branches.map((branch) => branch.map(own)),
          after: steps(rest),
        };
      }),
};

const chunk = (index: number, write: number): Call => ({ kind: 'chunk', ...a, chunk: index, write });

const raced: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(1).map((index): Step => ({ call: chunk(index, 0) })) },
  // A body that is under way while the others come and go: on a fast link hardly any would be.
  {
    weight: 1,
    arbitrary: fc
      .record({ index: fc.nat(1), ms: fc.integer({ min: 1, max: 20 }) })
      .map(({ index, ms }): Step => ({ call: chunk(index, 0), fault: { kind: 'hold', after: 2, ms } })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ call: chunk(0, 80) }) },
  { weight: 3, arbitrary: fc.constant<Step>({ call: { kind: 'complete', ...a } }) },
  { weight: 1, arbitrary: fc.constant<Step>({ call: { kind: 'abort', ...a } }) },
  { weight: 1, arbitrary: fc.constant<Step>({ call: { kind: 'status', ...a } }) },
);

export const keyRaces: Property = {
  id: 'key-races',
  title: 'initiating with one key at the same time opens one session',
  requirements: ['idempotency.race'],
  weight: 0.3,
  unfit: ({ profiles }) => (profiles.includes('idempotency') ? undefined : 'the profile idempotency is not claimed'),
  scripts: (environment) =>
    fc.integer({ min: 2, max: 4 }).map((clients): Script => {
      const names = Array.from({ length: clients }, (_, i) => `s${i}`);
      const open = (session: string): Step => ({
        call: { ...initiate(session, smallFile(environment, 2)), idempotencyKey: 'k' },
      });
      return {
        calls: [],
        together: names.map((session) => [open(session)]),
        after: names.map((session): Step => ({ call: { kind: 'status', session } })),
      };
    }),
};
