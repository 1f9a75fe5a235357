/** For tests only: a command line against a suite that answers at once, with all that it showed. */
import { requirementIds } from '../../generated/requirements.ts';
import type { RunOptions } from '../options.ts';
import { diagnosisWith, resultsWith } from '../report/fixtures.ts';
import { main } from './program.ts';
import type { Suite } from './suite.ts';

export const local = 'http://127.0.0.1:8080/api';
export const stats = { calls: 4, bytes: 0, sessions: 1, faults: 1, judgingMs: 0 };

/** Runs one command line, and gives back its exit code, what it wrote, and what it asked of the suite. */
export async function typed(
  args: readonly string[],
  change: Partial<Suite> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly RunOptions[];
}> {
  const out: string[] = [];
  const err: string[] = [];
  const asked: RunOptions[] = [];
  const suite: Suite = {
    run: async (options) => {
      asked.push(options);
      return resultsWith({ target: options.target });
    },
    replay: async (_script, { times }) => ({ kind: 'replayed', times, failures: [], undecided: [], stats }),
    examine: async ({ target }) => diagnosisWith({ target }),
    properties: [{ id: 'chunks-cut', title: 'cut uploads', requirements: ['chunk.atomic', 'chunk.stored'] }],
    requirementIds,
    mutants: async () => [{ id: 'keeps-half', sentence: 'Half a chunk is kept.', breaks: ['chunk.atomic'] }],
    surroundings: process,
    defaults: { runs: 25, workers: 4 },
    ...change,
  };
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const code = await main(args, { ...io, tty: false, errTty: false, color: false, signal }, suite);
  return { code, out: out.join(''), err: err.join(''), asked };
}

/** A process in a folder, with an environment of its own. */
export function surroundingsIn(folder: string, env: Readonly<Record<string, string>> = {}): Suite['surroundings'] {
  return {
    cwd: () => folder,
    env,
    stdout: process.stdout,
    stderr: process.stderr,
    once: () => process,
    off: () => process,
  };
}

// A certificate that nobody vouches for, made by
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost \
//   -addext subjectAltName=DNS:localhost,IP:127.0.0.1
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO6dMCzEScUJRMvR/
PPVqvizeeN6xR2Hy72YsWDSNgzKhRANCAATGoHqBYBfelIdoOwzIzjq6znYQMgze
7hSLUVIiOKzulZPgLB7S+ioNB7nJdwMt44MArh5OsvZQi5lsWiRR9Chk
-----END PRIVATE KEY-----`;
export const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUNveqYuPxKRWGbZeadSCswkt7xUYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE2NDMxMFoYDzIxMjYxMDI5
MTY0MzEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATGoHqBYBfelIdoOwzIzjq6znYQMgze7hSLUVIiOKzulZPgLB7S+ioN
B7nJdwMt44MArh5OsvZQi5lsWiRR9Chko28wbTAdBgNVHQ4EFgQU2Lp/+V425Ubs
RBdSJUi4ZQnXDdkwHwYDVR0jBBgwFoAU2Lp/+V425UbsRBdSJUi4ZQnXDdkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgK91J7LfFudEFs416LQWI47CItFvApniiiTxr2JH6218CIQCk
DcBVkaR6AXNYqzeqH5TvU0DzVFfKMTyYVCgXKkUveg==
-----END CERTIFICATE-----`;
