import { type ChildProcessWithoutNullStreams as Child, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listening } from '../engine/testing.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cli-process-'));
let server: Child;
let url = '';

beforeAll(async () => {
  server = start('serve', '--port', '0', '--prefix', '/api', '--data', join(folder, 'data'), '--log-level', 'silent');
  for await (const line of createInterface({ input: server.stdout })) {
    url = /listening at (\S+)$/.exec(line)?.[1] ?? '';
    if (url !== '') break;
  }
});

afterAll(async () => {
  server.kill('SIGKILL');
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]): Child {
  return spawn(process.execPath, [cli, ...args], { env: { ...process.env, NO_COLOR: '1' } });
}

async function ended(child: Child) {
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, code };
}

const run = (...args: string[]) => start('run', url, '--out', join(folder, 'report'), ...args);

test('a run of the served reference server exits with 0 and says how much it sent', async () => {
  const { out, err, code } = await ended(run('--only', 'capabilities.document', '--seed', '1'));
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/[1-9][\d,]* requests · .* seed 1 /);
});

test('a run that checks nothing exits with 5', async () => {
  expect(await ended(run('--only', 'chunk.durable'))).toMatchObject({ code: 5, err: '' });
});

test('a target that is not there exits with 4, in one line', async () => {
  const { err, code } = await ended(start('run', 'http://127.0.0.1:1', '--report', 'terminal'));
  expect(code).toBe(4);
  expect(err).toMatch(/^chunkproof: unreachable: [^\n]+\n$/);
});

test('Ctrl-C ends a run early, with what it has found', async () => {
  const child = run('--runs', '5000', '--max-time', '60');
  child.stdout.once('data', () => child.kill('SIGINT'));
  const { out, err, code } = await ended(child);
  expect(code).toBe(130);
  expect(err).toMatch(/^chunkproof: ending: [^\n]+\n$/);
  expect(out).toMatch(/\ninterrupted: a part of a run, in which nothing failed\n$/);
  const written = readFileSync(join(folder, 'report', 'results.json'), 'utf8');
  expect(JSON.parse(written)).toMatchObject({ run: { interrupted: true } });
});

test('a second Ctrl-C ends it at once, whatever is not answered yet', async () => {
  const connected = Promise.withResolvers<void>();
  const { url: hanging } = await listening(() => connected.resolve());
  const child = start('run', String(hanging), '--report', 'terminal');
  await connected.promise;
  child.kill('SIGINT');
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  expect((await ended(child)).code).toBe(130);
});

test('a reader that goes away is no error', async () => {
  const child = start('list', '--json');
  child.stdout.once('data', () => child.stdout.destroy());
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ err, code }).toEqual({ err: '', code: 0 });
});
