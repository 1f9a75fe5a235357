import { describe, expect, test } from 'vitest';
import { restartBy, storageBy } from './hooks.ts';

describe('a restart hook', () => {
  test.each([
    ['a command that ends well', 'true', undefined],
    ['a command that does not', 'exit 3', '--restart-command ended with exit code 3'],
    ['a function that ends well', async () => {}, undefined],
    ['a function that throws', () => Promise.reject(new Error('no')), 'the restart hook failed: Error: no'],
  ])('may be %s', async (_, hook, said) => {
    expect(await restartBy(hook)).toBe(said);
  });
});

describe('a storage hook', () => {
  test.each([
    ['a command that prints a number', 'echo 12', 12],
    ['a command that prints something else', 'echo much', expect.stringContaining('which is no number of bytes')],
    ['a function that gives a number', async () => 12, 12],
    ['a function that throws', () => Promise.reject(new Error('no')), 'the storage hook failed: Error: no'],
  ])('may be %s', async (_, hook, told) => {
    expect(await storageBy(hook)).toEqual(told);
  });
});
