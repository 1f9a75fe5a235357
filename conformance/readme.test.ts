import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from './mutants/mutants.ts';
import { runAgainst } from './mutants/trial.ts';
import { report } from './report/terminal.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the failure that the README shows is what the suite prints of that server', async () => {
  const mutant = mutants.find(({ id }) => id === 'cut-replacement-destroys');
  if (!mutant) throw new Error('the README shows a server that is not there any more');

  const found = await runAgainst({ ...mutant.options, seams: mutant.seams() }, { only: ['chunk.atomic'] });
  const paths = ['chunkproof-report/failures/chunk.atomic.json'];
  const shown = report(found, { color: false, verbose: false, quiet: true, code: 1, paths });

  const [failure = ''] = shown.split('\n\n');
  expect(readme).toContain(failure);
});

test('the README states how many mutants there are, and how many a released server was', () => {
  expect(readme).toContain(`${mutants.length} mutants`);
  expect(readme).toContain(
    `${mutants.filter(({ faultClass }) => faultClass).length} of\nthem as a released server was`,
  );
});
