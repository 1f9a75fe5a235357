// The description as generate.ts and the tests read it: bundled into one file by Redocly, typed as far as they look.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

type Level = 'MUST' | 'SHOULD' | 'MAY';
export type Profile = 'core' | 'download' | 'auth' | 'idempotency';

/** A row of an `x-requirements` list. */
export interface RequirementRow {
  readonly id: string;
  readonly level: Level;
  readonly text: string;
  readonly source?: string;
  readonly untestable?: string;
  readonly profile?: Profile;
}

export interface Operation {
  readonly operationId: string;
  readonly 'x-requirements'?: readonly RequirementRow[];
}

/** What a row of the problem table has. */
interface ProblemSchema {
  readonly title?: string;
  readonly properties?: { readonly type?: { readonly const?: string }; readonly status?: { readonly const?: number } };
}

export interface Description {
  readonly 'x-requirements': readonly RequirementRow[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, ProblemSchema>> };
}

export const methods = ['get', 'head', 'put', 'post'] as const;

export const root = join(import.meta.dirname, '..');

const run = promisify(execFile);

/**
 * Runs the Redocly command line at the root of the repository, without telemetry; its configuration is redocly.yaml.
 * Rejects, with `stdout` and `stderr`, when the command exits non-zero.
 */
export const redocly = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, [join(root, 'node_modules/@redocly/cli/bin/cli.js'), ...args], {
    cwd: root,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });

/** Bundles spec/openapi.yaml into one JSON text; internal references stay references. */
export const bundle = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'chunkproof-bundle-'));
  const file = join(folder, 'openapi.json');
  try {
    await redocly('bundle', 'main', '--ext', 'json', '--output', file);
    return `${JSON.stringify(JSON.parse(await readFile(file, 'utf8')), null, 2)}\n`;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Every operation of a description, in its order. */
export const operationsOf = (
  description: Description,
): readonly { readonly path: string; readonly method: (typeof methods)[number]; readonly operation: Operation }[] =>
  Object.entries(description.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
