import type { Call, Exchange, Json, Script, Step } from '../history.ts';
import { clip, escapeText } from './escape.ts';
import type { Failure } from './results.ts';
import { callInWords, exactBytes, faultInWords, isObject, jsonInWords } from './words.ts';

/** One line of a counterexample's table: who, what, the status (or a mark for no answer), and what it said. */
export interface Row {
  readonly client: string;
  readonly call: string;
  readonly status: string;
  readonly note: string;
  /** Whether this is the answer that the contract does not allow. */
  readonly offending: boolean;
}

/** What came of a request: `✂` for a cut, `∅` for no answer, else the status, and the part of the answer that matters. */
export function outcomeInWords(exchange: Exchange): { readonly status: string; readonly note: string } {
  const { outcome, fault } = exchange;
  const deviation = exchange.deviations[0];
  if (outcome.kind === 'lost') {
    // The suite's own doing; whatever else a fault is, its answer is waited for.
    if (fault?.kind === 'cut') return { status: '✂', note: '' };
    if (fault?.kind === 'lost') return { status: '∅', note: '' };
    return { status: '∅', note: `no answer: ${clip(escapeText(outcome.reason), 60)}` };
  }
  const said = answerInWords(exchange.call, outcome.json, outcome.length);
  const off = deviation === undefined ? '' : `deviates: ${clip(escapeText(deviation), 80)}`;
  return { status: String(outcome.status), note: [said, off].filter(Boolean).join('; ') };
}

/** The whole counterexample as a table, with what sends nothing, in the order in which it was played. */
export function failureInRows(failure: Failure): readonly Row[] {
  const naming = { sessions: sessionCount(failure.script) };
  const waits = flatten(failure.script).flatMap((step, index) => (sendsNothing(step.call) ? [{ step, index }] : []));
  const rows: Row[] = [];
  const silent = (upTo: number) => {
    while (waits[0] !== undefined && waits[0].index < upTo) {
      const wait = waits.shift();
      if (wait) rows.push({ client: '', call: callInWords(wait.step.call), status: '', note: '', offending: false });
    }
  };
  for (const [index, exchange] of failure.history.entries()) {
    silent(exchange.step);
    const fault = exchange.fault === undefined ? '' : `, ${faultInWords(exchange.fault)}`;
    rows.push({
      client: escapeText(exchange.client),
      call: `${callInWords(exchange.call, naming)}${fault}`,
      ...outcomeInWords(exchange),
      offending: index === failure.at,
    });
  }
  silent(Number.POSITIVE_INFINITY);
  return rows;
}

/** Whether a call is of the script only: nothing of it is on the wire, so it is in no history. */
export const sendsNothing = ({ kind }: Call): boolean => ['wait', 'restart', 'storage'].includes(kind);

/** Every step of a script in the order that numbers them. */
export function flatten(script: Script): readonly Step[] {
  return [...script.calls, ...(script.together ?? []).flat(), ...(script.after ?? [])];
}

function sessionCount(script: Script): number {
  return new Set(flatten(script).flatMap(({ call }) => (call.kind === 'initiate' ? [call.session] : []))).size;
}

function answerInWords(call: Exchange['call'], json: Json | undefined, length: number): string {
  if (isObject(json) && typeof json['type'] === 'string' && typeof json['status'] === 'number') {
    return clip(escapeText(json['type'].replace(/^.*#/, '')), 60);
  }
  if (isObject(json) && Array.isArray(json['receivedChunks']) && (call.kind === 'status' || call.kind === 'complete')) {
    const state = json['state'] === 'open' ? '' : `${escapeText(String(json['state']))}, `;
    return `${state}received ${clip(rangesInWords(json['receivedChunks']), 60)}`;
  }
  if (isObject(json) && call.kind === 'initiate' && typeof json['chunkSize'] === 'number') {
    const asked = isObject(call.json) ? call.json['preferredChunkSize'] : undefined;
    // Of a file of one chunk nobody needs to know how long chunks could be.
    const any = asked === undefined && Number(json['totalChunks']) <= 1;
    return any || json['chunkSize'] === asked ? '' : `chunks of ${json['chunkSize']}`;
  }
  if (isObject(json) && typeof json['attachmentId'] === 'string') {
    return `attachment ${clip(escapeText(json['attachmentId']), 14)}`;
  }
  return call.kind === 'content' ? exactBytes(length) : '';
}

function rangesInWords(ranges: readonly Json[]): string {
  if (ranges.length === 0) return 'nothing';
  const one = (range: Json) =>
    isObject(range)
      ? `${jsonInWords(range['first'] ?? null)}–${jsonInWords(range['last'] ?? null)}`
      : jsonInWords(range);
  return ranges.map(one).join(', ');
}
