/** `npm run test:mutation`: how much of the judge could be wrong without a test that says so. */
export default {
  mutate: [
    'conformance/model/*.ts',
    'conformance/engine/{schema,description}.ts',
    'conformance/baseline.ts',
    '!conformance/**/*.test.ts',
    // Only tests and a benchmark use these two.
    '!conformance/model/{testing,crowd}.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  plugins: ['@stryker-mutator/vitest-runner', './stryker.config.mjs'],
  ignorers: ['prose'],
  // Stryker rewrites the compiler's options with an interface that TypeScript 7 no longer has: let it find none.
  tsconfigFile: 'none.json',
  ignorePatterns: ['/dist', '/site', '/chunkproof-report', '/reports', '/docs', '/reference-server', '/scripts'],
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation/index.html' },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 90, break: 90 },
};

/** Functions that make such text, and nothing else. */
const wordings = ['describeFault', 'inWords', 'iso', 'problemWanted'];

/**
 * What a failure says is for people: `expected` of an objection or of a lawful answer, the reason of a refusal, and why
 * nothing could be decided. A test that pinned these words would only repeat them. All other text is mutated: it names
 * promises, problems, states and members.
 */
export const strykerPlugins = [{ kind: 'Ignore', name: 'prose', value: { shouldIgnore } }];

function shouldIgnore({ node, parent, listKey, key }) {
  const prose = 'It is for people to read.';
  const name = node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration' ? node.id.name : undefined;
  if (wordings.includes(name)) return prose;
  if (parent?.type === 'ObjectProperty' && key === 'value' && ['expected', 'reason'].includes(parent.key.name))
    return prose;
  if (parent?.type !== 'CallExpression' || listKey !== 'arguments' || key !== 2) return undefined;
  const { callee } = parent;
  const isExpectation = callee.type === 'MemberExpression' && callee.property.name === 'expect';
  return isExpectation || callee.name === 'refusal' ? prose : undefined;
}
