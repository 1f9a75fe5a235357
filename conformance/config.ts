import { parseCommented } from './commented-json.ts';
import { nearest } from './nearest.ts';

/** A setting that a configuration file may hold: the flag's name in camel case, and what kind of value it takes. */
export interface Setting {
  readonly name: string;
  /** `flag` is true or false, `list` one text or several, `text` and `number` are what they say. */
  readonly kind: 'flag' | 'list' | 'text' | 'number';
}

/** Each setting's value as texts, as they would be typed behind the flag; for a flag `true` or `false`. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** What came of reading settings; `error` is one line for people, and never holds a value: it may be a secret. */
export type ParsedConfig =
  | { readonly ok: true; readonly values: Values }
  | { readonly ok: false; readonly error: string };

/** Reads a configuration file: a JSON object, with or without comments, one member a flag. What it does not know it refuses, with the nearest. */
export function parseConfig(text: string, settings: readonly Setting[]): ParsedConfig {
  let json: unknown;
  try {
    json = parseCommented(text);
  } catch {
    return { ok: false, error: 'it is not JSON' };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { ok: false, error: 'it is no object' };
  const values = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(json)) {
    if (name === '$schema') continue;
    const setting = settings.find((one) => one.name === name);
    if (setting === undefined) {
      const names = settings.map((one) => one.name);
      return { ok: false, error: `there is no setting ${JSON.stringify(name)}; did you mean ${nearest(name, names)}?` };
    }
    const texts = textsOf(value, setting.kind);
    if (texts === undefined) return { ok: false, error: `${name} must be ${kinds[setting.kind]}` };
    values.set(name, texts);
  }
  return { ok: true, values };
}

const kinds: Readonly<Record<Setting['kind'], string>> = {
  flag: 'true or false',
  list: 'a text or a list of texts',
  text: 'a text',
  number: 'a number, or a text',
};

function textsOf(value: unknown, kind: Setting['kind']): readonly string[] | undefined {
  if (kind === 'flag') return typeof value === 'boolean' ? [String(value)] : undefined;
  if (kind === 'number' && typeof value === 'number') return [String(value)];
  if (kind === 'list' && Array.isArray(value)) return value.every(isText) ? value : undefined;
  return isText(value) ? [value] : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The variable of a setting: `CHUNKPROOF_MAX_TIME`. */
export const variableOf = (name: string): string =>
  `CHUNKPROOF_${name.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`;

/** Reads the settings that the environment holds. Several values of a list stand on lines of their own. */
export function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  settings: readonly Setting[],
): ParsedConfig {
  const values = new Map<string, readonly string[]>();
  for (const { name, kind } of settings) {
    const text = env[variableOf(name)];
    if (text === undefined || text === '') continue;
    if (kind === 'flag') {
      const word = { '1': 'true', true: 'true', '0': 'false', false: 'false' }[text.toLowerCase()];
      if (word === undefined) return { ok: false, error: `${variableOf(name)} must be 1 or 0, true or false` };
      values.set(name, [word]);
    } else values.set(name, kind === 'list' ? text.split('\n').filter((line) => line.trim() !== '') : [text]);
  }
  return { ok: true, values };
}
