import { globSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { expect, test } from 'vitest';

/** An import as the files of the repository have it: both ends are paths from the root, or the name of a package. */
interface Import {
  readonly from: string;
  readonly to: string;
}

/** Imports go down only. Each floor: which files it binds, what these may not import, and why. */
const floors: readonly { readonly of: RegExp; readonly never: RegExp; readonly why: string }[] = [
  {
    of: /^conformance\/(?!cli\/serve-command\.ts|.*\.test\.ts)/,
    never: /^reference-server\//,
    why: 'a shared helper would let suite and server be wrong together; only `serve` mounts the server',
  },
  { of: /^reference-server\/(?!.*\.test\.ts)/, never: /^conformance\//, why: 'the same, the other way round' },
  {
    of: /^conformance\/model\/(?!.*\.test\.ts)/,
    never:
      /^node:|^conformance\/(engine|properties|report|cli|mutants|[a-z]+\.ts$)(?<!history\.ts|verdict\.ts|bytes\.ts|templates\.ts)/,
    why: 'the model is pure',
  },
  {
    of: /^conformance\/engine\/(?!.*\.test\.ts)/,
    never: /^conformance\/(model|properties|report|cli|mutants)\/|^conformance\/(run|cli|arbitraries)\.ts$/,
    why: 'the engine records, it does not judge',
  },
  {
    of: /^conformance\/(properties\/|(arbitraries|names)\.ts)(?!.*\.test\.ts)/,
    never: /^conformance\/(model|engine|report|cli|mutants)\/|^conformance\/(run|cli)\.ts$/,
    why: 'a property only proposes',
  },
  {
    of: /^conformance\/report\/(?!.*\.test\.ts)/,
    never: /^conformance\/(model|engine|properties|cli|mutants)\/|^conformance\/(run|cli)\.ts$/,
    why: 'a report shows results, and asks nobody else',
  },
  { of: /^conformance\/(?!cli)(?!.*\.test\.ts)/, never: /^conformance\/cli(\/|\.ts$)/, why: 'cli.ts stands on top' },
  {
    of: /^reference-server\/(domain|storage)\/(?!.*\.test\.ts)/,
    never: /^reference-server\/(http\/|main\.ts|serve\.ts|config\.ts)|^fastify|^node:http/,
    why: 'neither the domain nor the storage knows HTTP',
  },
  {
    of: /^reference-server\/storage\/(?!.*\.test\.ts)/,
    never: /^reference-server\/domain\/uploads\.ts$/,
    why: 'the storage does not know the shell above it',
  },
  {
    of: /^reference-server\/domain\/(?!.*\.test\.ts)/,
    never: /^reference-server\/storage\/(?!ports\.ts)|^node:sqlite/,
    why: 'the domain knows the ports, and no adapter',
  },
  { of: /^reference-server\/domain\/session\.ts$/, never: /^node:/, why: 'decide is pure' },
  {
    of: /^(conformance|reference-server|scripts)\/(?!.*\.test(ing)?\.ts)/,
    never: /^spec\/|^yaml$/,
    why: 'generated/ stands between',
  },
];

function violations(imports: readonly Import[]): readonly string[] {
  return floors.flatMap(({ of, never, why }) =>
    imports
      .filter(({ from, to }) => of.test(from) && never.test(to))
      .map(({ from, to }) => `${from} imports ${to}: ${why}`),
  );
}

function importsOf(file: string): readonly Import[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:^|[;}\s])(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/gm);
  const from = file.replaceAll('\\', '/');
  return [...specifiers].map(([, to = '']) => ({ from, to: to.startsWith('.') ? posix.join(dirname(from), to) : to }));
}

const files = globSync('{conformance,reference-server,scripts,spec,generated}/**/*.ts', {
  exclude: (name) => name.endsWith('node_modules'),
});

test('imports go down only', () => {
  expect(violations(files.flatMap(importsOf))).toEqual([]);
});

test('the imports are really read', () => {
  expect(importsOf('conformance/cli/serve-command.ts')).toContainEqual({
    from: 'conformance/cli/serve-command.ts',
    to: 'reference-server/serve.ts',
  });
  const bound = floors.filter(({ of }) => files.some((file) => of.test(file.replaceAll('\\', '/'))));
  expect(bound).toEqual(floors);
});

test.each<[string, string]>([
  ['conformance/run.ts', 'reference-server/domain/session.ts'],
  ['conformance/cli/run-command.ts', 'reference-server/serve.ts'],
  ['reference-server/http/fields.ts', 'conformance/bytes.ts'],
  ['conformance/model/session.ts', 'node:crypto'],
  ['conformance/model/session.ts', 'conformance/engine/wire.ts'],
  ['conformance/model/judge.ts', 'conformance/run.ts'],
  ['conformance/engine/player.ts', 'conformance/model/session.ts'],
  ['conformance/properties/chunk.ts', 'conformance/model/state.ts'],
  ['conformance/arbitraries.ts', 'conformance/engine/wire.ts'],
  ['conformance/names.ts', 'conformance/model/requests.ts'],
  ['conformance/report/words.ts', 'conformance/model/state.ts'],
  ['conformance/run.ts', 'conformance/cli/flags.ts'],
  ['reference-server/domain/uploads.ts', 'reference-server/http/answer.ts'],
  ['reference-server/domain/uploads.ts', 'reference-server/storage/memory.ts'],
  ['reference-server/storage/memory.ts', 'reference-server/domain/uploads.ts'],
  ['reference-server/domain/session.ts', 'node:fs'],
  ['conformance/run.ts', 'yaml'],
  ['reference-server/main.ts', 'spec/description.ts'],
])('%s may not import %s', (from, to) => {
  expect(violations([{ from, to }])).toHaveLength(1);
});

test.each<[string, string]>([
  ['conformance/run.ts', 'conformance/engine/player.ts'],
  ['conformance/model/session.ts', 'conformance/history.ts'],
  ['conformance/model/digest.ts', 'conformance/bytes.ts'],
  ['reference-server/domain/uploads.ts', 'reference-server/storage/ports.ts'],
  ['conformance/run.test.ts', 'reference-server/main.ts'],
])('%s may import %s', (from, to) => {
  expect(violations([{ from, to }])).toEqual([]);
});
