import { randomInt } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Command, Option } from 'commander';
import { whyUseless } from '../engine/hooks.ts';
import { judged, withoutSecrets } from '../judged.ts';
import { defaults, largestSeed, politeRate, type RunOptions, type Shard } from '../options.ts';
import { clip, escapeText } from '../report/escape.ts';
import { exitCodes, type FailOn, failOnLevels } from '../report/exit-code.ts';
import { live } from '../report/live.ts';
import { redactText, type Secrets, secretsOf } from '../report/redact.ts';
import type { Results } from '../report/results.ts';
import { header, report } from '../report/terminal.ts';
import { contractVersion, suiteVersion } from '../report/version.ts';
import type { Address } from '../target.ts';
import {
  baselineFile,
  byteCount,
  certificateFile,
  globs,
  headerField,
  type ReportFormat,
  reportList,
  shardOf,
  wholeNumber,
} from './flags.ts';
import { checkGlobs } from './ids.ts';
import { type Io, UsageError } from './io.ts';
import { completeFlags, configOption } from './settings.ts';
import type { Suite } from './suite.ts';
import { parseTarget, remoteRefusal } from './target.ts';

/** What commander makes of the flags of `run`. */
interface RunFlags {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly seed?: number;
  readonly runs: number;
  readonly maxTime: number;
  readonly maxBytes: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly secondHeader?: Readonly<Record<string, string>>;
  readonly waitExpiry: number;
  readonly workers: number;
  readonly rate?: number;
  readonly allowRemote?: boolean;
  readonly out: string;
  readonly report: readonly ReportFormat[];
  readonly failOn: FailOn;
  readonly baseline?: string;
  readonly restartCommand?: string;
  readonly storageCommand?: string;
  readonly shard?: Shard;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const examples = `
Examples:
  npx chunkproof run http://127.0.0.1:8080/api
  npx chunkproof run http://127.0.0.1:8080/api --only 'chunk.*' --seed 42
  npx chunkproof run http://127.0.0.1:8080/api --header 'Authorization: Bearer A' --second-header 'Authorization: Bearer B'
  npx chunkproof run https://staging.example.com/api --allow-remote --baseline known.json
  npx chunkproof run http://127.0.0.1:8080/api --report json,junit,md --shard 1/3
  npx chunkproof run http://127.0.0.1:8080/api --restart-command 'docker restart -t 0 uploads'
  npx chunkproof run http://127.0.0.1:8080/api --storage-command "du -sk /srv/uploads | awk '{ print $1 * 1024 }'"

What is not typed comes from the environment (CHUNKPROOF_MAX_TIME=30), then from the file of --config
({ "maxTime": 30, "only": ["chunk.*"] }), then it is the default.

A host that is not loopback gets at most ${politeRate} requests a second, so that --max-time may have to be longer; the
clients of a race still send at the same time. Give --rate if it may be more, or must be less.
Parts of a run (--shard) that play at the same time need a server each if they are given --restart-command or
--storage-command: one would kill the server under the other, or measure its bytes.

Exit codes: 0 conforms, 1 a MUST failed, 2 usage, or a hook failed, 3 less was proved than --fail-on asks for,
4 target unreachable, refused or gone, 5 nothing was checked, 70 the suite itself is at fault, 130 interrupted.
`;

/** What is said to whoever interrupts a run: it takes some seconds. */
const ending =
  'ending: what is under way has a second more, and the open sessions five to be aborted; again ends it at once, without a report';

/** Adds `chunkproof run <url>`. */
export function addRunCommand(program: Command, io: Io, suite: Suite, done: (code: number) => void): void {
  program
    .command('run')
    .description('judge a server at this base URL')
    .argument('<url>', 'base URL; the suite adds /attachment/… to it')
    .option('--only <glob>', 'only these requirements or properties (repeatable)', globs)
    .option('--skip <glob>', 'all but these requirements or properties (repeatable)', globs)
    .option('--seed <n>', 'repeat the run that printed this seed', wholeNumber(0, largestSeed))
    .option('--runs <n>', 'scripts a property, times its own weight', wholeNumber(1, 100_000), suite.defaults.runs)
    .option(
      '--max-time <s>',
      `begin nothing after so many seconds; what is under way gets ${defaults.overtimeSeconds} more`,
      wholeNumber(1, 86_400, ' of seconds'),
      defaults.maxTimeSeconds,
    )
    .option('--max-bytes <n>', 'stop generating after so many bytes (KiB, MiB, GiB)', byteCount, defaults.maxBytes)
    .option('--header <field>', "credentials: 'Name: value', sent with every request (repeatable)", headerField)
    .option('--second-header <field>', 'credentials of a second principal (repeatable; profile auth)', headerField)
    .option('--restart-command <command>', 'kill the target and start it again; it returns when the old one is gone')
    .option('--storage-command <command>', 'print the number of bytes that the storage of the target holds')
    .option(
      '--wait-expiry <s>',
      'the longest to wait for a session to expire',
      wholeNumber(0, 3600, ' of seconds'),
      defaults.waitExpirySeconds,
    )
    .option('--baseline <file>', 'known failures; an unexpected pass, or an entry past its day, fails the run')
    .option('--shard <i/n>', 'one part of a run, for CI: 1/3, 2/3 and 3/3 play what the whole run plays', shardOf)
    .option('--workers <n>', 'properties that run at the same time', wholeNumber(1, 64), suite.defaults.workers)
    .option(
      '--rate <n>',
      `the most requests a second (default: ${politeRate} to a host that is not loopback, else no limit)`,
      wholeNumber(1, 1_000_000),
    )
    .option('--allow-remote', 'send faults, races and bad input to a host that is not loopback')
    .option('--out <dir>', 'where the report goes', 'chunkproof-report')
    .option(
      '--report <list>',
      'formats to write: json, html, junit, md, har, ctrf, badge, shields, terminal',
      reportList,
      ['json', 'html'],
    )
    .addOption(new Option('--fail-on <level>', 'how much must be proved').choices(failOnLevels).default('must'))
    .option('--ca <file>', 'trust the certificates of this PEM file')
    .addOption(new Option('--insecure', 'trust any certificate').conflicts('ca'))
    .addOption(configOption())
    .option('--quiet', 'only what was found, and the summary')
    .addOption(
      new Option('--verbose', 'all counterexamples and ids, and the states the model allowed').conflicts('quiet'),
    )
    .addHelpText('after', examples)
    .action(async (url: string, _flags: unknown, command: Command) => {
      const settings = completeFlags(command, suite);
      done(await judge(url, command.opts<RunFlags>(), settings, io, suite));
    });
}

async function judge(url: string, flags: RunFlags, settings: readonly string[], io: Io, suite: Suite): Promise<number> {
  const target = parseTarget(url);
  const headers = credentials(target, flags.header);
  const secrets = secretsOf(headers, flags.secondHeader);
  if (flags.secondHeader !== undefined && isDeepStrictEqual(headers, flags.secondHeader))
    throw new UsageError('--header and --second-header carry the same credentials; give those of two principals');
  const ids = [...suite.requirementIds, ...suite.properties.map(({ id }) => id)];
  checkGlobs('--only', flags.only ?? [], ids);
  checkGlobs('--skip', flags.skip ?? [], ids);
  const ca = flags.ca === undefined ? {} : { ca: certificateFile(flags.ca) };
  const known = flags.baseline === undefined ? undefined : baselineFile(flags.baseline);
  const formats = flags.report.filter((format) => format !== 'terminal');
  if (formats.length > 0) checkFolder(flags.out);
  if (!target.loopback && flags.allowRemote !== true) {
    io.err(`chunkproof: refused: ${remoteRefusal(target, `run ${target.url}`)}\n`);
    return exitCodes.refused;
  }
  await tryHooks(flags, secrets);

  const seed = flags.seed ?? randomInt(largestSeed);
  const facts = {
    version: suiteVersion,
    contract: contractVersion,
    target: redactText(target.url, secrets),
    seed,
    settings,
  };
  if (flags.quiet !== true) io.out(header(facts, io.color));
  const progress = live(io.out, io);
  io.signal.addEventListener('abort', () => io.err(`chunkproof: ${ending}\n`), { once: true });
  const found = await withoutSecrets(secrets, () =>
    suite.run(
      {
        target: target.url,
        seed,
        runs: flags.runs,
        maxTimeSeconds: flags.maxTime,
        maxBytes: flags.maxBytes,
        waitExpirySeconds: flags.waitExpiry,
        only: flags.only ?? [],
        skip: flags.skip ?? [],
        headers,
        ...(flags.secondHeader === undefined ? {} : { secondHeaders: flags.secondHeader }),
        ...(flags.shard === undefined ? {} : { shard: flags.shard }),
        workers: flags.workers,
        ...(flags.rate === undefined ? {} : { rate: flags.rate }),
        hooks: hooksOf(flags),
        tls: { ...ca, insecure: flags.insecure === true },
        signal: io.signal,
      },
      (event) => flags.quiet !== true && progress.tell(event),
    ),
  );
  if (flags.quiet !== true) progress.end();
  if ('kind' in found) {
    io.err(`chunkproof: ${refusalInWords(found.code, redactText(found.message, secrets))}\n`);
    return exitCodes.refused;
  }

  const { results, code, paths } = judged(found, {
    secrets,
    failOn: flags.failOn,
    ...(known === undefined ? {} : { baseline: { known, file: flags.baseline ?? '' } }),
    ...(formats.length > 0 ? { keep: { folder: flags.out, formats } } : {}),
  });
  const look = { color: io.color, verbose: flags.verbose === true, quiet: flags.quiet === true };
  io.out(`${flags.quiet === true ? '' : '\n'}${report(results, { ...look, paths, code })}`);
  if (code === exitCodes.usage)
    io.err(`chunkproof: ${clip(escapeText(results.brokenHook ?? ''), 500)}; correct it, or leave it out\n`);
  if (code === exitCodes.notProved) io.err(`chunkproof: ${unprovedInWords(results, flags.failOn)}\n`);
  return code;
}

/** What `--fail-on` asked for and did not get, in one line. */
function unprovedInWords({ requirements }: Results, failOn: FailOn): string {
  const short = requirements.filter(
    ({ verdict }) => verdict === 'warn' || (failOn === 'inconclusive' && verdict === 'inconclusive'),
  );
  return `--fail-on ${failOn} asks for more than was proved: ${short.map(({ id, verdict }) => `${id} (${verdict})`).join(', ')}`;
}

/** The fields of the first principal: those given, and those written into the URL. */
export function credentials(target: Address, given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const both =
    target.headers['Authorization'] !== undefined && Object.keys(given).some((name) => /^authorization$/i.test(name));
  if (both) throw new UsageError('give credentials in the URL or by --header, not both');
  return { ...target.headers, ...given };
}

/** The commands that do what no request can. */
export function hooksOf(flags: Pick<RunFlags, 'restartCommand' | 'storageCommand'>): NonNullable<RunOptions['hooks']> {
  const { restartCommand: restart, storageCommand: storage } = flags;
  return { ...(restart === undefined ? {} : { restart }), ...(storage === undefined ? {} : { storage }) };
}

/** Finds out before the run that a hook would show nothing. The restart command cannot be tried: it would kill the target. */
export async function tryHooks(flags: Parameters<typeof hooksOf>[0], secrets: Secrets): Promise<void> {
  const why = await whyUseless(hooksOf(flags));
  if (why !== undefined) throw new UsageError(redactText(why, secrets));
}

/** One line for a target that could not be judged. The message may come from the target: it is escaped. */
export function refusalInWords(code: string, message: string): string {
  return `${code.replaceAll('-', ' ')}: ${clip(escapeText(message), 500)}`;
}

/** Finds out before the run, not after it, that a report could not be written. */
function checkFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch {
    throw new UsageError(`--out ${path}: the folder cannot be made or written to; give another one`);
  }
}
