/**
 * The file name of a `Content-Disposition: attachment` field (RFC 6266 4.1; RFC 8187 3.2): `filename*` if present, else
 * `filename`. Undefined if the field is absent, of another type, or does not parse.
 */
export function dispositionFileName(field: string | undefined): string | undefined {
  const [, rest] = /^attachment[ \t]*(;.*)/is.exec(field ?? '') ?? [];
  if (rest === undefined) return undefined;
  const found = new Map<string, string>();
  const parameter = /[ \t]*;[ \t]*([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s;"]+)[ \t]*/giy;
  while (parameter.lastIndex < rest.length) {
    const [, name, value] = parameter.exec(rest) ?? [];
    if (name === undefined || value === undefined) return undefined;
    if (found.has(name.toLowerCase())) return undefined;
    found.set(name.toLowerCase(), value);
  }
  const extended = found.get('filename*');
  if (extended !== undefined) return decodeExtended(extended);
  const plain = found.get('filename');
  // Outside US-ASCII only `filename*` says which character is meant (RFC 6266 4.3).
  if (/[^\x20-\x7e]/.test(plain ?? '')) return undefined;
  return plain?.startsWith('"') ? plain.slice(1, -1).replace(/\\(.)/gs, '$1') : plain;
}

function decodeExtended(value: string): string | undefined {
  const [, encoded] = /^utf-8'[^']*'((?:%[0-9a-f]{2}|[!#$&+.^_`|~0-9a-z-])*)$/i.exec(value) ?? [];
  return encoded === undefined ? undefined : decodeURIComponentOrNothing(encoded);
}

function decodeURIComponentOrNothing(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
