import { parse } from 'content-disposition';
import { expect, test } from 'vitest';
import { complete, digestOf, initiate, put, send, testServer } from '../testing.ts';

/** Publishes ten bytes, `0123456789`, in three chunks and gives the path of their content. */
async function publish(base: string, wanted: Record<string, unknown> = {}, expectations?: Record<string, unknown>) {
  const { id } = await initiate(base, wanted);
  for (const [chunkId, body] of ['0123', '4567', '89'].entries()) await put(base, id, chunkId, body);
  const { json, status, headers } = await complete(base, id, expectations);
  return { json, status, path: String(json['contentUrl']), location: String(headers.location), id };
}

test('a range is a part, several are the whole, an impossible one is 416, a malformed one is ignored', async () => {
  const { url } = await testServer();
  const { path } = await publish(url);
  const cases: [string, number, string, string?][] = [
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-99999999999999999999', 206, '56789', 'bytes 5-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789'],
    ['bytes=0-1,20-', 206, '01', 'bytes 0-1/10'],
    ['bytes=0-1,-99', 200, '0123456789'],
    ['bytes=1x-2', 200, '0123456789'],
    ['lines=0-1', 200, '0123456789'],
  ];
  for (const [range, status, body, contentRange] of cases) {
    const reply = await send(url, { path, headers: { range } });
    expect([reply.status, reply.bytes.toString(), reply.headers['content-range']], range).toEqual([
      status,
      body,
      contentRange,
    ]);
  }
  const impossible = await send(url, { path, headers: { range: 'bytes=10-' } });
  expect(impossible).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' }, json: { status: 416 } });
});

test('validators: 304 for a known tag, 412 for a lost one, If-Range only by the strong tag', async () => {
  const { url } = await testServer();
  const { path } = await publish(url);
  const etag = String((await send(url, { path })).headers.etag);
  const ask = async (headers: Record<string, string>) => (await send(url, { path, headers })).status;
  expect(etag).toMatch(/^"[^"]+"$/);
  expect(await ask({ 'if-none-match': etag })).toBe(304);
  expect(await ask({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
  expect(await ask({ 'if-none-match': '*' })).toBe(304);
  expect(await ask({ 'if-none-match': '"x"' })).toBe(200);
  expect(await ask({ 'if-match': '"x"' })).toBe(412);
  expect(await ask({ 'if-match': etag })).toBe(200);
  expect(await ask({ range: 'bytes=0-1', 'if-range': etag })).toBe(206);
  expect(await ask({ range: 'bytes=0-1', 'if-range': `W/${etag}` })).toBe(200);
  expect(await ask({ range: 'bytes=0-1', 'if-range': new Date().toUTCString() })).toBe(200);
});

test('HEAD of the content has its fields', async () => {
  const { url } = await testServer();
  const { path } = await publish(url);
  const [get, head] = [await send(url, { path }), await send(url, { method: 'HEAD', path })];
  expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
  expect(head.bytes).toHaveLength(0);
});

test('type and name come back exactly, and nothing in them can inject a field', async () => {
  const { url } = await testServer();
  const names = ['a.bin', 'Räder – 車輪.step', 'quo"te;.txt', '%41', '100% 😀', "it's", ' ', 'a\u2028b', 'é.txt', '*'];
  for (const fileName of names) {
    const contentType = 'text/html; charset="a;b"';
    const { path, json } = await publish(url, { fileName, contentType });
    const { headers } = await send(url, { path });
    expect(json).toMatchObject({ fileName, contentType });
    expect(headers['content-type']).toBe(contentType);
    expect(headers['x-content-type-options']).toBe('nosniff');
    const disposition = String(headers['content-disposition']);
    expect(parse(disposition), disposition).toMatchObject({ type: 'attachment', parameters: { filename: fileName } });
  }
  const json = await publish(url, { contentType: 'application/json' });
  expect((await send(url, { path: json.path })).headers['content-type']).toBe('application/json');
});

test('an empty file can be completed, and read', async () => {
  const { url } = await testServer();
  const { id } = await initiate(url, { fileSize: 0 });
  const { json, status } = await complete(url, id, { digest: digestOf(''), compositeDigest: digestOf('') });
  expect([status, json['digest'], json['compositeDigest']]).toEqual([201, digestOf(''), digestOf('')]);
  const path = String(json['contentUrl']);
  const whole = await send(url, { path });
  expect([whole.status, whole.bytes.length, whole.headers['content-length']]).toEqual([200, 0, '0']);
  const range = await send(url, { path, headers: { range: 'bytes=0-' } });
  expect([range.status, range.headers['content-range']]).toEqual([416, 'bytes */0']);
});

test('a digest that the completion asked for is told, then and later; a repeat is held to what it expects', async () => {
  const { url } = await testServer();
  const { json, status, id, path, location } = await publish(url, {}, { digest: digestOf('0123456789') });
  expect([status, json['digest']]).toEqual([201, digestOf('0123456789')]);
  expect((await send(url, { path })).headers['repr-digest']).toBe(digestOf('0123456789'));
  expect((await send(url, { path: location })).json).toEqual(json);
  expect((await complete(url, id)).json).toEqual(json);
  expect((await complete(url, id, { digest: digestOf('x') })).json).toMatchObject({ status: 400 });
  const sha512 = digestOf('0123456789', 'sha-512');
  expect((await complete(url, id, { digest: sha512 })).status).toBe(200);
});

test('a repeat may ask for a digest that the completion did not', async () => {
  const { url } = await testServer();
  const { json, id, path } = await publish(url);
  expect(json['digest']).toBeUndefined();
  expect((await complete(url, id, { digest: digestOf('x') })).status).toBe(400);
  expect((await send(url, { path })).headers['repr-digest']).toBeUndefined();
  const repeat = await complete(url, id, { digest: digestOf('0123456789'), compositeDigest: json['compositeDigest'] });
  expect([repeat.status, repeat.json['digest']]).toEqual([200, digestOf('0123456789')]);
  expect((await send(url, { path })).headers['repr-digest']).toBe(digestOf('0123456789'));
});
