/** The server as a command: what `chunkproof serve` does, up to but without the exit. */
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { type Flags, resolveSettings, type Settings, settings, variableOf } from './config.ts';
import { startServer } from './main.ts';

/** What the command needs of the process it runs in. */
export type Surroundings = Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr' | 'once' | 'off'>;

/** The command with a flag for each setting; `act` gets the flags as they were given. */
export function serveCommand(act: (flags: Flags) => Promise<void>): Command {
  const command = new Command('serve').description('run the reference server');
  for (const name of Object.keys(settings) as (keyof Settings)[]) {
    const { flag, description, default: usual, repeatable } = settings[name];
    const notes = [usual ? `default ${usual}` : null, `env ${variableOf(name)}`].filter(Boolean).join(', ');
    const collect = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value];
    if (repeatable) command.option(flag, `${description} (${notes})`, collect);
    else command.option(flag, `${description} (${notes})`);
  }
  return command.action((flags: Flags) => act(flags));
}

/**
 * Serves until SIGTERM or SIGINT. Prints the URL on one line of stdout once it listens, logs JSON to stderr.
 * Resolves the exit code: 0 after a shutdown, 1 when it cannot start, 2 when a setting is wrong.
 */
export async function serve(flags: Flags, surroundings: Surroundings): Promise<number> {
  const { env, stdout, stderr } = surroundings;
  // Bodies come in buffers outside of the heap, which only a collection gives back. A young generation that stays small
  // is collected often, for a millisecond; one that grows leaves it to the old one's: half again the CPU, 60 MiB more.
  setFlagsFromString('--semi-space-growth-factor=1');
  const resolved = resolveSettings(flags, env);
  if (!resolved.ok) {
    for (const error of resolved.errors) stderr.write(`chunkproof serve: ${error}\n`);
    return 2;
  }
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopped.resolve();
  surroundings.once('SIGTERM', stop);
  surroundings.once('SIGINT', stop);
  try {
    const server = await startServer(resolved.settings, stderr).catch((error: unknown) => {
      stderr.write(`chunkproof serve: ${reason(error, resolved.settings)}\n`);
      return null;
    });
    if (server === null) return 1;
    stdout.write(`chunkproof serve: listening at ${server.url}\n`);
    if (resolved.settings.adminPort !== null) stdout.write(`chunkproof serve: admin at ${server.adminUrl}\n`);
    const { faultsSeed } = server;
    if (faultsSeed !== null)
      stdout.write(`chunkproof serve: misbehaves on purpose, repeat with --faults-seed ${faultsSeed}\n`);
    await stopped.promise;
    await server.close();
    return 0;
  } finally {
    surroundings.off('SIGTERM', stop);
    surroundings.off('SIGINT', stop);
  }
}

function reason(error: unknown, { host, port, data }: Settings): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const taken = error instanceof Error && 'port' in error ? error.port : port; // or that of --admin-port
  if (code === 'EADDRINUSE') return `port ${taken} at ${host} is in use`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is no address of this machine`;
  if (code === 'EACCES' || code === 'EPERM') return `no permission for the folder ${data} or for port ${port}`;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ERR_SQLITE_ERROR' && /locked/.test(message)) return `another server uses the folder ${data}`;
  return message.split('\n')[0] ?? 'it cannot start';
}
