import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DigestWord, Fault, Spelling } from '../history.ts';
import { counterexampleOf, failureNames, parseCounterexample } from './counterexample.ts';
import { everyCall, everyFault, exchange, failureWith, framings, resultsWith } from './fixtures.ts';
import schema from './results.schema.json' with { type: 'json' };

const file = (failure = failureWith()) => JSON.stringify(counterexampleOf(failure, resultsWith()));

test('a counterexample comes back as it was written', () => {
  const parsed = parseCounterexample(file());
  expect(parsed.ok && parsed.counterexample.script).toEqual(failureWith().script);
  expect(parsed.ok && parsed.counterexample.text).toBe('an interrupted upload leaves what was stored before untouched');
});

test('every call that a script can hold is allowed in a file', () => {
  const calls = Object.values(everyCall).map((call) => ({ call }));
  const parsed = parseCounterexample(file(failureWith({ script: { calls, together: [calls], after: calls } })));
  expect(parsed).toMatchObject({ ok: true });
});

test('every fault that a script can hold is allowed in a file, and none with a member that it lacks', () => {
  const call = { kind: 'status', session: 's' } as const;
  const faults: Fault[] = [...Object.values(everyFault), ...framings.map((how) => ({ kind: 'framing', how }) as const)];
  const parsed = (fault: Fault) => parseCounterexample(file(failureWith({ script: { calls: [{ call, fault }] } })));
  for (const fault of faults) {
    expect(parsed(fault)).toMatchObject({ ok: true });
    for (const other of ['after', 'ms', 'by', 'how', 'pieces', 'expiryOf'].filter((name) => !(name in fault)))
      expect(parsed({ ...fault, [other]: 1 } as Fault)).toMatchObject({ ok: false });
  }
});

test('the schema knows the same spellings, digest words and framings as the vocabulary', () => {
  const spellings: Record<Spelling, true> = {
    plain: true,
    location: true,
    'percent-encoded': true,
    'double-encoded': true,
    'other-case': true,
    unknown: true,
  };
  const digests: Record<DigestWord, true> = {
    right: true,
    wrong: true,
    several: true,
    unsupported: true,
    garbage: true,
    short: true,
    empty: true,
  };
  expect(schema.$defs.spelling.enum).toEqual(Object.keys(spellings));
  expect(schema.$defs.digestWord.enum).toEqual(Object.keys(digests));
  expect(schema.$defs.framing.enum).toEqual(framings);
});

test.each([
  ['', 'it is not JSON'],
  ['[]', 'it is no object'],
  ['{}', 'it is no chunkproof counterexample'],
  ['{"kind":"chunkproof-counterexample","version":2}', 'it has version 2, and this chunkproof reads version 1'],
  [file().replace('"chunk":1', '"chunk":null'), '/script/calls/1/call/chunk must be integer,string'],
  [
    file().replace('"kind":"status"', '"kind":"format-disk"'),
    '/script/calls/3/call/kind must be equal to one of the allowed values',
  ],
])('%.60s is refused: %s', (text, error) => {
  expect(parseCounterexample(text)).toEqual({ ok: false, error });
});

test('no text and no damaged file makes the parser throw', () => {
  const good = file();
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.nat(20), fc.string())
    .map(([from, length, other]) => good.slice(0, from) + other + good.slice(from + length));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), damaged), (text) => {
      expect(typeof parseCounterexample(text).ok).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});

test('few bytes are kept as base64, many as their length and digest', () => {
  const call = { kind: 'content', session: 's' } as const;
  const few = exchange(0, call, { bytes: new Uint8Array([1, 2]), length: 2, digest: 'd' });
  const many = exchange(0, call, { bytes: new Uint8Array(1025), length: 1025, digest: 'd' });
  const stored = counterexampleOf(failureWith({ history: [few, many] }), resultsWith()).history;
  expect(stored[0]?.outcome).toMatchObject({ base64: 'AQI=', length: 2 });
  expect(stored[1]?.outcome).toMatchObject({ length: 1025, digest: 'd' });
  expect(stored[1]?.outcome).not.toHaveProperty('bytes');
});

test('a failure is named by its requirement and its script, and no two share a name', () => {
  const names = failureNames([failureWith(), failureWith(), failureWith({ script: { calls: [] } })]);
  expect(names[0]).toMatch(/^chunk\.atomic-[0-9a-f]{4}$/);
  expect(new Set(names).size).toBe(3);
});
