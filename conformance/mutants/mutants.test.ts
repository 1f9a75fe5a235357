import { expect, it } from 'vitest';
import { requirementIds, requirements } from '../../generated/requirements.ts';
import { twoPrincipals } from './mutant.ts';
import { mutants } from './mutants.ts';
import { runAgainst } from './trial.ts';

it('every mutant has an id and a sentence of its own', () => {
  for (const texts of [mutants.map(({ id }) => id), mutants.map(({ sentence }) => sentence)])
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
});

it('no mutant breaks only what no test over HTTP can see', () => {
  const unseen = Object.values(requirements).flatMap((one) => ('untestable' in one ? [one.id] : []));
  expect(mutants.filter(({ breaks: [first] }) => unseen.some((id) => id === first))).toEqual([]);
});

// Whoever breaks one promise alone is killed only if that one is blamed (`npm run self-test -- --quick`, and CI).
it('every promise that a test can see is told by its own name: some mutant breaks it, and no other', () => {
  const alone = new Set(mutants.flatMap(({ breaks: [main, ...others] }) => (others.length === 0 ? [main] : [])));
  expect(requirementIds.filter((id) => !alone.has(id) && !('untestable' in requirements[id]))).toEqual([]);
});

it.each([
  ['alone', {}],
  ['with two principals, below a prefix', { ...twoPrincipals, prefix: '/api/v3' }],
])('the honest server is blamed for nothing: %s', async (_, options) => {
  const results = await runAgainst(options);
  expect(results.failures).toEqual([]);
  expect(
    results.requirements.filter(({ verdict }) => ['harness-error', 'fail', 'warn', 'inconclusive'].includes(verdict)),
  ).toEqual([]);
});
