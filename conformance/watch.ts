import { failureOf } from './failure.ts';
import type { Exchange, History } from './history.ts';
import type { Gone } from './report/results.ts';

/** Looks out for a target that goes away while it is judged. */
export interface Watch {
  /** Looks whether the target is still there, if the history of this property's script shows reason to doubt it. */
  look(property: string, history: History): Promise<void>;
  /** What is known of its end; undefined while it is there. */
  gone(): Gone | undefined;
}

/** The most scripts that are named: all of them were under way when the target went. */
const mostSuspects = 3;

/** @param isThere - asks the target, until it accepts a connection or patience ends */
export function openWatch(isThere: () => Promise<boolean>): Watch {
  let looking: Promise<boolean> | undefined;
  let gone = false;
  const witnesses: { readonly property: string; readonly history: History }[] = [];
  return {
    async look(property, history) {
      if (!history.exchanges.some(isRefused)) return;
      looking ??= isThere().finally(() => {
        looking = undefined;
      });
      gone ||= !(await looking);
      if (gone) witnesses.push({ property, history });
    },
    gone() {
      if (!gone) return undefined;
      // Who was being served when it went is a suspect; else who came first to a closed door.
      const caught = witnesses.filter(({ history }) => history.exchanges.some(isCutShort));
      const suspects = (caught.length > 0 ? caught : witnesses).slice(0, caught.length > 0 ? mostSuspects : 1);
      const [first] = suspects;
      const last = first && lastServed(first.history);
      const request = last === undefined ? 'none' : `${last.sent.method} ${last.sent.url} (${last.call.kind})`;
      return {
        message: `the target does not accept connections any more, since a script of ${first?.property}; last request before it: ${request}; it may have crashed, and its log may say why`,
        suspects: suspects.map(suspected),
      };
    },
  };
}

const isRefused = ({ outcome }: Exchange): boolean => outcome.kind === 'lost' && outcome.unsent === true;

/** Whether a request was under way when the connection ended, and not by the client. */
const isCutShort = ({ outcome, fault }: Exchange): boolean =>
  outcome.kind === 'lost' && outcome.unsent === undefined && fault === undefined;

const lastServed = ({ exchanges }: History): Exchange | undefined =>
  exchanges.findLast(isCutShort) ?? exchanges.findLast((exchange) => !isRefused(exchange));

/** A script that may have ended the target, as a counterexample is kept. That it did is not proved: nobody is left to ask. */
function suspected({
  property,
  history,
}: {
  readonly property: string;
  readonly history: History;
}): Gone['suspects'][0] {
  const last = lastServed(history);
  const at = last === undefined ? 0 : history.exchanges.indexOf(last);
  const judgement = {
    kind: 'unexplained',
    exchange: at,
    objection: { requirement: 'http.transient', expected: 'a target that goes on accepting connections' },
    states: [],
    explained: at,
    order: history.exchanges.slice(0, at).map((_, index) => index),
    passing: true,
  } as const;
  const { length } = history.exchanges;
  return failureOf(property, { history, judgement }, { seed: 0, path: '', from: length, reproduced: { k: 0, n: 0 } });
}
