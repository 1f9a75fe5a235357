import { randomUUID } from 'node:crypto';
import type { OperationId } from '../../generated/operations.ts';
import type {
  Call,
  Exchange,
  History,
  Outcome,
  RestartCall,
  Script,
  Step,
  StorageCall,
  StorageSample,
} from '../history.ts';
import { type Bindings, learn } from './bindings.ts';
import { now, pause, type ServerClock, serverClock } from './clock.ts';
import { expand, waitFor } from './expand.ts';
import { type Hooks, restartBy, storageBy } from './hooks.ts';
import { type Prepared, prepare } from './requests.ts';
import { deviationsOf } from './schema.ts';
import { openWire, type Wire, type WireOptions } from './wire.ts';

export interface PlayerOptions extends WireOptions {
  readonly base: URL;
  /** Names the run in every request. */
  readonly runId: string;
  /** Credentials of each principal. They never enter a history. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secondHeaders?: Readonly<Record<string, string>>;
  /** The longest that is waited for a session to expire, whatever its `expiresAt` says. In ms; default ten minutes. */
  readonly longestWaitMs?: number;
  readonly hooks?: Hooks;
  readonly signal?: AbortSignal;
}

export interface Totals {
  readonly calls: number;
  readonly bytes: number;
  readonly sessions: number;
  readonly faults: number;
}

export interface Player {
  /** Plays a script against the target. Never throws for what the target does: that is the history's. */
  play(script: Script): Promise<History>;
  totals(): Totals;
  /** Aborts the sessions that are still open, and closes the connections. */
  close(): Promise<void>;
}

/** How long sessions are aborted at the end: a target that hangs by then cannot hold the suite back. In ms. */
const cleaningUp = 5000;

/** What stands for a credential in a history. */
export const redacted = '(redacted)';

/** How often and how long a busy server (429, 503 with `Retry-After`) is waited for. */
const patience = { attempts: 5, seconds: 5 };

/** A player holds the connections to one target and what the whole run knows of its clock; scripts share nothing else. */
export function createPlayer(options: PlayerOptions): Player {
  const wire = openWire(options);
  const clock = serverClock();
  const totals = { calls: 0, bytes: 0, sessions: 0, faults: 0 };
  const unfinished = new Map<string, () => Promise<unknown>>();

  const exchange = async (step: Exchange['step'], client: string, one: OneCall, bound: Bindings) => {
    const prepared = prepare(one.call, options.base, bound);
    if (!prepared || !isReachable(prepared.url, options.base)) return undefined;
    const holdMs = heldFor(one.fault, bound);
    const made = await send(wire, clock, options, prepared, { ...one, holdMs }, step, client);
    totals.calls++;
    totals.bytes += made.sent.bodyLength;
    if (one.fault) totals.faults++;
    learn(bound, made, prepared.url);
    if (one.call.kind === 'initiate' && made.outcome.kind === 'answered' && made.outcome.status === 201) {
      totals.sessions++;
      const { session, as } = one.call;
      const abort: OneCall = { call: { kind: 'abort', session, ...(as ? { as } : {}) } };
      const again = prepare(abort.call, options.base, bound);
      if (again) unfinished.set(again.url.href, () => send(wire, clock, options, again, abort, -1, client));
    }
    if (one.call.kind === 'abort' || one.call.kind === 'complete') {
      const ended = made.outcome.kind === 'answered' && made.outcome.status < 300;
      if (ended) unfinished.delete(prepared.url.href.replace(/\/complete$/, '/abort'));
    }
    return made;
  };

  const heldFor = (fault: Step['fault'], bound: Bindings): number | undefined => {
    if (fault?.kind !== 'hold') return undefined;
    return waitFor(fault, bound, clock, options);
  };

  /** Why the target cannot be restarted any more: once it did not come back, nobody waits for it again. */
  let gone: string | undefined;
  const restart = async ({ again }: RestartCall): Promise<string | undefined> => {
    const command = options.hooks?.restart;
    if (command === undefined) return 'needs --restart-command';
    gone ??= await restartBy(command);
    if (again !== undefined && gone === undefined) {
      await pause(again, options.signal);
      // Where nothing runs again yet there is nothing to kill: then it was killed once.
      await restartBy(command);
    }
    gone ??= await comesBack(wire, options);
    return gone;
  };

  return {
    async play(script) {
      const bound: Bindings = { nonce: randomUUID(), sessions: new Map() };
      const exchanges: Exchange[] = [];
      const samples: StorageSample[] = [];
      let restarts = 0;
      let brokenOff: string | undefined;
      let number = 0;
      const numbered = (steps: readonly Step[] = []) => steps.map((step) => ({ ...step, number: number++ }));
      const run = async (steps: ReturnType<typeof numbered>, client: string): Promise<void> => {
        for (const { call, fault, number } of steps) {
          if (brokenOff !== undefined) return;
          if (call.kind === 'restart') {
            brokenOff = await restart(call);
            restarts++;
          }
          if (call.kind === 'storage') {
            const sample = await measured(options, clock, goalOf(call, samples));
            if (typeof sample === 'string') brokenOff = sample;
            else samples.push(sample);
          }
          for await (const one of expand(call, bound, clock, options)) {
            if (options.signal?.aborted) return;
            // A fault is of the call itself, not of the requests that follow from it.
            const faulty = one === call ? fault : undefined;
            const tries = faulty ? 1 : patience.attempts;
            for (let attempt = 1; attempt <= tries; attempt++) {
              const before = restarts;
              const made = await exchange(number, client, faulty ? { call: one, fault: faulty } : { call: one }, bound);
              const wait = made && retryAfter(made.outcome);
              const gaveUp = wait !== undefined && attempt === tries;
              if (made)
                exchanges.push({ ...made, ...(gaveUp ? { gaveUp } : {}), ...(before > 0 ? { restarts: before } : {}) });
              if (wait === undefined || gaveUp) break;
              await pause(Math.min(wait, patience.seconds) * 1000, options.signal);
            }
          }
        }
      };
      const calls = numbered(script.calls);
      const branches = (script.together ?? []).map(numbered);
      const after = numbered(script.after);
      await run(calls, 'A');
      await Promise.all(branches.map((steps, i) => run(steps, String.fromCharCode(65 + i))));
      await run(after, 'A');
      exchanges.sort((a, b) => a.sentAt - b.sentAt || a.step - b.step);
      const measures = samples.length > 0 ? { samples } : {};
      return { script, exchanges, ...measures, ...(brokenOff === undefined ? {} : { brokenOff }) };
    },
    totals: () => ({ ...totals }),
    async close() {
      const rest = [...unfinished.values()];
      const cleaned = new AbortController();
      const enough = pause(cleaningUp, cleaned.signal).then(() => cleaned.abort());
      while (rest.length > 0 && !cleaned.signal.aborted)
        await Promise.race([Promise.all(rest.splice(0, 16).map((abort) => abort().catch(() => undefined))), enough]);
      cleaned.abort();
      wire.close();
    },
  };
}

interface OneCall {
  readonly call: Exchange['call'];
  readonly fault?: NonNullable<Step['fault']>;
  /** How long the rest of its body is held back, if its fault says so. */
  readonly holdMs?: number | undefined;
}

async function send(
  wire: Wire,
  clock: ServerClock,
  options: PlayerOptions,
  prepared: Prepared,
  { call, fault, holdMs }: OneCall,
  step: number,
  client: string,
): Promise<Exchange> {
  const { method, url, headers, body } = prepared;
  const credentials = credentialsFor(call, url, options);
  const plain = { ...headers, 'Chunkproof-Run': options.runId };
  const sentAt = now();
  const { outcome, framing, ...said } = await wire.send({
    method,
    url,
    headers: { ...plain, ...credentials },
    body,
    chunked: call.kind === 'chunk' && call.framing === 'chunked',
    expectContinue: call.kind === 'chunk' && call.expectContinue === true,
    ...(fault ? { fault } : {}),
    held: (over) => pause(holdMs ?? 0, over, options.signal),
    signal: options.signal,
  });
  const receivedAt = now();
  if (outcome.kind === 'answered') clock.observe(sentAt, receivedAt, outcome.headers['date']);
  return {
    step,
    client,
    call,
    ...(fault ? { fault } : {}),
    sent: {
      method,
      url: url.href,
      // Credentials never enter a history, so no report can leak them.
      headers: {
        ...plain,
        ...Object.fromEntries(Object.keys(credentials).map((name) => [name, redacted])),
        ...framing,
      },
      bodyLength: body.length,
      ...(prepared.bodyDigest === undefined ? {} : { bodyDigest: prepared.bodyDigest }),
      ...(prepared.text === undefined ? {} : { text: prepared.text }),
      ...(prepared.expects === undefined ? {} : { expects: prepared.expects }),
      ...said,
    },
    sentAt,
    receivedAt,
    outcome,
    serverClock: clock.during(sentAt, receivedAt),
    deviations: deviations(prepared.operation, call, outcome),
  };
}

function deviations(operation: OperationId, call: Call, outcome: Outcome): string[] {
  // A method of the server's own is none of the contract's operations.
  if (outcome.kind === 'lost' || (call.kind === 'method' && outcome.status !== 405)) return [];
  return deviationsOf(operation, outcome);
}

/** Credentials go to the target's own origin only, wherever its links may lead. */
function credentialsFor(call: Call, url: URL, options: PlayerOptions): Readonly<Record<string, string>> {
  const as = ('as' in call && call.as) || 'first';
  if (as === 'nobody' || url.origin !== options.base.origin) return {};
  return as === 'second' ? (options.secondHeaders ?? {}) : options.headers;
}

/** A target on this machine cannot send the suite to another one. */
function isReachable(url: URL, base: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return url.origin === base.origin || !isLoopback(base) || isLoopback(url);
}

export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

/** Waits until the target answers again after it was restarted. Gives why it did not, if it did not. */
async function comesBack(wire: Wire, options: PlayerOptions): Promise<string | undefined> {
  const bound: Bindings = { nonce: '', sessions: new Map() };
  const asking = prepare({ kind: 'capabilities' }, options.base, bound);
  const until = now() + options.timeoutMs;
  while (asking && now() < until && !options.signal?.aborted) {
    const headers = { ...asking.headers, ...options.headers, 'Chunkproof-Run': options.runId };
    const { outcome } = await wire.send({ ...asking, headers, chunked: false, expectContinue: false });
    if (outcome.kind === 'answered' && outcome.status === 200) return undefined;
    await pause(20, options.signal);
  }
  return `the target did not answer within ${options.timeoutMs / 1000} s after --restart-command`;
}

/** The longest that storage is waited for: the 5 s that a server has, and what looking takes. In ms. */
const settlingMs = 7000;
/** Storage that is back to within so many bytes of what it was needs no second look. */
const settledWithin = 64 * 1024;

/** The bytes that a call waits for, if it does. */
const goalOf = ({ settles }: StorageCall, [first]: readonly StorageSample[]): number | undefined =>
  settles === undefined || first === undefined ? undefined : first.bytes + settles;

/** What the storage holds, or why nobody knows; if there is a `goal` in bytes, as soon as it is near that. */
async function measured(options: PlayerOptions, clock: ServerClock, goal?: number): Promise<StorageSample | string> {
  const command = options.hooks?.storage;
  if (command === undefined) return 'needs --storage-command';
  for (const since = now(); ; await pause(250, options.signal)) {
    const bytes = await storageBy(command);
    if (typeof bytes === 'string') return bytes;
    const at = now();
    const near = goal === undefined || bytes <= goal + settledWithin;
    if (near || at - since > settlingMs || options.signal?.aborted)
      return { since, at, bytes, serverClock: clock.during(since, at) };
  }
}

/** Seconds that a busy server asks to wait; undefined if it is not busy. Dates count as the most that is waited. */
function retryAfter(outcome: Outcome): number | undefined {
  if (outcome.kind === 'lost' || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const field = outcome.headers['retry-after'];
  if (field === undefined) return undefined;
  return /^\d+$/.test(field) ? Number(field) : patience.seconds;
}
