import type { Command } from 'commander';
import { exitCodes } from '../report/exit-code.ts';
import type { Suite } from './suite.ts';

const examples = `
Examples:
  npx chunkproof serve
  npx chunkproof serve --port 8080 --data /var/lib/uploads
`;

/**
 * Adds `chunkproof serve`. Its flags are the reference server's own settings, and are read by its own command: that
 * is loaded here and not before, since whoever judges a server needs neither Fastify nor SQLite.
 */
export function addServeCommand(program: Command, suite: Suite, done: (code: number) => void): void {
  program
    .command('serve')
    .description('start the reference server')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_flags: unknown, command: Command) => {
      const { serveCommand, serve } = await import('../../reference-server/serve.ts');
      const inner = serveCommand(async (flags) => done(await serve(flags, suite.surroundings)))
        .name('chunkproof serve')
        .copyInheritedSettings(program)
        .addHelpText('after', examples);
      done(exitCodes.usage);
      await inner.parseAsync(command.args, { from: 'user' });
    });
}
