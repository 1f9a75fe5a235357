/**
 * `npm run test:package`: packs the package, has it looked over, installs it into an empty folder, and does there what
 * users do, by the oldest Node that `engines` promises and by this one: the commands, and the suite as a library.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import packageJson from '../package.json' with { type: 'json' };
import { startBroken } from './package/broken.ts';
import { imports, strictest, typed } from './package/consumer.ts';
import { gatesWork } from './package/gated.ts';
import { installed, must, nodeOf, ran, root, start } from './package/installed.ts';

/** What npm tells of a package that it made. */
interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly entryCount: number;
  readonly files: readonly { readonly path: string }[];
}

const mostBytes = 3 * 2 ** 20;
const here = process.execPath;
const folder = await mkdtemp(join(tmpdir(), 'chunkproof-package-'));
const started = performance.now();
try {
  const tarball = await packed();
  const oldest = await nodeOf(packageJson.engines.node.replace(/^>=(\d+\.\d+)$/, '$1.0'), folder);
  const beside = ['vitest', '@types/node', '@stoplight/prism-cli'];
  const app = await installed(join(folder, 'app'), tarball, beside);
  await typesAreThere(app);
  await littleIsInstalled(app);
  for (const node of [oldest, here]) {
    const version = (await must(node, app, 'node', '--version')).trim();
    await commandsWork(node, app);
    await libraryWorks(node, app);
    say(`Node ${version}: list, explain, serve, doctor, init, run, replay, compare, mock and the library work`);
  }
  await gatesLetThrough(app, tarball);
  say(
    'each gate fetches the package by npx, is green for a server that keeps the contract, and red for one that does not',
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
say(`the package works, shown in ${((performance.now() - started) / 1000).toFixed(0)} s`);

/** Packs as publishing does, build included, and gives the tarball. */
async function packed(): Promise<string> {
  // What `prepare` prints stands before the JSON.
  const told = await must(here, root, 'npm', 'pack', '--json', '--pack-destination', folder);
  const [pack] = Object.values(JSON.parse(told.slice(told.search(/^[[{]/m)))) as [Packed];
  assert.ok(pack.unpackedSize < mostBytes, `${pack.unpackedSize} bytes unpacked, over ${mostBytes}`);
  const strange = pack.files.filter(({ path }) => /\.test\.|testing\.|(?<!\.d)\.ts$|node_modules/.test(path));
  assert.deepEqual(strange, [], 'the package holds what nobody runs');
  const tarball = join(folder, pack.filename);
  await must(here, root, join(root, 'node_modules/.bin/publint'), tarball, '--strict');
  // Of CommonJS only `require` of an ES module is left, which these Nodes can do; Node 10 is not supported.
  await must(here, root, join(root, 'node_modules/.bin/attw'), tarball, '--profile', 'esm-only');
  say(`${(pack.unpackedSize / 2 ** 20).toFixed(2)} MiB in ${pack.entryCount} files; publint and attw are content`);
  return tarball;
}

/** What each command promises, against a server that keeps the contract and one that does not. */
async function commandsWork(node: string, app: string): Promise<void> {
  const chunkproof = (...args: readonly string[]) => ran(node, app, 'node_modules/.bin/chunkproof', ...args);
  const exits = async (code: number, ...args: readonly string[]) => {
    const ended = await chunkproof(...args);
    assert.equal(ended.code, code, `chunkproof ${args.join(' ')} ended with ${ended.code}\n${ended.out}\n${ended.err}`);
    return ended;
  };
  const versionLine = `${packageJson.version}\n`;
  assert.equal(await must(node, app, 'npx', '--no-install', 'chunkproof', '--version'), versionLine);
  assert.match((await exits(0, 'list')).out, /, 0 open$/m);
  assert.match((await exits(0, 'explain', 'chunk.atomic')).out, /broken by these servers/);

  const served = await listening(node, app, 'serve', '--port', '0', '--prefix', '/api', '--log-level', 'silent');
  const broken = await startBroken(served.url);
  try {
    const little = ['--only', 'capabilities.document', '--runs', '2'];
    const reports = ['--report', 'json,html,junit,md,har', '--out'];
    await exits(0, 'doctor', served.url);
    await exits(0, 'init', served.url, '--force');
    assert.match(
      (await exits(0, 'run', served.url, ...little, '--out', 'good')).out,
      /^config chunkproof\.config\.json: /m,
    );
    await exits(0, 'run', served.url, ...little, ...reports, 'good');
    const { out } = await exits(1, 'run', broken.url, ...little, ...reports, 'bad');
    const [, found = 'no replay line'] = /replay: npx chunkproof replay (\S+)/.exec(out) ?? [];
    await exits(1, 'replay', found);
    await exits(0, 'replay', found, served.url);
    await exits(1, 'compare', 'good/results.json', 'bad/results.json');
    await exits(5, 'run', served.url, '--only', 'complete.async', '--report', 'terminal');
  } finally {
    broken.close();
    await served.stop();
  }
  const mock = await listening(node, app, 'mock');
  try {
    const { status } = await fetch(`${mock.url}/attachment/capabilities`);
    assert.equal(status, 200);
  } finally {
    await mock.stop();
  }
}

/** What few need is left to them: those who ask for it without having it are told what to install. */
async function littleIsInstalled(app: string): Promise<void> {
  const packages = await readdir(join(app, 'node_modules'));
  assert.deepEqual(
    packages.filter((name) => ['pg', '@aws-sdk', '@smithy'].includes(name)),
    [],
  );
  const asked = ['serve', '--database-url', 'postgres://127.0.0.1:1/x', '--s3-bucket', 'uploads', '--port', '0'];
  const { code, err } = await ran(here, app, 'node_modules/.bin/chunkproof', ...asked);
  assert.match(err, /^chunkproof serve: [^\n]*npm install pg@8 @aws-sdk\/client-s3@3\n$/);
  assert.notEqual(code, 0);
}

async function gatesLetThrough(app: string, tarball: string): Promise<void> {
  const served = await listening(here, app, 'serve', '--port', '0', '--prefix', '/api', '--log-level', 'silent');
  const broken = await startBroken(served.url);
  try {
    await gatesWork(here, folder, tarball, { good: served.url, broken: broken.url });
  } finally {
    broken.close();
    await served.stop();
  }
}

/** Starts a command that serves, and waits until it does. Prism says so after the line that names its address. */
async function listening(node: string, app: string, ...args: readonly string[]) {
  const child = start(node, app, 'node', 'node_modules/chunkproof/dist/conformance/cli.js', ...args);
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (/listening (at|on)/.test(line)) [, url] = /(http:\S+)/.exec(line) ?? [];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error(`chunkproof ${args.join(' ')} serves nothing\n${said.join('\n')}`);
  child.stdout.resume();
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}

/** The example of the README, in a Vitest of a user's own, and what else can be imported. */
async function libraryWorks(node: string, app: string): Promise<void> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const example = /```ts contract\.test\.ts\n(.*?)```/s.exec(readme)?.[1];
  assert.ok(example, 'the README shows no test with chunkproof');
  const served = await listening(node, app, 'serve', '--port', '0', '--log-level', 'silent');
  try {
    await writeFile(join(app, 'contract.test.ts'), example.replace(/http:[^']+/, served.url));
    const passed = await must(node, app, 'node', 'node_modules/vitest/vitest.mjs', 'run', 'contract.test.ts');
    assert.match(passed, /1 passed/);
    const broken = await startBroken(served.url);
    await writeFile(join(app, 'contract.test.ts'), example.replace(/http:[^']+/, broken.url));
    const failed = await ran(node, app, 'node', 'node_modules/vitest/vitest.mjs', 'run', 'contract.test.ts');
    broken.close();
    assert.equal(failed.code, 1);
    assert.match(`${failed.out}${failed.err}`, /FAIL capabilities\.document {2}MUST/);
  } finally {
    await served.stop();
  }
  await writeFile(join(app, 'imports.mjs'), imports);
  assert.equal(await must(node, app, 'node', 'imports.mjs'), 'all is there\n');
}

/** The types, for whoever compiles with the strictest settings there are, by either way of resolving. */
async function typesAreThere(app: string): Promise<void> {
  await writeFile(join(app, 'typed.ts'), typed);
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const compilerOptions = { ...strictest, module, moduleResolution };
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    await must(here, app, join(root, 'node_modules/.bin/tsc'), '-p', 'tsconfig.json');
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
