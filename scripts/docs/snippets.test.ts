import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fencesOf } from './fences.ts';
import { follow, patched } from './follow.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');

const guides = globSync('docs/guides/*.md', { cwd: root }).sort();

test('there are guides', () => expect(guides.length).toBeGreaterThan(0));

test.each(guides)('%s leads where it says, command by command', { timeout: 240_000 }, async (file) => {
  for (const { command, code, expected, output, shown } of await follow(read(file))) {
    expect({ command, code, output }).toEqual({ command, code: expected, output });
    for (const line of shown) expect(output, command).toContain(line);
  }
});

test.each(guides)('every block of %s is followed, or says why not', (file) => {
  for (const { language, text, file: name } of fencesOf(read(file)))
    expect(language === 'sh' || language === 'text' || name !== undefined, text).toBe(true);
});

test('the Express server of the guide is about as long as it says', () => {
  const server = fencesOf(read('docs/guides/test-your-server.md')).find(({ file }) => file === 'server.js');
  expect(server?.text.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(62);
});

test('a diff that fits nowhere, or at two places, is told', () => {
  expect(() => patched('a\nb\n', '-c\n+d\n')).toThrow(/0 times/);
  expect(() => patched('a\na\n', '-a\n+d\n')).toThrow(/2 times/);
  expect(patched('a\nb\n', ' a\n-b\n+c\n')).toBe('a\nc\n');
});
