/** One contract for every adapter: what `ports.ts` promises in words. */
import { join } from 'node:path';
import { test as baseTest, describe, expect } from 'vitest';
import { noneOf } from '../domain/received.ts';
import type { Attachment, Session } from '../domain/session.ts';
import { temporaryFolder } from '../testing.ts';
import { database, freshBucket, freshDatabase, letters, objectStore } from './distributed.testing.ts';
import { openFileBytes } from './file-bytes.ts';
import { type Letters, lettersOf } from './letters.testing.ts';
import { memoryBytes, memoryRecords } from './memory.ts';
import type { Bytes, Piece, Records } from './ports.ts';
import { openPostgresRecords } from './postgres-records.ts';
import { openS3Bytes } from './s3-bytes.ts';
import { openSqliteRecords } from './sqlite-records.ts';

type Adapter<Store> = {
  name: string;
  open: () => Promise<Store>;
  /** Why it cannot be tested here. */
  skipped?: string | false;
};
const recordStores: readonly Adapter<Records>[] = [
  { name: 'memory', open: async () => memoryRecords() },
  { name: 'sqlite', open: async () => openSqliteRecords(join(await temporaryFolder(), 'records.sqlite')) },
  {
    name: 'postgres',
    open: async () => openPostgresRecords(await freshDatabase()),
    skipped: database === null && 'CHUNKPROOF_TEST_DATABASE_URL names no PostgreSQL: npm run test:distributed does',
  },
];
const byteStores: readonly (Adapter<Bytes> & { alone: boolean; letters?: Letters })[] = [
  { name: 'memory', alone: true, open: async () => memoryBytes() },
  { name: 'files', alone: true, open: async () => openFileBytes(await temporaryFolder()) },
  {
    name: 's3',
    alone: false,
    letters,
    open: async () => openS3Bytes(await freshBucket()),
    skipped: objectStore === null && 'CHUNKPROOF_TEST_S3_ENDPOINT names no S3 store: npm run test:distributed does',
  },
];
/** As vitest shows it: the adapter, and why it is left out. */
const titled = <A extends Adapter<unknown>>(adapters: readonly A[]) =>
  adapters.map(({ name, skipped, ...rest }) => ({
    ...rest,
    title: skipped ? `${name} (skipped: ${skipped})` : name,
    skipped: Boolean(skipped),
  }));

const digest = new Uint8Array(32).fill(7);
const attachment: Attachment = {
  attachmentId: 'a1',
  principal: 'ann',
  fileName: 'ä 😀',
  fileSize: 10,
  contentType: 'x/y',
  compositeDigest: 'Y29tcG9zaXRl',
  digest: null,
  createdAt: 5,
};

function sessionOf(sessionId: string, more: Partial<Session> = {}): Session {
  const plan = {
    sessionId,
    principal: 'ann',
    fileName: 'ä 😀',
    fileSize: 2 ** 53 - 1,
    contentType: 'x/y',
    chunkSize: 4,
    totalChunks: 20,
    timeoutMs: 1000,
  };
  return { plan, life: { state: 'open' }, received: noneOf(20), expiresAt: 1000, ...more };
}

describe.for(titled(recordStores))('records in $title', ({ open, skipped }) => {
  const test = baseTest.skipIf(skipped);

  test('a session comes back as it was', async () => {
    const records = await open();
    const session = sessionOf('s1');
    expect(await records.insert(session, null)).toBe('inserted');
    expect(await records.find('s1')).toEqual(session);
    expect(await records.find('s2')).toBeNull();
    await records.close();
  });

  test('what one principal has unfinished stays within its allowance, however many are added at once', async () => {
    const records = await open();
    const add = (id: string, principal: string, fileSize: number) => {
      const session = sessionOf(id);
      return records.insert({ ...session, plan: { ...session.plan, principal, fileSize } }, null, {
        sessions: 3,
        bytes: 100,
      });
    };
    const raced = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map((id) => add(id, 'ann', 30)));
    expect(raced.sort()).toEqual(['inserted', 'inserted', 'inserted', 'too-many-sessions', 'too-many-sessions']);
    expect(await add('b1', 'bob', 101)).toBe('too-many-bytes');
    expect(await add('b2', 'bob', 100)).toBe('inserted');
    expect(await add('b3', 'bob', 1)).toBe('too-many-bytes');
    expect(await records.census()).toEqual({ open: 4, completing: 0, completed: 0, aborted: 0, expired: 0 });
    await records.advance('b2', null, (session) => ({
      session: { ...session, life: { state: 'aborted' } },
      answer: null,
    }));
    expect(await add('b4', 'bob', 1)).toBe('inserted');
    expect(await records.census()).toMatchObject({ open: 4, aborted: 1 });
    await records.close();
  });

  test('a key is bound once a principal, however many race for it', async () => {
    const records = await open();
    const use = { key: 'k', fingerprint: 'f' };
    const raced = await Promise.all(['s1', 's2', 's3'].map((id) => records.insert(sessionOf(id), use)));
    expect(raced.sort()).toEqual(['inserted', 'key-taken', 'key-taken']);
    expect(await records.findByKey('ann', 'k')).toMatchObject({ fingerprint: 'f' });
    expect(await records.findByKey('bob', 'k')).toBeNull();
    const bob = sessionOf('s4');
    expect(await records.insert({ ...bob, plan: { ...bob.plan, principal: 'bob' } }, use)).toBe('inserted');
    await records.close();
  });

  test('advances of one session do not come between one another', async () => {
    const records = await open();
    await records.insert(sessionOf('s1', { expiresAt: 0 }), null);
    const step = (session: Session) => ({ session: { ...session, expiresAt: session.expiresAt + 1 }, answer: 0 });
    await Promise.all(Array.from({ length: 50 }, () => records.advance('s1', null, step)));
    expect((await records.find('s1'))?.expiresAt).toBe(50);
    expect(await records.advance('unknown', null, step)).toBeNull();
    await records.close();
  });

  test('a chunk is recorded with its session, shown to the next step, replaced, and listed in index order', async () => {
    const records = await open();
    await records.insert(sessionOf('s1'), null);
    const put = (chunkId: number, slot: string) =>
      records.advance('s1', chunkId, (session, stored) => ({
        session,
        chunk: { chunkId, digest, slot },
        answer: stored?.slot ?? null,
      }));
    expect([await put(10, 'a'), await put(9, 'b'), await put(10, 'c')]).toEqual([null, null, 'a']);
    const chunks = await records.chunks('s1');
    expect(chunks.map(({ chunkId, slot }) => [chunkId, slot])).toEqual([
      [9, 'b'],
      [10, 'c'],
    ]);
    expect(Buffer.compare(chunks[0]?.digest ?? Buffer.alloc(0), digest)).toBe(0);
    await records.close();
  });

  test('a completion’s intent and attachment are kept; the attachment learns its digest and outlives the session', async () => {
    const records = await open();
    await records.insert(sessionOf('s1'), null);
    const intent = { attachmentId: 'a1', createdAt: 5 };
    const become = (life: Session['life']) =>
      records.advance('s1', null, (session) => ({ session: { ...session, life }, answer: 0 }));
    await become({ state: 'completing', intent });
    expect((await records.find('s1'))?.life).toEqual({ state: 'completing', intent });
    expect(await records.completing()).toEqual(['s1']);
    await become({ state: 'completed', attachment });
    expect(await records.completing()).toEqual([]);
    await records.learnDigest('a1', 'ZGlnZXN0');
    const learned = { ...attachment, digest: 'ZGlnZXN0' };
    expect((await records.find('s1'))?.life).toEqual({ state: 'completed', attachment: learned });
    await records.forget(2000);
    expect([await records.find('s1'), await records.attachment('a1')]).toEqual([null, learned]);
    await records.close();
  });

  test('only open sessions are overdue, only ended ones are forgotten, and then their key is free', async () => {
    const records = await open();
    await records.insert(sessionOf('open'), { key: 'k1', fingerprint: 'f' });
    await records.insert(sessionOf('ended', { life: { state: 'aborted' } }), { key: 'k2', fingerprint: 'f' });
    expect([await records.overdue(999), await records.overdue(1000)]).toEqual([[], ['open']]);
    await records.forget(1000);
    expect(await records.find('ended')).not.toBeNull();
    await records.forget(1001);
    expect([(await records.find('open')) === null, await records.find('ended')]).toEqual([false, null]);
    expect([await records.findByKey('ann', 'k2'), await records.chunks('ended')]).toEqual([null, []]);
    await records.close();
  });

  test('what has ended is to be given back until it is reported, also when the session is forgotten', async () => {
    const records = await open();
    for (const id of ['s1', 's2']) await records.insert(sessionOf(id), null);
    expect(await records.unreleased()).toEqual([]);
    await records.advance('s1', null, (session) => ({
      session: { ...session, life: { state: 'aborted' } },
      answer: 0,
    }));
    await expect.poll(() => records.unreleased(), { timeout: 5000 }).toEqual(['s1']);
    await records.forget(2000);
    expect(await records.unreleased()).toEqual(['s1']);
    await records.released('s1');
    await records.released('s1');
    expect(await records.unreleased()).toEqual([]);
    await records.close();
  });

  test('one has the turn of a session at a time, in the order in which they came, and nobody that of another', async () => {
    const records = await open();
    const order: number[] = [];
    const take = async (n: number) => {
      const turn = await records.takeTurn('s1', 'wait');
      order.push(n);
      return turn;
    };
    const first = await take(1);
    const rest = [take(2).then((turn) => turn?.end()), take(3).then((turn) => turn?.end())];
    expect(await records.takeTurn('s1', 'leave')).toBeNull();
    const other = await records.takeTurn('s2', 'leave');
    expect(order).toEqual([1]);
    await first?.end();
    await Promise.all(rest);
    expect(order).toEqual([1, 2, 3]);
    await other?.end();
    const again = await records.takeTurn('s2', 'leave');
    expect(again).not.toBeNull();
    await again?.end();
    await records.close();
  });

  test('a step that throws changes nothing and is told to its caller', async () => {
    const records = await open();
    await records.insert(sessionOf('s1'), null);
    const failing = records.advance('s1', null, () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
    expect(await records.find('s1')).toEqual(sessionOf('s1'));
    await records.close();
  });
});

baseTest('records in sqlite survive being closed, and belong to one process at a time', async () => {
  const file = join(await temporaryFolder(), 'records.sqlite');
  const records = openSqliteRecords(file);
  await records.insert(sessionOf('s1'), null);
  expect(() => openSqliteRecords(file)).toThrow(/locked/);
  await records.close();
  const again = openSqliteRecords(file);
  expect(await again.find('s1')).toEqual(sessionOf('s1'));
  await again.close();
});

describe.for(titled(byteStores))(
  'bytes in $title',
  ({ open, skipped, alone, letters: { times, spell, read } = lettersOf(1) }) => {
    const test = baseTest.skipIf(skipped);
    /** Pieces that can be used until the next is asked for, and no longer. */
    async function* bodyOf(...pieces: string[]) {
      for (const text of pieces) {
        const piece = spell(text);
        yield piece;
        piece.fill('?');
      }
    }
    async function* cutAfter(piece: string) {
      yield spell(piece);
      throw new Error('cut');
    }
    const target = (chunkId: number, vacant: boolean) => {
      const [offset, length] = [chunkId * 4, chunkId === 2 ? 2 : 4];
      const span = { offset: offset * times, length: length * times };
      return { sessionId: 's1', chunkId, ...span, vacant: async () => vacant };
    };
    const pieceOf = (chunkId: number, slot: string): Piece => ({ slot, ...target(chunkId, true) });
    /** The letters of an attachment from the `first` to the `last`. */
    const textIn = async (bytes: Bytes, id: string, first: number, last: number) =>
      read(await bytes.content(id, first * times, (last + 1) * times - 1));
    /** Receives a chunk as the shell does: held, recorded, settled. */
    const receive = async (bytes: Bytes, chunkId: number, vacant: boolean, ...pieces: string[]) => {
      const held = await bytes.receive(target(chunkId, vacant), bodyOf(...pieces));
      await held.settle(true);
      return pieceOf(chunkId, held.slot);
    };

    test('chunks come back as they were sent, in any order, and are published in index order', async () => {
      const bytes = await open();
      await bytes.create('s1', 10 * times);
      const pieces = [
        await receive(bytes, 2, true, 'ij'),
        await receive(bytes, 0, true, 'a', 'bc', 'd'),
        await receive(bytes, 1, true, 'efgh'),
      ].sort((a, b) => a.offset - b.offset);
      expect(await read(bytes.read('s1', pieces[1] ?? pieceOf(0, '')))).toBe('efgh');
      expect(await bytes.published('a1')).toBe(false);
      await bytes.publish('s1', 'a1', pieces);
      expect(await bytes.published('a1')).toBe(true);
      expect(await textIn(bytes, 'a1', 0, 9)).toBe('abcdefghij');
      expect(await textIn(bytes, 'a1', 3, 4)).toBe('de');
      await bytes.release('s1');
      expect(await textIn(bytes, 'a1', 0, 9)).toBe('abcdefghij');
    });

    test('a replacement, whole or cut, leaves the stored bytes until it is settled and chosen', async () => {
      const bytes = await open();
      await bytes.create('s1', 10 * times);
      const first = await receive(bytes, 0, true, 'abcd');
      await expect(bytes.receive(target(0, false), cutAfter('XX'))).rejects.toThrow('cut');
      const refused = await bytes.receive(target(0, false), bodyOf('YYYY'));
      await refused.settle(false);
      expect(await read(bytes.read('s1', first))).toBe('abcd');
      const second = await receive(bytes, 0, false, 'ABCD');
      expect(await read(bytes.read('s1', first))).toBe('abcd');
      await bytes.discard('s1', first.slot);
      const rest = [await receive(bytes, 1, true, 'efgh'), await receive(bytes, 2, true, 'ij')];
      await bytes.publish('s1', 'a1', [second, ...rest]);
      expect(await textIn(bytes, 'a1', 0, 9)).toBe('ABCDefghij');
    });

    test('two writers of a vacant chunk do not share a place, nor does a third while the first is undecided', async () => {
      const bytes = await open();
      await bytes.create('s1', 10 * times);
      const one = await bytes.receive(target(0, true), bodyOf('1111'));
      const two = await bytes.receive(target(0, true), bodyOf('2222'));
      expect(await read(bytes.read('s1', pieceOf(0, one.slot)))).toBe('1111');
      expect(await read(bytes.read('s1', pieceOf(0, two.slot)))).toBe('2222');
      await one.settle(true);
      await two.settle(false);
      expect(await read(bytes.read('s1', pieceOf(0, one.slot)))).toBe('1111');
    });

    test('release forgets everything and is no error twice; an empty file can be published', async () => {
      const bytes = await open();
      await bytes.create('s1', 0);
      await bytes.publish('s1', 'a1', []);
      expect(await bytes.published('a1')).toBe(true);
      await bytes.release('s1');
      await bytes.release('s1');
      // Too late: refused, or held for a record that will never name it.
      const late = await bytes.receive(target(0, true), bodyOf('abcd')).catch((error: { code: string }) => error.code);
      if (typeof late === 'string') expect(late).toBe('ENOENT');
      else await late.settle(false);
    });

    test('collect removes what nobody claims, and nothing else', async () => {
      const bytes = await open();
      for (const id of ['s1', 's2']) await bytes.create(id, 10 * times);
      const stored = await receive(bytes, 0, true, 'abcd');
      const unnamed = await receive(bytes, 0, false, 'ABCD');
      const ended = await bytes.receive({ ...target(0, true), sessionId: 's2' }, bodyOf('abcd'));
      await ended.settle(true);
      for (const [id, attachmentId] of [
        ['s3', 'a1'],
        ['s4', 'a2'],
      ] as const) {
        await bytes.create(id, 0);
        await bytes.publish(id, attachmentId, []);
      }
      const slots = async (id: string) => (id === 's1' ? new Set(['home', stored.slot]) : null);
      await bytes.collect({ slots, attachment: async (id) => id === 'a1' });
      expect(await read(bytes.read('s1', stored))).toBe('abcd');
      const left = (id: string, piece: Piece) => read(bytes.read(id, piece)).catch(() => '');
      expect(await left('s2', pieceOf(0, ended.slot))).toBe('');
      expect(await bytes.published('a1')).toBe(true);
      // What another process may be about to record is left alone where there may be one.
      expect(await left('s1', unnamed)).toBe(alone ? '' : 'ABCD');
      expect(await bytes.published('a2')).toBe(!alone);
      await bytes.release('s1');
      expect(await left('s1', unnamed)).toBe('');
    });
  },
);
