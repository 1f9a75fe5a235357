import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { requirementIds } from '../../generated/requirements.ts';
import { excused } from '../excused.ts';
import { parseCounterexample } from '../report/counterexample.ts';
import { counts, diagnosisWith, failureWith, resultsWith } from '../report/fixtures.ts';
import { resultsJson } from '../report/json.ts';
import type { Suite } from './suite.ts';
import { local, stats, typed } from './testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `run` with a report folder of the test. */
const run = (...args: string[]) => ['run', local, '--out', folder, ...args];

test('run shows the report, writes the files, and exits by the verdict', async () => {
  const { code, out } = await typed(run('--seed', '42'));
  expect(code).toBe(1);
  expect(out).toMatch(/^chunkproof \S+ · contract 1\.0\.\d+ · seed 42\ntarget http:\/\/127\.0\.0\.1:8080\/api\n/);
  expect(out).toContain('1,234 requests');
  expect(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')).schemaVersion).toBe(1);
  const [file = '', script] = readdirSync(join(folder, 'failures'));
  expect(out).toContain(`npx chunkproof replay ${join(folder, 'failures', file)}`);
  expect(parseCounterexample(readFileSync(join(folder, 'failures', file), 'utf8'))).toMatchObject({ ok: true });
  expect(script).toMatch(/\.sh$/);
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain(`href="failures/${script}"`);
});

test('flags become options, and the seed is random unless it is given', async () => {
  const first = await typed(
    run(
      '--only',
      'chunk.*,http.date',
      '--only',
      'chunks-cut',
      '--skip',
      'chunk.range',
      '--runs',
      '3',
      '--max-time',
      '5',
      '--max-bytes',
      '2MiB',
      '--wait-expiry',
      '0',
      '--workers',
      '2',
      '--rate',
      '20',
      '--restart-command',
      'kill 1',
      '--storage-command',
      'echo 0',
      '--header',
      'X-Key: a:b',
      '--second-header',
      'X-Key: c',
    ),
  );
  expect(first.asked[0]).toMatchObject({
    target: local,
    only: ['chunk.*', 'http.date', 'chunks-cut'],
    skip: ['chunk.range'],
    runs: 3,
    maxTimeSeconds: 5,
    maxBytes: 2 * 1024 ** 2,
    waitExpirySeconds: 0,
    workers: 2,
    rate: 20,
    hooks: { restart: 'kill 1', storage: 'echo 0' },
    headers: { 'X-Key': 'a:b' },
    secondHeaders: { 'X-Key': 'c' },
  });
  const second = await typed(run());
  expect(second.asked[0]?.seed).not.toBe(first.asked[0]?.seed);
});

test.each<[string, readonly string[], RegExp]>([
  ['no URL', ['run'], /missing required argument 'url'/],
  ['no http', ['run', 'localhost:80'], /must begin with http/],
  ['a query', ['run', `${local}?a=b`], /without \? and #/],
  ['an unknown flag', ['run', local, '--sed', '1'], /unknown option '--sed' .*--seed/],
  ['an unknown command', ['judge', local], /unknown command 'judge'/],
  ['a seed that is no number', ['run', local, '--seed', '1e3'], /whole number from 0/],
  ['no runs', ['run', local, '--runs', '0'], /from 1 to/],
  ['bytes that are none', ['run', local, '--max-bytes', '5MB'], /512KiB/],
  ['a header without a colon', ['run', local, '--header', 'Bearer secret'], /'Name: value'/],
  ['a header twice', ['run', local, '--header', 'A: 1', '--header', 'a: 2'], /given twice/],
  ['two credentials', ['run', 'http://me:pw@localhost/', '--header', 'authorization: x'], /not both/],
  ['an id that does not exist', ['run', local, '--only', 'chunk.atomc'], /did you mean chunk\.atomic\?/],
  ['a glob that names nothing', ['run', local, '--skip', 'chnk.*'], /names no requirement/],
  [
    'a report of another form',
    ['run', local, '--report', 'json,pdf'],
    /writes json, html, junit, md, har, ctrf, badge, shields, terminal, not "pdf"/,
  ],
  ['a part that is none', ['run', local, '--shard', '3/2'], /such as 1\/4/],
  ['part 0', ['run', local, '--shard', '0/2'], /such as 1\/4/],
  ['a baseline that is not there', ['run', local, '--baseline', 'nowhere.json'], /there is no such file/],
  ['a baseline that is none', ['run', local, '--baseline', 'package.json'], /must have required property 'known'/],
  ['an unknown level', ['run', local, '--fail-on', 'may'], /Allowed choices are must, should, inconclusive/],
  ['a CA that is not there', ['run', local, '--ca', 'nowhere.pem'], /there is no such file/],
  ['a CA that is no certificate', ['run', local, '--ca', 'package.json'], /no PEM certificate/],
  ['quiet and verbose', ['run', local, '--quiet', '--verbose'], /cannot be used with/],
  ['a folder that cannot be', ['run', local, '--out', '/dev/null/x'], /cannot be made/],
  [
    'a storage command that prints no number',
    ['run', local, '--storage-command', 'echo abc', '--header', 'X-Key: secret'],
    /--storage-command 'echo abc' printed "abc\\n", which is no number of bytes; it has to give the bytes .* one whole number/,
  ],
  [
    'a storage command that fails',
    ['run', local, '--storage-command', 'echo 5; exit 3'],
    /--storage-command 'echo 5; exit 3' ended with exit code 3, and printed "5\\n"; it has to give/,
  ],
  ['a storage command that doctor finds of no use', ['doctor', local, '--storage-command', 'false'], /exit code 1;/],
  ['no such file', ['replay', 'nowhere.json'], /there is no such file/],
  ['a misspelt requirement', ['explain', 'chunk.atomick'], /did you mean chunk\.atomic\?/],
  ['one file to compare', ['compare', 'package.json'], /missing required argument 'files'/],
  ['a file to compare that is not there', ['compare', 'nowhere.json', 'x'], /nowhere\.json: there is no such file/],
  [
    'a file to compare that is no results',
    ['compare', 'package.json', 'x'],
    /package\.json: not a usable results\.json/,
  ],
  ['a port out of range', ['mock', '--port', '70000'], /from 0 to 65535/],
])('%s is one clear line and exit code 2', async (_case, args, line) => {
  const { code, out, err } = await typed(args);
  expect(err).toMatch(/^chunkproof: [^\n]+\n$/);
  expect(err).toMatch(line);
  expect(err).not.toContain('secret');
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('a hook that failed in the run, and nothing else, is told with its exit code', async () => {
  const summary = {
    verdict: 'inconclusive' as const,
    must: counts({ inconclusive: 1 }),
    should: counts({}),
    may: counts({}),
  };
  const brokenHook = '--restart-command ended with exit code 1';
  const found = resultsWith({ failures: [], requirements: [], summary, brokenHook });
  const { code, out, err } = await typed(run(), { run: async () => found });
  expect({ code, err }).toEqual({ code: 2, err: `chunkproof: ${brokenHook}; correct it, or leave it out\n` });
  expect(out).toMatch(/\na hook failed, so that what only it shows stayed open\n$/);
});

test('a remote host needs a word of its own, which is told', async () => {
  const refused = await typed(['run', 'https://upload.example.com/', '--out', folder]);
  expect(refused.code).toBe(4);
  expect(refused.err).toContain('npx chunkproof run https://upload.example.com --allow-remote');
  expect(refused.asked).toEqual([]);
  const allowed = await typed(['run', 'https://upload.example.com/', '--out', folder, '--allow-remote']);
  expect(allowed.asked[0]?.target).toBe('https://upload.example.com');
});

test('a target that refuses the preflight is told in one line, without its control characters', async () => {
  const message = 'no route to \u001b[31mhost\nnext line';
  const { code, err } = await typed(run(), { run: async () => ({ kind: 'refused', code: 'unreachable', message }) });
  expect(code).toBe(4);
  expect(err).toBe('chunkproof: unreachable: no route to \\u{1b}[31mhost\\u{a}next line\n');
});

test('a defect of the suite is told as one, without credentials', async () => {
  const broken = async () => {
    throw new Error('cannot send Bearer sesame-1234');
  };
  const { code, err } = await typed(run('--header', 'Authorization: Bearer sesame-1234'), { run: broken });
  expect(code).toBe(70);
  expect(err).toMatch(/^chunkproof: the suite itself is at fault/);
  expect(err).not.toContain('sesame');
});

test('credentials in the URL become a field, and are in no output', async () => {
  const { asked, out } = await typed(['run', 'http://me:open-sesame@127.0.0.1:1/', '--out', folder]);
  expect(asked[0]?.target).toBe('http://127.0.0.1:1');
  expect(asked[0]?.headers['Authorization']).toBe(`Basic ${Buffer.from('me:open-sesame').toString('base64')}`);
  expect(`${out}${readFileSync(join(folder, 'results.json'), 'utf8')}`).not.toContain('sesame');
});

test('credentials are in no file of the report, whatever its form, though the target echoes them', async () => {
  const formats = ['json', 'html', 'junit', 'md', 'har'];
  const failures = [failureWith({ got: 'no such user: sesame-1234', states: ['sesame-1234'] })];
  await typed(run('--header', 'Authorization: Bearer sesame-1234', '--report', formats.join()), {
    run: async () => resultsWith({ failures, capabilities: { motd: 'Bearer sesame-1234' } }),
  });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files).toHaveLength(formats.length + 2);
  for (const { parentPath, name } of files) {
    const text = readFileSync(join(parentPath, name), 'utf8');
    expect(text, name).not.toContain('sesame');
    if (!name.endsWith('.sh')) expect(text, name).toContain('redacted');
  }
});

test('an interrupted run that found nothing is not green', async () => {
  const abort = new AbortController();
  const summary = { verdict: 'pass' as const, must: counts({ pass: 1 }), should: counts({}), may: counts({}) };
  const half = async () => {
    abort.abort();
    const run = { ...resultsWith().run, interrupted: true } as const;
    return resultsWith({ run, summary, requirements: [], failures: [] });
  };
  const { code, out } = await typed(run(), { run: half }, abort.signal);
  expect(code).toBe(130);
  expect(out).toContain('interrupted');
});

test('quiet leaves what was found and the summary, and writes no report where none is asked for', async () => {
  const { out } = await typed(run('--quiet', '--report', 'terminal'));
  expect(out).toMatch(/^FAIL chunk\.atomic/);
  expect(out).not.toContain('replay:');
  expect(readdirSync(folder)).toEqual([]);
});

test('each format that is asked for is a file of its own', async () => {
  await typed(run('--report', 'json,junit,md,har'));
  expect(readdirSync(folder).sort()).toEqual(['failures', 'failures.har', 'junit.xml', 'results.json', 'summary.md']);
  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<testsuites');
  expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('does not conform');
});

test('a part of a run is asked for as one', async () => {
  const { asked } = await typed(run('--shard', '2/5'));
  expect(asked[0]?.shard).toEqual({ index: 2, count: 5 });
});

describe('a baseline', () => {
  const baseline = (...known: readonly object[]) => {
    const file = join(folder, 'known.json');
    writeFileSync(file, JSON.stringify({ known }));
    return run('--baseline', file);
  };
  const entry = { requirement: 'chunk.atomic', reason: 'the disk driver is being replaced', issue: '#7' };

  test('allows a failure that it knows, and says why', async () => {
    const { code, out } = await typed(baseline(entry));
    expect(code).toBe(0);
    expect(out).toMatch(/^KNOWN chunk\.atomic .*\n {2}known: the disk driver is being replaced\n {2}issue #7\n/m);
    expect(out).toMatch(/conforms but for 1 known failure\n$/);
    const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    expect(results.baseline).toMatchObject({ entries: 1, stale: [] });
    expect(results.requirements[0]).toMatchObject({ verdict: 'known-fail', known: entry });
  });

  test('fails the run when what it knows passes', async () => {
    const { code, out } = await typed(baseline(entry, { ...entry, requirement: 'chunk.stored' }));
    expect(code).toBe(1);
    expect(out).toMatch(/^STALE .*known\.json\n {2}chunk\.stored passes: remove its entry\n/m);
    expect(out).toMatch(/the baseline is stale\n$/);
  });

  test('fails the run when the day of an entry has passed', async () => {
    const { code, out } = await typed(baseline({ ...entry, expires: '2020-01-31' }));
    expect(code).toBe(1);
    expect(out).toContain('chunk.atomic was allowed to fail until 2020-01-31');
    expect(out).toContain('FAIL chunk.atomic');
  });
});

test('replay plays the saved script, also elsewhere, and exits by what came of it', async () => {
  await typed(run());
  const [name = ''] = readdirSync(join(folder, 'failures'));
  const file = join(folder, 'failures', name);
  const gone = await typed(['replay', file, '--times', '3']);
  expect(gone).toMatchObject({ code: 0, err: '' });
  expect(gone.out).toContain(`failed 0 of 3 times against ${local}, 4 requests`);
  const still: Suite['replay'] = async (script, { times, target }) => {
    expect({ script, target }).toEqual({ script: failureWith().script, target: 'http://localhost:9' });
    return { kind: 'replayed', times, failures: [failureWith()], undecided: [], stats };
  };
  const again = await typed(['replay', file, 'http://localhost:9'], { replay: still });
  expect(again.code).toBe(1);
  expect(again.out).toContain('expected: chunk 1 holds w1 or w2');
});

test('a replay from which nothing follows says why, and is not green', async () => {
  await typed(run());
  const [name = ''] = readdirSync(join(folder, 'failures'));
  const undecided = ['needs --restart-command', 'needs --restart-command'];
  const replay: Suite['replay'] = async () => ({ kind: 'replayed', times: 2, failures: [], undecided, stats });
  const { code, out } = await typed(['replay', join(folder, 'failures', name), '--times', '2'], { replay });
  expect(code).toBe(3);
  expect(out).toContain('undecided 2 of 2: needs --restart-command');
});

test('replay and doctor tell what they are doing once it has taken a second, and never among the results', async () => {
  await typed(run());
  const [name = ''] = readdirSync(join(folder, 'failures'));
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const replay: Suite['replay'] = async (_script, { times }, progress) => {
    progress?.(7, 1);
    vi.advanceTimersByTime(1000);
    return { kind: 'replayed', times, failures: [], undecided: [], stats };
  };
  const again = await typed(['replay', join(folder, 'failures', name), '--times', '9'], { replay });
  expect(again).toMatchObject({ code: 0, err: '… played 7 of 9, failed 1, 1 s\n' });
  const examine: Suite['examine'] = async ({ target }, progress) => {
    progress?.('reading its clock');
    vi.advanceTimersByTime(1000);
    return diagnosisWith({ target });
  };
  const doctor = await typed(['doctor', local, '--json'], { examine });
  expect(doctor).toMatchObject({ code: 0, err: '… reading its clock, 1 s\n' });
  expect(JSON.parse(doctor.out)).toMatchObject({ kind: 'examined' });
});

test('a file that is no counterexample is one clear line', async () => {
  const file = join(folder, 'x.json');
  writeFileSync(file, JSON.stringify({ kind: 'chunkproof-counterexample', version: '\u202e' }));
  const { code, err } = await typed(['replay', file]);
  expect({ code, err }).toEqual({
    code: 2,
    err: `chunkproof: ${file}: not a usable counterexample: it has version "\\u{202e}", and this chunkproof reads version 1\n`,
  });
});

test('list tells what checks each requirement, with the denominator', async () => {
  const { out } = await typed(['list']);
  expect(out).toMatch(/chunk\.atomic +MUST +chunks-cut/);
  expect(out).toMatch(new RegExp(`${requirementIds.length} requirements: 2 checked by 1 properties`));
  const json = JSON.parse((await typed(['list', '--json'])).out);
  expect(json.requirements.find(({ id }: { id: string }) => id === 'chunk.stored').checkedBy).toEqual(['chunks-cut']);
  for (const [id, why] of Object.entries(excused)) {
    expect(out).toContain(`excused ${why}\n`);
    expect(json.requirements).toContainEqual(expect.objectContaining({ id, excused: why }));
  }
});

test('doctor tells what it found, as text and as JSON, and exits with 4 where nobody is let in', async () => {
  const good = await typed(['doctor', local]);
  expect(good).toMatchObject({ code: 0, err: '' });
  expect(good.out).toContain('would run   1 of 2 properties');
  expect(JSON.parse((await typed(['doctor', local, '--json'])).out)).toMatchObject({ limits: { maxChunks: 10_000 } });
  const access = { first: 'refused', second: 'not given', nobody: 'refused' } as const;
  const shut = await typed(['doctor', local, '--header', 'X-Key: sesame-1'], {
    examine: async ({ headers }) => diagnosisWith({ access, profiles: [String(headers['X-Key'])] }),
  });
  expect(shut.code).toBe(4);
  expect(shut.err).toMatch(/^chunkproof: unauthorized: [^\n]+--header [^\n]+\n$/);
  expect(`${shut.out}${shut.err}`).not.toContain('sesame');
});

test('compare lays files side by side, and exits with 1 where something broke', async () => {
  const [good, bad] = [join(folder, 'good.json'), join(folder, 'bad.json')];
  const results = resultsWith();
  writeFileSync(bad, resultsJson(results));
  writeFileSync(good, resultsJson({ ...results, requirements: results.requirements.slice(1), failures: [] }));
  expect(await typed(['compare', good, bad])).toMatchObject({ code: 1, err: '' });
  const back = await typed(['compare', bad, bad, good, '--json']);
  expect(back.code).toBe(0);
  expect(JSON.parse(back.out).summary).toEqual({ broken: 0, fixed: 0, changed: 1, same: 2 });
});

test('explain tells sentence, level, source, checks, and the broken servers that these find', async () => {
  const { code, out } = await typed(['explain', 'chunk.atomic']);
  expect(code).toBe(0);
  expect(out).toMatch(/^chunk\.atomic {2}MUST\n {2}A chunk upload /);
  expect(out).toContain('  checked by\n    chunks-cut: cut uploads\n');
  expect(out).toMatch(/\n {2}broken by these servers, .*\n {4}keeps-half: Half a chunk is kept\.\n$/);
  expect((await typed(['explain', 'chunk.stored'])).out).not.toContain('keeps-half');
  expect((await typed(['explain', 'complete.async'])).out).toContain(`  excused  ${excused['complete.async']}\n`);
});

test.each(['run', 'replay', 'list', 'explain', 'doctor', 'compare', 'init', 'serve', 'mock'])(
  '%s --help ends in examples',
  async (command) => {
    const { code, out } = await typed([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: chunkproof ${command}`);
    expect(out).toContain(`Examples:\n  npx chunkproof ${command}`);
  },
);

test('the command line alone shows its help as a mistake', async () => {
  const { code, err } = await typed([]);
  expect(code).toBe(2);
  expect(err).toContain('Usage: chunkproof');
});
