import { describe, expect, test } from 'vitest';
import { overheard, restartBy, storageBy, whyUseless } from './hooks.ts';

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
    ['a command that fails', 'exit 3', '--storage-command ended with exit code 3'],
    ['a command that prints a number, and fails', 'echo 5; exit 3', expect.stringContaining('and printed "5\\n"')],
    ['a function that gives a number', async () => 12, 12],
    ['a function that throws', () => Promise.reject(new Error('no')), 'the storage hook failed: Error: no'],
  ])('may be %s', async (_, hook, told) => {
    expect(await storageBy(hook)).toEqual(told);
  });
});

describe('before a run', () => {
  test.each([
    ['no hook', {}],
    ['a storage hook that gives a number', { storage: 'echo 12' }],
    ['a restart hook, which nobody tries', { restart: 'exit 3' }],
  ])('%s is not refused', async (_, hooks) => {
    expect(await whyUseless(hooks)).toBeUndefined();
  });

  test.each([
    ['a command, by what it is', 'echo %', /^--storage-command 'echo %' printed "%\\n", which .*; it has to give/],
    ['a function', () => Promise.reject(new Error('no')), /^the storage hook failed: Error: no; it has to give/],
  ])('a storage hook that gives no number is told, with what to do: %s', async (_, storage, told) => {
    expect(await whyUseless({ storage })).toMatch(told);
  });
});

test('who listens to hooks hears of each failure in the words that are told, and of nothing else', async () => {
  const heard: [string, string][] = [];
  const tell = (why: string, hook: string): number => heard.push([hook, why]);
  const good = overheard({ restart: 'true', storage: 'echo 12' }, tell);
  expect([await restartBy(good.restart ?? 'exit 9'), await storageBy(good.storage ?? 'exit 9')]).toEqual([
    undefined,
    12,
  ]);
  expect(heard).toEqual([]);
  const bad = overheard({ restart: 'exit 3', storage: async () => Promise.reject(new Error('no')) }, tell);
  const told = [await restartBy(bad.restart ?? 'true'), await storageBy(bad.storage ?? 'echo 1')];
  expect(told).toEqual(['--restart-command ended with exit code 3', 'the storage hook failed: Error: no']);
  expect(heard).toEqual([
    ['restart', told[0]],
    ['storage', told[1]],
  ]);
});
