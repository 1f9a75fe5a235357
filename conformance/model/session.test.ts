import { describe, expect, test } from 'vitest';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Outcome } from '../history.ts';
import {
  abort,
  answer,
  attachment,
  bytes,
  complete,
  completed,
  completing,
  content,
  created,
  done,
  exchange,
  incomplete,
  initiate,
  listing,
  type Played,
  problem,
  published,
  put,
  receipt,
  session,
  status,
  verdictOn,
} from './testing.ts';

const opened = [exchange(initiate(), created())];
const begun = [...opened, exchange(put(0, 1), receipt(201, 0, 1))];
const full = [...begun, exchange(put(1, 2), receipt(201, 1, 2)), exchange(put(2, 3), receipt(201, 2, 3))];
const ended = [...full, exchange(complete, published(201, [1, 2, 3]))];
const pending = [...full, exchange(complete, completing())];
const aborted = [...begun, exchange(abort, done)];
/** Each phase by the shortest story that leads to it. */
const phases = { opened, begun, full, ended, pending, aborted, 'nothing open': [] };

type Row = readonly [keyof typeof phases, string, Played, Outcome];

describe('the contract allows, of a session that is', () => {
  test.each<Row>([
    ['nothing open', 'opened', initiate(), created()],
    ['opened', 'read while it is empty', status, listing([])],
    ['opened', 'read without content', { ...status, head: true } as Played, answer(200)],
    ['begun', 'read with what it has', status, listing([0])],
    ['begun', 'given the same bytes again', put(0, 1), receipt(200, 0, 1)],
    ['begun', 'given other bytes', put(0, 9), receipt(200, 0, 9)],
    ['begun', 'given its last chunk first', put(2, 9), receipt(201, 2, 9)],
    [
      'begun',
      'given a chunk that is too long, which is refused',
      put(1, 9, { excess: 1 }),
      problem('chunk-length-mismatch', { expectedLength: 4 }),
    ],
    [
      'begun',
      'given a chunk it has not, which is unknown',
      put('3', 9),
      problem('chunk-not-found', { totalChunks: 3 }),
    ],
    ['begun', 'given a wrong digest', put(1, 9, { contentDigest: 'wrong' }), problem('digest-mismatched-values')],
    ['begun', 'completed too early', complete, incomplete(1, 2)],
    ['begun', 'aborted', abort, done],
    ['full', 'completed', complete, published(201, [1, 2, 3])],
    ['full', 'completed later', complete, completing()],
    ['pending', 'asked again while it completes', complete, completing()],
    ['pending', 'still completing', status, listing([0, 1, 2], { state: 'completing' })],
    ['pending', 'completed at last', status, completed([1, 2, 3])],
    [
      'pending',
      'open again, and why',
      status,
      listing([0, 1, 2], { completionError: { type: 'about:blank', title: 'Bad Gateway', status: 502 } }),
    ],
    ['pending', 'not abortable', abort, problem('session-completed')],
    ['pending', 'closed for chunks', put(0, 9), problem('session-completed')],
    ['ended', 'read with its attachment', status, completed([1, 2, 3])],
    ['ended', 'completed again', complete, published(200, [1, 2, 3])],
    ['ended', 'closed for chunks', put(0, 1), problem('session-completed')],
    ['ended', 'not abortable', abort, problem('session-completed')],
    ['ended', 'downloaded', content, bytes([1, 2, 3])],
    ['aborted', 'aborted again', abort, done],
    ['aborted', 'gone for reading', status, problem('session-aborted')],
    ['aborted', 'gone for chunks', put(1, 9), problem('session-aborted')],
    ['aborted', 'gone for completion', complete, problem('session-aborted')],
    ['opened', 'another one by its name', { ...status, spelling: 'unknown' } as Played, problem('session-not-found')],
    ['opened', "another principal's", { ...status, as: 'second' } as Played, problem('session-not-found')],
    ['opened', 'asked for by nobody', { ...status, as: 'nobody' } as Played, problem('unauthorized')],
  ])('%s: %s', (phase, _, call, outcome) => {
    expect(verdictOn(...phases[phase], exchange(call, outcome))).toBe('allowed');
  });
});

type Refused = readonly [keyof typeof phases, string, Played, Outcome, RequirementId];

describe('the contract refuses, of a session that is', () => {
  test.each<Refused>([
    ['nothing open', 'a created session without Location', initiate(), answer(201, session()), 'initiate.created'],
    ['nothing open', 'a name that comes back changed', initiate(), created({ fileName: 'File.bin' }), 'initiate.echo'],
    ['nothing open', 'a chunk too few', initiate(), created({ totalChunks: 2 }), 'initiate.geometry'],
    [
      'nothing open',
      'a preference that is ignored',
      initiate(),
      created({ chunkSize: 5, totalChunks: 2 }),
      'initiate.chunk-size',
    ],
    ['nothing open', 'an id that can be guessed', initiate(), created({ sessionId: '17' }), 'initiate.unguessable'],
    ['nothing open', 'something that was there before', initiate(), created(session([0])), 'initiate.created'],
    ['opened', 'a chunk that nobody uploaded', status, listing([1]), 'status.received'],
    [
      'opened',
      'a fraction of a range',
      status,
      listing([], { receivedChunks: [{ first: 0.5, last: 1 }] }),
      'status.received',
    ],
    ['opened', 'a session of another name', status, listing([], { sessionId: 'another' }), 'status.received'],
    ['begun', 'forgetting a chunk', status, listing([]), 'status.read-your-writes'],
    ['begun', 'counting bytes wrongly', status, listing([0], { receivedBytes: 3 }), 'status.received'],
    [
      'begun',
      'telling a wrong length',
      put(1, 9, { excess: 1 }),
      problem('chunk-length-mismatch', { expectedLength: 5 }),
      'chunk.length',
    ],
    [
      'begun',
      'telling a wrong number of chunks',
      put('3', 9),
      problem('chunk-not-found', { totalChunks: 4 }),
      'chunk.range',
    ],
    ['begun', 'refusing a replay', put(0, 1), problem('chunk-length-mismatch'), 'chunk.replay'],
    ['begun', 'refusing a replacement', put(0, 9), problem('session-completed'), 'chunk.replace'],
    ['begun', 'refusing a later chunk first', put(2, 9), problem('chunk-not-found'), 'chunk.any-order'],
    ['begun', 'a receipt of other bytes', put(1, 9), receipt(201, 1, 8), 'chunk.stored'],
    ['begun', 'a receipt of another place', put(1, 9), receipt(201, 1, 9, { offset: 0 }), 'chunk.stored'],
    ['begun', 'accepting a chunk that is too long', put(1, 9, { excess: 1 }), receipt(201, 1, 9), 'chunk.length'],
    ['begun', 'accepting a chunk it has not', put('3', 9), receipt(201, 1, 9), 'chunk.range'],
    ['begun', 'a second spelling of a chunk', put('01', 9), receipt(201, 1, 9), 'chunk.range'],
    ['begun', 'accepting a wrong digest', put(1, 9, { contentDigest: 'wrong' }), receipt(201, 1, 9), 'chunk.digest'],
    ['begun', 'completing too early', complete, published(201, [1, 2, 3]), 'complete.incomplete'],
    ['begun', 'not saying all that is missing', complete, incomplete(1), 'complete.incomplete'],
    ['begun', 'refusing an abort', abort, problem('session-completed'), 'abort.aborted'],
    ['begun', 'forgetting it', status, problem('session-not-found'), 'expiry.not-early'],
    ['begun', 'expiring it early', status, problem('session-expired'), 'expiry.not-early'],
    ['full', 'saying that something is missing', complete, incomplete(2), 'complete.created'],
    ['full', 'publishing other bytes', complete, published(201, [1, 2, 4]), 'complete.digest'],
    ['full', 'a completion without Location', complete, answer(201, attachment([1, 2, 3])), 'complete.created'],
    ['pending', 'taking a chunk meanwhile', put(0, 9), receipt(201, 1, 9), 'complete.atomic'],
    ['ended', 'a second creation', complete, published(201, [1, 2, 3]), 'complete.repeat'],
    ['ended', 'a second attachment', complete, published(200, [1, 2, 3], { attachmentId: 'y' }), 'complete.repeat'],
    ['ended', 'taking a chunk', put(0, 9), receipt(200, 0, 9), 'complete.atomic'],
    ['ended', 'being open again', status, listing([0, 1, 2]), 'status.completed'],
    ['ended', 'letting itself be aborted', abort, done, 'abort.completed'],
    ['ended', 'forgetting it at once', status, problem('session-not-found'), 'session.remembered'],
    ['ended', 'other bytes', content, bytes([1, 2, 4]), 'complete.bytes'],
    ['aborted', 'living on', status, listing([0]), 'abort.final'],
    ['aborted', 'taking a chunk', put(1, 9), receipt(201, 1, 9), 'abort.final'],
    ['aborted', 'completing', complete, incomplete(1, 2), 'abort.final'],
    ['aborted', 'not knowing of it', abort, problem('session-not-found'), 'session.remembered'],
    [
      'opened',
      "showing another principal's session",
      { ...status, as: 'second' } as Played,
      listing([]),
      'auth.isolated',
    ],
    ['opened', 'showing it to nobody', { ...status, as: 'nobody' } as Played, listing([]), 'auth.required'],
    [
      'opened',
      'a second spelling of its id',
      { ...status, spelling: 'other-case' } as Played,
      listing([]),
      'initiate.unguessable',
    ],
  ])('%s: %s', (phase, _, call, outcome, blamed) => {
    expect(verdictOn(...phases[phase], exchange(call, outcome))).toBe(blamed);
  });
});
