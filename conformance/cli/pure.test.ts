import { expect, test } from 'vitest';
import { nearest } from '../nearest.ts';
import { matchesGlob } from '../select.ts';
import { parseTarget } from './target.ts';

test.each(['http://0x7f.1/', 'http://2130706433/', 'http://127.1'])('%s is seen through', (url) => {
  expect(parseTarget(url).loopback).toBe(true);
});

test('a base URL keeps its prefix and loses its last slash', () => {
  expect(parseTarget('https://h:8443/a/b/').url).toBe('https://h:8443/a/b');
});

test('a glob is matched whole', () => {
  expect(matchesGlob('chunk.atomic', 'chunk.*')).toBe(true);
  expect(matchesGlob('chunk.atomic', 'chunk')).toBe(false);
  expect(matchesGlob('chunkXatomic', 'chunk.atomic')).toBe(false);
  expect(matchesGlob('chunk.range', 'chunk.r?nge')).toBe(true);
});

test('the nearest id takes the fewest typing errors', () => {
  expect(nearest('chunk.atomick', ['chunk.range', 'chunk.atomic', 'complete.atomic'])).toBe('chunk.atomic');
});
