/** Requests that are not as they should be, as bytes: from noise to what is wrong in one character. */
import fc from 'fast-check';
import openapi from '../../generated/openapi.json' with { type: 'json' };
import { type OperationId, operations } from '../../generated/operations.ts';

/** What is sent on a connection of its own, and how the client leaves it: having sent all, or in the middle. */
export type FuzzRequest = Readonly<{ kind: Kind; bytes: Buffer; ending: 'half-close' | 'reset' }>;
export type Kind = 'noise' | 'http' | 'path' | 'field' | 'body' | 'json';

/** Stand in the requests for ids that the server has given: of an open session, and of an attachment. */
export const placeholders = { session: 'SESSION-ID', attachment: 'ATTACHMENT-ID' } as const;

type Parts = Readonly<{
  method: string;
  target: string;
  version: string;
  fields: readonly (readonly [string, string])[];
  body: string;
}>;

/** Texts that break parsers: separators, controls and escapes; numbers past every range; texts past every limit. */
const separators = [
  '',
  ' ',
  '\t',
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ':',
  ',',
  ';',
  '"',
  "'",
  '\\',
  '/',
  '..',
  '*',
  '=',
];
const escapes = [
  '%',
  '%00',
  '%2f',
  '%252e',
  '?',
  '#',
  '\x7f',
  '\xff',
  '\xc3\x28',
  '\ufeff',
  '$(x)',
  '%s%n',
  '__proto__',
];
const numbers = [
  '-',
  '-0',
  '-1',
  '0',
  '00',
  '1e309',
  '1.5',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '9'.repeat(400),
];
const values = ['NaN', 'null', '{}', '[]', 'constructor', '18446744073709551616'];
const lengths = ['a'.repeat(255), 'a'.repeat(5000), 'x'.repeat(20_000), '('.repeat(300)];
const hostile = fc.constantFrom(...separators, ...escapes, ...numbers, ...values, ...lengths);
const piece = fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }));

/** One to three places of a text, each cut out, doubled, or with something else put in its place. */
const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(text.length), fc.nat(8), fc.constantFrom('cut', 'double', 'insert', 'instead'), piece), {
      minLength: 1,
      maxLength: 3,
    })
    .map((edits) =>
      edits.reduce((before, [at, length, how, put]) => {
        const span = before.slice(at, at + length);
        const middle = { cut: '', double: span + span, insert: put + span, instead: put }[how] ?? put;
        return before.slice(0, at) + middle + before.slice(at + length);
      }, text),
    );

const methods = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'OPTIONS') },
  fc.constantFrom('DELETE', 'PATCH', 'TRACE', 'CONNECT', 'PROPFIND', 'QUERY', 'get', 'BREW'),
);

const ofTheContract = Object.values(openapi.components.parameters).flatMap((one) =>
  one.in === 'header' ? [one.name] : [],
);
const ofHttp = [
  'Content-Type',
  'Content-Length',
  'Transfer-Encoding',
  'Content-Encoding',
  'Expect',
  'Connection',
  'Upgrade',
];
const ofOthers = [
  'Host',
  'Authorization',
  'Origin',
  'Access-Control-Request-Method',
  'Accept',
  'Cookie',
  'TE',
  'Trailer',
];
const names = [...new Set(ofTheContract), ...ofHttp, ...ofOthers];
const usual: Readonly<Record<string, string>> = {
  'Content-Digest': 'sha-256=:iNQmb9TmM40TuEX88olXnSCciXgjuSF9o+Fhk28DFYk=:',
  'Content-Range': 'bytes 0-3/10',
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': '4',
  'Transfer-Encoding': 'chunked',
  'Content-Encoding': 'identity',
  'Idempotency-Key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  'If-Match': '"abc", W/"d"',
  'If-None-Match': '*',
  'If-Range': '"abc"',
  Range: 'bytes=0-3, -2',
  Expect: '100-continue',
  Connection: 'keep-alive, x',
  Authorization: 'Bearer token',
};

const fieldValue = (name: string): fc.Arbitrary<string> =>
  fc.oneof(mutated(usual[name] ?? 'value'), hostile, fc.constant(usual[name] ?? 'value'));
const field = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...names).chain((name) => fieldValue(name).map((value) => [name, value] as const)),
  },
  fc.tuple(piece, piece),
);

/** A request of each operation in which nothing is wrong, but for what the placeholders stand for. */
const sound = (operation: OperationId): Parts => {
  const { method, path } = operations[operation];
  const target = path
    .replace('{sessionId}', placeholders.session)
    .replace('{attachmentId}', placeholders.attachment)
    .replace('{chunkId}', '0');
  const body = bodies[operation] ?? '';
  const type = operation === 'uploadChunk' ? 'application/octet-stream' : 'application/json';
  const fields = body === '' ? [] : [['Content-Type', type] as const];
  return { method, target, version: 'HTTP/1.1', fields: [['Host', 'x'], ...fields], body };
};
const bodies: Partial<Record<OperationId, string>> = {
  // A second, so that what becomes a session after all is soon over.
  initiateUpload:
    '{"fileName":"a.bin","fileSize":10,"contentType":"text/plain","preferredChunkSize":4,"preferredTimeoutSeconds":1}',
  uploadChunk: 'abcd',
  completeUpload:
    '{"digest":"sha-256=:iNQmb9TmM40TuEX88olXnSCciXgjuSF9o+Fhk28DFYk=:","compositeDigest":"sha-256=:AAAA:, md5=:AA==:"}',
};
const operation = fc.constantFrom(...(Object.keys(operations) as OperationId[]));
const withBody = fc.constantFrom<OperationId>('initiateUpload', 'uploadChunk', 'completeUpload');

const written = ({ method, target, version, fields, body }: Parts): string =>
  `${method} ${target} ${version}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
const measured = (parts: Parts): Parts => ({
  ...parts,
  fields:
    parts.body === ''
      ? parts.fields
      : [...parts.fields, ['Content-Length', String(Buffer.byteLength(parts.body, 'latin1'))]],
});

/** Everything is sound but the framing of the body. */
const body = withBody.chain((operation) => {
  const parts = sound(operation);
  const { body } = parts;
  const size = body.length.toString(16);
  const length = fc
    .oneof(fc.nat(300).map(String), hostile)
    .map((value) => ({ ...parts, fields: [...parts.fields, ['Content-Length', value] as const] }));
  const chunked = mutated(`${size}\r\n${body}\r\n0\r\n\r\n`).map((coded) => ({
    ...parts,
    fields: [...parts.fields, ['Transfer-Encoding', 'chunked'] as const],
    body: coded,
  }));
  const both = fc
    .tuple(length, chunked)
    .map(([one, other]) => ({ ...other, fields: [...one.fields, ...other.fields] }));
  return fc.oneof(length, chunked, both);
});

const jsonText = fc.constantFrom<OperationId>('initiateUpload', 'completeUpload').chain((operation) => {
  const parts = sound(operation);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.double().map(String), fc.bigInt().map(String), hostile);
  const members = Object.keys(JSON.parse(parts.body) as object);
  const other = fc
    .tuple(fc.constantFrom(...members), value)
    .map(([name, replaced]) => JSON.stringify({ ...JSON.parse(parts.body), [name]: replaced }));
  const deep = fc
    .tuple(fc.constantFrom('[', '{"a":'), fc.integer({ min: 1, max: 3000 }))
    .map(([open, depth]) => open.repeat(depth));
  const long = fc.integer({ min: 60_000, max: 300_000 }).map((length) => `{"fileName":"${'a'.repeat(length)}`);
  const texts = fc.oneof(
    { weight: 10, arbitrary: mutated(parts.body) },
    { weight: 10, arbitrary: other.map((text) => Buffer.from(text).toString('latin1')) },
    { weight: 3, arbitrary: fc.json().map((text) => Buffer.from(text).toString('latin1')) },
    { weight: 2, arbitrary: deep },
    long,
  );
  return texts.map((body) => measured({ ...parts, body }));
});

const soundly = operation.map(sound);
const texts: Readonly<Record<Exclude<Kind, 'noise'>, fc.Arbitrary<string>>> = {
  http: fc.oneof(
    soundly.chain((parts) => mutated(written(measured(parts)))),
    fc
      .tuple(methods, soundly, piece)
      .map(([method, parts, version]) => written({ ...measured(parts), method, version })),
    // Two in a row on one connection: what is left of the first must not become the second.
    fc
      .tuple(
        soundly.chain((parts) => mutated(written(measured(parts)))),
        soundly,
      )
      .map(([one, two]) => one + written(two)),
  ),
  path: fc
    .tuple(
      methods,
      soundly.chain((parts) => mutated(parts.target).map((target) => ({ ...parts, target }))),
    )
    .map(([method, parts]) => written(measured({ ...parts, method }))),
  field: fc
    .tuple(soundly, fc.array(field, { minLength: 1, maxLength: 6 }))
    .map(([parts, more]) => written({ ...measured(parts), fields: [...measured(parts).fields, ...more] })),
  body: body.map(written),
  json: jsonText.map(written),
};

const ending = fc.oneof(
  { weight: 9, arbitrary: fc.constant('half-close' as const) },
  { weight: 1, arbitrary: fc.constant('reset' as const) },
);

/** All of it; texts are written as Latin-1, a byte a character. */
export const fuzzRequests: fc.Arbitrary<FuzzRequest> = fc.oneof(
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 2000 }), ending).map(([bytes, how]) => ({
    kind: 'noise' as const,
    bytes: Buffer.from(bytes),
    ending: how,
  })),
  ...(Object.keys(texts) as (keyof typeof texts)[]).map((kind) =>
    fc.tuple(texts[kind], ending).map(([text, how]) => ({ kind, bytes: Buffer.from(text, 'latin1'), ending: how })),
  ),
);
