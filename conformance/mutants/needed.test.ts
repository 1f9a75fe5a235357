import { expect, it } from 'vitest';
import { mutants } from './mutants.ts';
import { runAgainst } from './trial.ts';

/** For each of these properties a mutant that no other one sees: not many are, since all scripts are judged by all promises. */
const seenByOne: readonly (readonly [property: string, mutant: string])[] = [
  ['hostile-declarations', 'comments-accepted'],
  ['framing', 'trailer-refused'],
  ['hostile-chunk-fields', 'content-range-unit-unchecked'],
  ['hostile-conditions', 'if-none-match-of-one-tag'],
  ['hostile-keys', 'key-decoded'],
  ['hostile-aborts', 'abort-content-read'],
  ['content', 'unknown-attachment-as-session'],
  ['principals', 'chunk-without-owner'],
  ['durability', 'attachment-cut-at-kill'],
  ['storage', 'abort-releases-nothing'],
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
