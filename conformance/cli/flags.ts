import { readFileSync, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { parseBaseline } from '../baseline.ts';
import type { Shard } from '../options.ts';
import type { KnownFailure } from '../report/results.ts';
import { UsageError } from './io.ts';

/** A parser of one flag's text, for commander: whatever is wrong is told in one line. */
type Parse<T> = (text: string) => T;

/** A whole number within bounds, both included. */
export function wholeNumber(least: number, most: number, unit = ''): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number${unit} from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A number of bytes: `1000000`, `512KiB`, `64MiB`, `2GiB`. */
export function byteCount(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})(KiB|MiB|GiB)?$/i.exec(text) ?? [];
  const value = Number(digits) * 1024 ** ['', 'kib', 'mib', 'gib'].indexOf(unit.toLowerCase());
  if (digits === undefined || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a number of bytes from 1 on, such as 1000000, 512KiB or 64MiB.');
  }
  return value;
}

/** Adds globs to those of earlier flags; commas separate several. */
export function globs(text: string, earlier: readonly string[] = []): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => !/^[a-z0-9.*?-]+$/i.test(part))) {
    throw new InvalidArgumentError("It must be ids or globs, such as chunk.atomic or 'chunk.*'.");
  }
  return [...earlier, ...parts];
}

/** Adds one `Name: value` to those of earlier flags. The value never goes into a message: it is a secret. */
export function headerField(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s.exec(text) ?? [];
  if (name === undefined || !isFieldValue(value)) {
    throw new UsageError(
      "a header must be written 'Name: value', on one line, such as --header 'Authorization: Bearer …'",
    );
  }
  const taken = Object.keys(earlier).some((other) => other.toLowerCase() === name.toLowerCase());
  if (taken) throw new UsageError(`the header ${name} is given twice; give each header once`);
  if (['host', 'content-length', 'transfer-encoding', 'connection'].includes(name.toLowerCase())) {
    throw new UsageError(`the header ${name} is the suite's own and cannot be given`);
  }
  return { ...earlier, [name]: value };
}

/** Latin-1 without control characters, tabs aside: anything else could begin a field of its own. */
function isFieldValue(text: string): boolean {
  return [...text].every((character) => character === '\t' || (character <= '\u00ff' && !/\p{Cc}/u.test(character)));
}

/** What `--report` can ask for. The terminal is always written; asked for alone it means: no files. */
export type ReportFormat = (typeof reportFormats)[number];

const reportFormats = ['json', 'html', 'junit', 'md', 'har', 'ctrf', 'badge', 'shields', 'terminal'] as const;

/** The formats of a report, with commas between. */
export function reportList(text: string): readonly ReportFormat[] {
  const all = reportFormats.join(', ');
  return text.split(',').map((part) => {
    const name = part.trim();
    const format = reportFormats.find((one) => one === name);
    if (format !== undefined) return format;
    throw new InvalidArgumentError(`This version writes ${all}, not "${name}".`);
  });
}

/** One part of a run: `2/5`. */
export function shardOf(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (count === undefined || shard.index < 1 || shard.index > shard.count) {
    throw new InvalidArgumentError('It must be a part and the number of parts, such as 1/4, 2/4, 3/4 and 4/4.');
  }
  return shard;
}

/** The known failures of a baseline file. */
export function baselineFile(path: string): readonly KnownFailure[] {
  const parsed = parseBaseline(fileText(path, `--baseline ${path}`, 'a JSON file'));
  if (parsed.ok) return parsed.known;
  throw new UsageError(`--baseline ${path}: ${parsed.error}`);
}

/** The largest file that a flag may name, in bytes: results with long histories stay far below it. */
const largestFile = 256 * 1024 ** 2;

/** The text of a file that was named on the command line, or one line that says what is wrong with it. */
export function fileText(path: string, subject: string, wanted: string): string {
  const refuse = (what: string) => new UsageError(`${subject}: ${what}; give the path of ${wanted}`);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw refuse('there is no such file');
    if (!stats.isFile()) throw refuse('it is no file');
    if (stats.size > largestFile) throw refuse('it is too large');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof UsageError ? error : refuse('the file cannot be read');
  }
}

/** The text of a PEM file with the certificates to trust. */
export function certificateFile(path: string): string {
  const text = fileText(path, `--ca ${path}`, 'a PEM file');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UsageError(`--ca ${path}: there is no PEM certificate in it`);
  }
  return text;
}
