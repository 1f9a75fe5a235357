import { describe, expect, test } from 'vitest';
import type { Exchange, Outcome } from '../history.ts';
import { partOf, play } from './parts.ts';
import { emptyWorld } from './state.ts';
import {
  a,
  abort,
  answer,
  claims,
  complete,
  content,
  created,
  cut,
  exchange,
  initiate,
  listing,
  lost,
  type Played,
  problem,
  put,
  receipt,
  statesAfter,
  status,
  type When,
} from './testing.ts';

const unsent: Outcome = { kind: 'lost', reason: 'ECONNREFUSED', unsent: true };
const brokenOff: When = { fault: { kind: 'half-close', after: 1 }, sent: { whole: false, bodyLength: 10 } };
const longer: When = { sent: { bodyLength: 5, declaredLength: 4 } };
const attachment: Played = { kind: 'attachment', ...a };
const page = answer(400, undefined, { 'content-type': 'text/html' });

describe('an exchange', () => {
  test.each<[string, Exchange]>([
    ['a good answer', exchange(put(0, 1), receipt(201, 0, 1))],
    ['a refusal', exchange(put(0, 1), problem('session-completed'))],
    ['a refusal of a broken message', exchange(put(0, 1), page, brokenOff)],
    ['a 501 to a broken message', exchange(put(0, 1), answer(501), brokenOff)],
    ['an answer to less than was sent', exchange(put(0, 1), receipt(201, 0, 1), longer)],
    ['a refusal of that with its problem', exchange(put(0, 1), problem('chunk-length-mismatch'), longer)],
    ['a refusal without one, of no more than was sent', exchange(put(0, 1), page)],
    ['a redirect of less than was sent', exchange(put(0, 1), answer(399), longer)],
  ])('tells by its answer: %s', (_, one) => {
    expect(partOf(one)).toBe('told');
  });

  test.each<[string, Exchange]>([
    ['no connection came to be', exchange(put(0, 1), unsent)],
    ['nobody could read', exchange(status, lost)],
    ['an attachment was not shown', exchange(attachment, lost)],
    ['a content was not shown', exchange(content, lost)],
    ['a reading failed', exchange(status, answer(500))],
    ['the server is busy', exchange(abort, answer(429))],
    ['the server is full', exchange(put(0, 1), answer(507))],
    ['a body was cut off', cut(put(0, 1))],
    ['a body of a completion was cut off', exchange(complete, lost, { sent: { whole: false, bodyLength: 5 } })],
    ['a message was broken, and failed', exchange(put(0, 1), answer(500), brokenOff)],
    ['a message was broken, and stayed unanswered', exchange(complete, lost, brokenOff)],
  ])('surely had no effect where %s', (_, one) => {
    expect(partOf(one)).toBe('void');
  });

  test.each<[string, Exchange]>([
    ['the answer was lost', exchange(put(0, 1), lost)],
    ['the server failed', exchange(put(0, 1), answer(500))],
    ['a gateway gave up', exchange(abort, answer(504))],
    ['the server shuts down', exchange(abort, answer(503))],
    ['a request without a body did not leave whole', exchange(abort, lost, { sent: { whole: false } })],
    ['a refusal may be the one of what came behind it', exchange(put(0, 1), page, longer)],
    ['a method is not the contract’s', exchange({ kind: 'method', ...a, resource: 'session', method: 'PATCH' }, lost)],
  ])('may take effect at any later time where %s', (_, one) => {
    expect(partOf(one)).toBe('open-ended');
  });
});

test('what surely had no effect leaves the state as it was; what was sent at all puts it to the test', () => {
  const [world = emptyWorld] = statesAfter(exchange(initiate(), created()));
  expect(play(world, exchange(put(0, 1), unsent), claims, false)).toEqual({
    kind: 'allowed',
    worlds: [world],
    observed: [],
    warnings: [],
  });
  const after = play(world, cut(put(0, 1)), claims, false);
  expect(after).toMatchObject({ kind: 'allowed', observed: [], warnings: [] });
  const [left] = after.kind === 'allowed' ? after.worlds : [];
  expect(left?.sessions.get('a')?.atStake).toEqual(new Map([[0, 'chunk.atomic']]));
  expect(left?.sessions.get('a')?.chunks).toEqual(new Map());
});

test('a server that failed tells as little as one that said nothing', () => {
  const [world = emptyWorld] = statesAfter(exchange(initiate(), created()));
  const played = (outcome: Outcome) => play(world, exchange(put(0, 1), outcome), claims, false);
  expect(played(answer(500))).toEqual(played(lost));
  expect(played(answer(502))).toEqual(played(lost));
  const told = play(world, exchange(status, listing([])), claims, false);
  expect(told).toMatchObject({ kind: 'allowed', observed: expect.arrayContaining(['status.received']) });
});
