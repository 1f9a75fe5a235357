/** The suite as a library. It prints nothing, writes nothing that is not asked for, and ends no process. */
import { randomInt } from 'node:crypto';
import { whyUseless } from './engine/hooks.ts';
import { judged, withoutSecrets } from './judged.ts';
import { defaults, largestSeed, type PreflightRefusal, type Progress, type RunOptions } from './options.ts';
import { exitCodes, type FailOn } from './report/exit-code.ts';
import type { FileFormat } from './report/files.ts';
import { redactText, secretsOf } from './report/redact.ts';
import type { KnownFailure, Results } from './report/results.ts';
import { report } from './report/terminal.ts';
import { run as play } from './run.ts';
import { parseAddress, remoteInWords } from './target.ts';

export type { PreflightRefusal, Progress, Shard } from './options.ts';
export type { FailOn } from './report/exit-code.ts';
export type { FileFormat } from './report/files.ts';
export type * from './report/results.ts';
export type { Verdict } from './verdict.ts';

/** What can be asked of a run; what is left out is as on the command line, and the seed is any. */
export interface Options extends Partial<Omit<RunOptions, 'target'>> {
  /** Send faults, races and bad input to a host that is not this machine. */
  readonly allowRemote?: boolean;
  /** Failures that are allowed for now: `known` of a baseline file. */
  readonly known?: readonly KnownFailure[];
  /** How much must be proved for `conforms` (default `must`). */
  readonly failOn?: FailOn;
  /** Where to write a report, and in which forms; counterexamples lie beside it. Without it no file is written. */
  readonly report?: { readonly folder: string; readonly formats: readonly FileFormat[] };
  /** Is told what goes on. */
  readonly onProgress?: (event: Progress) => void;
}

/** What came of a run. `conforms` is never true of a target that was not judged, or of a run that checked nothing. */
export type Outcome =
  | {
      readonly kind: 'judged';
      readonly conforms: boolean;
      /** What the command line would exit with. */
      readonly exitCode: number;
      /** For people: every counterexample, what stayed open, and the verdict in its last line. */
      readonly text: string;
      readonly results: Results;
    }
  | {
      readonly kind: 'refused';
      readonly conforms: false;
      readonly exitCode: typeof exitCodes.refused;
      readonly text: string;
      readonly code: PreflightRefusal['code'] | 'remote';
    };

/**
 * Judges the server at a base URL, below which `/attachment/…` lies.
 *
 * @throws TypeError if the URL is none, or the storage hook gives no number of bytes; whatever else is thrown is a fault of the suite
 * @example
 * test('our server keeps the contract', async () => {
 *   const { conforms, text } = await run('http://127.0.0.1:8080/api');
 *   expect(conforms, text).toBe(true);
 * });
 */
export async function run(url: string, options: Options = {}): Promise<Outcome> {
  const parsed = parseAddress(url);
  if (!parsed.ok) throw new TypeError(parsed.error);
  const { address } = parsed;
  const { allowRemote = false, known, failOn = 'must', report: keep, onProgress, ...asked } = options;
  const refused = (code: PreflightRefusal['code'] | 'remote', text: string): Outcome => ({
    kind: 'refused',
    conforms: false,
    exitCode: exitCodes.refused,
    text,
    code,
  });
  if (!address.loopback && !allowRemote)
    return refused('remote', `${remoteInWords(address.url)} If you may do that to it, say allowRemote.`);
  const headers = { ...address.headers, ...asked.headers };
  const secrets = secretsOf(headers, asked.secondHeaders);
  const useless = await whyUseless(asked.hooks ?? {});
  if (useless !== undefined) throw new TypeError(redactText(useless, secrets));
  const found = await withoutSecrets(secrets, () =>
    play(
      {
        ...defaults,
        seed: randomInt(largestSeed),
        only: [],
        skip: [],
        tls: { insecure: false },
        ...asked,
        target: address.url,
        headers,
      },
      onProgress,
    ),
  );
  if ('kind' in found) return refused(found.code, redactText(found.message, secrets));
  const { results, code, paths } = judged(found, {
    secrets,
    failOn,
    ...(known === undefined ? {} : { baseline: { known, file: 'known' } }),
    ...(keep === undefined ? {} : { keep }),
  });
  const text = report(results, { color: false, verbose: false, quiet: false, paths, code });
  return { kind: 'judged', conforms: code === exitCodes.conforms, exitCode: code, text, results };
}
