import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
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

/** The formats that this version writes; the terminal is always written. */
export function reportList(text: string): readonly string[] {
  const formats = text.split(',').map((part) => part.trim());
  const unknown = formats.find((format) => format !== 'json' && format !== 'terminal');
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`This version writes json and terminal, not "${unknown}".`);
  }
  return formats;
}

/** The text of a PEM file with the certificates to trust. */
export function certificateFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`--ca ${path}: the file cannot be read; give the path of a PEM file`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UsageError(`--ca ${path}: there is no PEM certificate in it`);
  }
  return text;
}
