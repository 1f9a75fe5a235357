import { withBaseline } from './baseline.ts';
import { exitCode, type FailOn } from './report/exit-code.ts';
import { type FileFormat, writeReport } from './report/files.ts';
import { redactResults, redactText, type Secrets } from './report/redact.ts';
import type { KnownFailure, Results } from './report/results.ts';

/** By what a run is judged, and what is kept of it. */
export interface Terms {
  readonly secrets: Secrets;
  readonly failOn: FailOn;
  /** The failures that are allowed, and the name of the baseline for the report. */
  readonly baseline?: { readonly known: readonly KnownFailure[]; readonly file: string };
  /** Where the report goes, and in which forms. */
  readonly keep?: { readonly folder: string; readonly formats: readonly FileFormat[] };
}

/** A run as it is told to everybody. */
export interface Judged {
  /** Without a credential. */
  readonly results: Results;
  readonly code: number;
  /** Of the counterexamples that were written. */
  readonly paths: readonly string[];
}

/** Makes of what a run found what is told: allows what is known, hides credentials, and writes what is to be kept. */
export function judged(found: Results, { secrets, failOn, baseline, keep }: Terms): Judged {
  const today = new Date().toISOString().slice(0, 10);
  const weighed = baseline === undefined ? found : withBaseline(found, baseline.known, baseline.file, today);
  const results = redactResults(weighed, secrets);
  const code = exitCode(results, failOn);
  const paths = keep === undefined ? [] : writeReport(results, keep.folder, keep.formats, { failOn, code });
  return { results, code, paths };
}

/** Runs the suite; a defect of it is thrown on without a credential, since its stack is going to be shown. */
export async function withoutSecrets<T>(secrets: Secrets, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const clean = new Error('the suite failed');
    clean.stack = redactText(detail, secrets);
    throw clean;
  }
}
