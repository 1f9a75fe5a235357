import { expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { firstSerialised } from './parallel.ts';
import { exchange, lost, problem, put, receipt, status } from './testing.ts';

/** An upload alone, one whose body is pending until `released`, and one of another chunk meanwhile. Times in ms. */
function story({ alone = 20, released = 6000, answered = 6010 } = {}): Exchange[] {
  const pending = exchange(put(0, 2), receipt(201, 0, 2), { at: 100, took: released, client: 'A' });
  return [
    exchange(put(2, 1), receipt(201, 2, 1), { at: 90 - alone, took: alone, client: 'A' }),
    {
      ...pending,
      fault: { kind: 'hold', after: 1, until: 'another', ms: 6000 },
      sent: { ...pending.sent, releasedAt: released },
    },
    exchange(put(1, 3), receipt(201, 1, 3), { at: 130, took: answered - 130, client: 'B' }),
  ];
}

test('an upload that is acknowledged only when the body of another chunk has ended waited for it', () => {
  expect(firstSerialised(story())).toMatchObject({ exchange: 2 });
});

test.each([
  ['it was answered meanwhile', story({ answered: 5000 })],
  ['the body was pending for less than five seconds', story({ released: 4000, answered: 4010 })],
  ['it came much later than that body’s end', story({ answered: 9000 })],
  ['the server is slow when nobody waits, too', story({ alone: 900 })],
  ['nothing shows how long the server takes alone', story().slice(1)],
])('it did not if %s', (_, exchanges) => {
  expect(firstSerialised(exchanges)).toBeUndefined();
});

/** The same story, with its upload alone, its pending body or its waiting upload changed. */
const changed = (index: number, change: Partial<Exchange>): Exchange[] =>
  story().map((one, i) => (i === index ? { ...one, ...change } : one));
const [alone, pending, waiting] = [0, 1, 2];
const refused = exchange(put(1, 3), problem('session-completed')).outcome;

test('it waited if it was held up for as long as can be told from slowness, and was answered soon after', () => {
  const flagged = (exchanges: readonly Exchange[]) => firstSerialised(exchanges) !== undefined;
  expect([5129, 5130].map((released) => flagged(story({ released, answered: released + 10 })))).toEqual([false, true]);
  expect([588, 587].map((alone) => flagged(story({ alone })))).toEqual([false, true]);
  expect([7001, 7000].map((answered) => flagged(story({ answered })))).toEqual([false, true]);
  expect([5999, 6000].map((answered) => flagged(story({ answered })))).toEqual([false, true]);
});

test.each<[string, Exchange[]]>([
  ['it was refused', changed(waiting, { outcome: refused })],
  ['it was lost', changed(waiting, { outcome: lost })],
  ['it had a fault of its own', changed(waiting, { fault: { kind: 'trickle', pieces: 2, ms: 1 } })],
  ['the pending body is of another session', changed(pending, { call: put(0, 2, { session: 'b' }) })],
  ['the pending body is of the same chunk', changed(pending, { call: put(1, 2) })],
  ['the pending body is of the same client', changed(pending, { client: 'B' })],
  ['the pending body began later', changed(pending, { sentAt: 131 })],
  ['no body was pending', changed(pending, { sent: exchange(put(0, 2), lost).sent })],
  ['the upload that shows the speed was refused', changed(alone, { outcome: refused })],
  ['the upload that shows the speed ended when the body began', changed(alone, { receivedAt: 100 })],
  ['it is no upload', changed(waiting, { call: status })],
])('it did not if %s', (_, exchanges) => {
  expect(firstSerialised(exchanges)).toBeUndefined();
});

test('an upload after the pending body shows how long the server takes, too', () => {
  const later = (at: number) => exchange(put(2, 1), receipt(201, 2, 1), { at, took: 20, client: 'A' });
  expect(firstSerialised([...story().slice(1), later(6001)])).toMatchObject({ exchange: 1 });
  expect(firstSerialised([...story().slice(1), later(6000)])).toBeUndefined();
  expect(firstSerialised([...story(), { ...later(7000), receivedAt: 7700 }])).toBeUndefined();
});
