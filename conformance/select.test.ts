import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requirementIds } from '../generated/requirements.ts';
import { properties } from './properties/index.ts';
import { matchesGlob, select } from './select.ts';

const ids = fc.constantFrom(...requirementIds);
const selected = (only: string[], skip: string[] = []) => {
  const { properties: chosen, requirements } = select(properties, { only, skip });
  return { properties: chosen.map(({ id }) => id), requirements: [...requirements].sort() };
};

describe('a glob', () => {
  test.each([
    ['chunk.digest', 'chunk.digest', true],
    ['chunk.digest', 'chunk.*', true],
    ['chunk.digest', 'CHUNK.*', true],
    ['chunk.digest', '*', true],
    ['chunk.digest', '*digest', true],
    ['chunk.digest', 'chunk.d?gest', true],
    ['chunk.digest', 'chunk', false],
    ['chunk.digest', 'chunk?', false],
    ['chunk.digest-invalid', 'chunk.digest', false],
    ['chunk-digest', 'chunk.digest', false],
    ['chunk.digest', '', false],
    ['a(b', 'a(*', true],
  ])('%s matches %s: %s', (id, glob, expected) => {
    expect(matchesGlob(id, glob)).toBe(expected);
  });

  test('that is an id matches that id alone, and whatever it holds is no pattern', () => {
    fc.assert(
      fc.property(ids, ids, (id, other) => {
        expect(matchesGlob(other, id)).toBe(id === other);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme-ascii' }), (id, glob) => {
        expect(() => matchesGlob(id, glob)).not.toThrow();
      }),
    );
  });
});

describe('a selection', () => {
  test('of nothing in particular is everything', () => {
    expect(selected([])).toEqual({
      properties: properties.map(({ id }) => id),
      requirements: [...requirementIds].sort(),
    });
  });

  test('of a requirement plays every property that tests it, for the sake of it alone', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const testing = properties.filter(({ requirements }) => requirements.includes(id)).map((one) => one.id);
        expect(selected([id])).toEqual({ properties: testing, requirements: [id] });
      }),
    );
  });

  test('of a property plays it, for the sake of all that it tests', () => {
    for (const { id, requirements } of properties)
      expect(selected([id])).toEqual({ properties: [id], requirements: [...requirements].sort() });
  });

  test('leaves out what is skipped, also if it was asked for', () => {
    fc.assert(
      fc.property(fc.subarray([...requirementIds]), fc.subarray([...requirementIds]), (only, skip) => {
        const { properties: chosen, requirements } = select(properties, { only, skip });
        for (const id of skip) expect(requirements.has(id)).toBe(false);
        for (const { requirements: tested } of chosen) expect(tested.some((id) => requirements.has(id))).toBe(true);
      }),
    );
  });

  test('leaves out a property of which nothing is left, and one that is skipped by its name', () => {
    const { properties: chosen } = selected([], ['capabilities.*', 'http.method', 'http.date', 'races']);
    expect(chosen).not.toContain('capabilities');
    expect(chosen).not.toContain('races');
    expect(chosen).toContain('life-cycle');
  });

  test('of what there is not is empty', () => {
    expect(selected(['nothing.*'])).toEqual({ properties: [], requirements: [] });
  });
});
