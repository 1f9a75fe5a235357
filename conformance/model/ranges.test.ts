import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRange } from './ranges.ts';

describe('a Range field', () => {
  const sizes = fc.integer({ min: 1, max: 1000 });
  const positions = fc.nat(1200);

  test('that lies in the file is that range', () => {
    fc.assert(
      fc.property(sizes, positions, positions, (size, x, y) => {
        const [first, last] = [Math.min(x, y) % size, Math.max(x, y) % size].sort((m, n) => m - n) as [number, number];
        expect(parseRange(`bytes=${first}-${last}`, size)).toEqual({ first, last });
      }),
    );
  });

  test('ends where the file ends, at the latest, and so does one without an end', () => {
    fc.assert(
      fc.property(sizes, positions, (size, more) => {
        const rest = { first: size - 1, last: size - 1 };
        expect(parseRange(`bytes=${size - 1}-${size - 1 + more}`, size)).toEqual(rest);
        expect(parseRange(`bytes=${size - 1}-`, size)).toEqual(rest);
      }),
    );
  });

  test('of the last bytes is never longer than the file', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 1200 }), (size, length) => {
        expect(parseRange(`bytes=-${length}`, size)).toEqual({ first: Math.max(0, size - length), last: size - 1 });
      }),
    );
  });

  test('past the end is unsatisfiable', () => {
    fc.assert(
      fc.property(sizes, positions, (size, more) => {
        expect(parseRange(`bytes=${size + more}-`, size)).toBe('unsatisfiable');
        expect(parseRange(`bytes=${size + more}-${size + more + 1}`, size)).toBe('unsatisfiable');
      }),
    );
  });

  test('several are those of them that are satisfiable', () => {
    expect(parseRange('bytes=0-0, 20-, 2-2', 10)).toEqual({
      several: [
        { first: 0, last: 0 },
        { first: 2, last: 2 },
      ],
      excessive: false,
    });
  });

  test.each(['bytes=0-4, 4-5', 'bytes=0-,0-', `bytes=${[...Array(9).keys()].map((i) => `${i}-${i}`).join(',')}`])(
    'of ranges that overlap, or are many, a server may refuse all: %s',
    (field) => {
      expect(parseRange(field, 10)).toMatchObject({ excessive: true });
    },
  );

  test('are told apart wherever white space stands, and however they are ordered', () => {
    expect(parseRange('bytes=0-1 , \t 4-5  ', 10)).toMatchObject({ several: [{ first: 0 }, { first: 4 }] });
    expect(parseRange('bytes=4-5,0-3', 10)).toMatchObject({ excessive: false });
    expect(parseRange('bytes=4-5,0-4', 10)).toMatchObject({ excessive: true });
    expect(parseRange('bytes=4-5,8-9,0-4', 10)).toMatchObject({ excessive: true });
    const eight = [...Array(8).keys()].map((i) => `${i}-${i}`).join(',');
    expect(parseRange(`bytes=${eight}`, 10)).toMatchObject({ excessive: false });
  });

  test('of more digits than every server reads is left to it', () => {
    const digits = (count: number) => '1'.padStart(count, '0');
    expect(parseRange(`bytes=${digits(16)}-${digits(16)}`, 10)).toEqual({ first: 1, last: 1 });
    for (const field of [`bytes=${digits(17)}-2`, `bytes=1-${digits(17)}`, `bytes=-${digits(17)}`])
      expect(parseRange(field, 10)).toBe('free');
    expect(parseRange(`bytes=${digits(17)}-2`, 10, 17)).toEqual({ first: 1, last: 2 });
  });

  test.each([
    'xbytes=0-1',
    'bytes=0-1x',
    'bytes=x0-1',
    'bytes=0-1,x',
    'bytes=-,0-1',
    'lines=0-1',
    'bytes=',
    'bytes=-',
    'bytes=2-1',
    'bytes=-0',
    'bytes=--1',
    'bytes 0-1',
    '',
  ])('that a server may ignore is left to it: %s', (field) => {
    expect(parseRange(field, 10)).toBe('free');
  });

  test('of an empty file is left to the server', () => {
    for (const field of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=5-']) expect(parseRange(field, 0)).toBe('free');
  });
});
