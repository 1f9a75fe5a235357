import type { Answer, Exchange, Outcome } from '../history.ts';

/** Fields that may differ between two equal answers: the clock's, and those that a server makes for each response. */
const own = ['date', 'age', 'connection', 'keep-alive', 'x-request-id', 'traceparent', 'server-timing', 'set-cookie'];

/**
 * The first answer that tells another principal of a session which is not theirs, by differing from the answer about a
 * session that nobody has (`auth.isolated`: byte for byte, but for `Date` and what echoes the request's own URI).
 */
export function firstBetrayal(exchanges: readonly Exchange[]): { exchange: number; expected: string } | undefined {
  const owners = new Map<string, string>();
  for (const { call } of exchanges)
    if (call.kind === 'initiate' && !owners.has(call.session)) owners.set(call.session, call.as ?? 'first');
  const foreign = ({ call }: Exchange): boolean =>
    'session' in call && call.as === 'second' && owners.get(call.session) === 'first' && call.kind !== 'initiate';
  for (const [exchange, theirs] of exchanges.entries()) {
    if (!foreign(theirs) || isUnknown(theirs)) continue;
    const none = exchanges.find((other) => foreign(other) && isUnknown(other) && kindOf(other) === kindOf(theirs));
    if (!isSettled(theirs.outcome) || !none || !isSettled(none.outcome)) continue;
    const differing = difference(told(theirs, theirs.outcome), told(none, none.outcome));
    if (differing) return { exchange, expected: `the ${differing} of the answer about a session that nobody has` };
  }
  return undefined;
}

/** Whether an answer tells of the session, and not of a server that is busy or ails: that may be told of any request. */
const isSettled = (outcome: Outcome): outcome is Answer =>
  outcome.kind === 'answered' && outcome.status < 500 && outcome.status !== 429;

const isUnknown = ({ call }: Exchange): boolean => 'spelling' in call && call.spelling === 'unknown';

const kindOf = ({ call, sent }: Exchange): string =>
  `${call.kind} ${sent.method}${call.kind === 'chunk' ? ` ${call.chunk}` : ''}`;

/** An answer with what echoes its request's URI taken out: every segment of the path, wherever it stands. */
function told({ sent }: Exchange, { status, headers, json, digest }: Answer): Record<string, string> {
  const segments = new URL(sent.url).pathname.split('/').filter((segment) => segment.length >= 16);
  const neutral = (text: string): string => segments.reduce((rest, segment) => rest.replaceAll(segment, '*'), text);
  const fields = Object.entries(headers).filter(([name]) => !own.includes(name));
  return {
    status: String(status),
    ...Object.fromEntries(fields.map(([name, value]) => [`field ${name}`, neutral(value)])),
    body: json === undefined ? digest : neutral(JSON.stringify(json)),
  };
}

const difference = (a: Record<string, string>, b: Record<string, string>): string | undefined =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].find((part) => a[part] !== b[part]);
