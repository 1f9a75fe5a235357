import { type Command, Option } from 'commander';
import { withoutSecrets } from '../judged.ts';
import { type Counterexample, parseCounterexample } from '../report/counterexample.ts';
import { escapeText } from '../report/escape.ts';
import { exitCodes } from '../report/exit-code.ts';
import { redactFailure, redactText, secretsOf } from '../report/redact.ts';
import { counterexample } from '../report/terminal.ts';
import { certificateFile, fileText, headerField, wholeNumber } from './flags.ts';
import { type Io, UsageError } from './io.ts';
import { credentials, hooksOf, refusalInWords } from './run-command.ts';
import { completeFlags, configOption } from './settings.ts';
import type { Suite } from './suite.ts';
import { parseTarget, remoteRefusal } from './target.ts';
import { waiting } from './waiting.ts';

interface ReplayFlags {
  readonly times: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly secondHeader?: Readonly<Record<string, string>>;
  readonly allowRemote?: boolean;
  readonly restartCommand?: string;
  readonly storageCommand?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly verbose?: boolean;
}

const examples = `
Examples:
  npx chunkproof replay chunkproof-report/failures/chunk.atomic-9f2c.json
  npx chunkproof replay chunk.atomic-9f2c.json http://127.0.0.1:9090/api --times 20

Exit codes: 0 the counterexample no longer fails, 1 it still does, 2 usage, 3 nothing follows from what came (it may need
--restart-command or --storage-command), 4 target unreachable or refused, 130 interrupted.
`;

/** Adds `chunkproof replay <file> [url]`. */
export function addReplayCommand(program: Command, io: Io, suite: Suite, done: (code: number) => void): void {
  program
    .command('replay')
    .description('play a saved counterexample again, also against another URL')
    .argument('<file>', 'a counterexample, as run wrote it')
    .argument('[url]', 'base URL of another server (default: the one it was found on)')
    .option('--times <n>', 'how often to play it', wholeNumber(1, 10_000), 1)
    .option('--header <field>', "credentials: 'Name: value' (repeatable); files never hold them", headerField)
    .option('--second-header <field>', 'credentials of a second principal (repeatable)', headerField)
    .option('--restart-command <command>', 'as for run, if the counterexample restarts its target')
    .option('--storage-command <command>', 'as for run, if the counterexample measures storage')
    .option('--allow-remote', 'play it against a host that is not loopback')
    .option('--ca <file>', 'trust the certificates of this PEM file')
    .addOption(new Option('--insecure', 'trust any certificate').conflicts('ca'))
    .addOption(configOption())
    .option('--verbose', 'also the states that the model allowed')
    .addHelpText('after', examples)
    .action(async (file: string, url: string | undefined, _flags: unknown, command: Command) => {
      for (const line of completeFlags(command, suite)) io.out(`${line}\n`);
      done(await playAgain(file, url, command.opts<ReplayFlags>(), io, suite));
    });
}

async function playAgain(
  file: string,
  url: string | undefined,
  flags: ReplayFlags,
  io: Io,
  suite: Suite,
): Promise<number> {
  const saved = load(file);
  const target = parseTarget(url ?? saved.target);
  const headers = credentials(target, flags.header);
  const secrets = secretsOf(headers, flags.secondHeader);
  const ca = flags.ca === undefined ? {} : { ca: certificateFile(flags.ca) };
  if (!target.loopback && flags.allowRemote !== true) {
    io.err(`chunkproof: refused: ${remoteRefusal(target, `replay ${file} ${target.url}`)}\n`);
    return exitCodes.refused;
  }
  io.out(`${escapeText(saved.requirement)}  ${saved.level}  ${escapeText(saved.text)}\n`);
  const { tell, end } = waiting(io);
  tell('asking for the capabilities');
  const progress = (count: number, failed: number) => tell(`played ${count} of ${flags.times}, failed ${failed}`);
  const played = await withoutSecrets(secrets, () =>
    suite.replay(
      saved.script,
      {
        target: target.url,
        headers,
        ...(flags.secondHeader === undefined ? {} : { secondHeaders: flags.secondHeader }),
        times: flags.times,
        tls: { ...ca, insecure: flags.insecure === true },
        hooks: hooksOf(flags),
        signal: io.signal,
      },
      progress,
    ),
  ).finally(end);
  if (played.kind === 'refused') {
    io.err(`chunkproof: ${refusalInWords(played.code, redactText(played.message, secrets))}\n`);
    return exitCodes.refused;
  }
  const [found] = played.failures;
  const first = found && redactFailure(found, secrets);
  if (first !== undefined) {
    if (first.requirement !== saved.requirement) io.out(`now it breaks ${first.requirement}\n`);
    io.out(counterexample(first, { color: io.color, verbose: flags.verbose === true }));
  }
  const times = `${played.failures.length} of ${played.times} ${played.times === 1 ? 'time' : 'times'}`;
  io.out(`failed ${times} against ${target.url}, ${played.stats.calls} requests\n`);
  for (const [reason, { length }] of Map.groupBy(played.undecided, (reason) => reason))
    io.out(`undecided ${length} of ${played.times}: ${escapeText(redactText(reason, secrets))}\n`);
  if (first !== undefined) return exitCodes.failed;
  if (io.signal.aborted) return exitCodes.interrupted;
  return played.undecided.length > 0 ? exitCodes.notProved : exitCodes.conforms;
}

/** Reads the file, or says in one line what is wrong with it. */
function load(file: string): Counterexample {
  const parsed = parseCounterexample(fileText(file, file, 'a counterexample'));
  if (!parsed.ok) throw new UsageError(`${file}: not a usable counterexample: ${escapeText(parsed.error)}`);
  return parsed.counterexample;
}
