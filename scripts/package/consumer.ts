/** What a user of the package writes. */

/** Compiler settings under which an untidy declaration shows. */
export const strictest = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  resolveJsonModule: true,
  skipLibCheck: false,
  target: 'es2024',
  lib: ['es2024'],
  types: ['node'],
};

/** A program that imports everything that the package exports. */
export const imports = `
import assert from 'node:assert/strict';
import { run } from 'chunkproof';
import { createUploadClient } from 'chunkproof/client';
import openapi from 'chunkproof/openapi.json' with { type: 'json' };
import { problems } from 'chunkproof/problems';
import { requirements } from 'chunkproof/requirements';
import baselineSchema from 'chunkproof/baseline.schema.json' with { type: 'json' };
import resultsSchema from 'chunkproof/results.schema.json' with { type: 'json' };

assert.equal((await run('http://127.0.0.1:1')).code, 'unreachable');
assert.equal(typeof createUploadClient({ baseUrl: 'http://127.0.0.1:1' }).GET, 'function');
assert.ok(openapi.paths['/attachment/initiate'].post.operationId);
assert.equal(requirements['chunk.atomic'].level, 'MUST');
assert.equal(problems['session-not-found'].status, 404);
for (const schema of [baselineSchema, resultsSchema]) assert.ok(schema.$schema);
console.log('all is there');
`;

/** A module that names the types of everything that the package exports. */
export const typed = `
import { type Options, type Outcome, type Results, run } from 'chunkproof';
import { createUploadClient, type UploadClient } from 'chunkproof/client';
import openapi from 'chunkproof/openapi.json' with { type: 'json' };
import { type RequirementId, requirements } from 'chunkproof/requirements';
import type { components } from 'chunkproof/types';

const options: Options = { only: ['chunk.*'], failOn: 'should', hooks: { restart: async () => undefined } };
const outcome: Outcome = await run('http://127.0.0.1:8080/api', options);
export const results: Results | undefined = outcome.kind === 'judged' ? outcome.results : undefined;
export const client: UploadClient = createUploadClient({ baseUrl: 'http://127.0.0.1:8080/api' });
const { data } = await client.GET('/attachment/session/{sessionId}', { params: { path: { sessionId: 'a' } } });
export const session: components['schemas']['UploadSession'] | undefined = data;
export const id: RequirementId = 'chunk.atomic';
export const level: 'MUST' = requirements[id].level;
export const version: string = openapi.info.version;
// @ts-expect-error a level that there is not
export const wrong: Options = { failOn: 'may' };
`;
