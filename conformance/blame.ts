import type { Exchange, History } from './history.ts';
import { readComplete, readInitiate } from './model/requests.ts';
import type { Claims } from './model/state.ts';

/** A fault of the suite itself: whatever the target answered, it is not the target's. */
export class Defect extends Error {}

/** What the model refuses for the form of a JSON body; whatever else it refuses, no schema can say. */
const ofForm = ['invalid-request', 'unsupported-media-type'];

/**
 * What is meant to be well-formed has to be as the OpenAPI description says, before anybody is blamed for the answer.
 * A message that a fault breaks off says something else than its call.
 *
 * @throws {@link Defect}, with what is wrong with which request
 */
export function vouchForForm({ exchanges }: History): void {
  for (const { call, fault, sent } of exchanges)
    if (fault === undefined && sent.malformed !== undefined)
      throw new Defect(`${JSON.stringify(call)} was meant to be well-formed, and is not: ${sent.malformed.join(', ')}`);
}

/**
 * The model and the OpenAPI description have to agree about a JSON body: what one takes the other must not refuse.
 *
 * @throws {@link Defect}, with what either says of which request
 */
export function vouchForReadings({ exchanges }: History, claims: Claims): void {
  for (const exchange of exchanges) {
    const clash = clashOf(exchange, claims);
    if (clash !== undefined)
      throw new Defect(`model and description disagree about ${JSON.stringify(exchange.call)}: ${clash}`);
  }
}

/** What the model and the description say of the same body, where both are sure and not both can be right. */
function clashOf({ call, sent }: Exchange, claims: Claims): string | undefined {
  if (call.kind !== 'initiate' && call.kind !== 'complete') return undefined;
  // What else is in the head the model looks at elsewhere.
  if (call.fields !== undefined || ('idempotencyKey' in call && call.idempotencyKey !== undefined)) return undefined;
  const readings = call.kind === 'initiate' ? readInitiate(call, sent, claims) : readComplete(call, sent, claims);
  const wrong = sent.malformed?.join(', ');
  const fine = readings.every(({ faults, leave }) => faults.length === 0 && leave.length === 0);
  if (fine && wrong !== undefined) return `the model takes it, the description does not: ${wrong}`;
  const bad = readings.every(({ faults }) => faults.some(({ problem }) => ofForm.includes(problem)));
  const blamed = new Set(readings.flatMap(({ faults }) => faults.map(({ requirement }) => requirement)));
  return bad && wrong === undefined
    ? `the description takes it, the model does not: ${[...blamed].join(', ')}`
    : undefined;
}
