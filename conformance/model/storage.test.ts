import { expect, test } from 'vitest';
import type { Exchange, StorageSample } from '../history.ts';
import { judge } from './judge.ts';
import { abort, claims, created, done, exchange, initiate, lifetime, put, receipt, timestamp } from './testing.ts';

const uploads = [
  exchange(initiate(), created()),
  exchange(put(0, 1), receipt(201, 0, 1), { at: 1 }),
  exchange(put(1, 2), receipt(201, 1, 2), { at: 2 }),
];
const aborted = exchange(abort, done, { at: 10 });

const sample = (bytes: number, at: number, since = at): StorageSample => {
  const earliest = Date.parse(timestamp(since));
  return { since, at, bytes, serverClock: { earliest, latest: earliest } };
};

function judged(exchanges: readonly Exchange[], samples: readonly StorageSample[]): string {
  const judgement = judge({ script: { calls: [] }, exchanges, samples }, claims);
  if (judgement.kind === 'unexplained') return `${judgement.objection.requirement} at ${judgement.exchange}`;
  if (judgement.kind === 'inconclusive') return judgement.reason.slice(0, 34);
  return judgement.observed.filter((id) => id.endsWith('.releases')).join() || 'nothing';
}

const late = lifetime + 2000;

test.each<[string, readonly Exchange[], readonly StorageSample[], string]>([
  [
    'that comes back is kept',
    [...uploads, aborted],
    [sample(100, 0), sample(108, 5), sample(101, 90)],
    'abort.releases',
  ],
  [
    'that never comes back is not',
    [...uploads, aborted],
    [sample(100, 0), sample(108, 5), sample(108, 7000, 20)],
    'abort.releases at 3',
  ],
  [
    'that was left too early may come back yet',
    [...uploads, aborted],
    [sample(100, 0), sample(108, 5), sample(108, 4000, 20)],
    'the storage was not looked at for ',
  ],
  [
    'that does not show the upload says nothing',
    [...uploads, aborted],
    [sample(100, 0), sample(101, 5), sample(101, 90)],
    '--storage-command does not see upl',
  ],
  ['of an open session is not asked for', uploads, [sample(100, 0), sample(108, 5), sample(108, 7000, 20)], 'nothing'],
  ['of an expired session comes back', uploads, [sample(100, 0), sample(108, 5), sample(100, late)], 'expiry.releases'],
  [
    'of an expired session that does not come back is lost',
    uploads,
    [sample(100, 0), sample(108, 5), sample(108, late + 7000, late)],
    'expiry.releases at 2',
  ],
  ['that was looked at once says nothing', [...uploads, aborted], [sample(100, 0)], 'nothing'],
])('storage %s', (_, exchanges, samples, verdict) => {
  expect(judged(exchanges, samples)).toBe(verdict);
});
