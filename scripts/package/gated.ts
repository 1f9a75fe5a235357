/** The gates for CI as users have them: each fetches the package by npx, and lets through who keeps the contract. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gates, ranBy } from '../../conformance/cli/gates.testing.ts';

/**
 * Runs the script of each gate against a server that keeps the contract and one that does not.
 *
 * @param node - the program of the Node that they run by
 * @param packed - the package, as npx is to fetch it
 */
export async function gatesWork(
  node: string,
  folder: string,
  packed: string,
  servers: { readonly good: string; readonly broken: string },
): Promise<void> {
  for (const [file, shell, script] of gates) {
    const cwd = await mkdtemp(join(folder, 'gate-'));
    const summary = join(cwd, 'step-summary.md');
    const ran = (target: string) =>
      ranBy(shell, script, cwd, {
        PATH: `${dirname(node)}:${process.env['PATH']}`,
        HOME: process.env['HOME'] ?? folder,
        NO_COLOR: '1',
        npm_config_prefer_offline: 'true',
        CHUNKPROOF_PACKAGE: packed,
        CHUNKPROOF_TARGET: target,
        CHUNKPROOF_ONLY: 'capabilities.document',
        CHUNKPROOF_RUNS: '2',
        CHUNKPROOF_REPORT: 'json,junit,md',
        CHUNKPROOF_OUT: 'chunkproof-report',
        GITHUB_STEP_SUMMARY: summary,
      });
    const [good, broken] = [await ran(servers.good), await ran(servers.broken)];
    assert.equal(good.code, 0, `${file}: ${good.code}\n${good.out}\n${good.err}`);
    assert.equal(broken.code, 1, `${file}: ${broken.code}\n${broken.out}\n${broken.err}`);
    assert.match(broken.out, /FAIL capabilities\.document {2}MUST/);
    if (file === 'action.yml') assert.match(await readFile(summary, 'utf8'), /does not conform/);
  }
}
