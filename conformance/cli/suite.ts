import type { RequirementId } from '../../generated/requirements.ts';
import type { ExamineOptions } from '../doctor.ts';
import type { Script } from '../history.ts';
import type { PreflightRefusal, Progress, RunOptions } from '../options.ts';
import type { Replayed, ReplayOptions } from '../replay.ts';
import type { Diagnosis } from '../report/diagnosis.ts';
import type { Results } from '../report/results.ts';

/** What the commands need of the suite: `cli.ts` gives the real one, tests give one that answers at once. */
export interface Suite {
  run(options: RunOptions, progress: (event: Progress) => void): Promise<Results | PreflightRefusal>;
  replay(
    script: Script,
    options: ReplayOptions,
    progress?: (played: number, failed: number) => void,
  ): Promise<Replayed | PreflightRefusal>;
  examine(options: ExamineOptions, progress?: (what: string) => void): Promise<Diagnosis | PreflightRefusal>;
  readonly properties: readonly PropertyFacts[];
  readonly requirementIds: readonly RequirementId[];
  /** The broken servers that the suite is tested with; loaded when asked for, since only `explain` needs them. */
  mutants(): Promise<readonly MutantFacts[]>;
  /** Settings are read from the environment and the working directory; the rest is for the reference server. */
  readonly surroundings: Pick<NodeJS.Process, 'cwd' | 'env' | 'stdout' | 'stderr' | 'once' | 'off'>;
  readonly defaults: { readonly runs: number; readonly workers: number };
}

/** What a listing tells of a property. */
export interface PropertyFacts {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly RequirementId[];
  readonly profile?: string;
}

/** What `explain` tells of a broken server. */
export interface MutantFacts {
  readonly id: string;
  readonly sentence: string;
  readonly breaks: readonly RequirementId[];
}
