import type fc from 'fast-check';
import type { RequirementId } from '../../generated/requirements.ts';
import type { components } from '../../generated/types.ts';
import type { Script } from '../history.ts';

/** What a property may know of the target when it makes scripts: what the target says of itself, and the run's bounds. */
export interface Environment {
  readonly profiles: readonly string[];
  readonly limits: Readonly<components['schemas']['Limits']>;
  /** Whether credentials of a second principal were given. */
  readonly secondPrincipal: boolean;
  /** The longest that a script may wait for a session to expire, in seconds. */
  readonly waitExpirySeconds: number;
  /** The commands that were given. */
  readonly hooks: readonly ('restart' | 'storage')[];
  /** How long the run may take, in seconds. */
  readonly maxTimeSeconds: number;
  /** The most bytes that one script may upload. */
  readonly maxScriptBytes: number;
  /** Of so many scripts one may upload whole chunks; 1 if every one may. */
  readonly sparing: number;
  /** The most requests that one script may make, one after another. */
  readonly maxScriptCalls: number;
}

/** A property proposes scripts and asserts nothing: the model judges what comes of them. */
export interface Property {
  readonly id: string;
  /** A sentence. */
  readonly title: string;
  /** What its scripts put to the test. */
  readonly requirements: readonly RequirementId[];
  /** How many random scripts it wants, for each run that was asked for. */
  readonly weight: number;
  /**
   * Whether it sends requests that are malformed on purpose. What any other sends has to be as the OpenAPI description
   * says, or it is the suite that is at fault.
   */
  readonly malformed?: true;
  /**
   * Whether it disturbs all others, or they it: its scripts play with nothing else under way, before all others begin, or
   * in turn with them. What comes first has to be short, since everything waits for it.
   */
  readonly alone?: 'first' | 'in-turn';
  /** Why it cannot play against this target; undefined if it can. */
  readonly unfit?: (environment: Environment) => string | undefined;
  /** Boundaries that are rare in random scripts: always played, and first. */
  readonly examples?: (environment: Environment) => readonly Script[];
  /** Random scripts. Without them the examples are played all at once: they wait, and side by side cost one wait. */
  readonly scripts?: (environment: Environment) => fc.Arbitrary<Script>;
}
