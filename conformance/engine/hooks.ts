/** What the user gives, since no request can do it: commands, which a shell reads, or functions of a test that judges a server. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Hooks {
  /** Kills the target and starts it again; it returns once the old process is gone. */
  readonly restart?: string | (() => Promise<void>);
  /** Prints, or gives, the number of bytes that the target's storage holds. */
  readonly storage?: string | (() => Promise<number>);
}

/** The longest that a command may take. In ms. */
const longest = 60_000;

/** Runs the restart command to its end. Gives why it failed, if it did. */
export async function restartBy(command: NonNullable<Hooks['restart']>): Promise<string | undefined> {
  if (typeof command === 'function') return command().then(() => undefined, whyNot('restart'));
  // Its output goes nowhere: a server that it leaves behind would keep a pipe open for ever.
  const child = spawn(command, { shell: true, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = await endOf(child, 'exit');
  return ended === undefined ? undefined : `--restart-command ${ended}`;
}

/** Asks the storage command. Gives the number of bytes, or why there is none. */
export async function storageBy(command: NonNullable<Hooks['storage']>): Promise<number | string> {
  if (typeof command === 'function') return command().catch(whyNot('storage'));
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text = (text + piece).slice(0, 1000);
  });
  const ended = await endOf(child, 'close');
  if (ended !== undefined) return `--storage-command ${ended}`;
  const [, digits] = /^\s*(\d{1,15})\s*$/.exec(text) ?? [];
  return digits === undefined
    ? `--storage-command printed ${JSON.stringify(text.slice(0, 60))}, which is no number of bytes`
    : Number(digits);
}

const whyNot = (hook: keyof Hooks) => (error: unknown) => `the ${hook} hook failed: ${String(error)}`;

function endOf(child: ChildProcess, event: 'exit' | 'close'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const enough = setTimeout(() => {
      child.kill('SIGKILL');
      resolve(`did not end within ${longest / 1000} s`);
    }, longest);
    const end = (said: string | undefined): void => {
      clearTimeout(enough);
      resolve(said);
    };
    child.once('error', (error) => end(`could not be run: ${error.message}`));
    child.once(event, (code: number | null, signal: string | null) =>
      end(code === 0 ? undefined : `ended with ${code === null ? signal : `exit code ${code}`}`),
    );
  });
}
