import { describe, expect, test } from 'vitest';
import type { Answer, Exchange, Json } from '../history.ts';
import { cutOff, step } from './session.ts';
import { type Claims, emptyWorld, type World } from './state.ts';
import {
  aborted,
  answer,
  attachment,
  begun,
  bytes,
  claims,
  complete,
  completed,
  content,
  created,
  ended,
  exchange,
  file,
  full,
  initiate,
  lifetime,
  listing,
  lost,
  type Played,
  pending,
  problem,
  published,
  put,
  receipt,
  shown,
  status,
  timestamp,
  verdictOn,
} from './testing.ts';

const until = (ms: number) => ({ expiresAt: timestamp(lifetime + ms) });

describe('the chunks of a session', () => {
  const told = (...receivedChunks: Json[]) => exchange(status, listing([0], { receivedChunks }));
  const all = { first: 0, last: 0 };

  test.each<[string, Json[]]>([
    ['a range that is none', [all, null]],
    ['a range that never ends', [{ first: 0, last: 1e15 }]],
    ['a range from before the first chunk', [{ first: -1e15, last: 0 }]],
    ['a range of text', [{ first: '0', last: '0' }]],
    ['a range twice', [all, all]],
    ['a chunk that there is not', [all, { first: 3, last: 3 }]],
    ['a range that runs back', [all, { first: 2, last: 1 }]],
  ])('are not told by %s', (_, ranges) => {
    expect(verdictOn(...begun, told(...ranges))).toBe('status.received');
  });

  test('are told with members of their own', () => {
    expect(verdictOn(...begun, told({ ...all, x: 1 }))).toBe('allowed');
  });

  test('show what was at stake, and that what was acknowledged is there', () => {
    const again = exchange(put(0, 1), receipt(200, 0, 1));
    const kept = ['chunk.replay', 'status.read-your-writes'];
    expect(shown(...begun, again, exchange(status, listing([0])))).toEqual(expect.arrayContaining(kept));
  });

  test('are missed by the promise about what is missing, one by one', () => {
    const story = [...begun, exchange(put(2, 3), receipt(201, 2, 3))];
    expect(verdictOn(...story, exchange(status, listing([0, 2])))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, listing([0])))).toBe('status.read-your-writes');
    expect(verdictOn(...story, exchange(status, listing([0, 1, 2])))).toBe('status.received');
  });
});

describe('two sessions', () => {
  const b = { session: 'b' };
  const other = exchange(initiate(b), created({ sessionId: 'n'.repeat(22) }));
  const stored = exchange(put(1, 9, b), receipt(201, 1, 9));

  test('are apart: a chunk of the one that the other lists breaks that', () => {
    const story = [...begun, other, stored];
    expect(verdictOn(...story, exchange(status, listing([0])))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, listing([0, 1])))).toBe('session.isolated');
    expect(verdictOn(...story, exchange(status, listing([0, 2])))).toBe('status.received');
  });

  test('show that they are apart, where there are two', () => {
    expect(shown(...begun, other, exchange(status, listing([0])))).toContain('session.isolated');
    expect(shown(...begun, exchange(status, listing([0])))).not.toContain('session.isolated');
  });
});

describe('the expiry of a session', () => {
  test('is told to the second', () => {
    const told = (ms: number) => verdictOn(...begun, exchange(status, listing([0], until(ms))));
    expect([told(-1000), told(1000)]).toEqual(['allowed', 'allowed']);
    expect([told(-1001), told(1001)]).toEqual(['expiry.monotonic', 'status.safe']);
    expect(verdictOn(...begun, exchange(status, listing([0], { expiresAt: 'soon' })))).toBe('expiry.monotonic');
    expect(verdictOn(...begun, exchange(status, listing([0], { expiresAt: 5 })))).toBe('expiry.monotonic');
  });

  test('is known as well as the readings tell, and does not creep back', () => {
    const creeping = [exchange(status, listing([0], until(900))), exchange(status, listing([0], until(-100)))];
    expect(verdictOn(...begun, ...creeping)).toBe('allowed');
    expect(verdictOn(...begun, ...creeping, exchange(status, listing([0], until(-101))))).toBe('expiry.monotonic');
  });

  test('that an upload moved is the new one', () => {
    const moved = [...begun, exchange(put(1, 2), receipt(201, 1, 2, until(20_000)))];
    const expired = problem('session-expired');
    expect(verdictOn(...moved, exchange(status, listing([0, 1], until(20_000))))).toBe('allowed');
    expect(verdictOn(...moved, exchange(status, listing([0, 1])))).toBe('expiry.monotonic');
    expect(verdictOn(...moved, exchange(status, expired, { at: lifetime + 5000 }))).toBe('expiry.not-early');
    expect(verdictOn(...moved, exchange(status, listing([0, 1]), { at: lifetime + 21_001 }))).toBe('expiry.enforced');
  });

  test('that a completion moved forward, or its repeat, is the new one: reading moves it no further, and nothing back', () => {
    const again = [exchange(complete, published(200, [1, 2, 3])), exchange(complete, lost)];
    const told = (ms: number) => exchange(status, completed([1, 2, 3], until(ms)));
    const read = [...ended, told(20_000)];
    expect(verdictOn(...ended, told(-1001))).toBe('expiry.monotonic');
    expect(verdictOn(...read)).toBe('allowed');
    expect(verdictOn(...read, told(22_000))).toBe('status.safe');
    expect(verdictOn(...read, told(0))).toBe('expiry.monotonic');
    for (const repeat of again) {
      expect(verdictOn(...read, repeat, told(22_000))).toBe('allowed');
      expect(verdictOn(...read, repeat, told(0))).toBe('expiry.monotonic');
    }
    expect(verdictOn(...full, exchange(complete, lost), told(20_000))).toBe('allowed');
  });

  test('is told by a session that has expired, to a second; one that had ended is not asked for it', () => {
    const late = { at: lifetime + 60_000 };
    const expired = (expiredAt: Json) => exchange(status, problem('session-expired', { expiredAt }), late);
    const told = (ms: number) => expired(timestamp(lifetime + ms));
    expect([-1000, 0, 1000].map((ms) => verdictOn(...begun, told(ms)))).toEqual(['allowed', 'allowed', 'allowed']);
    expect([-1001, 1001].map((ms) => verdictOn(...begun, told(ms)))).toEqual(['expiry.enforced', 'expiry.enforced']);
    expect(verdictOn(...begun, expired('1970-01-01T00:00:00+00:00'))).toBe('expiry.enforced');
    expect([ended, aborted].map((story) => verdictOn(...story, told(60_000)))).toEqual(['allowed', 'allowed']);
  });

  test('is told to who opens a session again by its key, too', () => {
    const keyed = (more = {}) => initiate({ idempotencyKey: 'k', ...more });
    const again = (expiredAt: string) =>
      exchange(keyed({ session: 'b' }), problem('session-expired', { expiredAt }), { at: lifetime + 60_000 });
    const story = [exchange(keyed(), created())];
    expect(verdictOn(...story, again(timestamp(lifetime)))).toBe('allowed');
    expect(verdictOn(...story, again(timestamp(lifetime + 60_000)))).toBe('expiry.enforced');
  });

  test('that was moved is told as it was last, and as any later one where it may have moved unseen', () => {
    const late = { at: lifetime + 60_000 };
    const told = (ms: number) =>
      exchange(status, problem('session-expired', { expiredAt: timestamp(lifetime + ms) }), late);
    const moved = [...begun, exchange(put(1, 2), receipt(201, 1, 2, until(20_000)))];
    expect([0, 20_000].map((ms) => verdictOn(...moved, told(ms)))).toEqual(['expiry.enforced', 'allowed']);
    const unseen = [...begun, exchange(put(1, 2), lost)];
    expect([-1001, 0, 20_000].map((ms) => verdictOn(...unseen, told(ms)))).toEqual([
      'expiry.enforced',
      'allowed',
      'allowed',
    ]);
    expect(verdictOn(...pending, told(20_000))).toBe('allowed');
  });

  test('that an unseen upload may have moved is known again as soon as it is told', () => {
    const unseen = [...begun, exchange(put(0, 1), lost)];
    const late = { at: lifetime + 10_000 };
    expect(verdictOn(...unseen, exchange(status, listing([0], until(20_000)), late))).toBe('allowed');
    const told = [...unseen, exchange(status, listing([0], until(20_000)))];
    expect(verdictOn(...told, exchange(status, listing([0], until(22_000))))).toBe('status.safe');
    expect(verdictOn(...told, exchange(status, problem('session-expired'), late))).toBe('expiry.not-early');
  });
});

describe('a server that promises no downloads', () => {
  const poor: Claims = { ...claims, profiles: ['core'] };
  const judged = (...story: readonly Exchange[]): string => {
    let world: World = emptyWorld;
    for (const one of story) {
      const result = step(world, one, poor);
      if (result.kind === 'refused') return result.objection.requirement;
      world = result.worlds[0] ?? cutOff(world, one);
    }
    return 'allowed';
  };

  test('need not say where the content is', () => {
    const { contentUrl: _, ...bare } = attachment([1, 2, 3]);
    const told = answer(201, bare, { location: '/x' });
    expect(judged(...full, exchange(complete, told))).toBe('allowed');
    expect(verdictOn(...full, exchange(complete, told))).toBe('complete.created');
  });
});

describe('a completion of one chunk, and of none', () => {
  const story = (fileSize: number, totalChunks: number): Exchange[] => [
    exchange(initiate({ json: { fileName: file.fileName, fileSize } }), created({ fileSize, totalChunks })),
  ];

  test('of none is seen when the session is looked at, too', () => {
    const none = { fileSize: 0, totalChunks: 0 };
    const digest = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';
    const of = { fileSize: 0, compositeDigest: digest };
    const told = listing([], { ...none, state: 'completed', attachment: attachment([], of) });
    const done = [...story(0, 0), exchange(complete, lost)];
    expect(verdictOn(...done, exchange(status, told))).toBe('allowed');
    expect(shown(...done, exchange(status, told))).toContain('complete.empty-file');
    expect(shown(...ended, exchange(status, completed([1, 2, 3])))).not.toContain('complete.empty-file');
    const whole = published(201, [], { ...of, digest });
    expect(verdictOn(...story(0, 0), exchange(complete, whole))).toBe('allowed');
  });
});

test('a content type is the declared one, in any spelling of it', () => {
  const typed = (contentType: string): Exchange[] => {
    const json = { fileName: file.fileName, fileSize: 10, contentType };
    const uploads = [0, 1, 2].map((chunk) => exchange(put(chunk, chunk + 1), receipt(201, chunk, chunk + 1)));
    const done = exchange(complete, published(201, [1, 2, 3], { contentType }));
    return [exchange(initiate({ json }), created({ contentType })), ...uploads, done];
  };
  const read = (told: string): Answer => bytes([1, 2, 3], { 'content-type': told });
  const judged = (declared: string) => (told: string) => verdictOn(...typed(declared), exchange(content, read(told)));
  const spellings = [
    'text/plain; charset=utf-8',
    'Text/Plain;charset=UTF-8',
    'text/plain \t;\t charset=utf-8',
    'text/plain;charset="utf-8"',
    'text/plain; charset="u\\tf-8"',
    'text/plain; ; charset=utf-8;',
  ];
  for (const declared of spellings) expect(spellings.map(judged(declared))).toEqual(spellings.map(() => 'allowed'));
  const others = [
    'text/plain',
    'text/plain; charset=latin-1',
    'text/plain; charset="utf-8',
    'text/plain charset=utf-8',
    'text/plain; charset=" utf-8"',
    '',
  ];
  for (const declared of spellings) expect(others.map(judged(declared))).toEqual(others.map(() => 'content.type'));
  const needed = ['a/b; c="d e"', 'a/b;c="d\\ e"'];
  expect(needed.map(judged('a/b; c="d e"'))).toEqual(['allowed', 'allowed']);
  expect(['a/b; c=d e', 'a/b; c="de"', 'a/b; c=""'].map(judged('a/b; c="d e"'))).toEqual(Array(3).fill('content.type'));
});

test('a session that another answer has bound to an attachment keeps it', () => {
  const attached: Played = { kind: 'attachment', session: 'a' };
  const other = answer(200, attachment([1, 2, 3], { attachmentId: 'y' }));
  expect(verdictOn(...ended, exchange(attached, other))).toBe('complete.repeat');
  expect(verdictOn(...full, exchange(complete, lost), exchange(attached, other))).toBe('allowed');
});
