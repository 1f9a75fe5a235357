import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromEnvironment, parseConfig, type Setting } from '../config.ts';
import { local, surroundingsIn, typed } from './testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `run` in the folder, with this file as `chunkproof.config.json` and this environment. */
function ran(file: object | string | undefined, env: Record<string, string> = {}, ...args: string[]) {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  if (file !== undefined) writeFileSync(join(folder, 'chunkproof.config.json'), text);
  return typed(['run', local, '--out', join(folder, 'out'), ...args], { surroundings: surroundingsIn(folder, env) });
}

test('a flag goes before the environment, that before the file, and the file before the default', async () => {
  const file = { runs: 2, maxTime: 2, workers: 2 };
  const env = { CHUNKPROOF_RUNS: '3', CHUNKPROOF_MAX_TIME: '3' };
  const { asked, out } = await ran(file, env, '--runs', '4');
  expect(asked[0]).toMatchObject({ runs: 4, maxTimeSeconds: 3, workers: 2, waitExpirySeconds: 10 });
  expect(out).toContain('\nenvironment: maxTime 3\nconfig chunkproof.config.json: workers 2\n');
});

test('every kind of setting can stand in the file, as it would be typed', async () => {
  const { asked, code, out } = await ran({
    $schema: 'x',
    only: ['chunk.*', 'http.date'],
    skip: 'chunk.range',
    maxBytes: '2MiB',
    header: ['X-Key: a, b', 'X-Other: c'],
    secondHeader: 'X-Key: d',
    report: ['md', 'junit'],
    shard: '1/2',
    failOn: 'should',
    verbose: true,
    quiet: false,
    insecure: true,
  });
  expect(asked[0]).toMatchObject({
    only: ['chunk.*', 'http.date'],
    skip: ['chunk.range'],
    maxBytes: 2 * 1024 ** 2,
    headers: { 'X-Key': 'a, b', 'X-Other': 'c' },
    secondHeaders: { 'X-Key': 'd' },
    shard: { index: 1, count: 2 },
    tls: { insecure: true },
  });
  expect(code).toBe(1);
  expect(readFileSync(join(folder, 'out', 'summary.md'), 'utf8')).toContain('chunkproof');
  expect(out).toContain('possible before: open, chunk 1 is w1');
});

test('the file of --config or of the environment is read instead of the usual one', async () => {
  mkdirSync(join(folder, 'ci'));
  writeFileSync(join(folder, 'ci', 'a.json'), JSON.stringify({ runs: 7 }));
  const flag = await ran({ runs: 1 }, {}, '--config', 'ci/a.json');
  expect(flag.asked[0]?.runs).toBe(7);
  expect(flag.out).toContain('config ci/a.json: runs 7\n');
  const variable = await ran({ runs: 1 }, { CHUNKPROOF_CONFIG: 'ci/a.json' });
  expect(variable.asked[0]?.runs).toBe(7);
});

test('credentials of file and environment are used, and shown nowhere', async () => {
  const file = { header: 'Authorization: Bearer sesame-1234' };
  const { asked, out, err } = await ran(file, { CHUNKPROOF_SECOND_HEADER: 'X-Key: sesame-5678\nX-Other: sesame-9' });
  expect(asked[0]?.headers).toEqual({ Authorization: 'Bearer sesame-1234' });
  expect(asked[0]?.secondHeaders).toEqual({ 'X-Key': 'sesame-5678', 'X-Other': 'sesame-9' });
  const results = readFileSync(join(folder, 'out', 'results.json'), 'utf8');
  expect(`${out}${err}${results}`.match(/sesame-(5678|9)/)).toBeNull();
  expect(out).toContain('config chunkproof.config.json: header Authorization\n');
});

test('a flag takes the place of what excludes it elsewhere', async () => {
  expect((await ran({ quiet: true }, {}, '--verbose')).out).toContain('possible before');
  const { err, code } = await ran({ quiet: true, verbose: true });
  expect({ err, code }).toEqual({
    code: 2,
    err: 'chunkproof: config chunkproof.config.json: quiet cannot be used with verbose\n',
  });
});

test.each<[string, object | string, Record<string, string>, string[], RegExp]>([
  ['no JSON', '{', {}, [], /chunkproof\.config\.json: it is not JSON/],
  ['a list', '[]', {}, [], /it is no object/],
  ['an unknown key', { maxTimes: 3 }, {}, [], /no setting "maxTimes"; did you mean maxTime\?/],
  ['a flag spelt as one', { 'max-time': 3 }, {}, [], /did you mean maxTime\?/],
  ['a number out of range', { runs: 0 }, {}, [], /runs: It must be a whole number from 1/],
  ['a flag that is a text', { quiet: 'yes' }, {}, [], /quiet must be true or false/],
  ['a list of numbers', { only: [1] }, {}, [], /only must be a text or a list of texts/],
  ['a header without a colon', { header: 'Bearer secret' }, {}, [], /header: a header must be written 'Name: value'/],
  ['an unknown level', { failOn: 'may' }, {}, [], /Allowed choices are must, should, inconclusive/],
  ['a number in the environment', {}, { CHUNKPROOF_RUNS: 'ten' }, [], /environment: runs: It must be a whole number/],
  ['a flag in the environment', {}, { CHUNKPROOF_QUIET: 'yes' }, [], /CHUNKPROOF_QUIET must be 1 or 0/],
  ['a file that is not there', {}, {}, ['--config', 'nowhere.json'], /--config nowhere\.json: the file cannot be read/],
])('%s is one clear line and exit code 2', async (_, file, env, args, line) => {
  const { code, out, err, asked } = await ran(file, env, ...args);
  expect(err).toMatch(/^chunkproof: [^\n]+\n$/);
  expect(err).toMatch(line);
  expect(err).not.toContain('secret');
  expect({ code, out, asked }).toEqual({ code: 2, out: '', asked: [] });
});

test('replay takes what it has from the same file', async () => {
  await ran(undefined);
  writeFileSync(join(folder, 'chunkproof.config.json'), JSON.stringify({ runs: 3, header: 'X-Key: sesame-1' }));
  const { failures } = JSON.parse(readFileSync(join(folder, 'out', 'results.json'), 'utf8'));
  expect(failures).toHaveLength(1);
  const [name = ''] = readdirSync(join(folder, 'out', 'failures'));
  const { out, code } = await typed(['replay', join(folder, 'out', 'failures', name)], {
    surroundings: surroundingsIn(folder),
  });
  expect({ code, first: out.split('\n')[0] }).toEqual({
    code: 0,
    first: 'config chunkproof.config.json: header X-Key',
  });
});

const settings: readonly Setting[] = [
  { name: 'runs', kind: 'number' },
  { name: 'quiet', kind: 'flag' },
  { name: 'only', kind: 'list' },
];

test('no file and no environment makes the readers throw, or shows a value', () => {
  const value = fc.oneof(fc.json(), fc.string());
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.dictionary(fc.constantFrom('runs', 'quiet', 'only'), value).map((one) => JSON.stringify(one)),
      ),
      (text) => {
        const parsed = parseConfig(text, settings);
        expect(parsed.ok || parsed.error.length > 0).toBe(true);
      },
    ),
  );
  expect(fromEnvironment({ CHUNKPROOF_QUIET: 'sesame' }, settings)).toMatchObject({
    ok: false,
    error: expect.not.stringContaining('sesame'),
  });
});
