import { create } from 'content-disposition';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNames } from '../arbitraries.ts';
import { dispositionFileName } from './disposition.ts';

test('any file name that the content-disposition library writes is read back', () => {
  fc.assert(
    fc.property(fileNames, (name) => {
      expect(dispositionFileName(create(name))).toBe(name);
    }),
    { numRuns: 1000 },
  );
});

test('any file name is read back from its RFC 8187 form alone, whatever was left unencoded', () => {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  fc.assert(
    fc.property(fileNames, (name) => {
      expect(dispositionFileName(`attachment; filename*=UTF-8''${encode(name)}`)).toBe(name);
      expect(dispositionFileName(`ATTACHMENT ;FILENAME="x" ; Filename* = utf-8'en'${encode(name)}`)).toBe(name);
    }),
  );
});

test.each([
  ['attachment; filename=plain.txt', 'plain.txt'],
  ['attachment; filename="a \\"quoted\\" name; really.txt"', 'a "quoted" name; really.txt'],
  ['attachment; filename="%41.txt"', '%41.txt'],
  ['attachment; size=10; filename="a"', 'a'],
])('%s names %s', (field, name) => {
  expect(dispositionFileName(field)).toBe(name);
});

test.each([
  undefined,
  '',
  'attachment',
  'inline; filename="a"',
  'attachments; filename="a"',
  'no attachment; filename="a"',
  'attachment; size=10',
  'attachment; filename="ä"',
  'attachment; filename="a',
  'attachment; filename="a" b',
  'attachment; filename="a"; filename="b"',
  'attachment; filename="a"b"',
  'attachment; filename="a"b; size=10',
  "attachment; filename*=UTF-8''%ff",
  "attachment; filename*=UTF-8''a b",
  "attachment; filename*=iso-8859-1''a",
  "attachment; filename*=x-utf-8''a",
  "attachment; filename*=UTF-8''a%zz",
  'attachment; filename="x"; filename*=nonsense',
])('%s names nothing', (field) => {
  expect(dispositionFileName(field)).toBeUndefined();
});
