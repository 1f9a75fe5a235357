import type { Exchange } from '../history.ts';
import { isWithinLimits } from './unprocessed.ts';

/** Bytes of content, past which a connection may end before the answer to it is read (RFC 9112 9.6). */
const mostContent = 64 * 1024;

/** How long any server may be silent, in ms; a completion may take longer. */
const longestSilence = 30_000;

/**
 * Whether a whole request reached the server, by a client that waited, and was never answered (`http.transient`). HTTP
 * itself may hang up on a method that it does not know, and on a head that is past its limits.
 */
export const isUnanswered = (exchange: Exchange): boolean => {
  const { outcome, fault, sent, call, sentAt, receivedAt } = exchange;
  if (outcome.kind === 'answered' || outcome.unsent || fault !== undefined || !sent.whole) return false;
  if (call.kind === 'content' || call.kind === 'method' || !isWithinLimits(exchange)) return false;
  return sent.bodyLength <= mostContent && !(call.kind === 'complete' && receivedAt - sentAt >= longestSilence);
};
