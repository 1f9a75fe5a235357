import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { startHonest } from './honest.ts';

interface Described {
  readonly $ref?: string;
  readonly headers?: Readonly<
    Record<string, { readonly $ref?: string; readonly required?: boolean; readonly schema?: object }>
  >;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Described>> }>>>
  >;
  readonly components: { readonly schemas: object };
}

it('answers as the OpenAPI description says, in every state that a request can find', async () => {
  const judge = await judgeByDescription();
  const server = await startHonest({ tokens: ['t'], prefix: '/api' });
  const seen = new Set<string>();
  const call = async (
    method: string,
    path: string,
    body?: string | object,
    fields: Readonly<Record<string, string>> = {},
  ) => {
    const isJson = typeof body === 'object';
    const response = await fetch(path.startsWith('/api') ? new URL(path, server.url) : server.url + path, {
      method,
      headers: { Authorization: 'Bearer t', ...(isJson && { 'Content-Type': 'application/json' }), ...fields },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined;
    const template = new URL(response.url).pathname
      .replace('/api', '')
      .replace(/\/session\/[^/]+/, '/session/{sessionId}')
      .replace(/\/upload\/[^/]+/, '/upload/{chunkId}')
      .replace(/\/attachments\/[^/]+/, '/attachments/{attachmentId}');
    seen.add(`${method} ${template} ${response.status}`);
    expect(
      judge(method.toLowerCase(), template, response, json),
      `${method} ${path} ${response.status} ${text}`,
    ).toEqual([]);
    return { location: response.headers.get('location') ?? '', json };
  };

  try {
    for (const method of ['GET', 'HEAD']) await call(method, '/attachment/capabilities');
    const file = {
      fileName: 'Räder – 車輪.step',
      fileSize: 10,
      preferredChunkSize: 4,
      contentType: 'model/step; a="b c"',
    };
    const key = { 'Idempotency-Key': 'k' };
    const { location } = await call('POST', '/attachment/initiate', file, key);
    await call('POST', '/attachment/initiate', { ...file, fileSize: 11 }, key);
    await call('POST', '/attachment/initiate', { ...file, fileSize: 2 ** 52 });
    await call('POST', '/attachment/initiate', { ...file, fileName: '..' });
    await call('POST', '/attachment/initiate', { ...file, fileName: 7, fileSize: -1 });
    await call('POST', '/attachment/initiate', '{}');
    await call('POST', '/attachment/initiate', { ...file, padding: ' '.repeat(2 ** 21) });
    await call('POST', '/attachment/initiate', file, { Authorization: 'Basic x' });
    for (const chunk of [2, 0]) await call('PUT', `${location}/upload/${chunk}`, chunk === 2 ? 'ij' : 'abcd');
    await call('PUT', `${location}/upload/0`, 'abcd');
    await call('PUT', `${location}/upload/0`, 'abc');
    await call('PUT', `${location}/upload/3`, 'abcd');
    await call('PUT', `${location}/upload/1`, 'efgh', { 'Content-Range': 'bytes 0-3/10' });
    await call('PUT', `${location}/upload/1`, 'efgh', { 'Content-Encoding': 'gzip' });
    for (const field of ['sha-256=:AAAA:', 'md5=1', `sha-256=:${'A'.repeat(43)}=:`])
      await call('PUT', `${location}/upload/1`, 'efgh', { 'Content-Digest': field });
    for (const method of ['GET', 'HEAD']) await call(method, location);
    await call('POST', `${location}/complete`);
    await call('POST', `${location}/complete`, '[]');
    await call('PUT', `${location}/upload/1`, 'efgh');
    await call('POST', `${location}/complete`, { compositeDigest: `sha-256=:${'A'.repeat(43)}=:` });
    const { json } = await call('POST', `${location}/complete`);
    await call('POST', `${location}/complete`);
    await call('PUT', `${location}/upload/1`, 'efgh');
    await call('POST', `${location}/abort`);
    for (const method of ['GET', 'HEAD']) {
      await call(method, location);
      for (const path of [
        json.contentUrl,
        json.contentUrl.replace('/content', ''),
        '/attachments/x',
        '/attachments/x/content',
      ])
        await call(method, path);
      await call(method, '/attachment/session/x');
    }
    await call('GET', json.contentUrl, undefined, { Range: 'bytes=1-2' });
    await call('GET', json.contentUrl, undefined, { Range: 'bytes=10-' });
    await call('GET', json.contentUrl, undefined, { 'If-None-Match': '*' });
    const aborted = await call('POST', '/attachment/initiate', file);
    await call('POST', `${aborted.location}/abort`);
    for (const end of ['', '/upload/0', '/complete', '/abort'])
      for (const path of [aborted.location, '/attachment/session/x'])
        await call(end === '' ? 'GET' : end === '/upload/0' ? 'PUT' : 'POST', path + end);
  } finally {
    await server.close();
  }
  expect(seen.size).toBeGreaterThanOrEqual(40);
});

/** What of a response is not as the bundle documents it. */
async function judgeByDescription() {
  const text = await readFile(new URL('../../generated/openapi.json', import.meta.url), 'utf8');
  const description = JSON.parse(text) as Description;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'bundle:', ...description });
  const resolve = <T extends { readonly $ref?: string }>(node: T): T =>
    node.$ref === undefined
      ? node
      : (node.$ref
          .slice(2)
          .split('/')
          .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], description) as T);
  const holds = (schema: object, value: unknown, of: string) => {
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"bundle:#/')) as object);
    return validate(value) ? [] : [`${of}: ${ajv.errorsText(validate.errors)}`];
  };
  return (method: string, path: string, response: Response, json: unknown): string[] => {
    const named = description.paths[path]?.[method]?.responses[response.status];
    if (!named) return ['undocumented status'];
    const { headers = {}, content = {} } = resolve(named);
    const faults = Object.entries(headers).flatMap(([name, header]) => {
      const { required, schema } = resolve(header);
      const value = response.headers.get(name);
      if (value === null) return required ? [`${name} is missing`] : [];
      return schema ? holds(schema, value, name) : [];
    });
    const mediaType = response.headers.get('content-type')?.replace(/;.*/, '') ?? '';
    const body = content[mediaType] ?? content['*/*'];
    if (json !== undefined && !body) return [...faults, `undocumented media type ${mediaType}`];
    return json === undefined || !body ? faults : [...faults, ...holds(body.schema, json, 'body')];
  };
}
