import { expect, onTestFinished, test } from 'vitest';
import type { Lost, Script } from './history.ts';
import { startHonest } from './mutants/honest.ts';
import { abort } from './properties/completion.ts';
import { lifeCycle } from './properties/life-cycle.ts';
import { exitCode } from './report/exit-code.ts';
import { exchange } from './report/fixtures.ts';
import { report } from './report/terminal.ts';
import { run } from './run.ts';
import { openWatch } from './watch.ts';

test('a target that goes away for good ends the run: no failure, no pass, and the scripts that were under way are kept', {
  timeout: 30_000,
}, async () => {
  let asked = 0;
  let close = async (): Promise<void> => undefined;
  const server = await startHonest({
    seams: {
      around: (request, next) => {
        if (++asked === 150) void close();
        return next(request);
      },
    },
  });
  onTestFinished(() => server.close());
  close = server.close;
  const options = { seed: 1, runs: 50, maxTimeSeconds: 60, maxBytes: 1e9, waitExpirySeconds: 5, only: [], skip: [] };
  const results = await run(
    { ...options, target: server.url, headers: {}, workers: 4, tls: { insecure: false } },
    undefined,
    [lifeCycle, abort],
  );
  if ('kind' in results) throw new Error(results.message);
  expect(results.failures).toEqual([]);
  expect(results.requirements.find(({ id }) => id === 'http.transient')).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringMatching(
      /^the target does not accept connections any more, since a script of (life-cycle|abort)/,
    ),
  });
  expect(results.summary.verdict).toBe('inconclusive');
  expect(exitCode(results, 'must')).toBe(4);
  expect(results.gone?.suspects.length).toBeGreaterThan(0);
  for (const { note } of results.properties) expect(note).toMatch(/scripts, the target does not accept connections/);
  const told = report(results, { color: false, verbose: false, quiet: false, paths: ['kept.json'], code: 4 });
  expect(told).toContain('GONE the target does not accept connections any more');
  expect(told).toContain('npx chunkproof replay kept.json');
  expect(told).toContain('the target went away');
});

const script: Script = { calls: [{ call: { kind: 'capabilities' } }] };
const call = { kind: 'capabilities' } as const;
const lost = (outcome: Lost) => ({ ...exchange(0, call, {}), outcome });
const refused = lost({ kind: 'lost', reason: 'ECONNREFUSED', unsent: true });
const cut = lost({ kind: 'lost', reason: 'ECONNRESET' });

test('of several scripts that were under way those are suspects whose connection ended while they were served', async () => {
  const watch = openWatch(async () => false);
  await watch.look('late', { script, exchanges: [refused] });
  expect(watch.gone()?.suspects.map(({ property }) => property)).toEqual(['late']);
  await watch.look('served', { script, exchanges: [exchange(0, call, {}), cut, refused] });
  expect(watch.gone()?.suspects.map(({ property, at }) => [property, at])).toEqual([['served', 1]]);
});

test('a target that comes back is not gone, and is asked only if a connection was refused', async () => {
  let asked = 0;
  const watch = openWatch(async () => ++asked > 0);
  await watch.look('any', { script, exchanges: [exchange(0, call, {}), cut] });
  expect(asked).toBe(0);
  await Promise.all([1, 2].map(() => watch.look('any', { script, exchanges: [cut, refused] })));
  expect(asked).toBe(1);
  expect(watch.gone()).toBeUndefined();
});
