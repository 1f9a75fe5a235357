import { problems } from '../generated/problems.ts';
import { requirements } from '../generated/requirements.ts';
import type { History, Outcome } from './history.ts';
import type { Judgement } from './model/judge.ts';
import type { Failure } from './report/results.ts';

export type Unexplained = Extract<Judgement, { kind: 'unexplained' }>;

/** A history that no order explains. */
export interface Shown {
  readonly history: History;
  readonly judgement: Unexplained;
}

/** A counterexample as it is reported. */
export function failureOf(
  property: string,
  { history, judgement }: Shown,
  how: {
    readonly seed: number;
    readonly path: string;
    readonly from: number;
    readonly reproduced: Failure['reproduced'];
  },
): Failure {
  const { requirement, expected } = judgement.objection;
  const { exchanges } = history;
  const got = gotOf(exchanges[judgement.exchange]?.outcome);
  return {
    requirement,
    level: requirements[requirement].level,
    property,
    message: requirements[requirement].text,
    expected,
    got,
    script: history.script,
    history: exchanges,
    at: judgement.exchange,
    states: judgement.states,
    seed: how.seed,
    path: how.path,
    shrunk: { from: how.from, to: exchanges.length },
    reproduced: how.reproduced,
    explained: { k: judgement.explained, n: exchanges.length, order: judgement.order },
  };
}

/** An answer in few words: its status, and the problem that it names. */
function gotOf(outcome: Outcome | undefined): string {
  if (outcome === undefined || outcome.kind === 'lost') return 'no answer';
  const json = outcome.json;
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  const name = Object.entries(problems).find(([, problem]) => problem.type === type)?.[0];
  return name === undefined ? String(outcome.status) : `${outcome.status} ${name}`;
}
