import { expect, it } from 'vitest';
import { mutants } from './mutants.ts';
import { runAgainst } from './trial.ts';

/** A mutant for each of these properties that no other one sees: few are so, since every script is judged by every promise. */
const seenByOne: readonly (readonly [property: string, mutant: string])[] = [
  ['initiate-refuses', 'media-type-unchecked'],
  ['hostile-declarations', 'comments-accepted'],
  ['framing', 'trailer-refused'],
  ['idempotency', 'key-compares-nothing'],
  ['hostile-chunk-fields', 'content-range-unit-unchecked'],
  ['hostile-conditions', 'if-none-match-of-one-tag'],
  ['hostile-keys', 'key-decoded'],
  ['hostile-aborts', 'abort-content-read'],
  ['principals', 'chunk-without-owner'],
  ['durability', 'attachment-cut-at-kill'],
];

it.concurrent.each(seenByOne)(
  'without the property %s the mutant %s survives',
  { timeout: 300_000 },
  async (property, id) => {
    const mutant = mutants.find((one) => one.id === id);
    if (!mutant) throw new Error(`there is no mutant ${id}`);
    const { breaks, options, seams } = mutant;
    const judged = async (selection: object): Promise<readonly string[]> => {
      const { failures } = await runAgainst(
        { ...options, seams: seams() },
        { runs: 1, maxTimeSeconds: 600, ...selection },
      );
      return failures.map(({ requirement }) => requirement).filter((one) => breaks.some((broken) => broken === one));
    };
    expect(await judged({ only: [property] })).not.toEqual([]);
    expect(await judged({ skip: [property] })).toEqual([]);
  },
);
