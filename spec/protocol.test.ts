import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundle as bundleText, type Description, operationsOf } from './description.ts';
import { problemsOf, requirementsOf } from './emit.ts';
import { type Json, type JsonObject, member, resolve, validator } from './testing.ts';

let prose: string;
let bundle: JsonObject;
let description: Description;

beforeAll(async () => {
  prose = await readFile(join(import.meta.dirname, 'protocol.md'), 'utf8');
  const text = await bundleText();
  bundle = JSON.parse(text) as JsonObject;
  description = JSON.parse(text) as Description;
});

/** The sentences from section 1 on, without code blocks; a colon after an id ends one, too. */
const sentences = (): readonly string[] =>
  prose
    .slice(prose.indexOf('\n## 1. '))
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .split(/\n\s*\n|\n(?=\s*(?:- |\d+\. |\|))/)
    .map((block) => block.replaceAll(/\s+/g, ' ').trim())
    .flatMap((block) => block.split(/(?<=\.) (?=[A-Z`*"(])|(?<=\]\.) (?=\d)|(?<=\]): /));

const idsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\[((?:`[a-z.-]+`(?:, )?)+)\](?!\()/g)].flatMap(([, list]) =>
    [...(list ?? '').matchAll(/`([a-z.-]+)`/g)].map(([, id]) => id ?? ''),
  );

test('every sentence with MUST or SHOULD ends with the requirement that it tells of', () => {
  const normative = sentences().filter((sentence) => /\b(MUST|SHOULD)\b/.test(sentence));
  expect(normative.length).toBeGreaterThan(50);
  expect(normative.filter((sentence) => !/`\][.:]?$/.test(sentence))).toEqual([]);
});

test('the prose names every requirement, and none that does not exist', () => {
  const known = requirementsOf(description).map(({ id }) => id);
  const named = new Set(idsIn(prose));
  expect([...named].filter((id) => !known.includes(id))).toEqual([]);
  expect(known.filter((id) => !named.has(id))).toEqual([]);
});

test('the prose has the problem table of the description', () => {
  const rows = [...prose.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)].map(([, name, status]) => [name, Number(status)]);
  const expected = problemsOf(description).map(({ name, status }) => [name, status]);
  expect(rows.sort()).toEqual(expected.sort());
});

interface Message {
  readonly line: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

const messages = (): readonly Message[] =>
  [...prose.matchAll(/^```http\n([\s\S]*?)\n```$/gm)].map(([, text]) => {
    const [head = '', ...rest] = (text ?? '').split('\n\n');
    const [line = '', ...fields] = head.split('\n');
    const pairs = fields.map((field) => field.split(/: (.*)/s).slice(0, 2));
    return { line, fields: Object.fromEntries(pairs) as Record<string, string>, body: rest.join('\n\n') };
  });

interface Exchange {
  readonly request: Message;
  readonly response: Message;
  readonly status: string;
  readonly at: readonly string[];
}

/** Request and response in turn, with the place of their operation in the bundle. */
const exchanges = (): readonly Exchange[] => {
  const all = messages();
  return all.flatMap((request, index) => {
    const response = all[index + 1];
    if (index % 2 === 1 || response === undefined) return [];
    const [method = '', url = ''] = request.line.split(' ');
    const found = operationsOf(description).find(
      (operation) =>
        operation.method === method.toLowerCase() &&
        new RegExp(`^/files${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url),
    );
    if (found === undefined) throw new Error(`no operation for ${request.line}`);
    const status = response.line.split(' ')[1] ?? '';
    return [{ request, response, status, at: ['paths', found.path, found.method] }];
  });
};

const expectValid = (at: readonly string[], body: string): void => {
  const validate = validator(bundle)(at);
  validate(JSON.parse(body) as Json);
  expect(validate.errors ?? [], body).toEqual([]);
};

test('the worked exchanges are what the description documents', () => {
  expect(exchanges().length).toBeGreaterThan(10);
  for (const { request, response, status, at } of exchanges()) {
    if (request.fields['Content-Type'] === 'application/json') {
      expectValid([...at, 'requestBody', 'content', 'application/json', 'schema'], request.body);
    }
    const documented = resolve(bundle, member(bundle, ...at, 'responses')[status]);
    expect(Object.keys(documented), `${request.line} ${status}`).not.toEqual([]);
    for (const [name, header] of Object.entries(member(documented, 'headers'))) {
      const required = resolve(bundle, header)['required'] === true && name !== 'Date';
      if (required) expect(Object.keys(response.fields), `${request.line} ${status}`).toContain(name);
    }
    const type = response.fields['Content-Type'];
    if (type === undefined) {
      expect(response.body).toBe('');
      continue;
    }
    const ref = member(bundle, ...at, 'responses', status)['$ref'];
    const place = typeof ref === 'string' ? ref.slice(2).split('/') : [...at, 'responses', status];
    expectValid([...place, 'content', type, 'schema'], response.body);
  }
});

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const text = (digest: Buffer): string => `sha-256=:${digest.toString('base64')}:`;
const composite = (...chunks: readonly string[]): string => text(sha256(Buffer.concat(chunks.map(sha256))));

test('the worked exchanges count and digest their bytes right', () => {
  for (const { request, response, status } of exchanges()) {
    if (!request.line.startsWith('PUT')) continue;
    const digest = text(sha256(request.body));
    expect(request.fields['Content-Length']).toBe(String(request.body.length));
    expect(request.fields['Content-Digest'] ?? digest).toBe(digest);
    if (!status.startsWith('2')) continue;
    const chunkId = Number(request.line.match(/upload\/(\d+)/)?.[1]);
    const length = request.body.length;
    expect(JSON.parse(response.body)).toMatchObject({ chunkId, offset: chunkId * 4, length, digest });
    const range = `bytes ${chunkId * 4}-${chunkId * 4 + length - 1}/10`;
    expect(request.fields['Content-Range'] ?? range).toBe(range);
  }
});

test('every digest in the prose and the examples is one of the file, its chunks or their composites', async () => {
  const right = [
    ...['0123', '4567', '89', '4x67', '0123456789'].map((bytes) => text(sha256(bytes))),
    composite('0123', '4567', '89'),
    composite('0123', '4x67', '89'),
  ];
  const examples = await readFile(join(import.meta.dirname, 'components/examples.yaml'), 'utf8');
  const found = [...`${prose}\n${examples}`.matchAll(/sha-256=:[A-Za-z0-9+/=]+:/g)].map(([digest]) => digest);
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter((digest) => !right.includes(digest))).toEqual([]);
  for (const { compositeDigest, digest } of exchanges()
    .filter(({ request }) => request.line.includes('/complete'))
    .map(({ response }) => JSON.parse(response.body) as { compositeDigest?: string; digest?: string })) {
    expect(compositeDigest ?? composite('0123', '4567', '89')).toBe(composite('0123', '4567', '89'));
    expect(digest ?? text(sha256('0123456789'))).toBe(text(sha256('0123456789')));
  }
});
