import type { RestartCall } from '../history.ts';
import { now, pause } from './clock.ts';
import type { Target } from './exchange.ts';
import { restartBy } from './hooks.ts';
import { prepare } from './requests.ts';

/** Restarts the target, as often as it is called. Each call gives why the target is not there again, if it is not. */
export function restarter(target: Target): (call: RestartCall) => Promise<string | undefined> {
  const { hooks, signal } = target.options;
  /** Once it did not come back, nobody waits for it again. */
  let gone: string | undefined;
  return async ({ again }) => {
    const command = hooks?.restart;
    if (command === undefined) return 'needs --restart-command';
    gone ??= await restartBy(command);
    if (again !== undefined && gone === undefined) {
      await pause(again, signal);
      // Where nothing runs again yet there is nothing to kill: then it was killed once.
      await restartBy(command);
    }
    gone ??= await comesBack(target);
    return gone;
  };
}

/** Waits until the target answers again. Gives why it did not, if it did not. */
async function comesBack({ wire, options }: Target): Promise<string | undefined> {
  const asking = prepare({ kind: 'capabilities' }, options.base, { nonce: '', sessions: new Map() });
  const until = now() + options.timeoutMs;
  while (asking && now() < until && !options.signal?.aborted) {
    const headers = { ...asking.headers, ...options.headers, 'Chunkproof-Run': options.runId };
    const { outcome } = await wire.send({ ...asking, headers, chunked: false, expectContinue: false });
    if (outcome.kind === 'answered' && outcome.status === 200) return undefined;
    await pause(20, options.signal);
  }
  return `the target did not answer within ${options.timeoutMs / 1000} s after --restart-command`;
}
