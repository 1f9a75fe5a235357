import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const last = /linearize|permutations/;

/** A mutant is dead at its first red test: what searches thousands of histories for one comes last. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(last.test(a.moduleId)) - Number(last.test(b.moduleId)));
  }
}

/** The tests near the judge: pure, without a server, and quick enough to be run for each mutant of it. */
export default defineConfig({
  test: {
    include: [
      'conformance/model/**/*.test.ts',
      'conformance/engine/{schema,description}.test.ts',
      'conformance/baseline.test.ts',
    ],
    setupFiles: ['vitest.mutation.setup.ts'],
    sequence: { sequencer: QuickFirst },
    // A broken judge shows in the first histories that it gets wrong: `npm test` compares ten times as many.
    env: { THOROUGHNESS: '0.1' },
    testTimeout: 60_000,
    isolate: false,
  },
});
