import type { Answer, Exchange } from '../history.ts';
import type { Foresight } from './foresight.ts';
import { problemName } from './http.ts';
import { instant, second } from './representation.ts';
import { chunkIndex, isObject } from './requests.ts';
import { type Session, sessionOf, type World } from './state.ts';

/**
 * Whether an unseen effect may be what a refused answer lacks: false only where it surely is not. An order in which a
 * request without an answer takes effect can be told with that effect as late as possible: straight before the first
 * answer that is refused without it, or before one that settles what only later answers show ({@link settlesUnseen}). So no
 * other place has to be tried, and an effect that no answer needs has none.
 *
 * @param unseen - a request whose answer was lost, which may take effect now
 * @param refused - an exchange whose answer `world` does not allow
 */
export function mayHelp(unseen: Exchange, refused: Exchange, world: World, { ends }: Foresight): boolean {
  const { call, outcome } = refused;
  if (outcome.kind === 'lost' || !('session' in call) || !('session' in unseen.call)) return true;
  const session = sessionOf(world, call.session);
  if (session === undefined || sessionOf(world, unseen.call.session) !== session) return true;
  const shown = shownBy(refused, outcome, session);
  if (shown === undefined || movedOn(outcome, session)) return true;
  switch (unseen.call.kind) {
    case 'abort':
      // Nor are the chunks of an aborted session there: that they are missing may be told of it, too.
      return shown.phase === 'gone' || (call.kind === 'complete' && shown.phase === 'open');
    case 'complete':
      return shown.phase === 'ended';
    case 'chunk': {
      const chunk = chunkIndex(unseen.call.chunk, session.totalChunks);
      if (chunk === undefined || shown.phase === 'gone') return false;
      // Uploads of different chunks commute, so those that an answer needs are supposed in the order of their chunks.
      const lacking = shown.present.find((one) => !session.chunks.has(one));
      if (lacking !== undefined) return lacking === chunk;
      // An upload to a session that a failed completion left open makes the reason old that the next reading has to give.
      if (shown.phase !== 'ended') return session.phase === 'completing';
      const last = ends.get(session.name)?.get(chunk);
      // Of a body that was longer than it was declared to be, only a part may be stored.
      if (last === undefined || unseen.sent.declaredLength !== undefined) return true;
      return last === unseen.sent.bodyDigest && last !== session.chunks.get(chunk)?.digest;
    }
    default:
      return true;
  }
}

/** Whether after this answer no upload has an effect any more, although it does not show which ones had: a 202. */
export const settlesUnseen = ({ call, outcome }: Exchange): boolean =>
  call.kind === 'complete' && outcome.kind === 'answered' && outcome.status === 202;

/** What an answer shows of its session: whether it has ended, and which chunks it surely has, ascending. */
interface Shown {
  readonly phase: 'open' | 'ended' | 'gone';
  readonly present: readonly number[];
}

function shownBy({ call, sent }: Exchange, answer: Answer, session: Session): Shown | undefined {
  if (sent.method === 'HEAD') return undefined;
  const all = Array.from({ length: session.totalChunks }, (_, chunk) => chunk);
  const problem = problemName(answer);
  if (problem === 'session-aborted') return { phase: 'gone', present: [] };
  if (problem === 'session-completed') return { phase: 'ended', present: all };
  const body = isObject(answer.json) ? answer.json : {};
  if (call.kind === 'complete' && problem === 'upload-incomplete') {
    const missing = rangesOf(body['missingChunks']);
    return { phase: 'open', present: all.filter((chunk) => !covers(missing, chunk)) };
  }
  if (answer.status >= 300) return undefined;
  switch (call.kind) {
    case 'status': {
      const listed = rangesOf(body['receivedChunks']);
      return {
        phase: body['state'] === 'open' ? 'open' : 'ended',
        present: all.filter((chunk) => covers(listed, chunk)),
      };
    }
    case 'chunk': {
      // A 200 says that the chunk was there before.
      const chunk = answer.status === 200 ? chunkIndex(call.chunk, session.totalChunks) : undefined;
      return { phase: 'open', present: chunk === undefined ? [] : [chunk] };
    }
    case 'complete':
      return { phase: 'ended', present: all };
    default:
      return undefined;
  }
}

/** Whether an answer shows a later expiry than is known: any upload, and any completion, may have moved it. */
function movedOn(answer: Answer, { expiry }: Session): boolean {
  return isObject(answer.json) && instant(answer.json['expiresAt']) > expiry.atMost + second;
}

type Range = readonly [first: number, last: number];

const rangesOf = (value: unknown): readonly Range[] =>
  Array.isArray(value)
    ? value.flatMap((range): Range[] => (isObject(range) ? [[Number(range['first']), Number(range['last'])]] : []))
    : [];

const covers = (ranges: readonly Range[], chunk: number): boolean =>
  ranges.some(([first, last]) => first <= chunk && chunk <= last);
