// Within a major version the contract may only grow: a server or client written for 1.0 is right under every 1.x.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import openapi from '../generated/openapi.json' with { type: 'json' };
import { type Description, methods, type RequirementRow, redocly, root } from './description.ts';

const [major] = openapi.info.version.split('.');

/** The contract as it was last released under the major version of today's. */
const released = join(root, 'spec/released', `${major}.json`);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkproof-compatibility-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Compares the released contract with another, by the rules of redocly.yaml. */
const compared = async (contract: string): Promise<{ compatible: boolean; output: string }> => {
  const config = join(root, 'redocly.yaml');
  return redocly('diff', released, contract, '--config', config).then(
    ({ stdout, stderr }) => ({ compatible: true, output: stdout + stderr }),
    (error: { stdout: string; stderr: string }) => ({ compatible: false, output: error.stdout + error.stderr }),
  );
};

/** Writes the released contract with one change, a member set or (undefined) removed, and gives its path. */
const changed = async (pointer: readonly string[], value: unknown): Promise<string> => {
  const contract = JSON.parse(await readFile(released, 'utf8'));
  const [last = '', ...above] = pointer.toReversed();
  const parent = above.toReversed().reduce((node, key) => node[key], contract);
  if (value === undefined) expect(parent).toHaveProperty([last]);
  parent[last] = value;
  const path = join(folder, 'changed.json');
  await writeFile(path, JSON.stringify(contract));
  return path;
};

test('the contract breaks nobody who was written for the one that was released', async () => {
  const { compatible, output } = await compared(join(root, 'generated/openapi.json'));
  expect(output).not.toContain('no diff rules');
  expect(compatible, output).toBe(true);
});

const initiate = ['paths', '/attachment/initiate', 'post'];
const schemas = ['components', 'schemas'];

test.each([
  ['an operation that is gone', ['paths', '/attachment/session/{sessionId}/abort'], undefined, 'path-removed'],
  ['a status that is gone', [...initiate, 'responses', '413'], undefined, 'response-removed'],
  [
    'a member that clients have to send from now on',
    [...schemas, 'InitiateRequest', 'required'],
    ['fileName', 'fileSize', 'contentType'],
    'required-properties-added',
  ],
  [
    'a member that servers may leave out from now on',
    [...schemas, 'Capabilities', 'required'],
    ['contractVersion'],
    'required-properties-removed',
  ],
  [
    'a tighter bound',
    [...schemas, 'InitiateRequest', 'properties', 'fileName', 'maxLength'],
    20,
    'schema-constraint-changed',
  ],
])('%s would be told', async (_, pointer, value, rule) => {
  const { compatible, output } = await compared(await changed(pointer, value));
  expect(output).toContain(rule);
  expect(compatible).toBe(false);
});

test.each([
  ['an optional member', [...schemas, 'InitiateRequest', 'properties', 'colour'], { type: 'string' }],
  ['better words', [...initiate, 'description'], 'In other words.'],
])('%s is no break', async (_, pointer, value) => {
  const { compatible, output } = await compared(await changed(pointer, value));
  expect(compatible, output).toBe(true);
});

/** Redocly does not look into `x-requirements`. */
test('every released promise is kept: its id, its level and its profile', async () => {
  const before = promises(JSON.parse(await readFile(released, 'utf8')) as Description);
  const after = promises(openapi as unknown as Description);
  expect(before.size).toBeGreaterThan(70);
  for (const [id, { level, profile }] of before)
    expect({ id, level: after.get(id)?.level, profile: after.get(id)?.profile }).toEqual({ id, level, profile });
});

const promises = (description: Description): ReadonlyMap<string, RequirementRow> =>
  new Map(
    [
      ...description['x-requirements'],
      ...Object.values(description.paths).flatMap((item) =>
        methods.flatMap((method) => item[method]?.['x-requirements'] ?? []),
      ),
    ].map((row) => [row.id, row]),
  );
