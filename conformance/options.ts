import type { Hooks } from './engine/hooks.ts';
import type { Script } from './history.ts';

/** What a run is asked to do. Seconds are seconds, bytes are bytes; the command line fills in the defaults. */
export interface RunOptions {
  readonly target: string;
  readonly seed: number;
  /** Scripts a property, times its own weight. */
  readonly runs: number;
  readonly maxTimeSeconds: number;
  /** How long what is under way after `maxTimeSeconds` may take to end, before it is cut off; default twice what a request may. */
  readonly overtimeSeconds?: number;
  readonly maxBytes: number;
  readonly waitExpirySeconds: number;
  /** Globs over requirement and property ids. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Credentials: fields added to every request of the first and of the second principal. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secondHeaders?: Readonly<Record<string, string>>;
  /** One part of a run: of every property's scripts those that are this part's. Parts count from 1. */
  readonly shard?: Shard;
  /** Properties that run at the same time. */
  readonly workers: number;
  /** The most requests a second; default {@link politeRate} to a host that is not this machine, else no limit. */
  readonly rate?: number;
  readonly tls: { readonly ca?: string; readonly insecure: boolean };
  /** Kill and restart the target; tell the bytes that its storage holds. */
  readonly hooks?: Hooks;
  /** Ends the run early, with sessions cleaned up. */
  readonly signal?: AbortSignal;
}

/** What a run does if it is not told otherwise. */
export const defaults = {
  runs: 75,
  workers: 4,
  maxTimeSeconds: 60,
  overtimeSeconds: 60,
  maxBytes: 256 * 1024 ** 2,
  waitExpirySeconds: 10,
} as const;

/** What fast-check's generator takes, and what fits a signed 32-bit integer. */
export const largestSeed = 2_147_483_647;

/** Requests a second to a host that somebody else may need. */
export const politeRate = 50;

export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** What a run tells while it is under way. */
export type Progress =
  | { readonly kind: 'property-started'; readonly property: string; readonly title: string }
  | { readonly kind: 'property-finished'; readonly property: string; readonly scripts: number; readonly calls: number }
  | {
      /** A promise seems broken, by this script; `sent` is how many requests the property had sent by then. */
      readonly kind: 'failure-found';
      readonly property: string;
      readonly requirement: string;
      readonly script: Script;
      readonly sent: number;
    }
  /** A SHOULD that the target does not keep. */
  | { readonly kind: 'warning-found'; readonly property: string; readonly requirement: string }
  | { readonly kind: 'shrinking'; readonly property: string; readonly calls: number }
  | {
      /** A failure is in the results from here on; `calls` is the length of its smallest script. */
      readonly kind: 'failure-told';
      readonly property: string;
      readonly requirement: string;
      readonly calls: number;
    };

/** Why a run could not begin: the target is not there, or is no server of this contract. */
export interface PreflightRefusal {
  readonly kind: 'refused';
  readonly code: 'unreachable' | 'not-this-contract' | 'unauthorized' | 'bad-certificate' | 'timeout';
  readonly message: string;
}
