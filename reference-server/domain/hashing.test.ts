import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type Algorithm, algorithms, createHashing, type Digests, type Hashed } from './hashing.ts';

const wanted: readonly Algorithm[] = ['sha-256', 'sha-512'];

function hashingWith(threads: number) {
  const hashing = createHashing(threads);
  onTestFinished(() => hashing.close());
  return hashing;
}

async function* streamOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** What is passed on, copied as it comes, and its digests. */
async function readOut({ blocks, digests }: Hashed): Promise<[Buffer, Digests]> {
  const copies: Buffer[] = [];
  for await (const block of blocks) copies.push(Buffer.from(block));
  return [Buffer.concat(copies), await digests()];
}

function digestOf(name: Algorithm, bytes: Uint8Array): Buffer {
  return createHash(algorithms[name]).update(bytes).digest();
}

/** Streams of pieces, up to several times what is on its way to a thread at once. */
const streams = fc.array(fc.array(fc.nat({ max: 700_000 }), { maxLength: 12 }), { minLength: 1, maxLength: 6 });

test.each([0, 2])(
  'whatever pieces streams come in, side by side in %i threads, they pass whole, with their digests',
  async (threads) => {
    const hashing = hashingWith(threads);
    await fc.assert(
      fc.asyncProperty(streams, fc.nat(255), async (lengths, seed) => {
        const bodies = lengths.map((pieces, stream) =>
          pieces.map((length, at) => Buffer.alloc(length, `${seed}/${stream}/${at}`)),
        );
        const read = await Promise.all(
          bodies.map((pieces) => readOut(hashing.pass(streamOf(pieces), wanted, Number.MAX_SAFE_INTEGER))),
        );
        for (const [stream, [passed, digests]] of read.entries()) {
          const whole = Buffer.concat(bodies[stream] ?? []);
          expect(passed.equals(whole)).toBe(true);
          for (const name of wanted) expect(digests.get(name)).toEqual(digestOf(name, whole));
        }
      }),
      { numRuns: 25 },
    );
  },
);

test('streams that are given up, stand still, or fail keep the others from nothing', async () => {
  const hashing = hashingWith(1);
  const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
  const goOn = Promise.withResolvers<void>();
  async function* halting(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 400_000);
    await goOn.promise;
    yield bytes.subarray(400_000);
  }
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 600_000);
    throw new Error('cut');
  }
  const pass = (body: AsyncIterable<Uint8Array>) => hashing.pass(body, ['sha-256'], bytes.length);
  const still = Array.from({ length: 50 }, () => readOut(pass(halting())));
  for (let stream = 0; stream < 50; stream++) await expect(readOut(pass(failing()))).rejects.toThrow('cut');
  for (let stream = 0; stream < 50; stream++) for await (const _ of pass(streamOf([bytes])).blocks) break;

  const [, digests] = await readOut(pass(streamOf([bytes])));
  expect(digests.get('sha-256')).toEqual(digestOf('sha-256', bytes));

  goOn.resolve();
  for (const [passed, late] of await Promise.all(still)) {
    expect(passed.equals(bytes)).toBe(true);
    expect(late.get('sha-256')).toEqual(digestOf('sha-256', bytes));
  }
});

test('a short stream is hashed without a thread', async () => {
  const { blocks, digests } = hashingWith(1).pass(streamOf([Buffer.from('ab'), Buffer.from('cd')]), ['sha-256'], 4);
  for await (const block of blocks) expect(Buffer.from(block).toString()).toBe('abcd');
  expect((await digests()).get('sha-256')).toEqual(digestOf('sha-256', Buffer.from('abcd')));
});
