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
  const warned = judgement.warnings.find(({ requirement }) => requirement === 'chunk.releases');
  if (warned) return `warned of at ${warned.exchange}`;
  return judgement.observed.filter((id) => id.endsWith('.releases')).join() || 'nothing';
}

/** The file has ten bytes: once it is whole, six more uploads of its first chunk are more than it may hold. */
const replaced = [
  ...uploads,
  exchange(put(2, 3), receipt(201, 2, 3), { at: 3 }),
  ...[4, 5, 6, 7, 8, 9].map((write, i) => exchange(put(0, write), receipt(200, 0, write), { at: 4 + i })),
];

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
  [
    'of an open session may be twice as large as its file',
    replaced,
    [sample(100, 0), sample(120, 20)],
    'chunk.releases',
  ],
  [
    'of an open session that grows with what was replaced should not',
    replaced,
    [sample(100, 0), sample(132, 7020, 20)],
    'warned of at 9',
  ],
  [
    'of an open session in which little was replaced says nothing',
    uploads,
    [sample(100, 0), sample(108, 20)],
    'nothing',
  ],
  [
    'that never comes back shows without a look between',
    [...uploads, aborted],
    [sample(100, 0), sample(108, 7000, 20)],
    'abort.releases at 3',
  ],
  ['that comes back shows nothing without one', [...uploads, aborted], [sample(100, 0), sample(100, 90)], 'nothing'],
  ['that was looked at once says nothing', [...uploads, aborted], [sample(100, 0)], 'nothing'],
])('storage %s', (_, exchanges, samples, verdict) => {
  expect(judged(exchanges, samples)).toBe(verdict);
});
