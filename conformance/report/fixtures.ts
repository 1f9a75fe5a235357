import type { Answer, Call, Exchange, Fault, Framing, Json, Script } from '../history.ts';
import { type Verdict, verdicts } from '../verdict.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Failure, Results } from './results.ts';

/** Results made by hand, for the tests of everything that shows them. */
export function resultsWith(change: Partial<Results> = {}): Results {
  return {
    schemaVersion: 1,
    suite: { name: 'chunkproof', version: '0.1.0' },
    contract: '1.0',
    run: { id: 'run-1', seed: 42, startedAt: '2026-11-22T15:00:00Z', durationMs: 12_340, fingerprint: 'ab12' },
    target: 'http://127.0.0.1:8080/api',
    capabilities: { contractVersion: '1.0', profiles: ['core', 'auth'] },
    profiles: { claimed: ['core', 'auth'], exercised: ['core'] },
    summary: {
      verdict: 'fail',
      must: counts({ pass: 58, fail: 1, 'not-tested': 11 }),
      should: counts({ pass: 3, warn: 1 }),
      may: counts({}),
    },
    requirements: [
      {
        id: 'chunk.atomic',
        level: 'MUST',
        text: 'an interrupted upload leaves what was stored before untouched',
        verdict: 'fail',
        observations: 12,
        failures: [0],
      },
      { id: 'chunk.stored', level: 'MUST', text: 'a receipt', verdict: 'pass', observations: 40 },
      {
        id: 'auth.required',
        level: 'MUST',
        text: 'credentials are asked for',
        verdict: 'not-tested',
        observations: 0,
        reason: 'no credentials of a second principal were given',
      },
    ],
    properties: [{ id: 'chunks-cut', title: 'cut uploads', scripts: 25, calls: 400, durationMs: 800 }],
    failures: [failureWith()],
    coverage: {
      answers: { uploadChunk: { '201': 30, '400': 3, none: 2 }, abortUpload: { '204': 1 } },
      states: { open: 35, completing: 0, completed: 0, aborted: 1, expired: 0 },
    },
    stats: { calls: 1234, bytes: 3_355_443, sessions: 210, faults: 44, judgingMs: 20 },
    ...change,
  };
}

/** Results in which every text that does not come from the suite is this one. */
export function everywhere(text: string): Results {
  const call = { kind: 'initiate', session: text, json: { fileName: text, fileSize: 1 } } as const;
  const problem = { type: `https://x/#${text}`, title: text, status: 400, detail: text };
  const one = exchange(0, call, { status: 400, headers: { 'x-field': text }, json: problem });
  const page = exchange(1, { kind: 'status', session: text }, { headers: { 'content-type': 'text/html' } });
  const bytes = new Uint8Array(Buffer.from(text));
  const history = [
    { ...one, sent: { ...one.sent, url: `http://h/${text}`, text, headers: { 'X-Sent': text } }, deviations: [text] },
    { ...page, outcome: { ...page.outcome, bytes, length: bytes.length } },
    { ...page, outcome: { kind: 'lost', reason: text } as const },
  ];
  const script = { calls: [{ call }] };
  const requirements = resultsWith().requirements.map((one) => ({
    ...one,
    reason: text,
    known: { requirement: one.id, reason: text, issue: text },
  }));
  const failures = [failureWith({ script, history, at: 0, expected: text, got: text, states: [text] })];
  return resultsWith({
    target: text,
    capabilities: { contractVersion: text, [text]: text },
    profiles: { claimed: [text], exercised: [text] },
    requirements,
    properties: [{ id: 'p', title: 't', scripts: 1, calls: 1, durationMs: 1, note: text }],
    failures,
    defects: [{ property: 'p', message: text, stack: text }],
    gone: { message: text, suspects: failures },
    brokenHook: text,
    baseline: { file: text, entries: 1, stale: [{ requirement: 'chunk.stored', reason: text, why: 'passes' }] },
  });
}

/** What doctor found of a small server. */
export function diagnosisWith(change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    kind: 'examined',
    target: 'http://127.0.0.1:8080/api',
    roundTripMs: 1.23,
    contract: { target: '1.0', suite: '1.0.0' },
    deviations: [],
    capabilities: { contractVersion: '1.0' },
    profiles: ['core', 'auth'],
    limits: {
      maxFileSize: 5 * 1024 ** 3,
      minChunkSize: 1,
      maxChunkSize: 8 * 1024 ** 2,
      maxChunks: 10_000,
      minTimeoutSeconds: 60,
      maxTimeoutSeconds: 3600,
    },
    clockAheadMs: { least: -310, most: 190 },
    access: { first: 'let in', second: 'not given', nobody: 'refused' },
    properties: [{ id: 'races' }, { id: 'expiry', reason: 'sessions last at least 60 s, and --wait-expiry is 10 s' }],
    requirements: [{ id: 'chunk.atomic' }, { id: 'auth.required', reason: 'needs a second principal' }],
    ...change,
  };
}

/** A record with a number for each verdict, zero where none is given. */
export function counts(some: Partial<Record<Verdict, number>>): Record<Verdict, number> {
  const all = verdicts.map((verdict) => [verdict, some[verdict] ?? 0]);
  return Object.fromEntries(all) as Record<Verdict, number>;
}

/** The failure that the documentation shows. */
export function failureWith(change: Partial<Failure> = {}): Failure {
  const script: Script = {
    calls: [
      { call: initiate },
      { call: { kind: 'chunk', session: 's', chunk: 1, write: 1 } },
      { call: { kind: 'chunk', session: 's', chunk: 1, write: 2 }, fault: { kind: 'cut', after: 2, how: 'fin' } },
      { call: { kind: 'status', session: 's' } },
    ],
  };
  return {
    requirement: 'chunk.atomic',
    level: 'MUST',
    property: 'chunks-cut',
    message: 'the cut upload destroyed chunk 1',
    expected: 'chunk 1 holds w1 or w2',
    got: 'chunk 1 is not listed',
    script,
    history: [
      exchange(0, initiate, { status: 201, json: { sessionId: 'abc', chunkSize: 4 } }),
      exchange(1, { kind: 'chunk', session: 's', chunk: 1, write: 1 }, { status: 201, json: { chunkId: 1 } }),
      {
        ...exchange(2, { kind: 'chunk', session: 's', chunk: 1, write: 2 }, {}),
        fault: { kind: 'cut', after: 2, how: 'fin' },
        outcome: { kind: 'lost', reason: 'cut' },
      },
      exchange(3, { kind: 'status', session: 's' }, status(['0', '0'])),
    ],
    at: 3,
    states: ['open, chunk 1 is w1', 'open, chunk 1 is w2'],
    seed: 42,
    path: '3:0:1',
    shrunk: { from: 23, to: 4 },
    reproduced: { k: 5, n: 5 },
    explained: { k: 3, n: 4 },
    ...change,
  };
}

const initiate: Exchange['call'] = {
  kind: 'initiate',
  session: 's',
  json: { fileName: 'a.bin', fileSize: 10, preferredChunkSize: 4 },
};

function status([first, last]: readonly [string, string]): { status: number; json: Json } {
  return { status: 200, json: { state: 'open', receivedChunks: [{ first: Number(first), last: Number(last) }] } };
}

/** An answered exchange with plain values wherever a test asks for none. */
export function exchange(step: number, call: Exchange['call'], answer: Partial<Answer>): Exchange {
  return {
    step,
    client: 'A',
    call,
    sent: {
      method: call.kind === 'status' ? 'GET' : 'POST',
      url: 'http://127.0.0.1:8080/api/attachment/session/abc',
      headers: { authorization: 'Bearer sesame-1234', 'content-type': 'application/json' },
      bodyLength: 0,
      whole: true,
    },
    sentAt: 1,
    receivedAt: 2,
    outcome: { kind: 'answered', status: 200, headers: {}, length: 0, digest: '', continued: false, ...answer },
    serverClock: { earliest: 0, latest: 1 },
    deviations: [],
  };
}

/** One call of each kind, with every member that a call can have: the record's type grows with the vocabulary. */
export const everyCall: { readonly [Kind in Call['kind']]: Required<Extract<Call, { readonly kind: Kind }>> } = {
  capabilities: { kind: 'capabilities', head: true, fields: { 'X-Long': '{x*8192}' }, as: 'nobody' },
  initiate: {
    kind: 'initiate',
    session: 's',
    json: { fileSize: -1 },
    body: '{',
    mediaType: null,
    idempotencyKey: 'k',
    fields: { Expect: 'nonsense' },
    as: 'second',
  },
  status: { kind: 'status', session: 's', head: true, spelling: 'location', fields: { A: '1', B: '' }, as: 'first' },
  chunk: {
    kind: 'chunk',
    session: 's',
    chunk: '01',
    write: 3,
    excess: -2,
    framing: 'chunked',
    contentDigest: { raw: 'sha-256=:{right}:\nx' },
    contentRange: 'bytes 0-3/10',
    contentEncoding: 'gzip',
    expectContinue: true,
    spelling: { raw: '{HEX}' },
    fields: {},
    as: 'first',
  },
  fill: { kind: 'fill', session: 's', write: 4, order: 'inside-out', resume: true, as: 'first' },
  complete: {
    kind: 'complete',
    session: 's',
    compositeDigest: { raw: 'sha-256' },
    digest: 'right',
    json: [],
    body: '',
    spelling: 'plain',
    fields: {},
    as: 'first',
  },
  abort: { kind: 'abort', session: 's', body: '\xff', spelling: 'other-case', fields: {}, as: 'first' },
  attachment: { kind: 'attachment', session: 's', head: false, spelling: 'unknown', fields: {}, as: 'first' },
  content: {
    kind: 'content',
    session: 's',
    head: false,
    range: 'bytes=0-1',
    ifNoneMatch: 'any',
    ifRange: 'date',
    spelling: 'plain',
    fields: { 'If-None-Match': '"' },
    as: 'first',
  },
  method: { kind: 'method', session: 's', resource: 'chunk', method: 'PATCH', fields: {}, as: 'first' },
  restart: { kind: 'restart', again: 20 },
  storage: { kind: 'storage', settles: 1024 },
  wait: { kind: 'wait', ms: 5, expiryOf: 's' },
};

/** Every framing that a fault can name. */
const everyFraming: { readonly [How in Framing]: true } = {
  unterminated: true,
  'bad-size': true,
  'negative-size': true,
  'long-size': true,
  'huge-size': true,
  'missing-crlf': true,
  'two-lengths': true,
  'unknown-coding': true,
  'both-lengths': true,
  extension: true,
  trailer: true,
  'leading-zeros': true,
};

export const framings = Object.keys(everyFraming) as readonly Framing[];

/** One fault of each kind, with every member that a fault can have. */
export const everyFault: { readonly [Kind in Fault['kind']]: Required<Extract<Fault, { readonly kind: Kind }>> } = {
  cut: { kind: 'cut', after: 0, how: 'rst' },
  lost: { kind: 'lost' },
  hold: { kind: 'hold', after: 2, ms: 0.5, expiryOf: 's', until: 'another' },
  trickle: { kind: 'trickle', pieces: 3, ms: 20 },
  'half-close': { kind: 'half-close', after: 2 },
  length: { kind: 'length', by: -1 },
  framing: { kind: 'framing', how: 'trailer' },
  twice: { kind: 'twice' },
  withhold: { kind: 'withhold' },
};
