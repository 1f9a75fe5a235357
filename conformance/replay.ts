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
  readonly times: number;
  /** One for each time that the contract did not explain what came. */
  readonly failures: readonly Failure[];
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
    let judgingMs = 0;
    for (let time = 0; time < options.times && !options.signal?.aborted; time++) {
      const history = await player.play(script);
      const started = performance.now();
      vouchForReadings(history, target);
      const judgement = judge(history, target);
      judgingMs += performance.now() - started;
      if (judgement.kind === 'unexplained') shown.push({ history, judgement });
      progress(time + 1, shown.length);
    }
    const reproduced = { k: shown.length, n: options.times };
    const failures = shown.map((one) =>
      failureOf('replay', one, { seed: 0, path: '', from: one.history.exchanges.length, reproduced }),
    );
    return { kind: 'replayed', times: options.times, failures, stats: { ...player.totals(), judgingMs } };
  } finally {
    await player.close();
  }
}
