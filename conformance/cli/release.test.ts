import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { ranBy, read } from './gates.testing.ts';

const { steps, permissions } = parse(read('.github/workflows/release.yml')).jobs.publish;
const step = (name: string): string => steps.find((one: { name?: string }) => one.name === name).run;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
  for (const path of ['generated', 'spec/released']) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson));
  writeFileSync(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## ${packageJson.version}\n\nThe first version.\n`);
  writeFileSync(join(folder, 'generated/openapi.json'), read('generated/openapi.json'));
  copyFileSync(join(folder, 'generated/openapi.json'), join(folder, 'spec/released/1.json'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a step of the workflow in the folder, as GitHub does for this tag. */
const ran = (name: string, tag = `v${packageJson.version}`) =>
  ranBy('bash -e', step(name), folder, {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GITHUB_REF_NAME: tag,
    GITHUB_SERVER_URL: 'https://git.example.net',
    GITHUB_REPOSITORY: 'uploads/chunkproof',
  });
const check = (tag?: string) => ran('See that this is the release that the tag names', tag);

test('a tag that names the version, with its changes and its contract, is released', async () => {
  expect(await check()).toMatchObject({ code: 0, out: '' });
});

test('a tag of another version is not', async () => {
  expect(await check('v9.9.9')).toMatchObject({ code: 1, out: `package.json says ${packageJson.version}\n` });
});

test('changes that are called unreleased are not', async () => {
  writeFileSync(join(folder, 'CHANGELOG.md'), `## ${packageJson.version} (unreleased)\n`);
  expect(await check()).toMatchObject({ code: 1, out: expect.stringContaining('CHANGELOG.md has no heading') });
});

test('a contract that is not kept as the released one is not', async () => {
  writeFileSync(join(folder, 'spec/released/1.json'), '{}');
  expect(await check()).toMatchObject({ code: 1, out: expect.stringContaining('differ') });
});

test('the package says where it comes from, by what is true of the CI that publishes it', async () => {
  expect(await ran('Say where it comes from')).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
    repository: { type: 'git', url: 'git+https://git.example.net/uploads/chunkproof.git' },
    homepage: 'https://git.example.net/uploads/chunkproof#readme',
    publishConfig: { provenance: true },
  });
  // Provenance is signed by an identity of the job's own, and nothing else may be written.
  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});
