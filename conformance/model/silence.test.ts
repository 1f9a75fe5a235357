import { expect, test } from 'vitest';
import type { Exchange, History, Lost } from '../history.ts';
import { judge } from './judge.ts';
import { abort, claims, complete, created, exchange, initiate, lost, status } from './testing.ts';

/** What is said of one request that got no answer, after a good one. */
function verdictOnSilence(silent: Exchange, script: History['script'] = { calls: [] }): string {
  const judgement = judge({ script, exchanges: [exchange(initiate(), created()), silent] }, claims);
  if (judgement.kind !== 'unexplained') return judgement.kind;
  const { objection, passing, exchange: at } = judgement;
  return `${objection.requirement} at ${at}: ${objection.expected}${passing ? ', if it lasts' : ''}`;
}

const unsent: Lost = { ...lost, unsent: true };
const told = 'http.transient at 1: an answer, if it lasts';

test.each([
  ['a request that every server reads', exchange(abort, lost), told],
  ['one that only reads', exchange(status, lost), told],
  ['one of 64 KiB', exchange(initiate(), lost, { sent: { bodyLength: 65_536 } }), told],
  ['one that was silent for half a minute', exchange(status, lost, { took: 30_000 }), told],
  ['a completion that broke off', exchange(complete, lost), told],
  ['a completion that may take its time', exchange(complete, lost, { took: 30_000 }), 'explained'],
  ['one of more than 64 KiB', exchange(initiate(), lost, { sent: { bodyLength: 65_537 } }), 'explained'],
  ['one whose answer nobody read', exchange(abort, lost, { fault: { kind: 'lost' } }), 'explained'],
  [
    'one past the limits of a head',
    exchange(status, lost, { sent: { url: `http://a/${'x'.repeat(5000)}` } }),
    'explained',
  ],
  ['one that did not leave whole', exchange(abort, lost, { sent: { whole: false } }), 'explained'],
  ['one for which no connection came to be', exchange(abort, unsent), 'explained'],
])('silence after %s is %3$s', (_, silent, verdict) => {
  expect(verdictOnSilence(silent)).toBe(verdict);
});

test('silence of a server that was killed says nothing', () => {
  expect(verdictOnSilence(exchange(abort, lost), { calls: [{ call: { kind: 'restart' } }] })).toBe('explained');
});
