import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paceOf } from './pace.ts';

/** A clock that goes on when it is told to. */
function clockAt(start: number) {
  let at = start;
  return {
    now: () => at,
    wait: (ms: number) => {
      at += ms;
    },
  };
}

const gaps = fc.array(fc.nat(100), { minLength: 1, maxLength: 200 });

test('whoever waits for its turn sends no more in any time than the rate and one burst allow', () => {
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 500 }), (idle, perSecond) => {
      const clock = clockAt(1e12);
      const pace = paceOf(perSecond, clock.now);
      const sent = idle.map((gap) => {
        clock.wait(gap);
        clock.wait(pace.book());
        return clock.now();
      });
      for (const [first, from] of sent.entries())
        for (const [last, to] of sent.entries())
          if (last >= first) expect(last - first + 1).toBeLessThanOrEqual(8 + ((to - from) * perSecond) / 1000 + 0.01);
    }),
  );
});

test('clients that book at the same time get turns one after another', () => {
  const clock = clockAt(0);
  const pace = paceOf(50, clock.now);
  const waits = Array.from({ length: 12 }, () => pace.book());
  expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 20, 40, 60, 80]);
});

test('whoever is slower than the rate never waits', () => {
  fc.assert(
    fc.property(gaps, (idle) => {
      const clock = clockAt(0);
      const pace = paceOf(50, clock.now);
      for (const gap of idle) {
        clock.wait(20 + gap);
        expect(pace.book()).toBe(0);
      }
    }),
  );
});

test('what a race sent without waiting is waited for after it, and before the next race', () => {
  const clock = clockAt(0);
  const pace = paceOf(50, clock.now);
  for (let request = 0; request < 28; request++) pace.book();
  expect(pace.due()).toBe(21 * 20);
  clock.wait(400);
  expect(pace.due()).toBe(20);
  expect(pace.book(2)).toBe(20);
  expect(pace.due()).toBe(60);
});

test('without a limit nobody ever waits', () => {
  const pace = paceOf(Number.POSITIVE_INFINITY, () => 5);
  for (let request = 0; request < 1000; request++) expect(pace.book(2)).toBe(0);
  expect(pace.due()).toBe(0);
});
