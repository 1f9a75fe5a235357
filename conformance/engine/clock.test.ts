import fc from 'fast-check';
import { expect, test } from 'vitest';
import { now, serverClock } from './clock.ts';

const dateOf = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toUTCString();

/** An exchange with a server that is so far ahead: when its `Date` was made, and how stale that was. */
const exchanges = fc.array(
  fc.record({
    gap: fc.nat(3000),
    there: fc.nat(2000),
    back: fc.nat(2000),
    stale: fc.nat(250),
  }),
  { minLength: 1, maxLength: 20 },
);
const offsets = fc.integer({ min: -1e10, max: 1e10 });
const story = Date.parse('2026-11-01T12:00:00Z');

test('before anything was answered nothing is known of it', () => {
  const unknown = { earliest: Number.NEGATIVE_INFINITY, latest: Number.POSITIVE_INFINITY };
  expect(serverClock().during(1, 2)).toEqual(unknown);
});

test("the server's time lies between the bounds, however far its clock is ahead and however slow the network", () => {
  fc.assert(
    fc.property(offsets, exchanges, (ahead, all) => {
      const clock = serverClock();
      let at = story;
      for (const { gap, there, back, stale } of all) {
        const sentAt = at + gap;
        const answeredAt = sentAt + there;
        at = answeredAt + back;
        clock.observe(sentAt, at, dateOf(answeredAt + ahead - stale));
        const { earliest, latest } = clock.during(sentAt, at);
        expect(earliest).toBeLessThanOrEqual(sentAt + ahead);
        expect(latest).toBeGreaterThanOrEqual(at + ahead);
      }
    }),
  );
});

test('the bounds only come nearer, as long as the answers agree', () => {
  fc.assert(
    fc.property(offsets, exchanges, (ahead, all) => {
      const clock = serverClock();
      let at = story;
      let width = Number.POSITIVE_INFINITY;
      for (const { gap, there, back } of all) {
        const sentAt = at + gap;
        at = sentAt + there + back;
        clock.observe(sentAt, at, dateOf(sentAt + there + ahead));
        const { earliest, latest } = clock.during(at, at);
        expect(latest - earliest).toBeLessThanOrEqual(width);
        width = latest - earliest;
      }
    }),
  );
});

test('a clock that was set is believed anew', () => {
  const clock = serverClock();
  clock.observe(story, story, dateOf(story));
  clock.observe(story + 10, story + 10, dateOf(story + 3_600_000));
  const { earliest, latest } = clock.during(story + 10, story + 10);
  expect(earliest).toBeGreaterThan(story + 3_500_000);
  expect(latest).toBeLessThan(story + 3_700_000);
});

test.each([undefined, '', 'soon', 'Thu, 99 Foo 2026 00:00:00 GMT'])('a Date of %j tells nothing', (date) => {
  const clock = serverClock();
  clock.observe(story, story, date);
  expect(clock.during(story, story).latest).toBe(Number.POSITIVE_INFINITY);
});

test('our own clock is about the epoch, and never goes back', () => {
  const [first, second] = [now(), now()];
  expect(second).toBeGreaterThanOrEqual(first);
  expect(Math.abs(first - Date.now())).toBeLessThan(60_000);
});
