#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { requirementIds } from '../generated/requirements.ts';
import type { Io } from './cli/io.ts';
import { nodeRefusal } from './cli/node-version.ts';
import { main } from './cli/program.ts';
import { examine } from './doctor.ts';
import { defaults } from './options.ts';
import { properties } from './properties/index.ts';
import { replay } from './replay.ts';
import { exitCodes } from './report/exit-code.ts';
import { run } from './run.ts';

// A run makes much that lives for a moment. Left alone, V8 triples the space for it while there is memory, which costs
// 70 MiB and wins nothing.
setFlagsFromString('--semi-space-growth-factor=1');

/** The process as the commands see it. The first signal asks them to end; a second one does not ask. */
function processIo(): Io {
  const abort = new AbortController();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(code);
      abort.abort(new Error(`ended by ${signal}`));
    });
  }
  // A reader that went away (`chunkproof list | head`) is no error of ours.
  process.stdout.on('error', () => process.exit());
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env;
  const tty = process.stdout.isTTY === true && TERM !== 'dumb';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    tty,
    errTty: process.stderr.isTTY === true && TERM !== 'dumb',
    color: NO_COLOR === '' && (tty || (FORCE_COLOR !== '' && FORCE_COLOR !== '0')),
    signal: abort.signal,
  };
}

const suite = {
  run,
  replay,
  examine,
  properties,
  requirementIds,
  mutants: async () => (await import('./mutants/mutants.ts')).mutants,
  surroundings: process,
  defaults,
};
const refusal = nodeRefusal(process.versions.node);
if (refusal !== undefined) process.stderr.write(`chunkproof: ${refusal}\n`);
process.exitCode = refusal === undefined ? await main(process.argv.slice(2), processIo(), suite) : exitCodes.usage;
