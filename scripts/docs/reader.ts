/** For tests: what somebody has who reads a page of the documentation and follows it. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Reader {
  /** An empty folder, in which `npx chunkproof` and `import 'chunkproof'` are this checkout's. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly leave: () => void;
}

/** Makes a reader, who has Vitest and Express installed, too. */
export function newReader(variables: Readonly<Record<string, string>> = {}): Reader {
  const home = mkdtempSync(join(tmpdir(), 'chunkproof-reader-'));
  const [folder, bin] = [join(home, 'project'), join(home, 'bin')];
  mkdirSync(bin);
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  installPackage(join(folder, 'node_modules/chunkproof'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(bin, 'npx'), npx);
  chmodSync(join(bin, 'npx'), 0o755);
  const path = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path, NO_COLOR: '1', CHUNKPROOF_LOG_LEVEL: 'silent', ...variables };
  return { folder, env, leave: () => rmSync(home, { recursive: true, force: true }) };
}

/** Of npx only the fetching is left out. */
const npx = `#!/bin/sh
[ "$1 $2" = '--yes --package' ] && shift 3
name=$1
shift
case $name in
  chunkproof) exec '${process.execPath}' '${join(root, 'conformance/cli.ts')}' "$@" ;;
  vitest) exec '${process.execPath}' '${join(root, 'node_modules/vitest/vitest.mjs')}' "$@" ;;
  *) exit 99 ;;
esac
`;

/** The package as it is published, but from its sources: nothing has to be built for that. */
function installPackage(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['conformance', 'generated', 'reference-server'])
    symlinkSync(join(root, name), join(folder, name));
  const published = readFileSync(join(root, 'package.json'), 'utf8');
  writeFileSync(
    join(folder, 'package.json'),
    published.replaceAll(/"\.\/dist\/([^"]*?)(?:(?:\.d)?\.ts|\.js)"/g, '"./$1.ts"').replaceAll('"./dist/', '"./'),
  );
}
