import type { RequirementId } from '../../generated/requirements.ts';
import type { Script } from '../history.ts';
import type { PreflightRefusal, Progress, RunOptions } from '../options.ts';
import type { Failure, Results, Stats } from '../report/results.ts';

/** What the commands need of the suite: `cli.ts` gives the real one, tests give one that answers at once. */
export interface Suite {
  run(options: RunOptions, progress: (event: Progress) => void): Promise<Results | PreflightRefusal>;
  replay(script: Script, options: ReplayOptions): Promise<Replayed | PreflightRefusal>;
  readonly properties: readonly PropertyFacts[];
  readonly requirementIds: readonly RequirementId[];
  /** What the reference server needs of the process, when it is served. */
  readonly surroundings: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr' | 'once' | 'off'>;
  readonly defaults: { readonly runs: number; readonly workers: number };
}

/** What a listing tells of a property. */
export interface PropertyFacts {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  readonly profile?: string;
}

/** How a saved script is played again. */
export interface ReplayOptions extends Pick<RunOptions, 'target' | 'headers' | 'secondHeaders' | 'tls' | 'signal'> {
  readonly times: number;
}

/** What came of it: a failure for each time that failed. */
export interface Replayed {
  readonly kind: 'replayed';
  readonly times: number;
  readonly failures: readonly Failure[];
  readonly stats: Stats;
}
