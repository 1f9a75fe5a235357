import { expect, it } from 'vitest';
import { requirements } from '../../generated/requirements.ts';
import { startHonest } from './honest.ts';
import { mutants } from './mutants.ts';

it('every mutant has an id and a sentence of its own', () => {
  for (const texts of [mutants.map(({ id }) => id), mutants.map(({ sentence }) => sentence)])
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
});

it('no mutant breaks only what no test over HTTP can see', () => {
  const unseen = Object.values(requirements).flatMap((one) => ('untestable' in one ? [one.id] : []));
  expect(mutants.filter(({ breaks: [first] }) => unseen.some((id) => id === first))).toEqual([]);
});

it('every mutant starts and tells its capabilities', async () => {
  for (const { seams, options } of mutants) {
    const server = await startHonest({ ...options, seams: seams() });
    const response = await fetch(`${server.url}/attachment/capabilities`);
    expect(response.status).toBe(200);
    await server.close();
  }
});
