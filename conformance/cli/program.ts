import { Command, CommanderError } from 'commander';
import { escapeText } from '../report/escape.ts';
import { exitCodes } from '../report/exit-code.ts';
import { suiteVersion } from '../report/version.ts';
import { addCompareCommand } from './compare-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addInitCommand } from './init-command.ts';
import { type Io, UsageError } from './io.ts';
import { addListCommands } from './list-command.ts';
import { addMockCommand } from './mock-command.ts';
import { addReplayCommand } from './replay-command.ts';
import { addRunCommand } from './run-command.ts';
import { addServeCommand } from './serve-command.ts';
import type { Suite } from './suite.ts';

const examples = `
Examples:
  npx chunkproof run http://127.0.0.1:8080/api     judge a server
  npx chunkproof init                              a config, a baseline and a workflow for this project
  npx chunkproof serve                             start the reference server
  npx chunkproof explain chunk.atomic              what a requirement says, and what checks it
`;

/**
 * Runs one command line and returns its exit code. Nothing is thrown: a mistake of the user is one line and code 2,
 * a defect of the suite is told as one and code 70.
 *
 * @param args - the words after the program's name
 */
export async function main(args: readonly string[], io: Io, suite: Suite): Promise<number> {
  let code: number = exitCodes.usage;
  const program = command(io, suite, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.conforms : exitCodes.usage;
    if (error instanceof UsageError) {
      io.err(`chunkproof: ${escapeText(error.message)}\n`);
      return exitCodes.usage;
    }
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err(`chunkproof: the suite itself is at fault, not the target; please report this\n${indented(detail)}\n`);
    return exitCodes.harness;
  }
}

function command(io: Io, suite: Suite, done: (code: number) => void): Command {
  const program = new Command('chunkproof')
    .description('Judges whether an upload server keeps the upload session contract.')
    .version(suiteVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
      outputError: (text, write) => write(`chunkproof: ${oneLine(text)}\n`),
    })
    .addHelpText('after', examples);
  addRunCommand(program, io, suite, done);
  addReplayCommand(program, io, suite, done);
  addListCommands(program, io, suite, done);
  addDoctorCommand(program, io, suite, done);
  addCompareCommand(program, io, done);
  addInitCommand(program, io, suite, done);
  addServeCommand(program, suite, done);
  addMockCommand(program, io, done);
  return program;
}

/** Commander's errors, without its prefix and its line breaks. */
function oneLine(text: string): string {
  return escapeText(
    text
      .trim()
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' '),
  );
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${escapeText(line)}`)
    .join('\n');
}
