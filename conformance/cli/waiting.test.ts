import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waiting } from './waiting.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Waits somewhere, and gives what was written by then. */
function somewhere(errTty: boolean) {
  let written = '';
  const io = {
    out: () => expect.unreachable('it is no result'),
    err: (text: string) => {
      written += text;
    },
    tty: true,
    errTty,
    color: false,
    signal: new AbortController().signal,
  };
  return { ...waiting(io), written: () => written };
}

test.each([true, false])('what is over within a second is not told (terminal: %s)', (errTty) => {
  const { tell, end, written } = somewhere(errTty);
  tell('asking');
  vi.advanceTimersByTime(999);
  end();
  vi.advanceTimersByTime(60_000);
  expect(written()).toBe('');
});

test('on a terminal one line counts the seconds, and is gone at the end', () => {
  const { tell, end, written } = somewhere(true);
  tell('played 1 of 9');
  vi.advanceTimersByTime(1000);
  tell('played 2 of 9');
  vi.advanceTimersByTime(1000);
  end();
  const [, ...lines] = written().split('\r\u001b[2K');
  expect(lines[0]).toBe('… played 1 of 9, 1 s');
  expect(lines.slice(-2)).toEqual(['… played 2 of 9, 2 s', '']);
  expect(written()).not.toContain('\n');
});

test('elsewhere a minute is a few plain lines, and no control characters', () => {
  const { tell, end, written } = somewhere(false);
  tell('played 1 of\u001b[2J 9');
  vi.advanceTimersByTime(60_000);
  end();
  expect(written()).toMatch(/^(… played 1 of\\u\{1b\}\[2J 9, (1|2|4|8|16|32) s\n){6}$/);
});
