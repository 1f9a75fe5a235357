import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type Flags, resolveSettings, type Settings, settings, variableOf } from './config.ts';
import { type Surroundings, serve, serveCommand } from './serve.ts';
import { at, initiate, put, send, temporaryFolder, testServer, wire } from './testing.ts';

function errorsOf(flags: Flags, env: Record<string, string> = {}): readonly string[] {
  const resolved = resolveSettings(flags, env);
  return resolved.ok ? [] : resolved.errors;
}

test('without flags and variables the settings are the documented ones', () => {
  expect(resolveSettings({}, {})).toEqual({
    ok: true,
    settings: {
      host: '127.0.0.1',
      port: 8080,
      data: './chunkproof-data',
      databaseUrl: null,
      s3Bucket: null,
      s3Endpoint: null,
      s3Region: 'us-east-1',
      s3AccessKey: null,
      s3SecretKey: null,
      prefix: '',
      principal: [],
      logLevel: 'info',
      minChunkSize: 1,
      maxChunkSize: 67108864,
      maxFileSize: 671088640000,
      maxTimeout: 604800,
      completeWithin: 2,
      maxSessions: 10_000,
      maxOpenBytes: Number.POSITIVE_INFINITY,
      maxConnections: 5000,
      minRate: 1024,
      cors: [],
      adminPort: null,
      faults: null,
      faultsSeed: null,
    },
  });
});

test('a flag goes over a variable, a variable over the default', () => {
  const env = { CHUNKPROOF_PORT: '1', CHUNKPROOF_MAX_CHUNK_SIZE: '64', CHUNKPROOF_PRINCIPAL: 'ann:a, bob:b' };
  expect(resolveSettings({ port: '2' }, env)).toMatchObject({
    settings: {
      port: 2,
      maxChunkSize: 64,
      maxFileSize: 640_000,
      principal: [{ name: 'ann', token: 'a' }, { name: 'bob' }],
    },
  });
});

test('each wrong setting is one clear line that names where it came from', () => {
  expect(errorsOf({ port: 'abc' })).toEqual(['--port must be an integer from 0 to 65535, not "abc"']);
  expect(errorsOf({}, { CHUNKPROOF_PORT: '70000' })).toEqual([
    'CHUNKPROOF_PORT must be an integer from 0 to 65535, not "70000"',
  ]);
  expect(
    errorsOf({ port: '-1', prefix: 'x/', logLevel: 'loud', minChunkSize: '0', host: 'a b', data: '' }),
  ).toHaveLength(6);
  expect(errorsOf({ minChunkSize: '9', maxChunkSize: '8' })).toEqual([
    '--min-chunk-size must be at most --max-chunk-size (8), not 9',
  ]);
  expect(errorsOf({ maxChunkSize: '8', maxFileSize: '80001' })).toHaveLength(1);
  expect(errorsOf({ maxFileSize: '100', maxOpenBytes: '99' })).toHaveLength(1);
  expect(errorsOf({ cors: ['https://a.example', 'https://b.example/'] })).toEqual([
    '--cors must be * or an origin such as https://app.example.net, not "https://b.example/"',
  ]);
  expect(errorsOf({ principal: ['ann:a', 'bob:a'] })).toHaveLength(1);
});

test('a wrong principal does not put its secret into the error', () => {
  expect(errorsOf({ principal: ['ann secret'] })).toEqual(['--principal must be name:token']);
});

test('a database and a bucket go together, and make the shortest chunk the shortest part of S3', () => {
  const flags = { databaseUrl: 'postgres://me:secret@db/uploads', s3Bucket: 'uploads' };
  expect(resolveSettings(flags, {})).toMatchObject({ settings: { ...flags, minChunkSize: 5242880 } });
  expect(resolveSettings({ ...flags, minChunkSize: '1' }, {})).toMatchObject({ settings: { minChunkSize: 1 } });
  expect(errorsOf({ s3Bucket: 'uploads' })).toEqual(['--database-url and --s3-bucket go together']);
  expect(errorsOf({ ...flags, s3AccessKey: 'me' })).toEqual(['--s3-access-key and --s3-secret-key go together']);
  expect(errorsOf({ ...flags, maxChunkSize: '5368709121' })).toHaveLength(1);
  expect(errorsOf({ ...flags, maxChunkSize: '1048576' })).toHaveLength(1);
  for (const wrong of [{ s3Bucket: 'A_B' }, { s3Endpoint: 'store' }, { s3Region: '' }])
    expect(errorsOf({ ...flags, ...wrong })).toHaveLength(1);
});

test('neither a wrong URL of a database, nor one that cannot be reached, puts its password into an error', async () => {
  expect(errorsOf({ databaseUrl: 'mysql://me:secret@db', s3Bucket: 'uploads' })).toEqual([
    '--database-url must be a URL such as postgres://user:password@host/database',
  ]);
  const { process, stderr } = surroundings();
  const flags = {
    logLevel: 'silent',
    port: '0',
    databaseUrl: 'postgres://me:secret@127.0.0.1:1/db',
    s3Bucket: 'uploads',
  };
  expect(await serve(flags, process)).toBe(1);
  expect(stderr.read()).toBe('chunkproof serve: the database cannot be used: connect ECONNREFUSED 127.0.0.1:1\n');
});

/** A process that is none: what it writes is kept, and it can be sent signals. */
function surroundings(env: Record<string, string> = {}) {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const process = Object.assign(new EventEmitter(), { env, stdout, stderr });
  return { process: process as unknown as Surroundings & EventEmitter, stdout, stderr };
}

test('the command has a flag and a variable for every setting', () => {
  const help = serveCommand(async () => {}).helpInformation();
  for (const name of Object.keys(settings) as (keyof Settings)[])
    for (const word of [settings[name].flag, variableOf(name)]) expect(help).toContain(word);
});

test('the README has a row for every setting, with its variable and its default', () => {
  const rows = readFileSync(new URL('./README.md', import.meta.url), 'utf8').match(/^\| `--.*$/gm) ?? [];
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  for (const name of Object.keys(settings) as (keyof Settings)[]) {
    const { flag, default: usual } = settings[name];
    const [, , variable, value] = cells.find((row) => row[1]?.split(' ')[0] === flag.split(' ')[0]) ?? [];
    expect([flag, variable, usual || value]).toEqual([flag, variableOf(name), value]);
  }
  expect(rows).toHaveLength(Object.keys(settings).length);
});

test('serve says where it listens, logs JSON without names or ids, and ends with 0 on a signal', async () => {
  const { process, stdout, stderr } = surroundings({ CHUNKPROOF_PREFIX: '/api' });
  const ended = serve({ port: '0', data: await temporaryFolder() }, process);
  const [line] = (await once(stdout, 'data')) as [string];
  const url = /^chunkproof serve: listening at (http:\/\/127\.0\.0\.1:\d+\/api)\n$/.exec(line)?.[1] ?? '';
  const { id } = await initiate(url, { fileName: 'a secret name' }, { authorization: 'Bearer secret-token' });
  await put(url, id, 0, 'abcd');
  process.emit('SIGTERM');
  expect(await ended).toBe(0);
  const log = String(stderr.read());
  expect(
    log
      .trim()
      .split('\n')
      .map((entry) => JSON.parse(entry) as unknown),
  ).toContainEqual(expect.objectContaining({ operation: 'uploadChunk', status: 201 }));
  for (const secret of ['secret', id]) expect(log).not.toContain(secret);
});

test('serve says where the admin pages are, if elsewhere, and how its faults can be repeated', async () => {
  const { process, stdout } = surroundings();
  const data = await temporaryFolder();
  const ended = serve(
    { port: '0', data, adminPort: '0', faults: 'mobile', faultsSeed: '7', logLevel: 'silent' },
    process,
  );
  let text = '';
  for await (const piece of stdout) {
    text += piece;
    if (text.split('\n').length > 3) break;
  }
  process.emit('SIGTERM');
  expect(await ended).toBe(0);
  expect(text.replaceAll(/:\d+$/gm, ':PORT')).toBe(
    [
      'chunkproof serve: listening at http://127.0.0.1:PORT',
      'chunkproof serve: admin at http://127.0.0.1:PORT',
      'chunkproof serve: misbehaves on purpose, repeat with --faults-seed 7\n',
    ].join('\n'),
  );
  expect(errorsOf({ faults: 'wifi' })).toEqual([
    '--faults must be one of flaky-wifi, overloaded, mobile, hostile-proxy, or a JSON file, not "wifi"',
  ]);
  expect(errorsOf({ faultsSeed: '7' })).toEqual(['--faults-seed needs --faults']);
});

test('a wrong setting ends serve with 2, a port or folder in use with 1, each with one line', async () => {
  const wrong = surroundings();
  expect(await serve({ port: 'abc' }, wrong.process)).toBe(2);
  expect(wrong.stderr.read()).toBe('chunkproof serve: --port must be an integer from 0 to 65535, not "abc"\n');
  const data = await temporaryFolder();
  const { url } = await testServer({ data });
  const port = new URL(url).port;
  const samePort = surroundings();
  const flags = { logLevel: 'silent', port, data: await temporaryFolder() };
  expect(await serve(flags, samePort.process)).toBe(1);
  expect(samePort.stderr.read()).toBe(`chunkproof serve: port ${port} at 127.0.0.1 is in use\n`);
  const sameFolder = surroundings();
  expect(await serve({ logLevel: 'silent', port: '0', data }, sameFolder.process)).toBe(1);
  expect(sameFolder.stderr.read()).toBe(`chunkproof serve: another server uses the folder ${data}\n`);
});

test('a shutdown lets a chunk under way finish, refuses what comes after, and loses nothing', async () => {
  const data = await temporaryFolder();
  const first = await testServer({ data });
  const { id } = await initiate(first.url);
  const begin = (chunkId: number) => {
    const connection = wire(first.url);
    connection.socket.write(
      `PUT ${at(id, `/upload/${chunkId}`)} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
    );
    return connection;
  };
  const [finishing, stalled, idle] = [begin(0), begin(1), wire(first.url)];
  await Promise.all([finishing.until(/100 Continue/), stalled.until(/100 Continue/)]);
  const closed = first.close(300);
  finishing.socket.write(`abcdGET ${at(id)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(await finishing.until(/"chunkId":0/)).toMatch(/HTTP\/1.1 201/);
  expect(await stalled.until(/503 Service Unavailable.*unavailable/s)).toMatch(/retry-after: \d+/i);
  idle.socket.destroy();
  await closed;
  const second = await testServer({ data });
  const { json } = await send(second.url, { path: at(id) });
  expect(json['receivedChunks']).toEqual([{ first: 0, last: 0 }]);
});
