import { describe, expect, onTestFinished, test } from 'vitest';
import { type RequirementId, requirements } from '../generated/requirements.ts';
import { type HonestOptions, startHonest } from './mutants/honest.ts';
import { honest } from './mutants/seams.ts';
import type { Reply, State } from './mutants/state.ts';
import type { Progress, RunOptions } from './options.ts';
import { properties } from './properties/index.ts';
import { replay } from './replay.ts';
import type { Results } from './report/results.ts';
import { run } from './run.ts';
import { stepsOf } from './steps.ts';

/** A server, and how it is judged: with hooks if they are asked for. */
async function target(options: HonestOptions = {}, hooked = false): Promise<RunOptions> {
  const server = await startHonest({ tokens: ['first', 'second'], ...options });
  onTestFinished(() => server.close());
  return {
    ...(hooked ? { hooks: { restart: server.restart, storage: server.storage } } : {}),
    target: server.url,
    seed: 42,
    runs: 5,
    maxTimeSeconds: 60,
    maxBytes: 1e9,
    waitExpirySeconds: 5,
    only: [],
    skip: [],
    headers: { Authorization: 'Bearer first' },
    secondHeaders: { Authorization: 'Bearer second' },
    workers: 4,
    tls: { insecure: false },
  };
}

async function judged(options: RunOptions, progress?: (event: Progress) => void): Promise<Results> {
  const results = await run(options, progress);
  if ('kind' in results) throw new Error(results.message);
  return results;
}

/** What takes seconds, because a session has to expire. */
const slow = ['expiry', 'stillness'];
const broken = (results: Results) =>
  results.failures.map(({ requirement, expected, got }) => [requirement, expected, got]);

describe('an honest server', () => {
  test('passes: nothing fails, and all that can be seen of a server was seen', async () => {
    const results = await judged({ ...(await target({}, true)), runs: 25 });
    expect(broken(results)).toEqual([]);
    expect(results.summary).toMatchObject({ verdict: 'pass', must: { inconclusive: 0 }, should: { warn: 0 } });
    const untested = results.requirements.filter(({ verdict }) => verdict === 'not-tested').map(({ id }) => id);
    expect(untested).toEqual([]);
    expect(results.profiles.exercised).toEqual(results.profiles.claimed);
  });

  test('shows of each property just what the property declares, and nothing that none declares', async () => {
    const options = { ...(await target()), runs: 25, hooks: { restart: 'true', storage: 'echo 0' } };
    const seen = new Set<RequirementId>();
    await Promise.all(
      properties.map(async ({ id, requirements: declared }) => {
        const results = await judged({ ...options, only: [id] });
        const observed = results.requirements.filter((one) => one.observations > 0).map((one) => one.id);
        for (const one of observed) seen.add(one);
        // A MAY that this server makes no use of cannot show, and it has no storage to look at.
        const missing = declared.filter(
          (one) => !observed.includes(one) && requirements[one].level !== 'MAY' && !one.endsWith('.releases'),
        );
        expect([id, missing]).toEqual([id, []]);
      }),
    );
    const declared = new Set(properties.flatMap((property) => property.requirements));
    expect([...seen].filter((id) => !declared.has(id))).toEqual([]);
  });

  test('that claims little is asked for little', async () => {
    const plain = await target({ tokens: [] });
    const results = await judged({ ...plain, skip: slow });
    expect(broken(results)).toEqual([]);
    expect(results.properties.find(({ id }) => id === 'principals')).toMatchObject({
      calls: 0,
      note: 'the profile auth is not claimed',
    });
    expect(results.requirements.find(({ id }) => id === 'auth.isolated')?.verdict).toBe('not-applicable');
  });
});

describe('a seed', () => {
  test('makes the same scripts again, at whatever speed and in whatever company; another makes others', async () => {
    const options = { ...(await target()), skip: slow };
    const scripts = (results: Results) => results.properties.map(({ id, scripts }) => [id, scripts]);
    const [first, again, alone, other] = [
      await judged(options),
      await judged({ ...options, workers: 1 }),
      await judged({ ...options, only: ['completion'] }),
      await judged({ ...options, seed: 43 }),
    ];
    expect(again.run.fingerprint).toBe(first.run.fingerprint);
    expect(scripts(again)).toEqual(scripts(first));
    expect(other.run.fingerprint).not.toBe(first.run.fingerprint);
    const onlyAgain = await judged({ ...options, only: ['completion'], workers: 2 });
    expect(onlyAgain.run.fingerprint).toBe(alone.run.fingerprint);
  });
});

describe('a run', () => {
  test('of a part plays that part, and says of the rest that it was left out', async () => {
    const results = await judged({ ...(await target()), only: ['chunk.*', 'abort'], skip: ['races', 'chunk.digest*'] });
    const asked = (id: RequirementId) => id.startsWith('chunk.') && !id.startsWith('chunk.digest');
    const part = properties.filter(({ id, requirements: own }) => id === 'abort' || own.some(asked));
    const played = results.properties.map(({ id }) => id);
    expect(played).toEqual(part.map(({ id }) => id).filter((id) => id !== 'races'));
    expect(played).toEqual(expect.arrayContaining(['life-cycle', 'chunk-refuses', 'abort']));
    const verdictOf = (id: string) => results.requirements.find((one) => one.id === id)?.verdict;
    expect(verdictOf('chunk.replace')).toBe('pass');
    expect(verdictOf('abort.final')).toBe('pass');
    expect(verdictOf('chunk.digest')).toBe('not-tested');
    expect(verdictOf('status.received')).toBe('not-tested');
  });

  test('tells what it is doing, each property once from start to end', async () => {
    const told: string[] = [];
    await judged({ ...(await target()), only: ['abort', 'capabilities'] }, (event) =>
      told.push(`${event.kind} ${event.property}`),
    );
    expect(told.sort()).toEqual(
      ['abort', 'capabilities'].flatMap((id) => [`property-finished ${id}`, `property-started ${id}`]).sort(),
    );
  });

  test('that is ended by Ctrl-C ends soon, says so, and leaves no session open', async () => {
    let seen: State | undefined;
    let asked = 0;
    const abort = new AbortController();
    const options = await target({
      seams: {
        around: (request, next, state) => {
          seen = state;
          if (++asked === 100) abort.abort(new Error('ended by SIGINT'));
          return next(request);
        },
      },
    });
    const results = await judged({ ...options, runs: 1000, only: ['life-cycle'], signal: abort.signal });
    expect(results.properties[0]?.note).toMatch(/^\d+ of \d+ scripts, stopped by a signal$/);
    expect(results.run.durationMs).toBeLessThan(10_000);
    expect(seen?.sessions.size).toBeGreaterThan(1);
    expect([...(seen?.sessions.values() ?? [])].filter(({ state }) => state === 'open')).toEqual([]);
  });

  test.each([
    ['--max-time', { maxTimeSeconds: 0 }],
    ['--max-bytes', { maxBytes: 0 }],
  ])('is bound by %s, and says so', async (flag, bound) => {
    const results = await judged({ ...(await target()), only: ['life-cycle', 'abort'], runs: 1000, ...bound });
    for (const { note } of results.properties) expect(note).toContain(`stopped after ${flag} 0`);
    expect(results.stats.sessions).toBeLessThan(10);
  });

  test('cuts off what does not end, some time after --max-time', async () => {
    const silent = () => new Promise<never>(() => undefined);
    const options = await target({
      seams: { around: (request, next) => (request.method === 'PUT' ? silent() : next(request)) },
    });
    const short = { maxTimeSeconds: 0.2, waitExpirySeconds: 0, overtimeSeconds: 0.3 };
    const results = await judged({ ...options, only: ['life-cycle'], ...short });
    expect(results.properties[0]?.note).toContain('stopped after --max-time 0.2');
    expect(results.failures).toEqual([]);
    expect(results.run).not.toHaveProperty('interrupted');
  });

  test('that had no time proves nothing', async () => {
    const results = await judged({ ...(await target()), maxTimeSeconds: 0 });
    expect(results.summary).toMatchObject({ verdict: 'not-tested', must: { pass: 0, fail: 0 } });
  });

  test('of a target that is no such server does not begin', async () => {
    const options = await target({ prefix: '/api' });
    const elsewhere = options.target.replace('/api', '');
    expect(await run({ ...options, target: elsewhere })).toMatchObject({ kind: 'refused', code: 'not-this-contract' });
  });
});

describe('a restart', () => {
  const only = ['durability'];
  const verdictsOf = (results: Results) =>
    Object.fromEntries(results.requirements.map(({ id, verdict, reason }) => [id, [verdict, reason]]));

  test('after which all is there passes', async () => {
    const results = await judged({ ...(await target({}, true)), only });
    expect(broken(results)).toEqual([]);
    expect(verdictsOf(results)).toMatchObject({
      'chunk.durable': ['pass', undefined],
      'complete.durable': ['pass', undefined],
    });
  });

  test.each<[RequirementId, (state: State) => void]>([
    [
      'chunk.durable',
      ({ sessions }) => {
        for (const { state, chunks } of sessions.values()) if (state === 'open') chunks.clear();
      },
    ],
    ['complete.durable', ({ attachments }) => attachments.clear()],
    [
      'session.remembered',
      ({ sessions }) => {
        for (const { state, id } of sessions.values()) if (state === 'aborted') sessions.delete(id);
      },
    ],
  ])('that breaks %s is found, with a script that a person would have written', async (requirement, killed) => {
    const results = await judged({ ...(await target({ seams: { killed } }, true)), only });
    const failure = results.failures.find((one) => one.requirement === requirement);
    expect(failure).toMatchObject({ property: 'durability', reproduced: { k: 5, n: 5 } });
    expect(stepsOf(failure?.script ?? { calls: [] }).length).toBeLessThanOrEqual(5);
    expect(stepsOf(failure?.script ?? { calls: [] })).toContainEqual({ call: { kind: 'restart' } });
  });

  test.each([
    ['is not asked for', {}, 'not-tested', 'needs --restart-command'],
    ['fails', { restart: 'exit 3' }, 'inconclusive', '--restart-command ended with exit code 3'],
  ])('that %s proves nothing', async (_, hooks, verdict, reason) => {
    const results = await judged({ ...(await target()), only, hooks });
    expect(verdictsOf(results)['chunk.durable']).toEqual([verdict, reason]);
    expect(broken(results)).toEqual([]);
    expect(results.brokenHook).toBe(verdict === 'inconclusive' ? reason : undefined);
  });
});

describe('storage', () => {
  test('that comes back passes', async () => {
    const results = await judged({ ...(await target({}, true)), only: ['storage*'] });
    expect(broken(results)).toEqual([]);
    const passed = results.requirements.filter(({ id }) => id.endsWith('.releases')).map(({ verdict }) => verdict);
    expect(passed).toEqual(['pass', 'pass', 'pass']);
  });

  test('that never comes back fails', { timeout: 60_000 }, async () => {
    let kept = 0;
    const seams: HonestOptions['seams'] = {
      store: (session, index, bytes) => {
        kept += bytes.length;
        return honest.store(session, index, bytes);
      },
      held: () => kept,
    };
    const results = await judged({ ...(await target({ seams }, true)), only: ['abort.releases'] });
    expect(results.requirements.find(({ id }) => id === 'abort.releases')).toMatchObject({ verdict: 'fail' });
    expect(results.failures).toMatchObject([{ requirement: 'abort.releases', got: '204', reproduced: { k: 1, n: 1 } }]);
  });

  test.each([
    ['that no command shows', {}, 'not-tested', 'needs --storage-command', undefined],
    ['of which the command says nothing', { storage: 'echo much' }, 'inconclusive', /printed "much\\n"/, /much/],
    ['that the command does not see', { storage: 'echo 1' }, 'inconclusive', /does not see uploads/, undefined],
  ])('%s proves nothing', async (_, hooks, verdict, reason, brokenHook) => {
    const results = await judged({ ...(await target()), only: ['abort.releases'], hooks });
    const found = results.requirements.find(({ id }) => id === 'abort.releases');
    expect(found?.verdict).toBe(verdict);
    expect(found?.reason).toMatch(reason);
    expect(results.brokenHook).toEqual(brokenHook && expect.stringMatching(brokenHook));
  });
});

describe('a broken server', () => {
  /** Lists a chunk too few. */
  const forgetful: HonestOptions = {
    seams: { received: ({ chunks }) => [...chunks.keys()].sort((x, y) => x - y).slice(0, -1) },
  };

  test('fails, by a script that is small, that replays, and that an honest server passes', async () => {
    const options = await target(forgetful);
    const results = await judged({ ...options, only: ['life-cycle'] });
    expect(results.summary.verdict).toBe('fail');
    const [failure] = results.failures;
    if (!failure) throw new Error('no failure');
    expect(stepsOf(failure.script).length).toBeLessThanOrEqual(3);
    expect(failure.reproduced).toEqual({ k: 5, n: 5 });
    expect(failure).toMatchObject({ level: 'MUST', property: 'life-cycle', got: '200' });
    expect(failure.at).toBe(failure.history.length - 1);
    expect(JSON.stringify(results)).not.toContain('Bearer');

    const heard: string[] = [];
    const again = await replay(failure.script, { ...options, times: 3 }, (played, failed) =>
      heard.push(`${failed} of ${played}`),
    );
    expect(heard).toEqual(['1 of 1', '2 of 2', '3 of 3']);
    expect(again).toMatchObject({ kind: 'replayed', times: 3, failures: [{}, {}, {}] });
    const honest = await replay(failure.script, { ...(await target()), times: 3 });
    expect(honest).toMatchObject({ kind: 'replayed', failures: [], undecided: [] });
  });

  test('is not judged by a script that needs a hook which nobody gave', async () => {
    const { hooks: _, ...options } = await target(forgetful);
    const again = await replay({ calls: [{ call: { kind: 'restart' } }] }, { ...options, times: 2 });
    expect(again).toMatchObject({ failures: [], undecided: ['needs --restart-command', 'needs --restart-command'] });
  });

  /** Says of every chunk that it lies at the second byte. */
  const misplacing: HonestOptions = {
    seams: {
      around: (request, next) => {
        const reply = next(request);
        return reply.json?.['offset'] === undefined ? reply : { ...reply, json: { ...reply.json, offset: 1 } };
      },
    },
  };

  test.each([
    ['a property, by whatever its scripts show', 'idempotency', misplacing, 'chunk.stored'],
    [
      'a promise, by another one that its smallest script breaks',
      'complete.exactly-once',
      { seams: { published: () => undefined } },
      'complete.repeat',
    ],
  ])('fails if it is asked for %s', async (_, only, server, told) => {
    const results = await judged({ ...(await target(server)), only: [only] });
    expect(results.summary.verdict).toBe('fail');
    expect(results.requirements.find(({ id }) => id === told)?.verdict).toBe('fail');
    const skipping = await judged({ ...(await target(server)), only: [only], skip: [told] });
    const skipped = skipping.requirements.find(({ id }) => id === told);
    expect(skipped).toMatchObject({ verdict: 'not-tested', reason: expect.stringContaining('and broken') });
  });

  /** Answers with an error of its own, as often as told. */
  const failing = (times: number): HonestOptions => {
    let left = times;
    const reply: Reply = {
      status: 500,
      headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
      json: { type: 'about:blank', title: 'Internal Server Error', status: 500 },
    };
    return {
      seams: {
        around: (request, next) => {
          if (request.operation !== 'completeUpload' || left-- <= 0) return next(request);
          // It fails after it took effect: the worst of both.
          const date = { Date: new Date().toUTCString() };
          next(request);
          return { ...reply, headers: { ...reply.headers, ...date } };
        },
      },
    };
  };

  test('that failed once is forgiven, one that fails each time is not', async () => {
    const once = await judged({ ...(await target(failing(1))), only: ['completion'] });
    expect(broken(once)).toEqual([]);
    const always = await judged({ ...(await target(failing(Number.POSITIVE_INFINITY))), only: ['completion'] });
    expect(broken(always).length).toBeGreaterThan(0);
  });
});
