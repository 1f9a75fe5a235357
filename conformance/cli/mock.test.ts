import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { type OperationId, operations } from '../../generated/operations.ts';
import { problems } from '../../generated/problems.ts';
import { typed } from './testing.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
let mock: ChildProcess;
let url = '';

beforeAll(async () => {
  mock = spawn(process.execPath, [cli, 'mock'], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (mock.stdout === null) throw new Error('the mock has no standard output');
  const lines = createInterface({ input: mock.stdout });
  for await (const line of lines) {
    url = /^chunkproof mock: starting at (\S+)$/.exec(line)?.[1] ?? url;
    if (/is listening/.test(line)) break;
  }
  mock.stdout.resume();
});
afterAll(async () => {
  const exited = once(mock, 'exit');
  mock.kill('SIGTERM');
  await exited;
});

interface Reference {
  readonly $ref?: string;
}
interface Response extends Reference {
  readonly content?: Readonly<Record<string, { readonly examples?: Readonly<Record<string, Example>> }>>;
}
interface Example extends Reference {
  readonly value?: unknown;
}

/** What a reference of the bundle stands for. */
const resolved = <T extends Reference>(value: T): T =>
  value.$ref === undefined
    ? value
    : (value.$ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part.replaceAll('~1', '/')], openapi) as T);

/** Every problem that an operation documents, by the name of its example. */
const documented = (Object.keys(operations) as OperationId[]).flatMap((operation) => {
  const { method, path } = operations[operation];
  const item = openapi.paths[path] as unknown as Readonly<
    Record<string, { readonly responses: Readonly<Record<string, Response>> }>
  >;
  return Object.entries(item[method.toLowerCase()]?.responses ?? {}).flatMap(([status, response]) => {
    const examples = resolved(response).content?.['application/problem+json']?.examples ?? {};
    return Object.entries(examples).map(([example, value]) => ({
      operation,
      status: Number(status),
      example,
      value: resolved(value).value,
    }));
  });
});

function ask(operation: OperationId, prefer?: string): Promise<globalThis.Response> {
  const { method, path } = operations[operation];
  const at = path.replaceAll(/\{(session|attachment)Id\}/g, 'u7Wc0c2mQy1pT9eVb3kZxA').replace('{chunkId}', '0');
  const body =
    operation === 'initiateUpload'
      ? { body: '{"fileName":"a","fileSize":1}', headers: { 'Content-Type': 'application/json' } }
      : operation === 'uploadChunk'
        ? { body: 'x', headers: { 'Content-Type': 'application/octet-stream' } }
        : {};
  const headers = { ...body.headers, ...(prefer === undefined ? {} : { Prefer: prefer }) };
  return fetch(`${url}${at}`, { method, ...body, headers });
}

test('the mock answers every operation with a success', async () => {
  for (const operation of Object.keys(operations) as OperationId[]) {
    // Prism has no example of raw bytes.
    if (operation === 'getAttachmentContent') continue;
    const { status } = await ask(operation);
    expect({ operation, status, ok: status < 300 }).toEqual({ operation, status, ok: true });
  }
});

test('the mock gives every documented problem when it is asked for it by code and name', async () => {
  expect(documented.length).toBeGreaterThan(60);
  for (const { operation, status, example, value } of documented) {
    const answer = await ask(operation, `code=${status}, example=${example}`);
    expect({ operation, status: answer.status, body: await answer.json() }).toEqual({ operation, status, body: value });
  }
});

test('between them the operations document every problem of the table, so that none is out of reach', () => {
  const types = new Set(documented.map(({ value }) => (value as { readonly type: string }).type));
  for (const { type } of Object.values(problems)) expect(types).toContain(type);
});

test('mock has help with examples', async () => {
  const { code, out } = await typed(['mock', '--help']);
  expect(code).toBe(0);
  expect(out).toContain('Examples:');
  expect(out).toContain("-H 'Prefer: code=");
});
