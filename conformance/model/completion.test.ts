import { describe, expect, test } from 'vitest';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, CompleteCall, Exchange, Json } from '../history.ts';
import { sha256Base64 } from './digest.ts';
import {
  abort,
  aborted,
  answer,
  attachment,
  begun,
  bytes,
  bytesFrom,
  complete,
  completed,
  completing,
  content,
  created,
  cut,
  done,
  ended,
  exchange,
  full,
  incomplete,
  initiate,
  listing,
  type Played,
  pending,
  problem,
  published,
  put,
  receipt,
  shown,
  status,
  verdictOn,
} from './testing.ts';

const whole = sha256Base64(bytesFrom([1, 2, 3]));
const composite = String(attachment([1, 2, 3])['compositeDigest']).slice('sha-256=:'.length, -1);
const field = (digest: string): string => `sha-256=:${digest}:`;
const otherDigest = sha256Base64(bytesFrom([3, 2, 1]));
/** A completion that expects this, in its words and in its body. */
const expecting = (expects: NonNullable<Exchange['sent']['expects']>, told: Answer): Exchange =>
  exchange(complete, told, { sent: { expects } });
/** A completion whose body the script gives as it is. */
const saying = (json: Json, told: Answer): Exchange => exchange({ ...complete, json } as Played, told);

const mismatch = problem('digest-mismatched-values');
const invalid = problem('digest-invalid-values');
const withDigest = (digest: string) => published(201, [1, 2, 3], { digest: field(digest) });

describe('a completion that expects a digest', () => {
  test('of the composite is done if it is the one of the chunks, and refused if not', () => {
    expect(verdictOn(...full, expecting({ composite }, published(201, [1, 2, 3])))).toBe('allowed');
    expect(verdictOn(...full, expecting({ composite }, mismatch))).toBe('complete.created');
    expect(verdictOn(...full, expecting({ composite: otherDigest }, mismatch))).toBe('allowed');
    expect(verdictOn(...full, expecting({ composite: otherDigest }, published(201, [1, 2, 3])))).toBe(
      'complete.digest',
    );
  });

  test('of the whole is done if it is the one of the bytes, and tells that digest', () => {
    expect(verdictOn(...full, expecting({ whole }, withDigest(whole)))).toBe('allowed');
    expect(verdictOn(...full, expecting({ whole }, published(201, [1, 2, 3])))).toBe('complete.digest');
    expect(verdictOn(...full, expecting({ whole: otherDigest }, withDigest(whole)))).toBe('complete.digest');
    expect(verdictOn(...full, expecting({ whole: otherDigest }, mismatch))).toBe('allowed');
    expect(verdictOn(...full, expecting({ composite, whole: otherDigest }, mismatch))).toBe('allowed');
  });

  test('of the whole shows that the server has its bytes, again and again', () => {
    const story = [...full, expecting({ whole }, withDigest(whole))];
    expect(shown(...story)).toContain('complete.bytes');
    expect(shown(...story, expecting({ whole }, published(200, [1, 2, 3])))).toContain('complete.bytes');
    expect(shown(...full, expecting({ composite }, published(201, [1, 2, 3])))).not.toContain('complete.bytes');
    expect(shown(...ended, expecting({ composite }, published(200, [1, 2, 3])))).not.toContain('complete.bytes');
  });

  test('may be told a digest of the whole that it did not ask for, and that has to be right', () => {
    expect(verdictOn(...full, exchange(complete, withDigest(whole)))).toBe('allowed');
    expect(verdictOn(...full, exchange(complete, withDigest(otherDigest)))).toBe('complete.digest');
  });

  test('that is wrong leaves the session open, as the next reading proves', () => {
    const refused = [...full, expecting({ composite: otherDigest }, mismatch)];
    expect(verdictOn(...refused, exchange(status, listing([0, 1, 2])))).toBe('allowed');
    expect(shown(...refused, exchange(status, listing([0, 1, 2])))).toContain('complete.digest');
    expect(verdictOn(...refused, exchange(status, completed([1, 2, 3])))).toBe('complete.digest');
    expect(verdictOn(...refused, exchange(status, listing([0, 1])))).toBe('complete.digest');
    expect(verdictOn(...refused, exchange(put(0, 9), receipt(200, 0, 9)))).toBe('allowed');
  });

  test('that is malformed leaves it open, too', () => {
    const refused = [...full, saying({ digest: 'sha-256' }, invalid)];
    expect(shown(...refused, exchange(status, listing([0, 1, 2])))).toContain('complete.digest');
    expect(verdictOn(...full, saying({ digest: 'sha-256' }, published(201, [1, 2, 3])))).toBe('complete.digest');
    expect(verdictOn(...refused, exchange(complete, published(201, [1, 2, 3])))).toBe('allowed');
  });

  test('that is malformed beside one that is wrong may be told either', () => {
    const both = { digest: 'sha-256', compositeDigest: field(otherDigest) };
    for (const told of [invalid, mismatch]) {
      expect(verdictOn(...full, saying(both, told))).toBe('allowed');
      expect(verdictOn(...ended, saying(both, told))).toBe('allowed');
    }
    expect(verdictOn(...full, saying({ digest: 'sha-256', compositeDigest: field(composite) }, mismatch))).toBe(
      'complete.digest',
    );
    expect(verdictOn(...ended, saying({ digest: 'sha-256', compositeDigest: field(composite) }, mismatch))).toBe(
      'complete.digest',
    );
  });

  test('before all chunks are there may be told first that it does not match', () => {
    expect(verdictOn(...begun, expecting({ composite: otherDigest }, mismatch))).toBe('allowed');
    expect(verdictOn(...begun, exchange(complete, mismatch))).toBe('complete.incomplete');
    expect(verdictOn(...begun, saying({ digest: 'sha-256' }, invalid))).toBe('allowed');
  });

  test('is held against what it says itself, where the script gives its body', () => {
    expect(verdictOn(...full, saying({ compositeDigest: field(composite) }, published(201, [1, 2, 3])))).toBe(
      'allowed',
    );
    expect(verdictOn(...full, saying({ compositeDigest: field(otherDigest) }, mismatch))).toBe('allowed');
    expect(verdictOn(...full, saying({ digest: field(whole) }, withDigest(whole)))).toBe('allowed');
    expect(verdictOn(...full, saying({ digest: field(whole) }, published(201, [1, 2, 3])))).toBe('complete.digest');
    expect(verdictOn(...full, saying({}, published(201, [1, 2, 3])))).toBe('allowed');
  });
});

describe('a completion again', () => {
  test('that expects another digest is refused, and changes nothing', () => {
    expect(verdictOn(...ended, expecting({ composite: otherDigest }, mismatch))).toBe('allowed');
    expect(verdictOn(...ended, expecting({ composite: otherDigest }, published(200, [1, 2, 3])))).toBe(
      'complete.digest',
    );
    expect(verdictOn(...ended, expecting({ composite }, mismatch))).toBe('complete.repeat');
    expect(verdictOn(...ended, saying({ digest: 'sha-256' }, invalid))).toBe('allowed');
    expect(verdictOn(...ended, saying({ digest: 'sha-256' }, published(200, [1, 2, 3])))).toBe('complete.digest');
  });

  test('while it still completes is refused for the same, or put off again', () => {
    for (const told of [mismatch, completing()])
      expect(verdictOn(...pending, expecting({ composite: otherDigest }, told))).toBe('allowed');
    expect(verdictOn(...pending, expecting({ composite }, mismatch))).toBe('complete.repeat');
    expect(verdictOn(...pending, saying({ digest: 'sha-256' }, invalid))).toBe('allowed');
    expect(verdictOn(...pending, saying({ digest: 'sha-256' }, completing()))).toBe('complete.digest');
    expect(verdictOn(...pending, saying({ digest: 'sha-256' }, mismatch))).toBe('complete.digest');
  });

  test('of an aborted session may be told what is wrong with it', () => {
    expect(verdictOn(...aborted, saying({ digest: 'sha-256' }, invalid))).toBe('allowed');
    expect(verdictOn(...aborted, exchange(complete, invalid))).toBe('abort.final');
  });

  test('of an aborted session may be told that chunks are missing, or make another digest: nobody knows which it has', () => {
    const whole = [...full, exchange(abort, done)];
    for (const told of [incomplete(0, 1, 2), incomplete(1)]) {
      expect(verdictOn(...aborted, exchange(complete, told))).toBe('allowed');
      expect(verdictOn(...whole, exchange(complete, told))).toBe('allowed');
    }
    expect(verdictOn(...whole, expecting({ composite }, mismatch))).toBe('allowed');
    expect(verdictOn(...whole, exchange(complete, mismatch))).toBe('abort.final');
    expect(verdictOn(...whole, exchange(complete, published(201, [1, 2, 3])))).toBe('abort.final');
  });

  test('of an aborted session is never told that chunks of an empty file are missing', () => {
    const none = { fileSize: 0, totalChunks: 0 };
    const empty = exchange(initiate({ json: { fileName: 'file.bin', fileSize: 0 } }), created(none));
    expect(verdictOn(empty, exchange(abort, done), exchange(complete, incomplete(0)))).toBe('abort.final');
  });
});

describe('a completion that is put off', () => {
  test('knows the attachment when it has ended, by whatever answer shows it first', () => {
    const later = [...pending, exchange(complete, published(200, [1, 2, 3]))];
    expect(verdictOn(...later)).toBe('allowed');
    expect(
      verdictOn(
        ...later,
        exchange(status, completed([1, 2, 3], { attachment: attachment([1, 2, 3], { attachmentId: 'y' }) })),
      ),
    ).toBe('complete.repeat');
    expect(verdictOn(...pending, exchange(content, bytes([1, 2, 3])))).toBe('allowed');
  });

  test('may also be completed anew, when it had failed unseen', () => {
    expect(verdictOn(...pending, exchange(complete, published(201, [1, 2, 3])))).toBe('allowed');
  });

  test('of a wrong digest never ends in an attachment, and may be found open without a word to a HEAD', () => {
    const doomed = [...full, expecting({ composite: otherDigest }, completing())];
    expect(verdictOn(...doomed, exchange(complete, published(200, [1, 2, 3])))).not.toBe('allowed');
    expect(verdictOn(...doomed, exchange(complete, published(201, [1, 2, 3])))).toBe('allowed');
    expect(verdictOn(...doomed, exchange({ ...status, head: true } as Played, answer(200)))).toBe('allowed');
    expect(verdictOn(...doomed, exchange(status, listing([0, 1, 2])))).toBe('complete.async');
  });

  test('says why it is open again once: the next reading need not', () => {
    const failed = { completionError: { type: 'about:blank', title: 'Bad Gateway', status: 502 } };
    const told = [...pending, exchange(status, listing([0, 1, 2], failed))];
    expect(verdictOn(...told, exchange(status, listing([0, 1, 2])))).toBe('allowed');
    // A HEAD shows no reason, so nobody is blamed for giving none.
    const head = exchange({ ...status, head: true } as Played, answer(200));
    expect(verdictOn(...pending, head, exchange(status, listing([0, 1, 2], failed)))).toBe('allowed');
  });
});

describe('a completion too early', () => {
  const missing = (more: object): Answer => problem('upload-incomplete', more as Record<string, Json>);

  test.each<[string, object, RequirementId | 'allowed']>([
    ['all that is missing', { missingChunks: [{ first: 1, last: 2 }], missingCount: 2 }, 'allowed'],
    ['with members of its own', { missingChunks: [{ first: 1, last: 2, x: 1 }], missingCount: 2 }, 'allowed'],
    [
      'in two ranges that touch',
      {
        missingChunks: [
          { first: 1, last: 1 },
          { first: 2, last: 2 },
        ],
        missingCount: 2,
      },
      'complete.incomplete',
    ],
    ['without the last one', { missingChunks: [{ first: 1 }], missingCount: 2 }, 'complete.incomplete'],
    ['as numbers', { missingChunks: [1, 2], missingCount: 2 }, 'complete.incomplete'],
    ['as text', { missingChunks: '1-2', missingCount: 2 }, 'complete.incomplete'],
    ['miscounted', { missingChunks: [{ first: 1, last: 2 }], missingCount: 1 }, 'complete.incomplete'],
  ])('is told %s: %j is %s', (_, told, verdict) => {
    expect(verdictOn(...begun, exchange(complete, missing(told)))).toBe(verdict);
  });

  const early = published(201, [1, 2, 3]);

  test('that is done all the same breaks the promise of the uploads that were cut off, if all that is missing was', () => {
    const [first, second] = [cut(put(1, 9)), cut(put(2, 9))];
    expect(verdictOn(...begun, first, second, exchange(complete, early))).toBe('chunk.atomic');
    expect(verdictOn(...begun, first, exchange(complete, early))).toBe('complete.incomplete');
  });

  test('that is done breaks the promise that sessions are apart, if another one has all that is missing', () => {
    const b = { session: 'b' };
    const other = exchange(initiate(b), created({ sessionId: 'n'.repeat(22) }));
    const uploads = [1, 2].map((chunk) => exchange(put(chunk, 9, b), receipt(201, chunk, 9)));
    expect(verdictOn(...begun, other, ...uploads, exchange(complete, early))).toBe('session.isolated');
    expect(verdictOn(...begun, other, ...uploads.slice(1), exchange(complete, early))).toBe('complete.incomplete');
  });

  test('is no abort, and no completion: the session goes on', () => {
    const story = [...begun, exchange(complete, incomplete(1, 2))];
    expect(verdictOn(...story, exchange(put(1, 2), receipt(201, 1, 2)))).toBe('allowed');
    expect(verdictOn(...story, exchange(status, listing([0])))).toBe('allowed');
  });
});

describe('a wrong composite digest of the attachment', () => {
  const wrong = (...between: readonly Exchange[]) =>
    verdictOn(...full, ...between, exchange(complete, published(201, [1, 2, 4])));

  test.each<[string, Exchange, RequirementId]>([
    ['a chunk that was cut off', cut(put(1, 9)), 'chunk.atomic'],
    ['a chunk that was sent again', exchange(put(1, 2), receipt(200, 1, 2)), 'chunk.replay'],
    ['a chunk in chunked coding', exchange(put(1, 2, { framing: 'chunked' }), receipt(200, 1, 2)), 'chunk.replay'],
  ])('is told by the promise of %s', (_, before, promise) => {
    expect(wrong(before)).toBe(promise);
  });

  test('is told by the most telling one of several', () => {
    const replaced = exchange(put(0, 9), receipt(200, 0, 9));
    const again = exchange(put(1, 2), receipt(200, 1, 2));
    expect(wrong(again, replaced)).toBe('chunk.replace');
    expect(wrong(again, replaced, cut(put(2, 9)))).toBe('chunk.atomic');
    expect(wrong()).toBe('complete.digest');
  });
});

describe('a completion with a body', () => {
  const call = (more: Partial<CompleteCall>): Played => ({ ...complete, ...more }) as Played;

  test('that is empty may be refused as no object, one that is absent may not', () => {
    expect(verdictOn(...full, exchange(call({ body: '' }), problem('invalid-request')))).toBe('allowed');
    expect(verdictOn(...full, exchange(call({ body: '' }), published(201, [1, 2, 3])))).toBe('allowed');
    expect(verdictOn(...full, exchange(complete, problem('invalid-request')))).toBe('complete.created');
  });

  test('that is no object is refused', () => {
    for (const json of [[], null, 5, 'x'] as Json[]) {
      expect(verdictOn(...full, saying(json, problem('invalid-request')))).toBe('allowed');
      expect(verdictOn(...full, saying(json, published(201, [1, 2, 3])))).toBe('complete.digest');
    }
  });

  test('of members that nobody knows is taken', () => {
    expect(verdictOn(...full, saying({ x: 1 }, problem('invalid-request')))).toBe('http.unknown-members');
    const beside = { digest: field(whole), x: 1 };
    expect(verdictOn(...full, saying(beside, problem('invalid-request')))).toBe('http.unknown-members');
    expect(verdictOn(...full, saying({ compositeDigest: field(composite) }, problem('invalid-request')))).toBe(
      'complete.created',
    );
    expect(verdictOn(...full, saying({ digest: field(whole) }, problem('invalid-request')))).toBe('complete.created');
  });
});

describe('an abort', () => {
  test('of a completed session, and of one that completes, is refused, and the attachment stays', () => {
    for (const story of [ended, pending]) {
      expect(verdictOn(...story, exchange(abort, problem('session-completed')))).toBe('allowed');
      expect(verdictOn(...story, exchange(abort, problem('session-aborted')))).toBe('abort.completed');
    }
    const kept = shown(...ended, exchange(abort, problem('session-completed')), exchange(content, bytes([1, 2, 3])));
    expect(kept).toContain('abort.completed');
  });

  test('of a session that completes succeeds, if the completion has just failed unseen', () => {
    expect(verdictOn(...pending, exchange(abort, done))).toBe('allowed');
  });

  test('ends it for chunks, however good or bad they are', () => {
    expect(verdictOn(...aborted, exchange(put(9, 9), problem('chunk-not-found', { totalChunks: 3 })))).toBe('allowed');
    expect(verdictOn(...aborted, exchange(put(1, 9), problem('chunk-not-found', { totalChunks: 3 })))).toBe(
      'abort.final',
    );
    expect(verdictOn(...ended, exchange(put(9, 9), problem('chunk-not-found', { totalChunks: 3 })))).toBe('allowed');
  });
});

test('the attachment of a session is created at one time, by the second', () => {
  const at = (ms: number) =>
    completed([1, 2, 3], {
      attachment: attachment([1, 2, 3], { createdAt: new Date(Date.parse('2026-11-01T12:00:00Z') + ms).toISOString() }),
    });
  expect([-1000, 0, 1000].map((ms) => verdictOn(...ended, exchange(status, at(ms))))).toEqual([
    'allowed',
    'allowed',
    'allowed',
  ]);
  expect([-1001, 1001].map((ms) => verdictOn(...ended, exchange(status, at(ms))))).toEqual([
    'status.completed',
    'status.completed',
  ]);
  // It is the first one that counts: it may not creep.
  expect(verdictOn(...ended, exchange(status, at(1000)), exchange(status, at(1500)))).toBe('status.completed');
});
