import { describe, expect, test } from 'vitest';
import { type OperationId, operations } from '../../generated/operations.ts';
import type { Answer, Json } from '../history.ts';
import { deviationsOf } from './schema.ts';

const stamp = '2026-11-01T12:00:00Z';
const digest = `sha-256=:${'A'.repeat(43)}=:`;
const common = { date: 'Sun, 01 Nov 2026 12:00:00 GMT', 'cache-control': 'no-store' };
const session = {
  sessionId: 'p1OZ2wqQ7mVuXfO0T9c3Yg',
  state: 'open',
  fileName: 'file.bin',
  fileSize: 10,
  contentType: 'application/octet-stream',
  chunkSize: 4,
  totalChunks: 3,
  receivedChunks: [{ first: 0, last: 1 }],
  receivedBytes: 8,
  expiresAt: stamp,
};

function told(status: number, json?: Json, headers: Readonly<Record<string, string>> = {}): Answer {
  const length = json === undefined ? 0 : JSON.stringify(json).length;
  const type =
    json === undefined ? {} : { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' };
  return {
    kind: 'answered',
    status,
    headers: { ...common, ...type, ...headers },
    ...(json === undefined ? {} : { json }),
    length,
    digest: '',
    continued: false,
  };
}
const without = (answer: Answer, field: string): Answer => {
  const { [field]: _, ...headers } = answer.headers;
  return { ...answer, headers };
};
const problem = (status: number, type: string, more: { readonly [member: string]: Json } = {}) =>
  told(status, { type: `https://w3id.org/upload-session/problems#${type}`, title: 'No', status, ...more });

describe('a response as documented', () => {
  test.each<[string, OperationId, Answer]>([
    ['a session', 'getUploadSession', told(200, session)],
    [
      'a session with members and fields of its own',
      'getUploadSession',
      told(200, { ...session, x: 1 }, { 'x-own': '1' }),
    ],
    ['a session, created', 'initiateUpload', told(201, session, { location: '/there' })],
    [
      'a type with parameters',
      'getUploadSession',
      told(200, session, { 'content-type': 'application/json; charset=utf-8' }),
    ],
    ['the head of a session', 'headUploadSession', told(200, undefined, { 'content-type': 'application/json' })],
    ['an abort', 'abortUpload', told(204)],
    ['a receipt', 'uploadChunk', told(201, { chunkId: 0, offset: 0, length: 4, digest, expiresAt: stamp })],
    ['a problem of the table', 'getUploadSession', problem(404, 'session-not-found')],
    [
      'a method that is not there',
      'getUploadSession',
      told(405, { type: 'about:blank', title: 'No', status: 405 }, { allow: 'GET' }),
    ],
  ])('deviates nowhere: %s', (_, operation, answer) => {
    expect(deviationsOf(operation, answer)).toEqual([]);
  });
});

describe('a response whose description leaves something open', () => {
  const file = {
    etag: '"1"',
    'content-disposition': 'attachment; filename="a"',
    'x-content-type-options': 'nosniff',
    'content-type': 'image/png',
  };
  const aboutBlank = { type: 'about:blank', title: 'No', status: 500 };
  const content = (headers: Readonly<Record<string, string>>): Answer => ({
    ...told(200, undefined, headers),
    length: 5,
  });

  test.each<[string, OperationId, Answer, string[]]>([
    ['a content of any type', 'getAttachmentContent', content(file), []],
    ['no type of a content', 'getAttachmentContent', without(content(file), 'content-type'), []],
    ['no tag of a content', 'getAttachmentContent', without(content(file), 'etag'), ['the field ETag is missing']],
    ['a field that may be missing', 'getUploadSession', told(500, aboutBlank), []],
    ['a field that may be there', 'getUploadSession', told(500, aboutBlank, { 'retry-after': '5' }), []],
    [
      'a field that has to be there',
      'getUploadSession',
      problem(429, 'too-many-requests'),
      ['the field Retry-After is missing'],
    ],
    [
      'a refusal by HTTP itself',
      'getUploadSession',
      { ...told(414, undefined, { 'content-type': 'text/html' }), length: 9 },
      [],
    ],
    ['a type in capitals', 'getUploadSession', told(200, session, { 'content-type': 'Application/JSON ; x=y' }), []],
  ])('is held to the rest: %s', (_, operation, answer, expected) => {
    expect(deviationsOf(operation, answer)).toEqual(expected);
  });

  test('is held to a field that may be there', () => {
    const [wrong, ...more] = deviationsOf('getUploadSession', told(500, aboutBlank, { 'retry-after': 'soon' }));
    expect(wrong).toMatch(/^the field Retry-After # /);
    expect(more).toEqual([]);
  });

  test('is held to its schema where it says that it is a problem', () => {
    expect(deviationsOf('getUploadSession', told(414, { ...aboutBlank, status: 'x' }))).toHaveLength(1);
  });

  test('is told of in few words: three faults at most, and where they are', () => {
    const [wrong] = deviationsOf(
      'getUploadSession',
      told(200, { sessionId: 5, state: 5, fileName: 5, fileSize: 'x', chunkSize: 'x' }),
    );
    expect(wrong?.split(', ')).toHaveLength(3);
    expect(wrong).not.toContain('"then"');
  });
});

describe('a response that deviates', () => {
  const good = told(200, session);
  const head = told(200, undefined, { 'content-type': 'application/json' });
  const incomplete = { missingChunks: [{ first: 0, last: 0 }], missingCount: 1 };

  test.each<[string, OperationId, Answer, RegExp]>([
    ['a status that nobody documented', 'getUploadSession', told(418), /^getUploadSession documents no status 418$/],
    ['a field that is missing', 'getUploadSession', without(good, 'date'), /^the field Date is missing$/],
    [
      'a field that is not as it should be',
      'getUploadSession',
      told(200, session, { 'cache-control': 'max-age=5' }),
      /^the field Cache-Control /,
    ],
    ['no Location', 'initiateUpload', told(201, session), /^the field Location is missing$/],
    ['content where none is documented', 'abortUpload', { ...told(204), length: 2 }, /^content where none/],
    ['content in an answer to HEAD', 'headUploadSession', { ...head, length: 2 }, /^content where none/],
    [
      'another media type',
      'getUploadSession',
      told(200, session, { 'content-type': 'text/html' }),
      /^media type "text\/html" is not/,
    ],
    ['no media type', 'getUploadSession', without(good, 'content-type'), /^media type "" is not/],
    [
      'a body that is no JSON',
      'getUploadSession',
      { ...told(200, undefined, { 'content-type': 'application/json' }), length: 3 },
      /^the body is not JSON$/,
    ],
    ['a member that is missing', 'getUploadSession', told(200, { ...session, state: 5 }), /^the body .*\/state/],
    [
      'a state that there is not',
      'getUploadSession',
      told(200, { ...session, state: 'aborted' }),
      /^the body .*\/state/,
    ],
    [
      'a time that is not UTC',
      'getUploadSession',
      told(200, { ...session, expiresAt: '2026-11-01T12:00:00+02:00' }),
      /^the body .*\/expiresAt/,
    ],
    [
      'a time with a space',
      'getUploadSession',
      told(200, { ...session, expiresAt: '2026-11-01 12:00:00Z' }),
      /^the body .*\/expiresAt/,
    ],
    [
      'a range that is text',
      'getUploadSession',
      told(200, { ...session, receivedChunks: ['0-1'] }),
      /^the body .*\/receivedChunks/,
    ],
    [
      'a problem that is not JSON',
      'getUploadSession',
      { ...without(problem(404, 'session-not-found'), 'content-type') },
      /^media type/,
    ],
    [
      'a problem whose status is another',
      'completeUpload',
      told(409, { type: 'about:blank', title: 'x', status: 400, ...incomplete }),
      /^the body /,
    ],
    [
      'a digest without sha-256',
      'uploadChunk',
      told(201, { chunkId: 0, offset: 0, length: 4, digest: 'md5=:AA==:', expiresAt: stamp }),
      /^the body .*\/digest/,
    ],
  ])('is told of, and of nothing else: %s', (_, operation, answer, expected) => {
    const found = deviationsOf(operation, answer);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  test('is told of in all its parts', () => {
    const { sessionId: _, ...rest } = session;
    expect(deviationsOf('getUploadSession', without(told(200, rest), 'date'))).toHaveLength(2);
  });
});

test('every response that the description documents can be judged at all', () => {
  for (const operation of Object.keys(operations) as OperationId[])
    for (let status = 100; status < 600; status++)
      expect(() => deviationsOf(operation, told(status, { status }, { allow: 'GET' }))).not.toThrow();
});
