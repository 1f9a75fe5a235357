import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reportList } from './cli/flags.ts';
import { typed } from './cli/testing.ts';
import { mutants } from './mutants/mutants.ts';
import { runAgainst } from './mutants/trial.ts';
import { exitCodes, failOnLevels } from './report/exit-code.ts';
import { writeReport } from './report/files.ts';
import { resultsWith } from './report/fixtures.ts';
import { report } from './report/terminal.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the failure that the README shows is what the suite prints of that server', async () => {
  const mutant = mutants.find(({ id }) => id === 'cut-replacement-destroys');
  if (!mutant) throw new Error('the README shows a server that is not there any more');

  const found = await runAgainst({ ...mutant.options, seams: mutant.seams() }, { only: ['chunk.atomic'] });
  const paths = ['chunkproof-report/failures/chunk.atomic-9f2c.json'];
  const shown = report(found, { color: false, verbose: false, quiet: true, code: 1, paths });

  const [failure = ''] = shown.split('\n\n');
  expect(readme).toContain(failure);
});

test('every command that the README types is one, and has the flags that are typed with it', async () => {
  const lines = [...readme.matchAll(/npx chunkproof ([a-z]+)([^\n`#]*)/g)];
  expect(new Set(lines.map(([, command]) => command)).size).toBe(9);
  for (const [, command = '', rest = ''] of lines) {
    const { code, out } = await typed([command, '--help']);
    expect({ command, code }).toEqual({ command, code: 0 });
    for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(out, command).toContain(`${flag} `);
  }
});

test('every flag that the README speaks of is one of run, and every level and format is there', async () => {
  const { out } = await typed(['run', '--help']);
  const ofOthers = ['--help', '--silent', '--quick', '--faults', '--dry-run'];
  for (const [flag] of readme.matchAll(/(?<=[`' ])--[a-z-]+/g))
    if (!ofOthers.includes(flag)) expect(out).toMatch(new RegExp(`^ +${flag} `, 'm'));
  for (const level of failOnLevels.slice(1)) expect(readme).toContain(`\`${level}\`:`);
  for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

test('the files that the README promises are those that are written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const rows = [...readme.matchAll(/^\| `([a-z]+)` \| (?:`([a-z.]+)`|none) \|/gm)];
  const formats = reportList(rows.map(([, format]) => format).join());
  const files = formats.flatMap((format) => (format === 'terminal' ? [] : [format]));
  writeReport(resultsWith(), folder, files, { failOn: 'must', code: 1 });
  const promised = rows.flatMap(([, , file]) => file ?? []);
  expect(readdirSync(folder).sort()).toEqual([...promised, 'failures'].sort());
});

test('the README states how many mutants there are, and how many a released server was', () => {
  expect(readme).toContain(`${mutants.length} mutants`);
  expect(readme).toContain(
    `${mutants.filter(({ faultClass }) => faultClass).length} of\nthem as a released server was`,
  );
});
