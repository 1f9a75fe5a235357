import type { Command } from 'commander';
import { exitCodes } from '../report/exit-code.ts';
import type { Suite } from './suite.ts';

const examples = `
Examples:
  npx chunkproof serve
  npx chunkproof serve --port 8080 --data /var/lib/uploads
  npx chunkproof serve --cors https://app.example.net --admin-port 8081
  npx chunkproof serve --faults flaky-wifi --faults-seed 42
  npx chunkproof serve --faults plan.json

A plan is {"rules": [{"fault": "lose-answer", "operations": ["uploadChunk"], "chance": 0.1}]}; faults are refuse,
cut-request, lose-answer, cut-answer, delay, interim, piecemeal and close, done to every nth request ("every": 5) or by
chance. Whatever is done, the contract is kept: a client that follows its advice comes through.
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
