/** What is wrong with a request: the problem, the promise that a server would break by taking it, and what it has to say. */
import { describe, expect, test } from 'vitest';
import type { ChunkCall, CompleteCall, Exchange, InitiateCall, Json } from '../history.ts';
import { canonical, digestFaults, expectationsIn, readChunk, readComplete, readInitiate } from './requests.ts';
import type { Session } from './state.ts';
import { claims, complete, created, exchange, initiate, put, statesAfter } from './testing.ts';

const good = { fileName: 'a', fileSize: 1 };
const initiated = (json: Json, more: Partial<InitiateCall> = {}) =>
  readInitiate({ kind: 'initiate', session: 'a', json, ...more }, { bodyLength: 0 }, claims)[0];
const invalid = { problem: 'invalid-request', requirement: 'initiate.invalid' };

describe('an initiate', () => {
  test.each<[string, Json, Partial<InitiateCall>, object]>([
    ['no object', [], {}, { faults: [invalid], leave: [] }],
    [
      'a bad name',
      { ...good, fileName: '/' },
      {},
      { faults: [{ problem: 'invalid-file-name', requirement: 'initiate.file-name' }] },
    ],
    [
      'too large a file',
      { ...good, fileSize: 1001 },
      {},
      { faults: [{ problem: 'file-too-large', requirement: 'initiate.too-large', members: { maxFileSize: 1000 } }] },
    ],
    ['a size of text', { ...good, fileSize: '1' }, {}, { faults: [invalid] }],
    [
      'another type',
      good,
      { mediaType: 'text/plain' },
      { faults: [{ problem: 'unsupported-media-type', requirement: 'initiate.media-type' }], leave: [] },
    ],
    [
      'a type of its own JSON',
      good,
      { mediaType: 'application/x+json' },
      { faults: [], leave: [{ problem: 'unsupported-media-type', requirement: 'initiate.media-type' }] },
    ],
    [
      'a content type of 255 characters',
      { ...good, contentType: `a/${'b'.repeat(253)}` },
      {},
      { faults: [], leave: [] },
    ],
    ['a content type of 256', { ...good, contentType: `a/${'b'.repeat(254)}` }, {}, { faults: [], leave: [invalid] }],
    [
      'a content type that only looks like one',
      { ...good, contentType: ['a/b'] },
      {},
      { faults: [invalid], leave: [] },
    ],
  ])('of %s', (_, json, more, reading) => {
    expect(initiated(json, more)).toMatchObject(reading);
  });

  test.each(['\u07ff', '\u0800', '\uffff', '\u{10000}'])('of a name of %s is measured in bytes', (character) => {
    const size = new TextEncoder().encode(character).length;
    const most = Math.floor(255 / size);
    expect(initiated({ ...good, fileName: character.repeat(most) }).faults).toEqual([]);
    expect(initiated({ ...good, fileName: character.repeat(most + 1) }).faults).toHaveLength(1);
  });
});

describe('a chunk', () => {
  const reading = (chunk: number | string, more: Partial<ChunkCall> = {}, sent: Partial<Exchange['sent']> = {}) => {
    const [world] = statesAfter(exchange(initiate(), created()));
    const session = world?.sessions.get('a') as Session;
    const body = { bodyLength: 4, headers: {}, ...sent };
    return readChunk(put(chunk, 1, more) as ChunkCall, session, body, claims);
  };
  const range = { problem: 'content-range-mismatch', requirement: 'chunk.content-range' };
  const length = { problem: 'chunk-length-mismatch', requirement: 'chunk.length' };

  test.each<[string, () => ReturnType<typeof reading>, object]>([
    ['a good one', () => reading(1), { faults: [], leave: [] }],
    [
      'one too short',
      () => reading(1, {}, { bodyLength: 3 }),
      { faults: [{ ...length, members: { expectedLength: 4 } }], leave: [] },
    ],
    [
      'one of another range',
      () => reading(1, { contentRange: 'bytes 0-3/10' }),
      { faults: [{ ...range, members: { expectedRange: 'bytes 4-7/10' } }], leave: [] },
    ],
    [
      'one of a range that may be seen so or not',
      () => reading(2, { contentRange: 'bytes  8-9/10' }, { bodyLength: 2 }),
      { faults: [], leave: [{ ...range, members: { expectedRange: 'bytes 8-9/10' } }] },
    ],
    [
      'one of a coding',
      () => reading(1, { contentEncoding: 'gzip' }),
      { faults: [{ problem: 'unsupported-media-type', requirement: 'chunk.stored' }] },
    ],
    [
      'none of the session',
      () => reading(3),
      {
        faults: [{ problem: 'chunk-not-found', requirement: 'chunk.range', members: { totalChunks: 3 } }],
        leave: [length],
      },
    ],
    ['none of the session, with a range', () => reading(3, { contentRange: 'right' }), { leave: [range, length] }],
    ['one of no UTF-8', () => reading('%FF'), { faults: [{ problem: 'chunk-not-found' }] }],
  ])('%s', (_, read, expected) => {
    const found = read();
    expect(found).toMatchObject(expected);
    expect(found.leave).toHaveLength(((expected as { leave?: unknown[] }).leave ?? found.leave).length);
  });

  test.each([' bytes 4-7/10', '  bytes 4-7/10', 'bytes 4-7/10\t', 'bytes 4-7/10 \t', '\t \tbytes 4-7/10\t\t'])(
    'of the range %j, white space around it aside',
    (contentRange) => {
      expect(reading(1, { contentRange })).toMatchObject({ faults: [], leave: [] });
    },
  );

  const zeros = `${'A'.repeat(43)}=`;
  const raw = (text: string, bodyDigest = zeros) => {
    const sent = { headers: { 'Content-Digest': text }, bodyDigest };
    return reading(1, { contentDigest: { raw: text } }, sent);
  };
  const mismatch = { problem: 'digest-mismatched-values', requirement: 'chunk.digest' };
  const unsupported = { problem: 'digest-unsupported-algorithms', requirement: 'chunk.digest-unsupported' };
  const malformed = { problem: 'digest-invalid-values', requirement: 'chunk.digest-invalid' };

  test.each<[string, () => ReturnType<typeof raw>, object]>([
    ['that is right', () => raw(`sha-256=:${zeros}:`), { faults: [], leave: [] }],
    ['of other bytes', () => raw(`sha-256=:${zeros}:`, 'other'), { faults: [mismatch], leave: [] }],
    ['of no algorithm that it knows', () => raw('md5=:AA==:'), { faults: [unsupported], leave: [] }],
    ['that does not parse', () => raw('sha-256'), { faults: [malformed], leave: [] }],
    ['that some would not take', () => raw(`sha-256=:${zeros}:;a`), { faults: [], leave: [malformed] }],
    ['in white space', () => raw(` \t sha-256=:${zeros}: \t `), { faults: [], leave: [] }],
    ['in several fields', () => raw(`md5=:AA==:\nsha-256=:${zeros}:`), { faults: [], leave: [] }],
    ['in none', () => reading(1, { contentDigest: { raw: '' } }), { faults: [unsupported], leave: [] }],
  ])('with a digest %s', (_, read, expected) => {
    expect(read()).toEqual(expected);
  });

  test.each([
    ['wrong', mismatch, 'complete.digest'],
    ['unsupported', unsupported, 'complete.digest'],
    ['garbage', malformed, 'complete.digest'],
  ] as const)('with a digest that is %s breaks another promise than a completion', (word, fault, ofCompletion) => {
    expect(digestFaults(word, 'chunk')).toEqual([fault]);
    expect(digestFaults(word, 'complete')).toEqual([{ ...fault, requirement: ofCompletion }]);
  });
});

describe('a completion', () => {
  const reading = (call: Partial<CompleteCall>, sent: Partial<Exchange['sent']> = {}) =>
    readComplete({ ...(complete as CompleteCall), ...call }, { bodyLength: 0, ...sent }, claims)[0];
  const zeros = `${'A'.repeat(43)}=`;
  const fault = (problem: string) => ({ problem, requirement: 'complete.digest' });

  test('in the words of the script is read by its words', () => {
    expect(reading({ digest: 'garbage', compositeDigest: 'unsupported' })).toEqual({
      faults: [fault('digest-unsupported-algorithms'), fault('digest-invalid-values')],
      leave: [],
    });
  });

  test('with text in the place of a digest is read by what was sent', () => {
    const sent = (json: object) => ({ text: JSON.stringify(json), bodyLength: 10 });
    for (const member of ['digest', 'compositeDigest'] as const) {
      const call = { [member]: { raw: 'sha-256' } };
      expect(reading(call, sent({ [member]: 'sha-256' })).faults).toEqual([fault('digest-invalid-values')]);
      expect(reading(call, sent({ [member]: `sha-256=:${zeros}:` }))).toMatchObject({ faults: [], leave: [] });
    }
  });

  test('that is cut short is read as far as it goes', () => {
    const text = JSON.stringify({ digest: 'sha-256' });
    const cut = { text, bodyLength: text.length, declaredLength: text.length - 1 };
    expect(reading({ digest: 'right' }, cut).faults).toEqual([fault('invalid-request')]);
    expect(reading({ digest: 'right' }, { ...cut, declaredLength: 0 })).toEqual({
      faults: [],
      leave: [fault('invalid-request')],
      json: {},
    });
  });

  test('of a text where a digest should be is no object of the contract', () => {
    expect(reading({ json: { digest: 5 } })).toMatchObject({ faults: [fault('invalid-request')], leave: [] });
    expect(reading({ json: { compositeDigest: 'sha-256' } })).toMatchObject({
      faults: [fault('digest-invalid-values')],
    });
  });

  test('that expects more than 8,192 characters may be refused for that', () => {
    const text = (length: number) => `sha-256=:${zeros}:`.padEnd(length, ' ');
    const refusals = [fault('invalid-request'), fault('digest-invalid-values')];
    expect(reading({ json: { digest: text(8192) } }).leave).toEqual([]);
    expect(reading({ json: { digest: text(8193) } }).leave).toEqual(refusals);
    expect(reading({ json: { digest: `sha-256=:${zeros}:;a` } }).leave).toEqual([fault('digest-invalid-values')]);
  });

  test('expects what its body says', () => {
    const field = `sha-256=:${zeros}:`;
    expect(expectationsIn({ digest: field })).toStrictEqual({ whole: zeros });
    expect(expectationsIn({ compositeDigest: field })).toStrictEqual({ composite: zeros });
    expect(expectationsIn({ compositeDigest: field, digest: field })).toStrictEqual({ composite: zeros, whole: zeros });
    for (const json of [{}, [], { digest: 5 }, { digest: 'md5=:AA==:' }] as Json[])
      expect(expectationsIn(json)).toBeUndefined();
  });
});

describe('the text of a JSON value', () => {
  const nested = (depth: number, inner: Json): Json =>
    Array.from({ length: depth }).reduce<Json>((value, _, i) => (i % 2 ? [value] : { a: value }), inner);

  test('tells apart what is different', () => {
    const values: Json[] = [[1, 2], [12], [[1], 2], { a: 1, b: 2 }, { a: 12 }, { ab: 1 }, 'a', ['a'], null, '', {}, []];
    expect(new Set(values.map((value) => canonical(value))).size).toBe(values.length);
  });

  test('goes as deep as servers read, and no deeper than a stack does', () => {
    expect(canonical(nested(500, 1))).not.toBe(canonical(nested(500, 2)));
    expect(canonical(nested(501, 1))).toBe(canonical(nested(501, 2)));
    expect(canonical(nested(100_000, 1))).toBe(canonical(nested(100_000, 2)));
  });
});
