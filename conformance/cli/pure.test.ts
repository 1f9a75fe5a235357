import { expect, test } from 'vitest';
import { nearest } from '../nearest.ts';
import { matchesGlob } from '../select.ts';
import { nodeRefusal } from './node-version.ts';
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

test('a Node that is too old is told so, and where to get another', () => {
  for (const version of ['22.13.0', '22.13.1', '24.0.0', '30.1.2']) expect(nodeRefusal(version)).toBe(undefined);
  for (const version of ['20.20.2', '22.12.9']) expect(nodeRefusal(version)).toMatch(/^this is Node 2.*node@24 /);
});
