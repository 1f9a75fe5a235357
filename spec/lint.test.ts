import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { redocly, root } from './description.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkproof-lint-'));
  await cp(join(root, 'redocly.yaml'), join(folder, 'redocly.yaml'));
  for (const part of ['openapi.yaml', 'requirements.yaml', 'paths', 'components']) {
    await cp(join(root, 'spec', part), join(folder, 'spec', part), { recursive: true });
  }
});

afterEach(() => rm(folder, { recursive: true }));

/** Lints the copy by the project's own configuration. */
const lint = async (): Promise<{ passed: boolean; output: string }> => {
  const config = join(folder, 'redocly.yaml');
  return redocly('lint', join(folder, 'spec/openapi.yaml'), '--config', config).then(
    ({ stdout, stderr }) => ({ passed: true, output: stdout + stderr }),
    (error: { stdout: string; stderr: string }) => ({ passed: false, output: error.stdout + error.stderr }),
  );
};

const edit = async (file: string, from: string, to: string): Promise<void> => {
  const path = join(folder, 'spec', file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
};

test('the description passes Redocly’s strict rules without a warning', async () => {
  const { passed, output } = await lint();
  expect(output).toContain('is valid');
  expect(output).not.toMatch(/warning/);
  expect(passed).toBe(true);
});

test.each([
  ['an undefined reference', 'paths/abort.yaml', '#/SessionExpired', '#/SessionVanished', 'no-unresolved-refs'],
  ['a missing operationId', 'paths/abort.yaml', '  operationId: abortUpload\n', '', 'operation-operationId'],
  [
    'an example that breaks its schema',
    'components/examples.yaml',
    'receivedBytes: 6',
    'receivedBytes: six',
    'no-invalid-media-type-examples',
  ],
  [
    'an example of a scalar that breaks its pattern',
    'components/scalars.yaml',
    'examples: [/attachments',
    'examples: [^attachments',
    'no-invalid-schema-examples',
  ],
  ['a path parameter that is not declared', 'paths/abort.yaml', '#/SessionId', '#/ChunkId', 'path-parameters-defined'],
  ['a keyword that OpenAPI does not know', 'paths/abort.yaml', '  summary:', '  sumary: Typo.\n  summary:', 'struct'],
  [
    'a duplicate operationId',
    'paths/abort.yaml',
    'operationId: abortUpload',
    'operationId: completeUpload',
    'operation-operationId-unique',
  ],
])('the lint fails on %s', async (_what, file, from, to, rule) => {
  await edit(file, from, to);
  const { passed, output } = await lint();
  expect(passed).toBe(false);
  expect(output).toContain(rule);
});

test('the root of the description stays short enough to be read at once', async () => {
  const text = await readFile(join(root, 'spec/openapi.yaml'), 'utf8');
  expect(text.split('\n').length).toBeLessThanOrEqual(150);
});
