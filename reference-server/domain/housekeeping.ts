/** What happens without a request: settling at start what a crash left, and giving back what has ended. */
import { settle } from './completing.ts';
import { act, type Core } from './core.ts';

/** How long an ended session keeps answering after its last `expiresAt`: a day, for clients that come back late. */
const remembered = 24 * 60 * 60 * 1000;

/**
 * Settles completions that died half-way and removes bytes that no record names. Before this process serves anything;
 * others that share the storage may be serving.
 */
export async function recover(core: Core): Promise<void> {
  await settleCompletions(core);
  await core.bytes.collect({
    slots: async (sessionId) => {
      const session = await core.records.find(sessionId);
      if (session?.life.state !== 'open' && session?.life.state !== 'completing') return null;
      const chunks = await core.records.chunks(sessionId);
      return new Set(['home', ...chunks.map(({ slot }) => slot)]);
    },
    // In this order: what was completing and is no more has been recorded, or never will be.
    attachment: async (attachmentId) =>
      (await isCompleting(core, attachmentId)) || (await core.records.attachment(attachmentId)) !== null,
  });
}

/** One round of the sweeper. It may run at any time, beside any request, and any number of times. */
export async function sweep(core: Core): Promise<void> {
  await settleCompletions(core);
  for (const sessionId of await core.records.overdue(core.clock())) {
    const session = await core.records.find(sessionId);
    if (session === null) continue;
    const decision = await act(core, { principal: session.plan.principal, sessionId }, { do: 'expire' });
    if (decision.is === 'changed') core.release(sessionId);
  }
  for (const sessionId of await core.records.unreleased()) core.release(sessionId);
  await core.records.forget(core.clock() - remembered);
}

async function settleCompletions(core: Core): Promise<void> {
  for (const sessionId of await core.records.completing()) await settle(core, sessionId, 'leave');
}

async function isCompleting(core: Core, attachmentId: string): Promise<boolean> {
  for (const sessionId of await core.records.completing()) {
    const session = await core.records.find(sessionId);
    if (session?.life.state === 'completing' && session.life.intent.attachmentId === attachmentId) return true;
  }
  return false;
}
