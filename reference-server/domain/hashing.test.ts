import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type Algorithm, algorithms, createHashing } from './hashing.ts';

const wanted: readonly Algorithm[] = ['sha-256', 'sha-512'];

function hashingWith(threads: number) {
  const hashing = createHashing(threads);
  onTestFinished(() => hashing.close());
  return hashing;
}

/** Streams of pieces, up to several times what is on its way to a thread at once. */
const streams = fc.array(fc.array(fc.nat({ max: 700_000 }), { maxLength: 12 }), { minLength: 1, maxLength: 6 });

test('whatever pieces streams come in, side by side in threads, their digests are those of the whole bytes', async () => {
  const hashing = hashingWith(2);
  await fc.assert(
    fc.asyncProperty(streams, fc.nat(255), async (lengths, seed) => {
      const digested = await Promise.all(
        lengths.map(async (pieces, stream) => {
          const bytes = pieces.map((length, at) => Buffer.alloc(length, `${seed}/${stream}/${at}`));
          const digester = hashing.begin(wanted, Number.MAX_SAFE_INTEGER);
          for (const piece of bytes) await digester.update(piece);
          return [await digester.digests(), Buffer.concat(bytes)] as const;
        }),
      );
      for (const [digests, whole] of digested)
        for (const name of wanted)
          expect(digests.get(name)).toEqual(createHash(algorithms[name]).update(whole).digest());
    }),
    { numRuns: 25 },
  );
});

test('a stream that is given up, or stands still, keeps the others from nothing', async () => {
  const hashing = hashingWith(1);
  const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
  const still = Array.from({ length: 50 }, () => hashing.begin(['sha-256'], bytes.length));
  for (const digester of still) await digester.update(bytes.subarray(0, 200_000));
  for (const digester of still.slice(25)) digester.drop();
  const digester = hashing.begin(['sha-256'], bytes.length);
  await digester.update(bytes);
  expect((await digester.digests()).get('sha-256')).toEqual(createHash('sha256').update(bytes).digest());
  await still[0]?.update(bytes.subarray(200_000));
  expect((await still[0]?.digests())?.get('sha-256')).toEqual(createHash('sha256').update(bytes).digest());
});

test('a short stream is hashed without a thread', async () => {
  const digester = hashingWith(1).begin(['sha-256'], 4);
  await digester.update(Buffer.from('abcd'));
  expect((await digester.digests()).get('sha-256')).toEqual(createHash('sha256').update('abcd').digest());
});
