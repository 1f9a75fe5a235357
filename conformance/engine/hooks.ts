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
  const printed = JSON.stringify(text.slice(0, 60));
  if (ended !== undefined) return `--storage-command ${ended}${text === '' ? '' : `, and printed ${printed}`}`;
  const [, digits] = /^\s*(\d{1,15})\s*$/.exec(text) ?? [];
  return digits === undefined ? `--storage-command printed ${printed}, which is no number of bytes` : Number(digits);
}

/** Tries the hook that harms nothing, before a run begins. Gives why it is of no use, and what to do. */
export async function whyUseless({ storage }: Hooks): Promise<string | undefined> {
  const said = storage === undefined ? 0 : await storageBy(storage);
  if (typeof said === 'number') return undefined;
  const command = typeof storage === 'string' ? ` '${storage.slice(0, 200)}'` : '';
  const told = said.replace('--storage-command', `--storage-command${command}`);
  return `${told}; it has to give the bytes that the storage of the target holds: one whole number, and nothing else`;
}

/** The same hooks; `tell` hears of each that fails, and in which words it is told. */
export function overheard({ restart, storage }: Hooks, tell: (why: string, hook: keyof Hooks) => void): Hooks {
  const fail = (why: string, hook: keyof Hooks): never => {
    tell(why, hook);
    throw new HookFailure(why);
  };
  const restarts = async (command: NonNullable<Hooks['restart']>): Promise<void> => {
    const why = await restartBy(command);
    if (why !== undefined) fail(why, 'restart');
  };
  const looks = async (command: NonNullable<Hooks['storage']>): Promise<number> => {
    const bytes = await storageBy(command);
    return typeof bytes === 'number' ? bytes : fail(bytes, 'storage');
  };
  return {
    ...(restart === undefined ? {} : { restart: () => restarts(restart) }),
    ...(storage === undefined ? {} : { storage: () => looks(storage) }),
  };
}

/** A failure that was put into words already. */
class HookFailure extends Error {}

const whyNot = (hook: keyof Hooks) => (error: unknown) =>
  error instanceof HookFailure ? error.message : `the ${hook} hook failed: ${String(error)}`;

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
