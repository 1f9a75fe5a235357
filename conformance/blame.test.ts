import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type * as Exchanging from './engine/exchange.ts';
import type { History, Step } from './history.ts';
import type * as Judging from './model/judge.ts';
import { type HonestOptions, startHonest } from './mutants/honest.ts';
import type { RunOptions } from './options.ts';
import { abort } from './properties/completion.ts';
import { lifeCycle } from './properties/life-cycle.ts';
import type { Property } from './properties/property.ts';
import { exitCode } from './report/exit-code.ts';
import { html } from './report/html.ts';
import { resultsJson } from './report/json.ts';
import { junitXml } from './report/junit.ts';
import { markdown } from './report/markdown.ts';
import schema from './report/results.schema.json' with { type: 'json' };
import type { Results } from './report/results.ts';
import { report } from './report/terminal.ts';
import { run } from './run.ts';

/** Where the engine and the model are broken for a test: nowhere, unless it says so. */
const broken = vi.hoisted(() => ({
  engine: (_file: string): boolean => false,
  model: (_history: History): boolean => false,
}));

afterEach(() => {
  broken.engine = () => false;
  broken.model = () => false;
});

vi.mock('./engine/exchange.ts', async (original) => {
  const engine = await original<typeof Exchanging>();
  const exchange: typeof engine.exchange = (target, prepared, one) => {
    if (broken.engine(prepared.text ?? '')) throw new TypeError('the engine is broken');
    return engine.exchange(target, prepared, one);
  };
  return { ...engine, exchange };
});

vi.mock('./model/judge.ts', async (original) => {
  const { judge } = await original<typeof Judging>();
  return {
    judge: (...[history, claims]: Parameters<typeof judge>) => {
      if (broken.model(history)) throw new TypeError('the model is broken');
      return judge(history, claims);
    },
  };
});

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** Judges a server by the properties that a test gives. */
async function judged(properties: readonly Property[], server: HonestOptions = {}): Promise<Results> {
  const { url, close } = await startHonest(server);
  onTestFinished(close);
  const options: RunOptions = {
    target: url,
    seed: 1,
    runs: 5,
    maxTimeSeconds: 60,
    maxBytes: 1e9,
    waitExpirySeconds: 5,
    only: [],
    skip: [],
    headers: {},
    workers: 4,
    tls: { insecure: false },
  };
  const results = await run(options, undefined, properties);
  if ('kind' in results) throw new Error(results.message);
  return results;
}

const verdictOf = (results: Results, id: string) => results.requirements.find((one) => one.id === id);

/** A property that tests what no other one of these tests does. */
const faulty = (change: Partial<Property>): Property => ({
  id: 'faulty',
  title: 'A property with a fault of its own.',
  requirements: ['initiate.created', 'initiate.echo'],
  weight: 1,
  examples: () => [{ calls: [named('a')] }],
  ...change,
});

const named = (fileName: string): Step => ({
  call: { kind: 'initiate', session: 's', json: { fileName, fileSize: 1 } },
});
const pause: Step = { call: { kind: 'wait', ms: 20 } };

const faults: readonly (readonly [string, Partial<Property>, RegExp])[] = [
  [
    'a request that was meant to be good, and is not',
    { examples: () => [{ calls: [{ call: { kind: 'initiate', session: 's', json: { fileName: 'a' } } }] }] },
    /was meant to be well-formed, and is not: the body # must have required property 'fileSize'/,
  ],
  [
    'a chunk id that was meant to be one, and is not',
    { examples: () => [{ calls: [named('a'), { call: { kind: 'chunk', session: 's', chunk: '00', write: 1 } }] }] },
    /is not: chunkId # must match pattern/,
  ],
  [
    'a random request that is not what it was meant to be',
    {
      scripts: () =>
        fc.integer({ min: -1e6, max: -1 }).map((fileSize) => ({
          calls: [{ call: { kind: 'initiate', session: 's', json: { fileName: 'a', fileSize } } }],
        })),
    },
    /the body \/fileSize must be >= 0/,
  ],
  [
    'an exception where the scripts are made',
    {
      examples: () => {
        throw new TypeError('nothing to propose');
      },
    },
    /^nothing to propose$/,
  ],
  [
    'an exception where a random script is made',
    {
      scripts: () =>
        fc.nat().map(() => {
          throw new TypeError('no luck');
        }),
    },
    /^no luck$/,
  ],
  ['an exception in the engine', { examples: () => [{ calls: [named('engine')] }] }, /^the engine is broken$/],
  ['an exception in the model', { examples: () => [{ calls: [named('model')] }] }, /^the model is broken$/],
  [
    'an exception where scripts are played at once',
    { examples: () => [{ calls: [named('a'), pause] }, { calls: [named('model'), pause] }] },
    /^the model is broken$/,
  ],
];

describe.each(faults)('%s', (_, change, message) => {
  test('is the suite’s own fault: no verdict on the target, exit code 70, and all else is judged', async () => {
    broken.engine = (text) => text.includes('"engine"');
    broken.model = ({ script }) => JSON.stringify(script).includes('"model"');
    const results = await judged([faulty(change), abort]);
    expect(results.defects).toMatchObject([{ property: 'faulty', message: expect.stringMatching(message) }]);
    expect(results.failures).toEqual([]);
    for (const id of ['initiate.created', 'initiate.echo'])
      expect(verdictOf(results, id)).toMatchObject({
        verdict: 'harness-error',
        reason: expect.stringMatching(/faulty/),
      });
    expect(verdictOf(results, 'abort.final')?.verdict).toBe('pass');
    expect(results.summary.verdict).toBe('harness-error');
    expect(exitCode(results, 'must')).toBe(70);
  });
});

test('a fault of the suite is told in every report, with how to report it', async () => {
  const [[, change, message] = ['', {}, /./]] = faults;
  const results = await judged([faulty(change)]);
  const code = exitCode(results, 'must');
  const look = { color: false, verbose: true, quiet: false, paths: [], code };
  const written = [
    report(results, look),
    html(results, code).replaceAll('&#39;', "'"),
    markdown(results, code).replaceAll('\\', ''),
    junitXml(results, { failOn: 'must', code }).replaceAll('&apos;', "'"),
  ];
  for (const text of written) {
    expect(text).toMatch(new RegExp(message.source.replace("'fileSize'", '.*fileSize')));
    expect(text).toContain('Please report it as an issue of chunkproof, with results.json');
    expect(text).toContain('the suite itself is at fault');
  }
  expect(written[3]).toMatch(/<error [^>]*harness-error/);
  expect(written[3]).not.toContain('<failure');
  expect(validate(JSON.parse(resultsJson(results))), JSON.stringify(validate.errors)).toBe(true);
});

test('what the target says is not held against the suite: a property may be led astray by false limits', async () => {
  const lying = faulty({
    examples: ({ limits }) => [
      {
        calls: [
          {
            call: {
              kind: 'initiate',
              session: 's',
              json: { fileName: 'a', fileSize: 1, preferredChunkSize: limits.minChunkSize },
            },
          },
        ],
      },
    ],
  });
  const results = await judged([lying], { limits: { minChunkSize: 0 } });
  expect(results.defects).toBeUndefined();
});

test('an exception while a counterexample is made smaller is not lost, nor is what the run knew', async () => {
  const forgetful: HonestOptions = { seams: { received: () => [] } };
  const sound = await judged([lifeCycle], forgetful);
  expect(sound.failures.length).toBeGreaterThan(0);
  const smallest = Math.min(...sound.failures.map(({ shrunk }) => shrunk.to));
  broken.model = ({ exchanges }) => exchanges.length <= smallest;
  const results = await judged([lifeCycle], forgetful);
  expect(results.defects).toMatchObject([{ property: 'life-cycle', message: 'the model is broken' }]);
  expect(exitCode(results, 'must')).toBe(70);
});

test('a property that is malformed on purpose may be', async () => {
  const [[, change] = ['', {}]] = faults;
  const results = await judged([faulty({ ...change, requirements: ['initiate.invalid'], malformed: true })]);
  expect(results.defects).toBeUndefined();
  expect(verdictOf(results, 'initiate.invalid')?.verdict).toBe('pass');
});
