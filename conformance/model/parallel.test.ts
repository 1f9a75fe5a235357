import { expect, test } from 'vitest';
import type { Exchange } from '../history.ts';
import { firstSerialised } from './parallel.ts';
import { exchange, put, receipt } from './testing.ts';

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
