import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { fromEnvironment, type ParsedConfig, parseConfig, type Setting, type Values } from '../config.ts';
import { clip, escapeText } from '../report/escape.ts';
import { UsageError } from './io.ts';
import type { Suite } from './suite.ts';

/** The file that is read if it lies in the working directory, and no other is named. */
const usualFile = 'chunkproof.config.json';

/** Flags that exclude one another. */
const rivals: Readonly<Record<string, string>> = { quiet: 'verbose', verbose: 'quiet', ca: 'insecure', insecure: 'ca' };

/** The flag of every command that reads settings. */
export const configOption = (): Option =>
  new Option('--config <file>', `settings as JSON, one member a flag (default: ${usualFile}, if it is there)`);

/**
 * Completes a command's flags: what was not typed comes from the environment (`CHUNKPROOF_MAX_TIME`), then from the
 * configuration file, then it is the default. Returns one line for people that says what came from where; the values of
 * header fields are secrets, and only their names are told.
 */
export function completeFlags(command: Command, { surroundings }: Suite): readonly string[] {
  const all = settingsOf(command.parent?.commands.find((one) => one.name() === 'run') ?? command);
  const env = understood(fromEnvironment(surroundings.env, all), 'environment');
  const named = command.getOptionValue('config') ?? surroundings.env['CHUNKPROOF_CONFIG'];
  const path = typeof named === 'string' && named !== '' ? named : undefined;
  const text = textOf(resolve(surroundings.cwd(), path ?? usualFile), path);
  const sources: [string, Values][] = [['environment', env]];
  if (text !== undefined) {
    const file = path ?? usualFile;
    sources.push([`config ${file}`, understood(parseConfig(text, all), file)]);
  }
  return sources.flatMap(([source, values]) => apply(command, source, values));
}

/** Takes over what has no better source yet; gives a line that says what was taken. */
function apply(command: Command, source: string, values: Values): readonly string[] {
  const taken: string[] = [];
  const given = (name: string) => ![undefined, 'default'].includes(command.getOptionValueSource(name));
  const isOn = (name: string) => values.has(name) && values.get(name)?.[0] !== 'false';
  const before = new Set(command.options.map((option) => option.attributeName()).filter(given));
  for (const [name, texts] of values) {
    const option = command.options.find((one) => one.attributeName() === name);
    const rival = rivals[name];
    if (option === undefined || before.has(name) || (rival !== undefined && before.has(rival))) continue;
    if (rival !== undefined && isOn(name) && isOn(rival))
      throw new UsageError(`${source}: ${name} cannot be used with ${rival}`);
    const value = option.isBoolean() ? isOn(name) : parsed(option, texts, source);
    command.setOptionValueWithSource(name, value, 'config');
    taken.push(`${name} ${shown(name, value)}`);
  }
  return taken.length === 0 ? [] : [`${escapeText(source)}: ${taken.join(', ')}`];
}

function parsed(option: Option, texts: readonly string[], source: string): unknown {
  const isHeader = /header$/i.test(option.attributeName());
  // Header values may hold commas; every other list is one text with commas between.
  const parts = isHeader ? texts : [texts.join(',')];
  try {
    let value: unknown;
    for (const part of parts) value = option.parseArg === undefined ? part : option.parseArg(part, value);
    return value;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError || error instanceof UsageError)) throw error;
    throw new UsageError(`${source}: ${option.attributeName()}: ${error.message}`);
  }
}

function shown(name: string, value: unknown): string {
  if (/header$/i.test(name)) return Object.keys(value as object).join(' and ');
  return clip(escapeText(Array.isArray(value) ? value.join(' ') : String(value)), 60);
}

function settingsOf(command: Command): readonly Setting[] {
  return command.options
    .filter((option) => option.attributeName() !== 'config')
    .map((option) => ({ name: option.attributeName(), kind: kindOf(option) }));
}

function kindOf(option: Option): Setting['kind'] {
  if (option.isBoolean()) return 'flag';
  if (/<(glob|field|list)>/.test(option.flags)) return 'list';
  return /<(n|s)>/.test(option.flags) ? 'number' : 'text';
}

function understood(config: ParsedConfig, source: string): Values {
  if (config.ok) return config.values;
  throw new UsageError(`${source}: ${config.error}`);
}

/** The file's text; undefined if it is the usual one, and is not there. */
function textOf(path: string, named: string | undefined): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (named === undefined && absent) return undefined;
    throw new UsageError(`--config ${named ?? usualFile}: the file cannot be read; give the path of a JSON file`);
  }
}
