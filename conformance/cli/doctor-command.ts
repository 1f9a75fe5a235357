import { type Command, Option } from 'commander';
import { withoutSecrets } from '../judged.ts';
import { defaults } from '../options.ts';
import { examined } from '../report/diagnosis.ts';
import { exitCodes } from '../report/exit-code.ts';
import { redactDiagnosis, redactText, secretsOf } from '../report/redact.ts';
import { byteCount, certificateFile, globs, headerField, wholeNumber } from './flags.ts';
import { checkGlobs } from './ids.ts';
import type { Io } from './io.ts';
import { credentials, hooksOf, refusalInWords, tryHooks } from './run-command.ts';
import { completeFlags, configOption } from './settings.ts';
import type { Suite } from './suite.ts';
import { parseTarget } from './target.ts';
import { waiting } from './waiting.ts';

interface DoctorFlags {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly maxBytes: number;
  readonly maxTime: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly secondHeader?: Readonly<Record<string, string>>;
  readonly waitExpiry: number;
  readonly restartCommand?: string;
  readonly storageCommand?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  npx chunkproof doctor http://127.0.0.1:8080/api
  npx chunkproof doctor https://upload.example.com --header 'Authorization: Bearer A' --json | jq .limits

It sends a handful of well-formed requests and opens no session, so a remote host needs no further word.
Exit codes: 0 a run can begin, 2 usage, 4 target unreachable, not of this contract, or letting nobody in.
`;

/** Adds `chunkproof doctor <url>`. */
export function addDoctorCommand(program: Command, io: Io, suite: Suite, done: (code: number) => void): void {
  program
    .command('doctor')
    .description('whether a run can begin: reachable, authorised, clock, profiles, limits, and what would run')
    .argument('<url>', 'base URL, as for run')
    .option('--only <glob>', 'as for run (repeatable)', globs)
    .option('--skip <glob>', 'as for run (repeatable)', globs)
    .option('--header <field>', "credentials: 'Name: value' (repeatable)", headerField)
    .option('--second-header <field>', 'credentials of a second principal (repeatable)', headerField)
    .option('--max-bytes <n>', 'as for run', byteCount, defaults.maxBytes)
    .option('--max-time <s>', 'as for run', wholeNumber(1, 86_400, ' of seconds'), defaults.maxTimeSeconds)
    .option('--restart-command <command>', 'as for run; it is not run')
    .option('--storage-command <command>', 'as for run; it is run once')
    .option('--wait-expiry <s>', 'as for run', wholeNumber(0, 3600, ' of seconds'), defaults.waitExpirySeconds)
    .option('--ca <file>', 'trust the certificates of this PEM file')
    .addOption(new Option('--insecure', 'trust any certificate').conflicts('ca'))
    .addOption(configOption())
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(async (url: string, _flags: unknown, command: Command) => {
      const settings = completeFlags(command, suite);
      done(await diagnose(url, command.opts<DoctorFlags>(), settings, io, suite));
    });
}

async function diagnose(
  url: string,
  flags: DoctorFlags,
  settings: readonly string[],
  io: Io,
  suite: Suite,
): Promise<number> {
  const target = parseTarget(url);
  const headers = credentials(target, flags.header);
  const secrets = secretsOf(headers, flags.secondHeader);
  const ids = [...suite.requirementIds, ...suite.properties.map(({ id }) => id)];
  checkGlobs('--only', flags.only ?? [], ids);
  checkGlobs('--skip', flags.skip ?? [], ids);
  const ca = flags.ca === undefined ? {} : { ca: certificateFile(flags.ca) };
  await tryHooks(flags, secrets);
  const { tell, end } = waiting(io);
  const found = await withoutSecrets(secrets, () =>
    suite.examine(
      {
        target: target.url,
        headers,
        ...(flags.secondHeader === undefined ? {} : { secondHeaders: flags.secondHeader }),
        only: flags.only ?? [],
        skip: flags.skip ?? [],
        maxBytes: flags.maxBytes,
        maxTimeSeconds: flags.maxTime,
        waitExpirySeconds: flags.waitExpiry,
        tls: { ...ca, insecure: flags.insecure === true },
        hooks: hooksOf(flags),
        signal: io.signal,
      },
      tell,
    ),
  ).finally(end);
  if (found.kind === 'refused') {
    io.err(`chunkproof: ${refusalInWords(found.code, redactText(found.message, secrets))}\n`);
    return exitCodes.refused;
  }
  const diagnosis = redactDiagnosis(found, secrets);
  if (flags.json === true) io.out(`${JSON.stringify(diagnosis, undefined, 2)}\n`);
  else io.out([...settings.map((line) => `${line}\n`), examined(diagnosis, io.color)].join(''));
  if (diagnosis.access.first === 'let in') return exitCodes.conforms;
  const why =
    diagnosis.access.first === 'refused'
      ? `${target.url} lets nobody in with these credentials; give others with --header 'Authorization: …'`
      : `${target.url} gives its capabilities, but no answer to a request for a session`;
  io.err(`chunkproof: ${diagnosis.access.first === 'refused' ? 'unauthorized' : 'unreachable'}: ${why}\n`);
  return exitCodes.refused;
}
