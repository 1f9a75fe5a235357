/** What a script's text stands for, once the play knows the names in it: both who sends it and who judges it ask here. */

/**
 * Text with its placeholders filled in: `{name}` by its value, `{name+5}` and `{name-5}` by that much more or less, however
 * large, and `{x*100}` by the character a hundred times (a million at most). Any other text stands for itself.
 */
export function filled(template: string, values: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(
    /\{([^{}])\*(\d{1,6})\}|\{(\w+)([+-]\d{1,40})?\}/g,
    (whole, character?: string, times?: string, name = '', more?: string) => {
      if (character !== undefined) return character.repeat(Number(times));
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return whole;
      if (more === undefined) return String(value);
      return Number.isSafeInteger(value) ? String(BigInt(value) + BigInt(more)) : whole;
    },
  );
}

/**
 * Names for what can be made of an id: itself, in capitals and in small letters, all of it percent-encoded with capital or
 * small hexadecimal digits, and without its last or its first character.
 */
export function idForms(id: string): Readonly<Record<string, string>> {
  const encoded = [...id].map((character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  return {
    id,
    capitals: id.toUpperCase(),
    small: id.toLowerCase(),
    HEX: encoded.toUpperCase(),
    hex: encoded.toLowerCase(),
    head: id.slice(0, -1),
    tail: id.slice(1),
  };
}

/**
 * What a path segment that is written so names after one percent-decoding, to a server that merges slashes and takes off
 * what is behind one; undefined if its escapes are no UTF-8.
 */
export function segmentOf(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replace(/^\/+/, '').replace(/[/?#].*$/s, ''));
  } catch {
    return undefined;
  }
}
