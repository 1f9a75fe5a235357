import { describe, expect, test } from 'vitest';
import type { Answer, Exchange } from '../history.ts';
import { judge } from './judge.ts';
import {
  aborted,
  begun,
  bytes,
  claims,
  complete,
  completed,
  content,
  ended,
  exchange,
  full,
  listing,
  lost,
  opened,
  pending,
  problem,
  published,
  put,
  shown,
  status,
  verdictOn,
} from './testing.ts';

/** The same exchange, after the target was killed and started again. */
const later = (one: Exchange): Exchange => ({ ...one, restarts: 1 });

const unknown = problem('session-not-found');
const noAttachment = problem('attachment-not-found');

describe('after a restart', () => {
  test.each([
    ['its chunk is listed', begun, status, listing([0]), 'allowed'],
    ['its chunk is not listed', begun, status, listing([]), 'chunk.durable'],
    ['it is not known', begun, status, unknown, 'chunk.durable'],
    ['its chunks are not enough', full, complete, problem('upload-incomplete'), 'chunk.durable'],
    ['it is not known, though it had nothing', opened, status, unknown, 'session.remembered'],
    ['it is complete', ended, status, completed([1, 2, 3]), 'allowed'],
    ['it is open again', ended, status, listing([0, 1, 2]), 'complete.durable'],
    ['it is not known, though complete', ended, status, unknown, 'complete.durable'],
    ['its attachment is gone', ended, content, noAttachment, 'complete.durable'],
    ['its attachment has other bytes', ended, content, bytes([1, 9, 3]), 'complete.durable'],
    ['it is not known, though aborted', aborted, status, unknown, 'session.remembered'],
    ['it is aborted', aborted, status, problem('session-aborted'), 'allowed'],
    ['it is locked, which loses nothing', full, complete, problem('session-completed'), 'complete.created'],
    ['it lists what nobody sent', opened, status, listing([1]), 'status.received'],
    ['a good chunk is refused', begun, put(1, 2), problem('digest-mismatched-values'), 'chunk.digest'],
    ['its file is made of other chunks', full, complete, published(201, [1, 9, 3]), 'chunk.durable'],
    ['it lost what it held while it was completed', pending, status, listing([0]), 'chunk.durable'],
  ])('of a session that was told of, %s: %#', (_, story, call, told, verdict) => {
    expect(verdictOn(...story, later(exchange(call, told)))).toBe(verdict);
  });

  test('what is no HTTP as the contract has it is told as that, whatever was lost', () => {
    const malformed = exchange(status, listing([]), { deviations: ['a member is missing'] });
    expect(verdictOn(...ended, later(malformed))).toBe('complete.durable');
    const whole = exchange(status, completed([1, 2, 3]), { deviations: ['a member is missing'] });
    expect(verdictOn(...ended, later(whole))).toBe('http.schema');
  });

  test('an upload whose answer the kill took may be there or not, once and for all', () => {
    const story = [...begun, exchange(put(1, 2), lost)];
    expect(verdictOn(...story, later(exchange(status, listing([0, 1]))))).toBe('allowed');
    expect(verdictOn(...story, later(exchange(status, listing([0]))))).toBe('allowed');
    expect(verdictOn(...story, later(exchange(status, listing([1]))))).toBe('chunk.durable');
  });

  test('an upload that found no connection is not there, and nothing was at stake', () => {
    const refused = exchange(put(1, 2), { kind: 'lost', reason: 'ECONNREFUSED', unsent: true });
    const judged = (told: Answer) =>
      judge({ script: { calls: [] }, exchanges: [...begun, refused, exchange(status, told, { at: 1 })] }, claims);
    const kept = judged(listing([0]));
    expect(kept.kind === 'explained' && kept.observed).toEqual(expect.not.arrayContaining(['chunk.atomic']));
    expect(judged(listing([0, 1]))).toMatchObject({ kind: 'unexplained' });
  });

  test('what is read shows what it was about', () => {
    expect(shown(...begun, later(exchange(status, listing([0]))))).toContain('chunk.durable');
    expect(shown(...ended, later(exchange(content, bytes([1, 2, 3]))))).toContain('complete.durable');
    expect(shown(...begun, exchange(status, listing([0])))).not.toContain('chunk.durable');
    const completion = exchange(complete, published(201, [1, 2, 3]));
    expect(shown(...full, later(completion))).not.toContain('complete.durable');
  });
});
