import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { exitCodes } from '../report/exit-code.ts';
import { wholeNumber } from './flags.ts';
import { freePorts } from './free-ports.ts';
import { type Io, UsageError } from './io.ts';

const examples = `
Examples:
  npx chunkproof mock
  npx chunkproof mock --port 4010
  curl -H 'Prefer: code=410' http://127.0.0.1:4010/attachment/session/any

It answers with the examples of the contract and remembers nothing. It is for client teams; run judges servers.
`;

/** Adds `chunkproof mock`. */
export function addMockCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('mock')
    .description("the contract's examples as a stateless mock (Prism)")
    .option('--port <n>', 'port on 127.0.0.1 (default: a free one)', wholeNumber(0, 65_535), 0)
    .addHelpText('after', examples)
    .action(async (flags: { readonly port: number }) => done(await mock(flags.port, io)));
}

async function mock(wanted: number, io: Io): Promise<number> {
  const prism = prismEntry();
  // Prism takes no port 0. Another program may take this one in between; Prism then says so and ends.
  const port = wanted === 0 ? ((await freePorts(1))[0] ?? 0) : wanted;
  const child = spawn(process.execPath, [prism, 'mock', contractPath(), '-h', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => io.out(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => io.err(text));
  const stop = () => child.kill('SIGTERM');
  io.signal.addEventListener('abort', stop, { once: true });
  if (io.signal.aborted) stop();
  io.out(`chunkproof mock: starting at http://127.0.0.1:${port}\n`);
  const [code] = (await once(child, 'exit')) as [number | null];
  io.signal.removeEventListener('abort', stop);
  if (io.signal.aborted) return exitCodes.conforms;
  if (code !== 0) throw new UsageError(`Prism ended with ${code}; is port ${port} taken?`);
  return exitCodes.conforms;
}

/** The script that Prism starts by. It is no dependency of the published package: few who judge a server mock one. */
function prismEntry(): string {
  try {
    const path = createRequire(import.meta.url).resolve('@stoplight/prism-cli/package.json');
    const { bin } = JSON.parse(readFileSync(path, 'utf8')) as { readonly bin: { readonly prism: string } };
    return join(dirname(path), bin.prism);
  } catch {
    throw new UsageError('mock needs Prism, which is not installed: npm install --save-dev @stoplight/prism-cli');
  }
}

/** The bundled contract: two folders up in the sources, three in the compiled package. */
function contractPath(): string {
  const candidates = ['../../generated/openapi.json', '../../../generated/openapi.json'];
  const found = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find(existsSync);
  if (found === undefined) throw new Error('generated/openapi.json is missing from this installation');
  return found;
}
