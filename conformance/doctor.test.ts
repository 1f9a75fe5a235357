import { describe, expect, onTestFinished, test } from 'vitest';
import { type ExamineOptions, examine, plan } from './doctor.ts';
import { answering, json } from './engine/testing.ts';
import { startHonest } from './mutants/honest.ts';
import type { Target } from './preflight.ts';
import { properties } from './properties/index.ts';

const limits = {
  maxFileSize: 1e9,
  minChunkSize: 1,
  maxChunkSize: 1e6,
  maxChunks: 10_000,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 60,
};
const options = (target: string, more: Partial<ExamineOptions> = {}): ExamineOptions => ({
  target,
  headers: {},
  tls: { insecure: false },
  only: [],
  skip: [],
  maxBytes: 1e9,
  maxTimeSeconds: 60,
  waitExpirySeconds: 10,
  ...more,
});

test('an honest server is examined without opening a session', async () => {
  const server = await startHonest();
  onTestFinished(() => server.close());
  const heard: string[] = [];
  const found = await examine(options(server.url), (what) => heard.push(what));
  expect(heard).toHaveLength(3);
  expect(found).toMatchObject({ kind: 'examined', deviations: [], access: { second: 'not given' } });
  if (found.kind !== 'examined') return;
  expect(found.profiles).toContain('core');
  expect(found.roundTripMs).toBeLessThan(1000);
  // The clock is this machine's own: the bounds hold it, and are narrow enough to be of use.
  expect(found.clockAheadMs?.least).toBeLessThanOrEqual(0);
  expect(found.clockAheadMs?.most).toBeGreaterThanOrEqual(0);
  expect((found.clockAheadMs?.most ?? 9e9) - (found.clockAheadMs?.least ?? 0)).toBeLessThan(1200);
});

test('who is let in is found by asking, with and without credentials', async () => {
  const { url, asked } = await answering(({ method, headers }) => {
    if (method === 'GET') return json(200, { contractVersion: '1.0', profiles: ['core', 'auth'], limits });
    return headers['x-key'] === 'good' ? json(400, {}) : json(401, {});
  });
  const found = await examine(options(url.origin, { headers: { 'X-Key': 'good' }, secondHeaders: { 'X-Key': 'bad' } }));
  expect(found).toMatchObject({
    access: { first: 'let in', second: 'refused', nobody: 'refused' },
    clockAheadMs: null,
  });
  const bodies = asked.filter(({ method }) => method === 'POST').map(({ body }) => body);
  expect(bodies).toEqual(['{}', '{}', '{}']);
});

test('what is no server of the contract is refused as a run would', async () => {
  const { url } = await answering(() => json(200, []));
  expect(await examine(options(url.origin))).toMatchObject({ kind: 'refused', code: 'not-this-contract' });
});

describe('the plan', () => {
  const target = (change: Partial<Target> = {}): Target => ({
    kind: 'ready',
    capabilities: null,
    deviations: [],
    profiles: ['core', 'download', 'auth', 'idempotency'],
    limits,
    digestAlgorithms: ['sha-256'],
    ...change,
  });
  const reasons = (found: ReturnType<typeof plan>) => new Map(found.requirements.map(({ id, reason }) => [id, reason]));

  test('says of each property and each requirement whether it would run', () => {
    const found = plan(
      target(),
      options('http://x', { secondHeaders: {}, hooks: { restart: 'true', storage: 'echo 0' } }),
    );
    expect(found.properties).toEqual(properties.map(({ id }) => ({ id })));
    expect(reasons(found).get('chunk.atomic')).toBeUndefined();
    expect(found.requirements.every(({ reason }) => reason !== '')).toBe(true);
  });

  test('gives the reason where the target, the flags or the credentials leave something out', () => {
    const slow = target({ profiles: ['core', 'auth'], limits: { ...limits, minTimeoutSeconds: 600 } });
    const found = reasons(plan(slow, options('http://x', { skip: ['chunk.atomic'] })));
    expect(found.get('expiry.enforced')).toMatch(/at least 600 s, and --wait-expiry is 10 s/);
    expect(found.get('auth.isolated')).toMatch(/second principal/);
    expect(found.get('idempotency.race')).toMatch(/profile idempotency is not claimed/);
    expect(found.get('chunk.atomic')).toMatch(/--skip/);
  });
});
