import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RequirementId } from '../../generated/requirements.ts';
import type { Kill, Trial } from './kill.ts';
import { variants } from './lawful/variants.ts';
import { type Matrix, matrixOf, percentile, shortcomings, updated } from './matrix.ts';
import { figures, matrixPage, matrixText } from './matrix-page.ts';
import { mutants } from './mutants.ts';

const breaks: readonly RequirementId[] = ['chunk.atomic', 'chunk.stored'];
const by = { property: 'life-cycle', sent: 12, calls: 4, timed: false };

/** What came of the mutant `m` with a seed; without a promise it survived. */
const trial = (seed: number, requirement?: RequirementId, how: Partial<Kill['by']> | 'warned' = {}): Trial => ({
  id: 'm',
  seed,
  seconds: Math.random(),
  said: [],
  ...(requirement && { kill: { requirement, ...(how !== 'warned' && { by: { ...by, ...how } }) } }),
});

const rowOf = (...trials: readonly Trial[]) =>
  matrixOf({ first: 1, count: trials.length }, [{ id: 'm', breaks }], [], { trials, variantTrials: [] }).mutants[0];

describe('a row of the matrix', () => {
  it('says by which promises and properties a mutant was killed, and the median of its numbers, whichever ended first', () => {
    const trials = [
      trial(1, 'chunk.stored', { sent: 30, calls: 2 }),
      trial(2, 'chunk.atomic', { sent: 10, calls: 3 }),
      trial(3, 'chunk.stored', { sent: 20, calls: 5, property: 'framing' }),
    ];
    const row = rowOf(...trials);
    expect(row).toEqual({
      id: 'm',
      breaks,
      killed: 3,
      survived: [],
      how: 'shown',
      requirements: ['chunk.atomic', 'chunk.stored'],
      properties: ['framing', 'life-cycle'],
      sent: 20,
      calls: 3,
    });
    expect(rowOf(...trials.toReversed())).toEqual(row);
  });

  it('leaves out what hangs on the clock', () => {
    const row = rowOf(trial(1, 'chunk.atomic'), trial(2, 'chunk.stored', { timed: true, calls: 6 }));
    expect(row).toEqual({ id: 'm', breaks, killed: 2, survived: [], how: 'timed' });
  });

  it('names the seeds that a mutant survived', () => {
    expect(rowOf(trial(3), trial(2, 'chunk.atomic'), trial(1))).toMatchObject({ killed: 1, survived: [1, 3] });
    expect(rowOf(trial(1))).toEqual({ id: 'm', breaks, killed: 0, survived: [1], how: 'survived' });
  });

  it('counts no kill with a seed whose default run missed it, whatever its scripts show in order', () => {
    const run = { id: 'm', seconds: 1, said: [] };
    const [row] = matrixOf({ first: 1, count: 2 }, [{ id: 'm', breaks }], [], {
      runs: [
        { ...run, seed: 1, kill: 'chunk.stored' },
        { ...run, seed: 2 },
      ],
      trials: [trial(1, 'chunk.atomic', { calls: 3 }), trial(2, 'chunk.atomic', { calls: 9 })],
      variantTrials: [],
    }).mutants;
    expect(row).toMatchObject({ killed: 1, survived: [2], calls: 3 });
  });

  it('has no numbers of a warning, of which no script is kept', () => {
    expect(rowOf(trial(1, 'chunk.stored', 'warned'))).toEqual({
      id: 'm',
      breaks,
      killed: 1,
      survived: [],
      how: 'warned',
      requirements: ['chunk.stored'],
    });
  });
});

describe('a matrix', () => {
  const lawful = [{ id: 'v' }, { id: 'w' }];
  const of = (trials: readonly Trial[], wrong: readonly string[] = []): Matrix =>
    matrixOf({ first: 1, count: 1 }, [{ id: 'm', breaks }], lawful, {
      trials,
      variantTrials: [
        { id: 'w', seed: 1, wrong },
        { id: 'v', seed: 1, wrong: [] },
      ],
    });

  it('is green only if every mutant was judged and killed, and nobody lawful blamed', () => {
    expect(shortcomings(of([trial(1, 'chunk.atomic')]))).toEqual([]);
    expect(shortcomings(of([]))).toEqual(['m survived']);
    expect(shortcomings(of([trial(1)]))).toEqual(['m survived with the seeds 1']);
    expect(shortcomings(of([trial(1, 'chunk.atomic')], ['chunk.atomic']))).toEqual(['w was blamed with the seeds 1']);
  });

  it('takes newer rows in place of its own, and loses those of whom there is no more', () => {
    const [old, newer] = [of([trial(1)]), of([trial(1, 'chunk.atomic')], ['x'])];
    expect(updated(old, newer, [{ id: 'm' }], [{ id: 'w' }])).toEqual({
      ...newer,
      variants: [{ id: 'w', runs: 1, blamed: [1] }],
    });
    expect(updated(old, { ...newer, mutants: [], variants: [] }, [{ id: 'm' }], lawful)).toEqual(old);
  });

  it('is the same as a file and back', () => {
    const matrix = of([trial(1, 'chunk.atomic')]);
    expect(JSON.parse(matrixText(matrix))).toEqual(matrix);
  });

  it('puts a mutant under each promise that it was seen to break, and a timed one under the first', () => {
    const page = matrixPage(of([trial(1, 'chunk.stored')]));
    expect(page).toContain('| **chunk.stored** | | | | |\n| m | 1 of 1 | life-cycle | 12 | 4 |\n');
    expect(page).not.toContain('**chunk.atomic**');
    const timed = matrixPage(of([trial(1, 'chunk.stored', { timed: true })]));
    expect(timed).toContain('| **chunk.atomic** | | | | |\n| m | 1 of 1 | * |  |  |\n');
  });
});

it('a percentile is the smallest of the numbers that so many per cent are not above', () => {
  const numbers = [5, 1, 4, 2, 3];
  expect([0, 20, 50, 80, 95, 100].map((percent) => percentile(numbers, percent))).toEqual([1, 1, 3, 4, 5, 5]);
  expect(percentile([], 50)).toBeUndefined();
});

describe('the committed matrix', () => {
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
  const matrix = JSON.parse(read('matrix.json')) as Matrix;

  it('is of exactly the mutants and variants that there are: npm run self-test -- --update --only ID adds one', () => {
    expect(matrix.mutants.map(({ id, breaks }) => ({ id, breaks }))).toEqual(
      mutants.map(({ id, breaks }) => ({ id, breaks })),
    );
    expect(matrix.variants.map(({ id }) => id)).toEqual(variants.map(({ id }) => id));
  });

  it('is whole and green', () => {
    expect(shortcomings(matrix)).toEqual([]);
    for (const { id, killed } of matrix.mutants) expect({ id, killed }).toEqual({ id, killed: matrix.seeds.count });
    for (const { id, runs } of matrix.variants) expect({ id, runs }).toEqual({ id, runs: matrix.seeds.count });
  });

  it('is the one that its page shows, and the README', () => {
    expect(read('matrix.json')).toBe(matrixText(matrix));
    expect(read('matrix.md')).toBe(matrixPage(matrix));
    const readme = read('../../README.md').replace(/\s+/g, ' ');
    expect(readme).toContain(figures(matrix));
  });
});
