import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, escapeText } from './escape.ts';

test('escaped text holds no control, format or bidi character and no half of a surrogate pair', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('an ANSI sequence and a bidi override become visible, other text stays', () => {
  expect(escapeText('a\u001b[31mb\u202ec ü 漢')).toBe('a\\u{1b}[31mb\\u{202e}c ü 漢');
});

test('clipped text is no longer than asked for and ends in no half character', () => {
  expect(clip('abcdef', 4)).toBe('abc…');
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('ab😀cd', 4)).toBe('ab…');
});
