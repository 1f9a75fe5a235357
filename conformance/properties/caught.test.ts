import { expect, test } from 'vitest';
import type { RequirementId } from '../../generated/requirements.ts';
import { mutants } from '../mutants/mutants.ts';
import { runAgainst } from '../mutants/trial.ts';
import { failureInRows } from '../report/rows.ts';
import { properties } from './index.ts';

/** For each property a broken server, the promise that it is blamed for, and the whole script that shows it. */
const caught: Readonly<Record<string, readonly [mutant: string, blamed: RequirementId, ...script: string[]]>> = {
  capabilities: ['limits-inconsistent', 'capabilities.document', 'A  capabilities  200'],
  'initiate-accepts': ['name-normalised', 'initiate.echo', 'A  initiate 0 B, named "A\u0308.txt"  201'],
  'initiate-refuses': [
    'backslash-in-name-accepted',
    'initiate.file-name',
    'A  initiate 4 B, named "..\\\\..\\\\boot.ini"  201',
  ],
  'hostile-declarations': [
    'comments-accepted',
    'initiate.invalid',
    'A  initiate with the body "{"fileName":"turbine manual.pdf","fileSize":10,"x-unknown":1,}"  201',
  ],
  'life-cycle': [
    'bytes-assembled-as-arrived',
    'complete.bytes',
    'A  initiate 8 B in chunks of 4  201',
    'A  chunk 1 = w1  201',
    'A  chunk 0 = w2  201',
    'A  complete  201',
    'A  content  200',
  ],
  'chunk-refuses': [
    'leading-zero-accepted',
    'chunk.range',
    'A  initiate 8 B in chunks of 4  201',
    'A  chunk 01 = w1  201',
  ],
  framing: [
    'unterminated-chunk-kept',
    'chunk.atomic',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1, chunked coding, sending shut down after 4 bytes  201',
  ],
  completion: [
    'missing-named-one-too-few',
    'complete.incomplete',
    'A  initiate 6 B in chunks of 4  201',
    'A  complete  409',
  ],
  'hostile-completions': [
    'completion-garbage-ignored',
    'complete.digest',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1  201',
    'A  complete, body "{"compositeDigest":null}"  201',
  ],
  abort: ['chunk-after-abort-accepted', 'abort.final', 'A  initiate 4 B  201', 'A  abort  204', 'A  chunk 0 = w1  201'],
  'hostile-aborts': [
    'abort-content-read',
    'abort.aborted',
    'A  initiate 4 B  201',
    'A  abort, body "\\u{feff}{}"  400',
  ],
  content: [
    'range-off-by-one',
    'content.range',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1  201',
    'A  complete  201',
    'A  content, Range bytes=0-0  206',
  ],
  expiry: [
    'status-after-expiry',
    'expiry.enforced',
    'A  initiate 4 B, for 1 s  201',
    'wait until the session has expired',
    'A  status  200',
  ],
  stillness: ['status-extends-expiry', 'status.safe', 'A  initiate 4 B  201', 'wait 2500 ms', 'A  status  200'],
  idempotency: [
    'key-compares-nothing',
    'idempotency.reused',
    'A  initiate 4 B of a, key "k"  201',
    'A  initiate 9 B of again, key "k"  201',
  ],
  'unknown-session': [
    'ids-in-any-case',
    'initiate.unguessable',
    'A  initiate 4 B  201',
    'A  status, id other-case  200',
  ],
  'hostile-chunk-fields': [
    'content-range-unit-unchecked',
    'chunk.content-range',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1, Content-Range items {first}-{last}/{size}  201',
  ],
  'hostile-expectations': [
    'expected-digest-found-by-pattern',
    'complete.digest',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1  201',
    'A  complete, digest "sha-256=:{right}:, sha-256=:{wrong}:"  201',
  ],
  'hostile-conditions': [
    'range-turned-round',
    'content.exact',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1  201',
    'A  complete  201',
    'A  content, Range bytes=5-2  206',
  ],
  'hostile-ids': ['chunk-id-trimmed', 'chunk.range', 'A  initiate 8 B in chunks of 4  201', 'A  chunk %201 = w1  201'],
  'hostile-keys': [
    'key-in-any-case',
    'idempotency.replay',
    'A  initiate 4 B of a, key "k"  201',
    'A  initiate 4 B of b, key "K"  201',
  ],
  'over-long': ['long-field-is-500', 'status.received', 'A  initiate 4 B  201', 'A  status, X-Long: "{x*8192}"  500'],
  'sessions-apart': [
    'chunk-in-the-latest-session-too',
    'session.isolated',
    'A  initiate 2 B of a  201',
    'A  initiate 2 B of b  201',
    'A  chunk 0 of a = w1  201',
    'A  status of b  200',
  ],
  credentials: [
    'nobody-is-the-first-principal',
    'auth.required',
    'A  initiate 4 B  201',
    'A  status, without credentials  200',
  ],
  principals: [
    'session-answers-forbidden',
    'auth.isolated',
    'A  initiate 4 B  201',
    'A  status, as the second principal  404',
    'A  status, id unknown, as the second principal  404',
  ],
  races: [
    'completed-at-once-makes-two',
    'complete.exactly-once',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1  201',
    'A  complete  201',
    'B  complete  201',
  ],
  'key-races': [
    'key-at-once-makes-two',
    'idempotency.race',
    'A  initiate 4 B of s0, key "k"  201',
    'B  initiate 4 B of s1, key "k"  201',
  ],
  isolation: [
    'chunk-in-the-latest-session-too',
    'session.isolated',
    'A  initiate 4 B of a  201',
    'A  initiate 4 B of b  201',
    'A  chunk 0 of a = w1  201',
    'A  status of b  200',
  ],
  durability: [
    'acknowledged-before-sync',
    'chunk.durable',
    'A  initiate 4 B  201',
    'A  chunk 0 = w1  201',
    'kill and restart the target',
    'A  status  200',
  ],
  storage: [
    'abort-releases-nothing',
    'abort.releases',
    'measure the storage',
    'A  initiate 2097152 B in chunks of 1048576  201',
    'A  chunk 0 = w100  201',
    'A  chunk 1 = w101  201',
    'measure the storage',
    'A  abort  204',
    'measure the storage until it is as before',
  ],
  'storage-in-time': [
    'expired-never-reclaimed',
    'expiry.releases',
    'measure the storage',
    'A  initiate 2097152 B in chunks of 1048576, for 1 s  201',
    'A  chunk 0 = w100  201',
    'A  chunk 1 = w101  201',
    'measure the storage',
    'wait until the session has expired',
    'measure the storage until it is as before',
  ],
};

test('the table has every property', () => {
  expect(Object.keys(caught).sort()).toEqual(properties.map(({ id }) => id).sort());
});

test.concurrent.for(Object.entries(caught))('%s', { timeout: 120_000 }, async ([property, [id, blamed, ...script]]) => {
  const mutant = mutants.find((one) => one.id === id);
  if (!mutant) throw new Error(`${id} is not there any more`);
  // No file of a thousand chunks: it costs seconds, and shows nothing here.
  const limits = { maxChunks: 1000, maxFileSize: 2 ** 30, ...mutant.options?.limits };
  const others = properties.filter((one) => one.id !== property);

  const { failures } = await runAgainst(
    { ...mutant.options, limits, seams: mutant.seams() },
    { only: [property, blamed], skip: others.map((one) => one.id), runs: 8 },
  );

  expect(mutant.breaks).toContain(blamed);
  const said = failures
    .filter(({ requirement }) => requirement === blamed)
    .map((failure) =>
      failureInRows(failure).map(({ client, call, status }) => [client, call, status].filter(Boolean).join('  ')),
    );
  expect(said).toEqual([script]);
});
