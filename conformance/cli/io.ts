/** What a command may touch of the world. `cli.ts` makes it of the process; tests make it of two strings. */
export interface Io {
  /** Results: what may be piped on. */
  out(text: string): void;
  /** Everything else: errors, and what is under way. */
  err(text: string): void;
  /** Whether a person watches `out`, so that a line may be rewritten. */
  readonly tty: boolean;
  /** The same of `err`. */
  readonly errTty: boolean;
  readonly color: boolean;
  /** Aborted by the first Ctrl-C or SIGTERM: a command then ends as soon as it has cleaned up. */
  readonly signal: AbortSignal;
}

/** A mistake of whoever typed the command: one line that says what is wrong and what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
