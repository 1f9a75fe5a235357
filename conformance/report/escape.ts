/**
 * Makes text from the target safe to show: whatever could move a cursor, hide or reorder text is written as `\u{…}`.
 * Cc and Cf hold the control characters, the ANSI escape, and every bidi, zero-width and tag character.
 */
export function escapeText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** At most `length` UTF-16 units of the text, with an ellipsis if there was more; never half a surrogate pair. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}
