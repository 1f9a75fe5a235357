import type { Exchange } from '../history.ts';

/**
 * How long an upload has to wait for the pending body of another chunk, before the server is said to take them one at a
 * time: so long in ms, and so many times as long as any upload that had nothing to wait for.
 */
const leastWaitMs = 5000;
const leastTimes = 10;
/** How soon after that body's end it has to be answered. In ms. */
const soonMs = 1000;

/**
 * An upload that was acknowledged only when the body of another chunk had ended, though it had waited for long
 * (`chunk.parallel`). A server that is slow at everything is none that lets chunks wait for each other: so a history in
 * which no upload shows what the server takes alone proves nothing.
 */
export function firstSerialised(exchanges: readonly Exchange[]): { exchange: number; expected: string } | undefined {
  const held = exchanges.filter(({ call, sent }) => call.kind === 'chunk' && sent.releasedAt !== undefined);
  for (const [exchange, waiting] of exchanges.entries()) {
    const { call, sentAt, receivedAt } = waiting;
    if (call.kind !== 'chunk' || !stored(waiting)) continue;
    for (const other of held) {
      const released = other.sent.releasedAt ?? 0;
      const own = other.call.kind === 'chunk' && other.call.session === call.session && other.call.chunk !== call.chunk;
      if (!own || other.client === waiting.client || other.sentAt > sentAt || receivedAt < released) continue;
      const waited = released - sentAt;
      const alone = exchanges.filter(
        (one) =>
          stored(one) && held.every((body) => one.receivedAt < body.sentAt || one.sentAt > (body.sent.releasedAt ?? 0)),
      );
      const slowest = Math.max(...alone.map((one) => one.receivedAt - one.sentAt));
      const longest = Math.max(leastWaitMs, leastTimes * slowest);
      if (alone.length === 0 || waited < longest || receivedAt - released > soonMs) continue;
      const chunk = other.call.kind === 'chunk' ? other.call.chunk : '';
      const told = `${Math.round(receivedAt - released)} ms after the body of chunk ${chunk} had ended`;
      const expected = `an acknowledgement while chunk ${chunk} is pending, not ${told} and ${Math.round(waited)} ms of waiting`;
      return { exchange, expected };
    }
  }
  return undefined;
}

/** Whether it is an upload that nothing held back, and that was stored. */
const stored = ({ call, fault, outcome }: Exchange): boolean =>
  call.kind === 'chunk' && fault === undefined && outcome.kind === 'answered' && outcome.status < 300;
