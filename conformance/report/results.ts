import type { OperationId } from '../../generated/operations.ts';
import type { Requirement, RequirementId } from '../../generated/requirements.ts';
import type { Exchange, Json, Script } from '../history.ts';
import type { Verdict } from '../verdict.ts';

/** `results.json`: all that a run found. Everything else that is shown is made from it. */
export interface Results {
  readonly schemaVersion: 1;
  readonly suite: { readonly name: 'chunkproof'; readonly version: string };
  readonly contract: string;
  readonly run: RunFacts;
  readonly target: string;
  /** The target's capabilities document as it answered, or null. */
  readonly capabilities: Json;
  readonly profiles: { readonly claimed: readonly string[]; readonly exercised: readonly string[] };
  readonly summary: Summary;
  readonly requirements: readonly RequirementResult[];
  readonly properties: readonly PropertyResult[];
  readonly failures: readonly Failure[];
  /** What the suite itself did wrong; absent if nothing. */
  readonly defects?: readonly Defect[];
  /** That the target went away before the end; absent if it did not. */
  readonly gone?: Gone;
  /** Why a hook failed, and so left open what only it shows; absent if none did. */
  readonly brokenHook?: string;
  readonly stats: Stats;
  /** Which statuses and states the answers had; absent in the results of older versions. */
  readonly coverage?: Coverage;
  /** What `--baseline` made of the verdicts; absent without it. */
  readonly baseline?: BaselineResult;
}

/** The states that a session goes through, as clients are told of them. */
export const sessionStates = ['open', 'completing', 'completed', 'aborted', 'expired'] as const;

export type SessionState = (typeof sessionStates)[number];

export interface Coverage {
  /** By operation, how many requests were answered with each status; `none` counts those without an answer. */
  readonly answers: Readonly<Partial<Record<OperationId, Readonly<Record<string, number>>>>>;
  /** How many answers told of a session in each state. */
  readonly states: Readonly<Record<SessionState, number>>;
}

/** A fault of the suite itself: an exception, or a request that it should not have sent. */
export interface Defect {
  /** The property in which it showed. What that one puts to the test is not judged. */
  readonly property: string;
  readonly message: string;
  /** Where in the suite, for whoever repairs it. */
  readonly stack?: string;
}

export interface Gone {
  readonly message: string;
  /** The scripts that were under way when the target went: one of them may have ended it. None of them is a failure. */
  readonly suspects: readonly Failure[];
}

export interface BaselineResult {
  /** As it was named on the command line. */
  readonly file: string;
  /** How many failures it allows. */
  readonly entries: number;
  /** Entries that have to go: the requirement passes, or the day of the entry has passed. */
  readonly stale: readonly (KnownFailure & { readonly why: 'passes' | 'expired' })[];
}

/** An entry of the baseline. */
export interface KnownFailure {
  readonly requirement: RequirementId;
  readonly reason: string;
  readonly issue?: string;
  /** The last day on which the failure is allowed: `2027-01-31`, in UTC. */
  readonly expires?: string;
}

export interface RunFacts {
  /** Names this run in every request (`Chunkproof-Run`). */
  readonly id: string;
  readonly seed: number;
  /** What the suite itself ran on: `Node 24.21.0, linux x64`. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** SHA-256 (hex) over every script that was played, in order: equal seeds give equal fingerprints. */
  readonly fingerprint: string;
  /** Which part of the whole run this was, from 1 on. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** It was ended by a signal: this is a part of a run, and proves only what it says. */
  readonly interrupted?: true;
}

export interface Summary {
  /** The worst verdict of a MUST, or `harness-error`; `not-tested` if nothing was checked, of no level. */
  readonly verdict: Verdict;
  readonly must: Readonly<Record<Verdict, number>>;
  readonly should: Readonly<Record<Verdict, number>>;
  readonly may: Readonly<Record<Verdict, number>>;
}

export interface RequirementResult {
  readonly id: RequirementId;
  readonly level: Requirement['level'];
  readonly text: string;
  readonly verdict: Verdict;
  /** How many answers of this run the requirement was checked on. */
  readonly observations: number;
  /** Why it was not tested, not applicable or inconclusive. */
  readonly reason?: string;
  /** Indices into `failures`. */
  readonly failures?: readonly number[];
  /** The entry of the baseline that allows the failure; with the verdict `known-fail` only. */
  readonly known?: KnownFailure;
}

export interface PropertyResult {
  readonly id: string;
  readonly title: string;
  readonly scripts: number;
  readonly calls: number;
  readonly durationMs: number;
  /** Why it did not run, or stopped early. */
  readonly note?: string;
}

/** One counterexample, as small as shrinking made it. */
export interface Failure {
  readonly requirement: RequirementId;
  readonly level: Requirement['level'];
  readonly property: string;
  readonly message: string;
  /** What the contract would have allowed. */
  readonly expected: string;
  /** What came instead. */
  readonly got: string;
  readonly script: Script;
  readonly history: readonly Exchange[];
  /** The exchange (index into `history`) that could not be explained. */
  readonly at: number;
  /** The states that the contract still allowed before that exchange, in words. */
  readonly states: readonly string[];
  /** What fast-check needs to find it again. */
  readonly seed: number;
  readonly path: string;
  /** Requests of the script before and after shrinking. */
  readonly shrunk: { readonly from: number; readonly to: number };
  readonly reproduced: { readonly k: number; readonly n: number };
  /**
   * How many exchanges of the history could be explained, of how many; and the longest order that explains so many, as
   * indices into `history`, where a search had to find one.
   */
  readonly explained: { readonly k: number; readonly n: number; readonly order?: readonly number[] };
}

export interface Stats {
  readonly calls: number;
  readonly bytes: number;
  readonly sessions: number;
  readonly faults: number;
  /** Time spent judging, in ms. */
  readonly judgingMs: number;
}
