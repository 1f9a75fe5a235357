import { defineConfig } from 'vitest/config';

/** The tests near the judge: pure, without a server, and quick enough to be run for each mutant of it. */
export default defineConfig({
  test: {
    include: ['conformance/model/**/*.test.ts', 'conformance/engine/schema.test.ts', 'conformance/baseline.test.ts'],
    // A broken judge shows in the first histories that it gets wrong: `npm test` compares five times as many.
    setupFiles: ['vitest.mutation.setup.ts'],
    env: { THOROUGHNESS: '0.2' },
    testTimeout: 60_000,
    isolate: false,
  },
});
