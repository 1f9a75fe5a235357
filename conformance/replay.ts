import { randomUUID } from 'node:crypto';
import { vouchForReadings } from './blame.ts';
import { failureOf } from './failure.ts';
import type { History, Script } from './history.ts';
import { type Judgement, judge } from './model/judge.ts';
import type { PreflightRefusal, RunOptions } from './options.ts';
import type { Failure, Stats } from './report/results.ts';
import { admit, openPlayer } from './run.ts';

export interface ReplayOptions {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secondHeaders?: Readonly<Record<string, string>>;
  /** How often the script is played. */
  readonly times: number;
  readonly tls: RunOptions['tls'];
  readonly hooks?: NonNullable<RunOptions['hooks']>;
  readonly signal?: AbortSignal;
}

export interface Replayed {
  readonly kind: 'replayed';
  /** How often it was played: less than was asked for, if somebody ended it. */
  readonly times: number;
  /** One for each time that the contract did not explain what came. */
  readonly failures: readonly Failure[];
  /** Why nothing follows from what came, for each time that nothing does: it needs a hook, or the target went away. */
  readonly undecided: readonly string[];
  readonly stats: Stats;
}

/**
 * Plays a saved script again, against any target.
 *
 * @param progress - hears after each time how often it was played, and how often it failed
 */
export async function replay(
  script: Script,
  options: ReplayOptions,
  progress: (played: number, failed: number) => void = () => undefined,
): Promise<Replayed | PreflightRefusal> {
  const id = randomUUID();
  const target = await admit(options, id);
  if (target.kind === 'refused') return target;
  const player = openPlayer(options, id);
  try {
    const shown: { history: History; judgement: Extract<Judgement, { kind: 'unexplained' }> }[] = [];
    const undecided: string[] = [];
    let judgingMs = 0;
    let times = 0;
    while (times < options.times && !options.signal?.aborted) {
      const history = await player.play(script);
      const started = performance.now();
      vouchForReadings(history, target);
      const judgement = judge(history, target);
      judgingMs += performance.now() - started;
      if (judgement.kind === 'unexplained') shown.push({ history, judgement });
      if (judgement.kind === 'inconclusive') undecided.push(judgement.reason);
      progress(++times, shown.length);
    }
    const reproduced = { k: shown.length, n: times };
    const failures = shown.map((one) =>
      failureOf('replay', one, { seed: 0, path: '', from: one.history.exchanges.length, reproduced }),
    );
    return { kind: 'replayed', times, failures, undecided, stats: { ...player.totals(), judgingMs } };
  } finally {
    await player.close();
  }
}
