import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNameFault, type Limits, planFor } from './plan.ts';
import { countOf, has, noneOf, rangesOf } from './received.ts';
import { type Command, decide, receivedBytes, type Session, spanOf } from './session.ts';

const limits: Limits = {
  maxFileSize: 10_000 * 64,
  minChunkSize: 1,
  maxChunkSize: 64,
  maxChunks: 10_000,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 100,
};
const attachment = {
  attachmentId: 'a',
  principal: '',
  fileName: 'f',
  fileSize: 0,
  contentType: 'x/y',
  compositeDigest: '',
  digest: null,
  createdAt: 0,
};
const intent = { attachmentId: 'a', createdAt: 0 };

function opened(fileSize: number, preferredChunkSize: number | null = 4): Session {
  const wish = { fileName: 'f', fileSize, contentType: 'x/y', preferredChunkSize, preferredTimeoutSeconds: 10 };
  const terms = planFor(wish, limits, 100);
  if ('refused' in terms) throw new Error(terms.refused);
  const plan = { ...terms, sessionId: 's', principal: '' };
  return { plan, life: { state: 'open' }, received: noneOf(plan.totalChunks), expiresAt: 10_000 };
}

const failure = { refused: 'unavailable' } as const;
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.constant<Command>({ do: 'read' }),
  fc.integer({ min: 0, max: 5 }).map((chunkId): Command => ({ do: 'admit', chunkId })),
  fc.integer({ min: 0, max: 5 }).map((chunkId): Command => ({ do: 'store', chunkId })),
  fc.constantFrom<Command>({ do: 'complete', intent }, { do: 'publish', attachment }),
  fc.constantFrom('a', 'b').map((attachmentId): Command => ({ do: 'reopen', attachmentId, failure })),
  fc.constantFrom('a', 'b').map((attachmentId): Command => ({ do: 'tell', attachmentId })),
  fc.constantFrom<Command>({ do: 'abort' }, { do: 'expire' }),
);
const anyHistory = fc.array(fc.tuple(anyCommand, fc.integer({ min: 0, max: 4000 })), { maxLength: 40 });

/** Plays commands, each some milliseconds after the one before, and shows every decision with what it met. */
function play(start: Session, history: [Command, number][], look: (before: Session, step: Step) => void): void {
  let session = start;
  let now = 0;
  for (const [command, pause] of history) {
    now += pause;
    const decision = decide(session, command, now);
    look(session, { command, now, decision });
    if (decision.is === 'changed') session = decision.session;
  }
}
type Step = { command: Command; now: number; decision: ReturnType<typeof decide> };

const sizes = fc.constantFrom(0, 1, 3, 4, 5, 8, 16);

test('chunks tile the file: no gap, no overlap, none empty, never more than allowed', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(0, 1, 63, 64, 65, limits.maxFileSize), fc.integer({ min: 0, max: limits.maxFileSize })),
      fc.option(fc.integer({ min: 1, max: 1000 })),
      (fileSize, preferred) => {
        const { plan } = opened(fileSize, preferred);
        expect(plan.totalChunks).toBeLessThanOrEqual(limits.maxChunks);
        expect(plan.chunkSize).toBeLessThanOrEqual(limits.maxChunkSize);
        const fits = preferred !== null && preferred <= 64 && Math.ceil(fileSize / preferred) <= limits.maxChunks;
        if (fits) expect(plan.chunkSize).toBe(preferred);
        let end = 0;
        for (let chunkId = 0; chunkId < plan.totalChunks; chunkId++) {
          const { offset, length } = spanOf(plan, chunkId);
          expect(offset).toBe(end);
          expect(length).toBeGreaterThan(0);
          end += length;
        }
        expect(end).toBe(fileSize);
      },
    ),
  );
});

test('geometry is exact far past 2^32', () => {
  const wide = { ...limits, maxFileSize: Number.MAX_SAFE_INTEGER, maxChunkSize: Math.ceil(2 ** 53 / 10_000) };
  const wish = { fileName: 'f', fileSize: 2 ** 53 - 1, contentType: 'x/y' };
  const terms = planFor({ ...wish, preferredChunkSize: null, preferredTimeoutSeconds: null }, wide, 1);
  if ('refused' in terms) throw new Error(terms.refused);
  const plan = { ...terms, sessionId: 's', principal: '' };
  expect(plan.totalChunks).toBeLessThanOrEqual(10_000);
  const last = spanOf(plan, plan.totalChunks - 1);
  expect(BigInt(last.offset) + BigInt(last.length)).toBe(2n ** 53n - 1n);
});

test('ranges and their complement are maximal and hold every chunk once', () => {
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 0, max: 3 })), (fileSize, chunkIds) => {
      let session = opened(fileSize);
      for (const chunkId of chunkIds) {
        const decision = decide(session, { do: 'store', chunkId }, 0);
        if (decision.is === 'changed') session = decision.session;
      }
      const { received, plan } = session;
      const [there, missing] = [rangesOf(received, plan.totalChunks), rangesOf(received, plan.totalChunks, false)];
      expect(countOf(there) + countOf(missing)).toBe(plan.totalChunks);
      const all = [...there, ...missing].sort((a, b) => a.first - b.first);
      expect(all.map(({ first }) => first)).toEqual([0, ...all.map(({ last }) => last + 1)].slice(0, all.length));
      const stored = new Set(chunkIds.filter((chunkId) => chunkId < plan.totalChunks));
      expect(receivedBytes(session)).toBe([...stored].reduce((sum, id) => sum + spanOf(plan, id).length, 0));
      for (const id of stored) expect(has(received, id)).toBe(true);
    }),
  );
});

test('the deadline never moves back, and only a stored chunk or a long completion moves it', () => {
  fc.assert(
    fc.property(sizes, anyHistory, (size, history) => {
      play(opened(size), history, (before, { command, decision }) => {
        if (decision.is !== 'changed') return;
        expect(decision.session.expiresAt).toBeGreaterThanOrEqual(before.expiresAt);
        const long = command.do === 'tell' || (before.life.state === 'completing' && before.life.intent.told);
        if (command.do !== 'store' && !long) expect(decision.session.expiresAt).toBe(before.expiresAt);
      });
    }),
  );
});

test('an open session grants nothing from its deadline on, and everything until then', () => {
  fc.assert(
    fc.property(sizes, anyHistory, (size, history) => {
      play(opened(size), history, (before, { command, now, decision }) => {
        if (before.life.state !== 'open' || command.do === 'expire') return;
        const expired = decision.is === 'refused' && decision.refused === 'session-expired';
        expect(expired).toBe(now >= before.expiresAt);
      });
    }),
  );
});

test('an end is final: completed, aborted and expired sessions never change again', () => {
  fc.assert(
    fc.property(sizes, anyHistory, (size, history) => {
      play(opened(size), history, (before, { decision }) => {
        if (['completed', 'aborted', 'expired'].includes(before.life.state)) expect(decision.is).not.toBe('changed');
      });
    }),
  );
});

test('while a completion runs everyone else waits until it is told of, and only its own token ends it', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      play(opened(0), history, (before, { command, now, decision }) => {
        if (before.life.state !== 'completing') return;
        const { told = false } = before.life.intent;
        if (command.do === 'publish') expect(decision.is).toBe('changed');
        else if (command.do === 'reopen') expect(decision.is === 'changed').toBe(command.attachmentId === 'a');
        else if (command.do === 'tell') expect(decision.is === 'changed').toBe(command.attachmentId === 'a');
        else expect(decision.is === 'wait').toBe(!told || now >= before.expiresAt);
      });
    }),
  );
});

test('a completion needs every chunk', () => {
  fc.assert(
    fc.property(sizes, anyHistory, (size, history) => {
      play(opened(size), history, (before, { command, decision }) => {
        if (command.do !== 'complete' || before.life.state !== 'open' || decision.is !== 'changed') return;
        expect(receivedBytes(before)).toBe(before.plan.fileSize);
      });
    }),
  );
});

test('a file name is refused for what the contract names, and for nothing else', () => {
  for (const bad of ['\n', 'a\x7f', '/', '\\', '.', '..', '\udc00', 'x'.repeat(256)])
    expect(fileNameFault(bad), bad).not.toBeNull();
  for (const good of ['...', ' ', '.a', 'x'.repeat(255), 'ü'.repeat(127), '😀', 'CON', 'a:b', '\u202e', '%2F'])
    expect(fileNameFault(good), good).toBeNull();
});

test('a completion that is told of is waited for by nobody, refuses what would change it, and leaves its failure until the next', () => {
  const run = (session: Session, ...commands: Command[]) => {
    for (const command of commands) {
      const decision = decide(session, command, 1000);
      if (decision.is === 'changed') session = decision.session;
    }
    return session;
  };
  const complete: Command = { do: 'complete', intent };
  const tell: Command = { do: 'tell', attachmentId: intent.attachmentId };
  const stored: Session = { ...opened(4), received: Uint8Array.of(1) };
  expect(decide(run(stored, complete), { do: 'read' }, 1000).is).toBe('wait');
  const told = run(stored, complete, tell);
  expect(told.expiresAt).toBe(1000 + stored.plan.timeoutMs);
  expect(decide(told, { do: 'read' }, 1000)).toMatchObject({
    is: 'unchanged',
    session: { life: { state: 'completing' } },
  });
  expect(decide(told, complete, 1000).is).toBe('unchanged');
  for (const command of [{ do: 'admit', chunkId: 0 }, { do: 'store', chunkId: 0 }, { do: 'abort' }] as const)
    expect(decide(told, command, 1000)).toMatchObject({ refused: 'session-completed' });
  const reopen: Command = { do: 'reopen', attachmentId: intent.attachmentId, failure };
  expect(run(told, reopen).life).toEqual({ state: 'open', failure });
  expect(run(told, reopen, { do: 'store', chunkId: 0 }).life).toEqual({ state: 'open', failure });
  expect(run(told, reopen, complete, reopen).life).toEqual({ state: 'open' });
});
