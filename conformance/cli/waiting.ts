import picocolors from 'picocolors';
import { escapeText } from '../report/escape.ts';
import type { Io } from './io.ts';

/** What a command shows while its answer is not there yet. */
export interface Waiting {
  /** Says what is under way from now on. */
  tell(what: string): void;
  /** Removes the unfinished line, if there is one. */
  end(): void;
}

/** What takes less than this is not told. In ms. */
const patience = 1000;

/**
 * Tells what takes longer than a second, beside the results: on a terminal in one line that is rewritten and counts the
 * seconds, elsewhere in plain lines, each after twice as long as the one before, so that a log stays short.
 */
export function waiting({ err, errTty, color }: Io): Waiting {
  const paint = picocolors.createColors(color);
  const started = performance.now();
  let [under, due, shown] = ['', patience, false];
  const show = () => {
    const elapsed = performance.now() - started;
    if (under === '' || elapsed < due) return;
    const line = `… ${under}, ${Math.floor(elapsed / 1000)} s`;
    if (errTty) err(`\r\u001b[2K${paint.dim(line)}`);
    else err(`${line}\n`);
    if (!errTty) while (due <= elapsed) due *= 2;
    shown = true;
  };
  const timer = setInterval(show, patience / 4);
  return {
    tell(what) {
      under = escapeText(what);
    },
    end() {
      clearInterval(timer);
      if (shown && errTty) err('\r\u001b[2K');
    },
  };
}
