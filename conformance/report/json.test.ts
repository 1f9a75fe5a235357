import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { exchange, failureWith, resultsWith } from './fixtures.ts';
import { resultsJson } from './json.ts';
import schema from './results.schema.json' with { type: 'json' };

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

test('the results that are written keep the published schema', () => {
  const bytes = exchange(0, { kind: 'content', session: 's' }, { bytes: new Uint8Array([7]) });
  const written = JSON.parse(
    resultsJson(resultsWith({ failures: [failureWith(), failureWith({ history: [bytes] })] })),
  );
  expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
});

test('a result without its verdict, or with one that does not exist, breaks the schema', () => {
  const written = JSON.parse(resultsJson(resultsWith()));
  written.requirements[0].verdict = 'fine';
  expect(validate(written)).toBe(false);
  written.requirements[0].verdict = 'pass';
  delete written.summary.must.pass;
  expect(validate(written)).toBe(false);
});
