import type { RequirementId } from '../../generated/requirements.ts';
import type { Answer, Exchange, Fault, Framing } from '../history.ts';

/**
 * What a request is as a message (RFC 9112 6 to 8). `broken`: it ends early or is no HTTP, so it takes no effect, and HTTP
 * itself may refuse it; `either`: a server may refuse it so, or serve it.
 */
export type Message = 'sound' | 'either' | 'broken';

export function messageOf({ call, fault, sent }: Exchange): Message {
  if (fault === undefined) return 'sound';
  const defective =
    fault.kind === 'framing' ? noHttp.includes(fault.how) : endsEarly.includes(fault.kind) && !sent.whole;
  if (defective) return readsContent({ call, sent }) ? 'broken' : 'either';
  return fault.kind === 'framing' && fault.how === 'both-lengths' ? 'either' : 'sound';
}

/** Framings that are no HTTP. */
const noHttp: readonly Framing[] = [
  'unterminated',
  'bad-size',
  'negative-size',
  'long-size',
  'huge-size',
  'missing-crlf',
  'two-lengths',
  'unknown-coding',
];

/** Faults after which no more of the body comes, however much of it is missing. */
const endsEarly: readonly Fault['kind'][] = ['cut', 'half-close', 'length', 'withhold'];

/** Whether a server has to read the request's content to its end before it may act on it. */
export const readsContent = ({ call, sent }: Pick<Exchange, 'call' | 'sent'>): boolean =>
  call.kind === 'chunk' || ((call.kind === 'initiate' || call.kind === 'complete') && sent.bodyLength > 0);

/** The promise that is broken if a broken message takes effect. */
export function promiseOfMessage({ call }: Exchange): RequirementId {
  if (call.kind === 'chunk') return 'chunk.atomic';
  // A completion of which a part is missing may have expected a digest.
  return call.kind === 'complete' ? 'complete.digest' : 'initiate.invalid';
}

/** How long a server waits for the next byte of a body at least, in ms. */
const patience = 5000;

/** Whether HTTP itself refused the request, as it may, with or without a problem: nothing happened. */
export function declined(exchange: Exchange): boolean {
  const { outcome, sentAt, receivedAt } = exchange;
  if (outcome.kind === 'lost') return false;
  if (outcome.status === 408 && readsContent(exchange) && receivedAt - sentAt >= patience) return true;
  return messageOf(exchange) !== 'sound' && isRefusal(outcome);
}

const isRefusal = ({ status }: Answer): boolean => (status >= 400 && status < 500) || status === 501 || status === 505;

/** How much of the body is the request's own, in bytes: what follows after its `Content-Length` is the next request. */
export const ownLength = ({
  bodyLength,
  declaredLength = bodyLength,
}: Pick<Exchange['sent'], 'bodyLength' | 'declaredLength'>): number => Math.min(bodyLength, declaredLength);
