import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faults, fileNames, type Geometry, geometries, initiate, scriptOf } from './arbitraries.ts';
import type { Fault } from './history.ts';
import type { Environment } from './properties/property.ts';

const MiB = 2 ** 20;

/** Targets of every kind: one that takes any chunk, an object store's five mebibytes at least, a very small one. */
const environments: fc.Arbitrary<Environment> = fc
  .record({
    minChunkSize: fc.oneof(fc.constantFrom(1, 4, 4096, 256 * 1024, 5 * MiB), fc.integer({ min: 1, max: 8 * MiB })),
    span: fc.oneof(fc.constantFrom(0, 1, 1024 * MiB), fc.nat(8 * MiB)),
    maxChunks: fc.oneof(fc.constantFrom(1, 2, 10_000), fc.integer({ min: 1, max: 10_000 })),
    files: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ minChunkSize, span, maxChunks, files }) => {
    const maxChunkSize = minChunkSize + span;
    const maxFileSize = Math.floor(maxChunkSize * maxChunks * files);
    return {
      profiles: ['core'],
      limits: { maxFileSize, minChunkSize, maxChunkSize, maxChunks, minTimeoutSeconds: 1, maxTimeoutSeconds: 60 },
      secondPrincipal: false,
      waitExpirySeconds: 10,
      hooks: [],
      maxTimeSeconds: 120,
      sparing: 1,
      maxScriptBytes: Math.max(64 * 1024, 3 * minChunkSize),
      maxScriptCalls: 6000,
    };
  });

const usual = fc.sample(environments, 1)[0] as Environment;
const roomy: Environment = {
  ...usual,
  limits: { ...usual.limits, minChunkSize: 1, maxChunkSize: 8 * MiB, maxChunks: 10_000, maxFileSize: 2 ** 40 },
  maxScriptBytes: 64 * 1024,
};

describe('a geometry', () => {
  const cases = environments.chain((environment) =>
    fc.record({ environment: fc.constant(environment), geometry: geometries(environment) }),
  );

  test('is one that the target has to take as it is', () => {
    fc.assert(
      fc.property(cases, ({ environment: { limits }, geometry: { fileSize, chunkSize, totalChunks } }) => {
        expect(chunkSize).toBeGreaterThanOrEqual(limits.minChunkSize);
        expect(chunkSize).toBeLessThanOrEqual(limits.maxChunkSize);
        expect(totalChunks).toBe(Math.ceil(fileSize / chunkSize));
        expect(totalChunks).toBeLessThanOrEqual(limits.maxChunks);
        expect(fileSize).toBeLessThanOrEqual(limits.maxFileSize);
      }),
      { numRuns: 2000 },
    );
  });

  test('is no larger than a script may upload, twice over, unless it is a single chunk', () => {
    fc.assert(
      fc.property(cases, ({ environment: { maxScriptBytes }, geometry: { fileSize, totalChunks } }) => {
        if (totalChunks > 1) expect(2 * fileSize).toBeLessThanOrEqual(maxScriptBytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('has at least as many chunks as were asked for, if the target allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 8 }), fc.nat(), (least, more, seed) => {
        const [geometry] = fc.sample(geometries(roomy, least, least + more), { numRuns: 1, seed }) as [Geometry];
        expect(geometry.totalChunks).toBeGreaterThanOrEqual(least);
        expect(geometry.totalChunks).toBeLessThanOrEqual(least + more);
      }),
    );
  });

  test.each<[string, (geometry: Geometry) => boolean]>([
    ['an empty file', ({ fileSize }) => fileSize === 0],
    ['one byte', ({ fileSize }) => fileSize === 1],
    ['one full chunk', ({ fileSize, chunkSize }) => fileSize === chunkSize],
    ['a full last chunk', ({ fileSize, chunkSize, totalChunks }) => totalChunks > 1 && fileSize % chunkSize === 0],
    ['a last chunk of a byte', ({ fileSize, chunkSize }) => chunkSize > 2 && fileSize % chunkSize === 1],
    ['a byte less than full', ({ fileSize, chunkSize }) => chunkSize > 2 && fileSize % chunkSize === chunkSize - 1],
    ['ten chunks and more, so that their order as text is another', ({ totalChunks }) => totalChunks > 10],
    ['chunks of a byte', ({ chunkSize }) => chunkSize === 1],
    ['chunks of pages', ({ chunkSize }) => chunkSize >= 4096],
  ])('that is a boundary occurs among a hundred: %s', (_, isBoundary) => {
    const hundred = fc.sample(geometries(roomy), { numRuns: 100, seed: 7 });
    expect(hundred.filter(isBoundary).length).toBeGreaterThan(0);
  });
});

describe('a fault', () => {
  test('that stops somewhere stops within the chunk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }).chain((size) => fc.tuple(fc.constant(size), faults(size))),
        ([size, fault]) => {
          if (!('after' in fault)) return;
          expect(fault.after).toBeGreaterThanOrEqual(0);
          expect(fault.after).toBeLessThanOrEqual(Math.max(2, size));
        },
      ),
    );
  });

  test.each<[string, (fault: Fault) => boolean]>([
    ['a lost answer', ({ kind }) => kind === 'lost'],
    ['a cut before the first byte', (fault) => fault.kind === 'cut' && fault.after === 0],
    ['a cut before the last byte', (fault) => fault.kind === 'cut' && fault.after === 3],
    ['a cut after the last byte', (fault) => fault.kind === 'cut' && fault.after === 4],
    ['a FIN', (fault) => fault.kind === 'cut' && fault.how === 'fin'],
    ['a RST', (fault) => fault.kind === 'cut' && fault.how === 'rst'],
    ['a FIN of one direction', ({ kind }) => kind === 'half-close'],
    ['a repeat at once', ({ kind }) => kind === 'twice'],
    ['a body in pieces', ({ kind }) => kind === 'trickle'],
    ['a length that is not reached', ({ kind }) => kind === 'length'],
  ])('that tells most occurs among a hundred: %s', (_, isTelling) => {
    expect(fc.sample(faults(4), { numRuns: 100, seed: 7 }).filter(isTelling).length).toBeGreaterThan(0);
  });
});

test('a file name survives JSON, and is one that a server must keep', () => {
  fc.assert(
    fc.property(fileNames, (name) => {
      expect(JSON.parse(JSON.stringify(name))).toBe(name);
      expect(Buffer.from(name, 'utf8').toString('utf8')).toBe(name);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name).not.toMatch(/[\p{Cc}/\\]|^\.{0,2}$/u);
    }),
    { numRuns: 1000 },
  );
});

test('a script of calls has no faults, and says what was to be declared', () => {
  const call = initiate('a', { fileSize: 10, chunkSize: 4, totalChunks: 3 }, { fileName: 'other' });
  expect(call.json).toEqual({ fileName: 'other', fileSize: 10, preferredChunkSize: 4 });
  expect(scriptOf(call, { kind: 'status', session: 'a' })).toEqual({
    calls: [{ call }, { call: { kind: 'status', session: 'a' } }],
  });
});
