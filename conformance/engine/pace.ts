/** When requests may go, so that a target gets no more of them a second than it should. */
export interface Pace {
  /** Books so many requests that go at once, and gives how long they have to wait for their turn, in ms. */
  book(requests?: number): number;
  /** How long until the next request would not have to wait, in ms. */
  due(): number;
}

/** As many requests as may go at once after a rest: a race has so many clients. */
const burst = 8;

/**
 * A token bucket, kept as the moment at which it will be full again. Requests may be booked beyond what is there: whoever
 * does not wait, because waiting would spoil a race, leaves a debt that the next ones wait for.
 *
 * @param perSecond - requests a second in the long run; infinity is no limit
 * @param now - a clock that never goes back, in ms
 */
export function paceOf(perSecond: number, now: () => number): Pace {
  const interval = 1000 / perSecond;
  const ahead = (burst - 1) * interval;
  let full = Number.NEGATIVE_INFINITY;
  const due = (): number => Math.max(0, full - ahead - now());
  return {
    due,
    book(requests = 1) {
      const wait = due();
      full = Math.max(full, now()) + requests * interval;
      return wait;
    },
  };
}
