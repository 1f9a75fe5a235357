import { describe, expect, test } from 'vitest';
import type { Exchange, StorageSample } from '../history.ts';
import { judge } from './judge.ts';
import {
  abort,
  claims,
  complete,
  created,
  done,
  exchange,
  initiate,
  lifetime,
  problem,
  put,
  receipt,
  timestamp,
} from './testing.ts';

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

describe('what the samples allow', () => {
  const story = [...uploads, aborted];

  test('is a quarter of the files above what was there, for what comes and goes', () => {
    expect(judged(story, [sample(100, 0), sample(108, 5), sample(102, 90)])).toBe('abort.releases');
    expect(judged(story, [sample(100, 0), sample(108, 5), sample(103, 7000, 20)])).toBe('abort.releases at 3');
  });

  test('is five seconds, and one for the clocks, after the answer that ended the last session', () => {
    expect(judged(story, [sample(100, 0), sample(108, 5), sample(108, 6009, 20)])).toMatch(/^the storage was not/);
    expect(judged(story, [sample(100, 0), sample(108, 5), sample(108, 6010, 20)])).toBe('abort.releases at 3');
    const expired = [sample(100, 0), sample(108, 5)];
    expect(judged(uploads, [...expired, sample(108, late + 5999, late)])).toMatch(/^the storage was not/);
    expect(judged(uploads, [...expired, sample(108, late + 6000, late)])).toBe('expiry.releases at 2');
  });

  test('counts from the last of several aborts, not from what came after it', () => {
    const again = exchange(abort, done, { at: 1000 });
    expect(judged([...story, again], [sample(100, 0), sample(108, 5), sample(108, 6999, 2000)])).toMatch(
      /^the storage/,
    );
    expect(judged([...story, again], [sample(100, 0), sample(108, 5), sample(108, 7000, 2000)])).toBe(
      'abort.releases at 4',
    );
  });

  test('shows uploads by half of what is held, at some look between', () => {
    expect(judged(story, [sample(100, 0), sample(104, 5), sample(100, 90)])).toBe('abort.releases');
    expect(judged(story, [sample(100, 0), sample(103, 5), sample(100, 90)])).toMatch(/^--storage-command/);
    expect(judged(story, [sample(100, 0), sample(100, 3), sample(108, 5), sample(100, 90)])).toBe('abort.releases');
  });

  test('is asked of sessions that ended in one way', () => {
    const other = exchange(
      initiate({ session: 'b' }),
      created({ sessionId: 'n'.repeat(22), expiresAt: timestamp(3 * lifetime) }),
      { at: 11 },
    );
    expect(judged([...story, other], [sample(100, 0), sample(108, 5), sample(108, 9000, 20)])).toBe('nothing');
    const end = late + 7000;
    const gone = exchange(initiate({ session: 'b' }), created({ sessionId: 'n'.repeat(22) }), { at: 11 });
    expect(judged([...story, gone], [sample(100, 0), sample(108, 5), sample(115, end, late)])).toBe(
      'abort.releases at 3',
    );
  });

  test('is asked of a session that has surely expired, or is surely open', () => {
    const at = (ms: number) => judged(uploads, [sample(100, 0), sample(108, 5), sample(108, ms + 9000, ms)]);
    expect([at(lifetime + 1001), at(lifetime + 1000)]).toEqual(['expiry.releases at 2', 'nothing']);
    const open = (ms: number) => judged(replaced, [sample(100, 0), sample(120, ms)]);
    expect([open(lifetime - 1001), open(lifetime - 1000)]).toEqual(['chunk.releases', 'nothing']);
  });

  test('is twice the file for a session that is open, of which more than that was sent', () => {
    const at = (bytes: number, since = 20) => judged(replaced, [sample(100, 0), sample(bytes, 7020, since)]);
    expect([at(122), at(123)]).toEqual(['chunk.releases', 'warned of at 9']);
    expect(judged(replaced, [sample(100, 0), sample(123, 6008, 20)])).toMatch(/^the storage was not/);
    expect(judged(replaced, [sample(100, 0), sample(123, 6009, 20)])).toBe('warned of at 9');
    // Thirty bytes are one and a half times what it may hold; a byte less shows nothing.
    expect(judged(replaced.slice(0, -1), [sample(100, 0), sample(120, 20)])).toBe('chunk.releases');
    expect(judged(replaced.slice(0, -2), [sample(100, 0), sample(120, 20)])).toBe('nothing');
  });

  test('counts the whole file for a completion, which may copy it', () => {
    const full = replaced.slice(0, 4);
    const early = Array.from({ length: 2 }, (_, i) =>
      exchange(complete, problem('digest-mismatched-values'), { at: 10 + i, sent: { expects: { composite: 'x' } } }),
    );
    expect(judged([...full, ...early], [sample(100, 0), sample(120, 20)])).toBe('chunk.releases');
    expect(judged([...full, ...early.slice(1)], [sample(100, 0), sample(120, 20)])).toBe('nothing');
  });

  test('says nothing of a session to which nothing was sent', () => {
    const empty = [exchange(initiate(), created()), exchange(abort, done, { at: 10 })];
    expect(judged(empty, [sample(100, 0), sample(100, 5), sample(100, 90)])).toBe('nothing');
    expect(judged([], [sample(100, 0), sample(100, 5)])).toBe('nothing');
  });
});
