import { describe, expect, test } from 'vitest';
import type { Answer, Exchange } from '../history.ts';
import { foresee } from './foresight.ts';
import { emptyWorld, type World } from './state.ts';
import {
  abort,
  answer,
  begun,
  complete,
  completed,
  completing,
  exchange,
  full,
  incomplete,
  initiate,
  lifetime,
  listing,
  lost,
  type Played,
  problem,
  published,
  put,
  receipt,
  statesAfter,
  status,
  timestamp,
} from './testing.ts';
import { mayHelp, settlesUnseen } from './unseen.ts';

const b = { session: 'b' };

/** Whether that a request took effect unseen may be what an answer lacks that the state before it does not allow. */
function helps(unseen: Played, [call, told]: readonly [Played, Answer], before: readonly Exchange[] = begun): boolean {
  const [world = emptyWorld]: readonly World[] = statesAfter(...before);
  const [unanswered, refused] = [exchange(unseen, lost), exchange(call, told)];
  return mayHelp(unanswered, refused, world, foresee([...before, unanswered, refused]));
}

const aborted = [status, problem('session-aborted')] as const;
const closed = [put(0, 1), problem('session-completed')] as const;
const over = [status, completed([1, 2, 3])] as const;
const doneNow = [complete, published(200, [1, 2, 3])] as const;
const running = [status, listing([0, 1, 2], { state: 'completing' })] as const;
const lists = (...chunks: number[]) => [status, listing(chunks)] as const;
const wasThere = (chunk: number) => [put(chunk, 1), receipt(200, chunk, 1)] as const;
const wasNot = (chunk: number) => [put(chunk, 1), receipt(201, chunk, 1)] as const;
const lacks = (...missing: number[]) => [complete, incomplete(...missing)] as const;

describe('that a session was aborted unseen', () => {
  test('explains that it is gone, or that its chunks are, and nothing else', () => {
    for (const told of [aborted, lacks(0, 1, 2)]) expect(helps(abort, told)).toBe(true);
    for (const told of [closed, over, doneNow, running, lists(0, 1), wasThere(1), wasNot(0)])
      expect(helps(abort, told)).toBe(false);
  });
});

describe('that a session was completed unseen', () => {
  test('explains that it has ended, and nothing else', () => {
    for (const told of [closed, over, doneNow, running]) expect(helps(complete, told)).toBe(true);
    for (const told of [aborted, lists(0, 1), wasThere(1), wasNot(0), lacks(1)])
      expect(helps(complete, told)).toBe(false);
  });
});

describe('that a chunk was stored unseen', () => {
  test('explains answers that have it, the first one that is lacking before the others', () => {
    for (const told of [lists(0, 1), lists(0, 1, 2), lacks(2), wasThere(1), closed, over, doneNow, running])
      expect(helps(put(1, 9), told)).toBe(true);
    for (const told of [lists(0, 1), lists(0, 1, 2), lacks(2), wasThere(1), closed, over, doneNow, running])
      expect(helps(put(2, 9), told)).toBe(false);
    for (const told of [lists(0, 2), lacks(1), wasThere(2)]) expect(helps(put(2, 9), told)).toBe(true);
  });

  test('explains no answer that has nothing more than is known', () => {
    for (const told of [lists(), lists(0), lacks(1, 2), wasNot(1), wasThere(0), aborted])
      expect(helps(put(1, 9), told)).toBe(false);
  });

  test('explains that nobody is told why a completion failed: the session went on since', () => {
    const pending = [...full, exchange(complete, completing())];
    expect(helps(put(1, 9), lists(0, 1, 2), pending)).toBe(true);
    expect(helps(put(1, 9), lists(0, 1, 2), full)).toBe(false);
    expect(helps(put(1, 9), aborted, pending)).toBe(false);
  });

  test('explains nothing if it is no chunk of the session', () => {
    for (const told of [lists(0, 1, 2), over]) expect(helps(put(3, 9), told)).toBe(false);
  });

  test('explains an end whose digest it makes, if the state has another one', () => {
    const ending = (writes: readonly number[]) => [complete, published(200, writes)] as const;
    expect(helps(put(1, 9), ending([1, 9, 3]), full)).toBe(true);
    expect(helps(put(1, 9), ending([1, 2, 3]), full)).toBe(false);
    expect(helps(put(1, 2), ending([1, 2, 3]), full)).toBe(false);
    // Of an end that nothing in the history makes, nobody can tell.
    expect(helps(put(1, 9), ending([7, 7, 7]), full)).toBe(true);
    expect(helps(put(1, 9), lists(0, 1, 2), full)).toBe(false);
  });

  test('may explain an end of which only a part was its own', () => {
    const [world = emptyWorld] = statesAfter(...full);
    const refused = exchange(complete, published(200, [1, 2, 3]));
    const longer = exchange(put(1, 9), lost, { sent: { declaredLength: 4 } });
    expect(mayHelp(longer, refused, world, foresee([...full, longer, refused]))).toBe(true);
  });
});

describe('where nobody can tell, an unseen effect may help:', () => {
  test.each<[string, Played, readonly [Played, Answer]]>([
    ['an answer without content', put(2, 9), [{ ...status, head: true } as Played, answer(200)]],
    ['an answer about another session', put(2, 9), [{ ...status, ...b } as Played, listing([0])]],
    ['an effect on another session', { ...abort, ...b } as Played, lists(0)],
    ['a session that was opened unseen', initiate(), lists(0)],
    ['an answer about no session', put(2, 9), [{ kind: 'capabilities' }, answer(200)]],
    ['a refusal that says nothing of the session', put(2, 9), [status, problem('session-not-found')]],
    ['a redirect', put(2, 9), [status, answer(300, {})]],
    ['a later expiry', put(2, 9), [status, listing([0], { expiresAt: timestamp(lifetime + 1001) })]],
    ['what a method does', { kind: 'method', session: 'a', resource: 'session', method: 'PATCH' }, lists(0)],
    ['what an attachment shows', put(2, 9), [{ kind: 'attachment', session: 'a' }, answer(200, {})]],
  ])('%s', (_, unseen, told) => {
    expect(helps(unseen, told)).toBe(true);
  });

  test('but an expiry that is later by less than a second is the known one', () => {
    expect(helps(put(2, 9), [status, listing([0], { expiresAt: timestamp(lifetime + 1000) })])).toBe(false);
  });

  test('an answer whose lists are none, or hold what is no range, shows no chunk', () => {
    for (const receivedChunks of ['0-2', [null], [[0, 2]]])
      expect(helps(put(1, 9), [status, listing([0, 1, 2], { receivedChunks })])).toBe(false);
  });

  test('an answer that was lost itself', () => {
    const [world = emptyWorld] = statesAfter(...begun);
    const [unseen, other] = [exchange(put(2, 9), lost), exchange(status, lost)];
    expect(mayHelp(unseen, other, world, foresee([...begun, unseen, other]))).toBe(true);
  });
});

test('a completion that is put off settles what was stored, without a word of it; nothing else does', () => {
  expect(settlesUnseen(exchange(complete, completing()))).toBe(true);
  expect(settlesUnseen(exchange(complete, published(201, [1, 2, 3])))).toBe(false);
  expect(settlesUnseen(exchange(complete, lost))).toBe(false);
  expect(settlesUnseen(exchange(status, completing()))).toBe(false);
});
