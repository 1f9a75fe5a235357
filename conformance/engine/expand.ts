import type { Call, ChunkCall, CompleteCall, Exchange, FillCall, StatusCall } from '../history.ts';
import { type Bindings, chunkLength } from './bindings.ts';
import { now, pause, type ServerClock } from './clock.ts';
import type { PlayerOptions } from './player.ts';
import { longestBody } from './requests.ts';

/** The requests that a call stands for: itself, but for `fill` (one a chunk) and those that send nothing. */
export async function* expand(
  call: Call,
  bound: Bindings,
  clock: ServerClock,
  options: PlayerOptions,
): AsyncGenerator<Exchange['call']> {
  if (call.kind === 'wait') {
    await pause(waitFor(call, bound, clock, options), options.signal);
  } else if (call.kind === 'fill') yield* fill(call, bound);
  else if (call.kind !== 'restart' && call.kind !== 'storage') {
    yield call;
    if (call.kind === 'complete') yield* poll(call, bound, options);
  }
}

/** Asks for the session until a completion that was answered with 202 has ended, as a client would. */
async function* poll(call: CompleteCall, bound: Bindings, options: PlayerOptions): AsyncGenerator<StatusCall> {
  const session = bound.sessions.get(call.session);
  const until = now() + options.timeoutMs;
  for (let ms = 20; session?.completing && now() < until && !options.signal?.aborted; ms = Math.min(2 * ms, 1000)) {
    await pause(ms, options.signal);
    yield { kind: 'status', session: call.session, ...(call.as ? { as: call.as } : {}) };
  }
}

/** How long to wait for what a wait or a hold says, in ms. */
export function waitFor(
  { ms = 0, expiryOf }: { readonly ms?: number; readonly expiryOf?: string },
  bound: Bindings,
  clock: ServerClock,
  { longestWaitMs = 600_000 }: PlayerOptions,
): number {
  return expiryOf === undefined ? ms : Math.min(untilExpired(expiryOf, bound, clock), longestWaitMs);
}

/** How long until the session has surely expired by the server's clock, in ms; 0 if it was never opened. */
function untilExpired(name: string, bound: Bindings, clock: ServerClock): number {
  const at = bound.sessions.get(name)?.expiresAt ?? Number.NaN;
  const { earliest } = clock.during(now(), now());
  const left = at - (Number.isFinite(earliest) ? earliest : now()) + afterExpiry;
  return Number.isFinite(left) ? Math.max(0, left) : 0;
}

/** So long after `expiresAt` a session has surely expired: past the second that time stamps may be off. In ms. */
const afterExpiry = 1100;

async function* fill(call: FillCall, bound: Bindings): AsyncGenerator<Exchange['call']> {
  const common = { session: call.session, ...(call.as ? { as: call.as } : {}) };
  if (call.resume) yield { kind: 'status', ...common };
  const session = bound.sessions.get(call.session);
  if (!session) return;
  const there = call.resume && session.listed ? session.listed : session.acknowledged;
  const absent = [...Array(session.totalChunks).keys()].filter((chunk) => !there.has(chunk));
  if (absent.some((chunk) => chunkLength(session, chunk) > longestBody)) return;
  if (call.order === 'descending') absent.reverse();
  if (call.order === 'inside-out') absent.sort((a, b) => (a % 3) - (b % 3) || b - a);
  for (const chunk of absent) {
    const upload: ChunkCall = { kind: 'chunk', ...common, chunk, write: call.write + chunk };
    yield upload;
  }
}
