import { randomUUID } from 'node:crypto';
import type { ClientName, Exchange, History, Outcome, Script, Step, StorageSample } from '../history.ts';
import { type Bindings, learn } from './bindings.ts';
import { now, pause, serverClock } from './clock.ts';
import { cutOffBy } from './cut-off.ts';
import { exchange, isForWantOfCredentials, isReachable, type OneCall, type Target } from './exchange.ts';
import { expand, waitFor } from './expand.ts';
import type { Hooks } from './hooks.ts';
import { createNews, type News } from './news.ts';
import { paceOf } from './pace.ts';
import { prepare } from './requests.ts';
import { restarter } from './restart.ts';
import { measure } from './storage.ts';
import { unfinishedSessions } from './unfinished.ts';
import { openWire, type WireOptions } from './wire.ts';

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
  /** The most requests a second, in the long run; default no limit. */
  readonly requestsPerSecond?: number;
  readonly signal?: AbortSignal;
}

export interface Totals {
  readonly calls: number;
  readonly bytes: number;
  readonly sessions: number;
  readonly faults: number;
}

/** Origins, other than the target's, that refused requests for want of the credentials that are the target's alone. */
type Closed = ReadonlySet<string>;

export interface Player {
  /**
   * Plays a script against the target. Never throws for what the target does: that is the history's.
   *
   * @param timeoutMs - after so long without an answer a request counts as lost; default as in the player's options
   */
  play(script: Script, timeoutMs?: number): Promise<History>;
  totals(): Totals;
  closed(): Closed;
  /** Aborts the sessions that are still open, and closes the connections. */
  close(): Promise<void>;
}

/** How often, how long at most, and how long at first a busy server (429, 503 with `Retry-After`) is waited for. */
const patience = { attempts: 5, seconds: 5, leastMs: 20 };

/** How long a body is held back for another client's answer, if its fault does not say. In ms. */
const longestHold = 5000;

/** A player holds the connections to one target and what the whole run knows of its clock; scripts share nothing else. */
export function createPlayer(options: PlayerOptions): Player {
  const target: Target = { options, wire: openWire(options), clock: serverClock() };
  /** The same target, for those who have less patience. */
  const hurried = new Map<number, Target>();
  const targetFor = (timeoutMs: number | undefined): Target => {
    if (timeoutMs === undefined) return target;
    const known = hurried.get(timeoutMs) ?? { ...target, wire: openWire({ ...options, timeoutMs }) };
    hurried.set(timeoutMs, known);
    return known;
  };
  const restart = restarter(target);
  const cutOff = cutOffBy(options.signal);
  const unfinished = unfinishedSessions();
  const pace = paceOf(options.requestsPerSecond ?? Number.POSITIVE_INFINITY, now);
  const closed = new Set<string>();
  const totals = { calls: 0, bytes: 0, sessions: 0, faults: 0 };

  /** Makes a call: one exchange, or two if it is sent twice, or none if there is nothing to address. */
  const make = async (one: OneCall, bound: Bindings, news: News, to: Target): Promise<readonly Exchange[]> => {
    const prepared = prepare(one.call, options.base, bound);
    if (!prepared || !isReachable(prepared.url, options.base)) return [];
    if (one.fault) totals.faults++;
    const send = async (one: OneCall): Promise<Exchange> => {
      const made = await exchange(to, prepared, one);
      totals.calls++;
      totals.bytes += made.sent.bodyLength;
      learn(bound, made, prepared.url);
      unfinished.learn(made);
      if (made.outcome.kind === 'answered') news.answered(one.client);
      if (one.call.kind === 'initiate' && made.outcome.kind === 'answered' && made.outcome.status === 201) {
        totals.sessions++;
        const { session, as } = one.call;
        const abort: OneCall = {
          step: -1,
          client: one.client,
          call: { kind: 'abort', session, ...(as ? { as } : {}) },
        };
        const again = prepare(abort.call, options.base, bound);
        if (again) unfinished.add(again.url, () => pause(pace.book()).then(() => exchange(target, again, abort)));
      }
      return made;
    };
    const sent = await Promise.all(isRepeatable(one) ? [send(one), send(secondOf(one))] : [send(one)]);
    const refused = sent.filter((made) => isForWantOfCredentials(made, prepared.url, options));
    if (refused.length > 0) closed.add(prepared.url.origin);
    return sent.filter((made) => !refused.includes(made));
  };

  return {
    async play(script, timeoutMs) {
      const to = targetFor(timeoutMs);
      const bound: Bindings = { nonce: randomUUID(), sessions: new Map() };
      const news = createNews();
      const exchanges: Exchange[] = [];
      const samples: StorageSample[] = [];
      let restarts = 0;
      let racing = false;
      let brokenOff: string | undefined;
      let number = 0;
      const numbered = (steps: readonly Step[] = []) => steps.map((step) => ({ ...step, number: number++ }));

      const run = async (steps: ReturnType<typeof numbered>, client: ClientName): Promise<void> => {
        for (const { call, fault, number } of steps) {
          if (brokenOff !== undefined || options.signal?.aborted) return;
          if (call.kind === 'restart') {
            brokenOff = await restart(call);
            restarts++;
          }
          if (call.kind === 'storage') {
            const sample = await measure(target, call, samples);
            if (typeof sample === 'string') brokenOff = sample;
            else samples.push(sample);
          }
          for await (const one of expand(call, bound, target.clock, options)) {
            if (options.signal?.aborted) return;
            // A fault is of the call itself, not of the requests that follow from it.
            const faulty = one === call && fault ? { fault, held: heldBy(fault, client) } : {};
            await patiently({ step: number, client, call: one, ...faulty });
          }
        }
      };

      /** Makes a call, and again while the server is busy, but if it has a fault. */
      const patiently = async (one: OneCall): Promise<void> => {
        const tries = one.fault ? 1 : patience.attempts;
        for (let attempt = 1; attempt <= tries; attempt++) {
          // In a race nobody waits for a turn, since then it would be none: what comes after it waits the longer.
          const turn = pace.book(isRepeatable(one) ? 2 : 1);
          if (!racing) await pause(turn, options.signal);
          const before = restarts > 0 ? { restarts } : {};
          const made = await make(one, bound, news, to);
          let wait: number | undefined;
          for (const each of made) {
            wait = retryAfter(each.outcome);
            // Of a faulty one nobody knows what a second would have met: a busy server may say so at any time.
            const gaveUp = wait !== undefined && !one.fault && attempt === tries ? { gaveUp: true as const } : {};
            exchanges.push({ ...each, ...gaveUp, ...before });
          }
          if (wait === undefined || attempt === tries) return;
          // Whoever is told "at once" each time asks too often.
          const least = patience.leastMs * 2 ** (attempt - 1);
          await pause(Math.max(least, Math.min(wait, patience.seconds) * 1000), options.signal);
        }
      };

      const heldBy =
        (fault: NonNullable<Step['fault']>, client: ClientName): OneCall['held'] =>
        (over) => {
          if (fault.kind !== 'hold') return Promise.resolve();
          return fault.until === 'another'
            ? news.another(client, fault.ms ?? longestHold, over, options.signal)
            : pause(waitFor(fault, bound, target.clock, options), over, options.signal);
        };

      const calls = numbered(script.calls);
      const branches = (script.together ?? []).map(numbered);
      const after = numbered(script.after);
      const playAll = async (): Promise<void> => {
        await news.during(() => run(calls, 'A'));
        if (branches.length > 0) await pause(pace.due(), options.signal);
        racing = true;
        await Promise.all(branches.map((steps, i) => news.during(() => run(steps, String.fromCharCode(65 + i)))));
        racing = false;
        await news.during(() => run(after, 'A'));
      };
      await cutOff.until(playAll());
      exchanges.sort((a, b) => a.sentAt - b.sentAt || a.step - b.step);
      const { signal } = options;
      if (signal?.aborted) brokenOff ??= signal.reason instanceof Error ? signal.reason.message : 'stopped by a signal';
      const measures = samples.length > 0 ? { samples } : {};
      // Of what was cut off an answer may still come.
      return { script, exchanges: [...exchanges], ...measures, ...(brokenOff === undefined ? {} : { brokenOff }) };
    },
    totals: () => ({ ...totals }),
    closed: () => closed,
    async close() {
      await unfinished.abortAll();
      cutOff.close();
      for (const { wire } of [target, ...hurried.values()]) wire.close();
    },
  };
}

/** Whether a call is to be sent twice at once; without a key two declarations would be two sessions, not one twice. */
const isRepeatable = ({ call, fault }: OneCall): boolean =>
  fault?.kind === 'twice' && (call.kind !== 'initiate' || call.idempotencyKey !== undefined);

/** The second connection of a client is a client of its own, of a name that no branch has. */
const secondOf = (one: OneCall): OneCall => ({ ...one, client: `${one.client}′`, again: true });

/** Seconds that a busy server asks to wait (RFC 9110 10.2.3), by its own clock; undefined if it is not busy. */
function retryAfter(outcome: Outcome): number | undefined {
  if (outcome.kind === 'lost' || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const field = outcome.headers['retry-after'];
  if (field === undefined) return undefined;
  if (/^\d+$/.test(field)) return Number(field);
  const left = (Date.parse(field) - Date.parse(outcome.headers['date'] ?? '')) / 1000;
  return Number.isNaN(left) ? patience.seconds : Math.max(0, left);
}
