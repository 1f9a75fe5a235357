/** Where no Docker engine is: the Dockerfile is read, and what it says is done in folders instead of in images. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../conformance/cli/free-ports.ts';
import { initiate, send, temporaryFolder } from './testing.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The stages, by name or number: from which image, and the instructions that follow. */
async function stages() {
  const file = DockerfileParser.parse(await readFile(join(root, 'Dockerfile'), 'utf8'));
  const found: { name: string; image: string; instructions: Instruction[] }[] = [];
  for (const instruction of file.getInstructions()) {
    const from = file.getFROMs().find((one) => one.getRange() !== null && same(one, instruction));
    if (from !== undefined)
      found.push({
        name: from.getBuildStage() ?? String(found.length),
        image: from.getImage() ?? '',
        instructions: [],
      });
    else found.at(-1)?.instructions.push(instruction);
  }
  return found;
}
const same = (one: Instruction, other: Instruction) => one.getRange()?.start.line === other.getRange()?.start.line;
const words = (instruction: Instruction) => instruction.getArguments().map((argument) => argument.getValue());
/** A command in its exec form. */
const json = (instruction: Instruction) =>
  JSON.parse((instruction.getArgumentsContent() ?? '').replace(/^CMD /, '')) as string[];
const only = (instructions: readonly Instruction[], keyword: string) =>
  instructions.filter((instruction) => instruction.getKeyword() === keyword);

test('the image is made in stages, on a slim Node of the tested major, runs as nobody special, and keeps data apart', async () => {
  const all = await stages();
  expect(all.map(({ image }) => image)).toEqual(all.map(() => 'node:24-slim'));
  expect(process.versions.node.split('.')[0]).toBe('24');
  const last = all.at(-1)?.instructions ?? [];
  expect(only(last, 'USER').map(words)).toEqual([['node']]);
  expect(only(last, 'VOLUME').map(words)).toEqual([['/data']]);
  // What is left in the image comes from other stages, where only what is published was put: no compiler, no source.
  for (const copy of only(last, 'COPY') as Copy[]) expect(copy.getFromFlag()?.getValue()).toBeTruthy();
  expect(only(last, 'RUN').map(words)).toEqual([['install', '-d', '-o', 'node', '-g', 'node', '/data']]);
});

test('what it copies is in the repository, and let through by .dockerignore', async () => {
  const { stdout } = await run('git', ['ls-files'], { cwd: root });
  const tracked = stdout.split('\n');
  const allowed = (await readFile(join(root, '.dockerignore'), 'utf8')).match(/(?<=^!).*$/gm) ?? [];
  const copied = (await stages()).flatMap(({ instructions }) =>
    (only(instructions, 'COPY') as Copy[]).flatMap((copy) => (copy.getFromFlag() ? [] : words(copy).slice(0, -1))),
  );
  for (const path of copied) {
    expect(
      tracked.some((file) => file === path || file.startsWith(`${path}/`)),
      path,
    ).toBe(true);
    expect(allowed, path).toContain(path.split('/')[0]);
  }
  expect(allowed.filter((path) => !copied.some((one) => one.split('/')[0] === path))).toEqual([]);
});

test('its commands build it from a clean checkout, and what comes of it serves and is healthy', {
  timeout: 600_000,
}, async () => {
  const folder = await temporaryFolder();
  const context = join(folder, 'context');
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of stdout.split('\n').filter(Boolean))
    await cp(join(root, file), join(context, file)).catch(() => {});

  const all = await stages();
  let [workdir, image] = ['', ''];
  for (const [number, { name, instructions }] of all.entries()) {
    image = join(folder, 'images', name);
    for (const instruction of instructions) {
      const args = words(instruction);
      if (instruction.getKeyword() === 'WORKDIR') {
        workdir = join(image, args[0] ?? '');
        await mkdir(workdir, { recursive: true });
      } else if (instruction.getKeyword() === 'COPY') {
        const from = (instruction as Copy).getFromFlag()?.getValue();
        const source = from === undefined || from === null ? context : join(folder, 'images', from);
        const target = join(workdir, args.at(-1) ?? '');
        const paths = args.slice(0, -1);
        for (const path of paths) {
          const into =
            args.at(-1)?.endsWith('/') && (from === null || from === undefined) ? join(target, basename(path)) : target;
          await cp(join(source, path), into, { recursive: true, verbatimSymlinks: true });
        }
      } else if (instruction.getKeyword() === 'RUN' && number < all.length - 1) {
        // As in the image: neither this repository's tools nor what npm tells its children.
        const env = Object.entries(process.env).filter(([key]) => !/^npm_|^NODE_OPTIONS$|^VITEST/.test(key));
        await run('bash', ['-ec', instruction.getArgumentsContent() ?? 'false'], {
          cwd: workdir,
          env: Object.fromEntries(env),
        });
      }
    }
  }

  const last = all.at(-1)?.instructions ?? [];
  const [[program = '', ...entry] = [], command = []] = ['ENTRYPOINT', 'CMD'].map((keyword) =>
    only(last, keyword).flatMap(json),
  );
  expect(program).toBe('node');
  // Wherever it is started, as a gate is in a folder of the CI's.
  const inside = entry.map((path) => path.replace('/app/', `${workdir}/`));
  expect(inside).not.toEqual(entry);
  // Known beforehand, since the health check of the image needs it.
  const adminPort = String((await freePorts(1))[0]);
  const own = {
    CHUNKPROOF_HOST: '127.0.0.1',
    CHUNKPROOF_PORT: '0',
    CHUNKPROOF_ADMIN_PORT: adminPort,
    CHUNKPROOF_DATA: join(image, 'data'),
  };
  const declared = words(only(last, 'ENV')[0] as Instruction).map((pair) => pair.split('=')[0]);
  expect(declared).toEqual(['NODE_ENV', ...Object.keys(own)]);
  const env = { PATH: process.env['PATH'], NODE_ENV: 'production', CHUNKPROOF_LOG_LEVEL: 'warn', ...own };
  const server = spawn(process.execPath, [...inside, ...command], {
    cwd: workdir,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  let url = '';
  for await (const line of createInterface({ input: server.stdout })) {
    url ||= /listening at (\S+)$/.exec(line)?.[1] ?? '';
    if (/admin at/.test(line)) break;
  }
  const { id, reply } = await initiate(url, { fileSize: 0 });
  expect(reply.status).toBe(201);
  expect((await send(url, { method: 'POST', path: `/attachment/session/${id}/complete` })).status).toBe(201);
  const gate = ['run', url, '--only', 'capabilities.document', '--out', join(folder, 'report')];
  const { stdout: judged } = await run(process.execPath, [...inside, ...gate], { cwd: folder, env });
  expect(judged).toContain('conforms, as far as was tested');
  const health = only(last, 'HEALTHCHECK')[0] as Instruction;
  const [, ...check] = json(health);
  expect(await run(process.execPath, check, { env })).toBeTruthy();
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  await expect(run(process.execPath, check, { env })).rejects.toMatchObject({ code: 1 });
  expect((await readdir(workdir)).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'generated',
    'node_modules',
    'package.json',
    'spec',
  ]);
  // What the package leaves to its users: the image serves from a database and a bucket as it is.
  expect(await readdir(join(workdir, 'node_modules'))).toEqual(expect.arrayContaining(['pg', '@aws-sdk']));
  const { stdout: size } = await run('du', ['-sm', workdir]);
  expect(Number.parseInt(size, 10)).toBeLessThan(120);
});
