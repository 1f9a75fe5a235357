import { expect, test } from 'vitest';
import { testServer } from '../testing.ts';
import { fuzz } from './fuzz.ts';

test('2,000 malformed requests are all refused or served, none by a 5xx, and no file handle is left open', async () => {
  const { url, adminUrl } = await testServer({ adminPort: 0 });
  const { findings, statuses, vitals } = await fuzz({ url, adminUrl, requests: 2000, seed: 1, connections: 16 });
  expect(findings).toEqual([]);
  for (const status of [200, 201, 204, 400, 404, 405, 431]) expect([...statuses.keys()]).toContain(status);
  const [before, after] = [vitals[0], vitals.at(-1)].map((one) => one?.handles ?? Number.NaN);
  // Where the system does not tell them, both are NaN.
  if (!Number.isNaN(before)) expect(after).toBeLessThan(Number(before) + 10);
});

test('a server that answers some of them with 503 is found out', async () => {
  const broken = await testServer({
    adminPort: 0,
    faultsSeed: 1,
    faults: { rules: [{ fault: 'refuse', status: 503, every: 1, operations: ['headUploadSession'] }] },
  });
  const { url, adminUrl } = broken;
  const { findings } = await fuzz({ url, adminUrl, requests: 1000, seed: 1, connections: 16 });
  expect(new Set(findings.map(({ what }) => what))).toEqual(new Set(['503']));
});
