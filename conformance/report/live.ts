import picocolors from 'picocolors';
import type { Progress } from '../options.ts';

/** Where progress goes: a terminal that can rewrite its last line, or a log that can only grow. */
export interface Live {
  /** Shows one event. */
  tell(event: Progress): void;
  /** Removes the unfinished line, if there is one. */
  end(): void;
}

/**
 * Progress of a run. On a terminal one line is rewritten in place; elsewhere each finished property is a line, and
 * nothing is ever rewritten.
 *
 * @param write - receives text as it is to be shown
 */
export function live(write: (text: string) => void, look: { readonly tty: boolean; readonly color: boolean }): Live {
  const paint = picocolors.createColors(look.color);
  const clear = look.tty ? '\r\u001b[2K' : '';
  const running = new Set<string>();
  const status = () => {
    if (look.tty && running.size > 0) write(`${clear}${paint.dim(`… ${[...running].join(', ').slice(0, 70)}`)}`);
  };
  const line = (text: string) => {
    write(`${clear}${text}\n`);
    status();
  };
  return {
    tell(event) {
      switch (event.kind) {
        case 'property-started':
          running.add(event.property);
          return status();
        case 'property-finished':
          running.delete(event.property);
          return line(
            `  ${event.property.padEnd(28)} ${String(event.scripts).padStart(5)} scripts ${String(event.calls).padStart(7)} requests`,
          );
        case 'failure-found':
          return line(`  ${paint.red('found')} ${event.requirement}, by ${event.property}; shrinking`);
        case 'warning-found':
          return line(`  ${paint.yellow('warned')} ${event.requirement}, by ${event.property}`);
        case 'shrinking':
          if (look.tty) write(`${clear}${paint.dim(`… shrinking ${event.property}: ${event.calls} calls`)}`);
          return;
      }
    },
    end() {
      write(clear);
    },
  };
}
