import { type ProblemName, problems } from '../../generated/problems.ts';
import type { Answer, Exchange, Json } from '../history.ts';
import type { Examination } from './examine.ts';
import { isObject } from './requests.ts';

/**
 * What the contract asks of every answer, whatever the state (requirements `http.*`). The description knows most of it, too:
 * what has a promise of its own is told by that.
 */
export function examineHttp(exchange: Exchange, answer: Answer, seen: Examination): void {
  if (!ofHttpItself.includes(answer.status)) examineMessage(exchange, answer, seen);
  seen.expect('http.schema', exchange.deviations.length === 0, `as documented: ${exchange.deviations.join('; ')}`);
}

function examineMessage(exchange: Exchange, answer: Answer, seen: Examination): void {
  seen.expect('http.date', answer.headers['date'] !== undefined, 'a Date field');
  const head = exchange.sent.method === 'HEAD';
  if (answer.status >= 400 && !head) {
    seen.expect('http.problem', isProblem(answer), problemWanted(answer));
  }
  const isSessionState = ['initiate', 'status', 'chunk', 'abort'].includes(exchange.call.kind) && answer.status !== 204;
  if ((isSessionState && !head) || (answer.status >= 400 && !head) || answer.status === 202) {
    const directives = (answer.headers['cache-control'] ?? '').toLowerCase().split(/[ \t]*,[ \t]*/);
    seen.expect('http.no-store', directives.includes('no-store'), 'Cache-Control: no-store');
  }
}

/** Statuses with which HTTP itself refuses a request, often before a program sees it: with or without a problem. */
const ofHttpItself: readonly number[] = [414, 417, 426, 431, 501, 505];

/** The name of the problem that the answer's `type` has in the contract's table. */
export function problemName(answer: Answer): ProblemName | undefined {
  const type = isObject(answer.json) ? answer.json['type'] : undefined;
  return (Object.keys(problems) as ProblemName[]).find((name) => problems[name].type === type);
}

/** Whether the server says that it is busy for the moment: nothing is wrong, and nothing can be concluded. */
export const isBusy = (answer: Answer): boolean =>
  (answer.status === 429 || answer.status === 503) && answer.headers['retry-after'] !== undefined;

/** A problem whose status is the response's, of a type of the table with that status, or of none (`about:blank`). */
function isProblem(answer: Answer): boolean {
  const mediaType = answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/problem+json' || !isObject(answer.json)) return false;
  if (answer.json['status'] !== answer.status) return false;
  const name = problemName(answer);
  if (name !== undefined) return (problems[name].status as number) === answer.status;
  // RFC 9457 4.2.1: a missing type is about:blank. Of the table's own statuses others may use it for other causes.
  const type: Json | undefined = answer.json['type'];
  return type === undefined || type === 'about:blank';
}

function problemWanted(answer: Answer): string {
  return `application/problem+json with "status": ${answer.status} and a type of the table`;
}
