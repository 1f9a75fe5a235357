import { expect, test } from 'vitest';
import type { Call } from '../history.ts';
import { everyCall, everyFault, exchange, failureWith, framings } from './fixtures.ts';
import { failureInRows, outcomeInWords } from './rows.ts';
import { bytesInWords, callInWords, faultInWords } from './words.ts';

test.each<[string, Call]>([
  [
    'initiate 10 B in chunks of 4',
    { kind: 'initiate', session: 's', json: { fileName: 'a.bin', fileSize: 10, preferredChunkSize: 4 } },
  ],
  ['initiate 0 B, named "ä/b"', { kind: 'initiate', session: 's', json: { fileName: 'ä/b', fileSize: 0 } }],
  ['initiate with {"fileSize":-1.5}', { kind: 'initiate', session: 's', json: { fileSize: -1.5 } }],
  [
    'initiate with the body "{"a":"ä\\u{202e}""',
    { kind: 'initiate', session: 's', body: Buffer.from('{"a":"ä\u202e"').toString('latin1') },
  ],
  ['abort, body "ÿ" (not UTF-8)', { kind: 'abort', session: 's', body: '\xff' }],
  ['chunk 1 = w1', { kind: 'chunk', session: 's', chunk: 1, write: 1 }],
  [
    'chunk 01 = w3, 2 B too short, chunked coding',
    { kind: 'chunk', session: 's', chunk: '01', write: 3, excess: -2, framing: 'chunked' },
  ],
  ['complete, digest wrong', { kind: 'complete', session: 's', digest: 'wrong' }],
  ['status, as the second principal', { kind: 'status', session: 's', as: 'second' }],
  ['abort, id percent-encoded', { kind: 'abort', session: 's', spelling: 'percent-encoded' }],
  ['wait until the session has expired', { kind: 'wait', expiryOf: 's' }],
])('%s', (words, call) => {
  expect(callInWords(call)).toBe(words);
});

test('every kind of call has words, on one line', () => {
  for (const call of Object.values(everyCall)) expect(callInWords(call, { sessions: 2 })).toMatch(/^\S.*\S$/);
});

test('a session is named only where there are several', () => {
  const call: Call = { kind: 'status', session: 'b' };
  expect(callInWords(call, { sessions: 2 })).toBe('status of b');
  expect(callInWords(call, { sessions: 1 })).toBe('status');
});

test('faults say where the request ended', () => {
  expect(faultInWords({ kind: 'cut', after: 1, how: 'rst' })).toBe('cut after 1 byte (RST)');
  expect(faultInWords({ kind: 'lost' })).toBe('answer not read');
  expect(faultInWords({ kind: 'hold', after: 2, ms: 50 })).toBe('the rest after 2 bytes held back for 50 ms');
  expect(faultInWords({ kind: 'hold', after: 0, expiryOf: 's' })).toBe(
    'the rest after 0 bytes held back until the session has expired',
  );
});

test('every kind of fault and framing has words of its own, on one line', () => {
  const words = [...Object.values(everyFault), ...framings.map((how) => ({ kind: 'framing', how }) as const)].map(
    faultInWords,
  );
  for (const one of words) expect(one).toMatch(/^\S.*\S$/);
  expect(new Set(words).size).toBe(Object.keys(everyFault).length - 1 + framings.length);
});

test('where there is no answer the reason is told, but where the suite itself did not wait for one', () => {
  const one = exchange(0, { kind: 'status', session: 's' }, {});
  const told = Object.values(everyFault).map((fault) => {
    const { status, note } = outcomeInWords({ ...one, fault, outcome: { kind: 'lost', reason: 'ECONNRESET' } });
    return `${fault.kind} ${status} ${note}`;
  });
  const waited = Object.keys(everyFault).filter((kind) => kind !== 'cut' && kind !== 'lost');
  expect(told).toEqual(['cut ✂ ', 'lost ∅ ', ...waited.map((kind) => `${kind} ∅ no answer: ECONNRESET`)]);
});

test('an answer is its status and the part that matters', () => {
  const call = { kind: 'status', session: 's' } as const;
  const problem = { type: 'https://w3id.org/upload-session/problems#session-expired', status: 410 };
  expect(outcomeInWords(exchange(0, call, { status: 410, json: problem })).note).toBe('session-expired');
  const empty = { state: 'completing', receivedChunks: [] };
  expect(outcomeInWords(exchange(0, call, { json: empty })).note).toBe('completing, received nothing');
  const odd = { ...exchange(0, call, { status: 500 }), deviations: ['500 is not documented\u001b[2J'] };
  expect(outcomeInWords(odd)).toEqual({ status: '500', note: 'deviates: 500 is not documented\\u{1b}[2J' });
});

test('a counterexample is a table of who, what, status and answer', () => {
  const rows = failureInRows(failureWith()).map(({ client, call, status, note }) => [client, call, status, note]);
  expect(rows).toEqual([
    ['A', 'initiate 10 B in chunks of 4', '201', ''],
    ['A', 'chunk 1 = w1', '201', ''],
    ['A', 'chunk 1 = w2, cut after 2 bytes', '✂', ''],
    ['A', 'status', '200', 'received 0–0'],
  ]);
});

test('waits stand in the table where they were played', () => {
  const failure = failureWith({
    script: {
      calls: [{ call: { kind: 'wait', ms: 5 } }, { call: { kind: 'capabilities' } }],
      after: [{ call: { kind: 'wait', ms: 6 } }],
    },
    history: [exchange(1, { kind: 'capabilities' }, {})],
  });
  expect(failureInRows(failure).map(({ call }) => call)).toEqual(['wait 5 ms', 'capabilities', 'wait 6 ms']);
});

test('bytes are told in the unit that people read', () => {
  expect([0, 1023, 1024, 3_355_443, 5e11].map(bytesInWords)).toEqual(['0 B', '1023 B', '1 KiB', '3.2 MiB', '466 GiB']);
});
