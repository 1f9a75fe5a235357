import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filled, idForms, segmentOf } from './templates.ts';

test('text without placeholders stands for itself', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const plain = text.replaceAll('{', '(');
      expect(filled(plain, { id: 'x' })).toBe(plain);
    }),
  );
});

test.each([
  ['{first}-{last}/{size}', '0-3/10'],
  ['{size+18446744073709551616}', '18446744073709551626'],
  ['{size-11}', '-1'],
  ['a{x*3}{ *2}b', 'axxx  b'],
  ['{unknown}{toString}{', '{unknown}{toString}{'],
  ['{x*9999999}', '{x*9999999}'],
])('%j stands for %j', (template, text) => {
  expect(filled(template, { first: 0, last: 3, size: 10 })).toBe(text);
});

test('every character of an id can be percent-encoded, and names the same', () => {
  const { hex, HEX, head, tail } = idForms('aZ_9');
  expect([hex, HEX, head, tail]).toEqual(['%61%5a%5f%39', '%61%5A%5F%39', 'aZ_', 'Z_9']);
  expect([segmentOf(hex as string), segmentOf(HEX as string)]).toEqual(['aZ_9', 'aZ_9']);
});

test.each([
  ['%2561', '%61'],
  ['0/', '0'],
  ['/0', '0'],
  ['//0//1', '0'],
  ['/', ''],
  ['/?0', ''],
  ['0?x=1', '0'],
  ['0%2F', '0/'],
  ['%F0', undefined],
  ['%', undefined],
])('the segment %j names %j', (text, named) => {
  expect(segmentOf(text)).toBe(named);
});
