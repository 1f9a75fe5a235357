import type { OperationId } from '../generated/operations.ts';
import type { Exchange, Json } from './history.ts';
import { type Coverage, type SessionState, sessionStates } from './report/results.ts';

/** What a run has seen of the contract's statuses and states: filled while it goes on. */
export interface Seen {
  readonly answers: Map<OperationId, Map<string, number>>;
  readonly states: Map<SessionState, number>;
}

export const nothingSeen = (): Seen => ({ answers: new Map(), states: new Map() });

/** Adds what these requests and their answers show. */
export function see({ answers, states }: Seen, exchanges: readonly Exchange[]): void {
  for (const exchange of exchanges) {
    const operation = operationOf(exchange);
    if (operation === undefined) continue;
    const statuses = answers.get(operation) ?? new Map<string, number>();
    answers.set(operation, statuses);
    const status = exchange.outcome.kind === 'answered' ? String(exchange.outcome.status) : 'none';
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const state = stateIn(exchange);
    if (state !== undefined) states.set(state, (states.get(state) ?? 0) + 1);
  }
}

/** The same as it stands in the results: every state, and the operations that were asked. */
export function coverageOf({ answers, states }: Seen): Coverage {
  return {
    answers: Object.fromEntries([...answers].map(([operation, statuses]) => [operation, Object.fromEntries(statuses)])),
    states: Object.fromEntries(sessionStates.map((state) => [state, states.get(state) ?? 0])) as Coverage['states'],
  };
}

/** Undefined for a method that a resource lacks: it is none of the contract's operations. */
function operationOf({ call }: Exchange): OperationId | undefined {
  switch (call.kind) {
    case 'capabilities':
      return call.head ? 'headCapabilities' : 'getCapabilities';
    case 'initiate':
      return 'initiateUpload';
    case 'status':
      return call.head ? 'headUploadSession' : 'getUploadSession';
    case 'chunk':
      return 'uploadChunk';
    case 'complete':
      return 'completeUpload';
    case 'abort':
      return 'abortUpload';
    case 'attachment':
      return call.head ? 'headAttachment' : 'getAttachment';
    case 'content':
      return call.head ? 'headAttachmentContent' : 'getAttachmentContent';
    case 'method':
      return undefined;
  }
}

/** The state of the session that an answer tells: by a representation, by a problem, or by having brought it about. */
function stateIn({ call, outcome }: Exchange): SessionState | undefined {
  if (outcome.kind === 'lost') return undefined;
  if (call.kind === 'abort' && outcome.status === 204) return 'aborted';
  if (call.kind === 'complete' && (outcome.status === 200 || outcome.status === 201)) return 'completed';
  const problem = /#session-(aborted|expired|completed)$/.exec(member(outcome.json, 'type'))?.[1];
  const told = problem ?? member(outcome.json, 'state');
  return sessionStates.find((state) => state === told);
}

function member(json: Json | undefined, name: string): string {
  const value =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, Json>)[name] : '';
  return typeof value === 'string' ? value : '';
}
