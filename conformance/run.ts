import { createHash, randomUUID } from 'node:crypto';
import openapi from '../generated/openapi.json' with { type: 'json' };
import { requirements } from '../generated/requirements.ts';
import { costly } from './arbitraries.ts';
import { Defect as SuiteDefect } from './blame.ts';
import { brokenHook } from './broken-hook.ts';
import { coverageOf } from './coverage.ts';
import { pause } from './engine/clock.ts';
import { type Hooks, overheard } from './engine/hooks.ts';
import { createPlayer, type Player } from './engine/player.ts';
import { beyond } from './excused.ts';
import { conclude, openLedger, summarize } from './ledger.ts';
import { isLoopback } from './loopback.ts';
import { defaults, type PreflightRefusal, type Progress, politeRate, type RunOptions } from './options.ts';
import { playProperty } from './play.ts';
import { preflight, preflightTimeoutMs, type Target } from './preflight.ts';
import { properties } from './properties/index.ts';
import type { Environment, Property } from './properties/property.ts';
import type { Defect, Results } from './report/results.ts';
import { suiteVersion } from './report/version.ts';
import { select } from './select.ts';
import { otherPart } from './shard.ts';
import { createTrial } from './trial.ts';
import { openTurns } from './turns.ts';
import { openWatch } from './watch.ts';

/** How long one request may take before it counts as lost. In ms. */
export const requestTimeoutMs = 30_000;

/** How long a target may refuse connections, as one does that is started again by whoever watches over it. In ms. */
const absenceMs = 5000;

/**
 * Judges a target: for each property plays its scripts, judges their histories, and shrinks what no order explains.
 * Never throws for what the target does; an exception is the suite's own fault, and inside a property it ends no other.
 *
 * @param all - what there is to play; tests give others
 */
export async function run(
  options: RunOptions,
  progress: (event: Progress) => void = () => undefined,
  all: readonly Property[] = properties,
): Promise<Results | PreflightRefusal> {
  const startedAt = new Date();
  const started = performance.now();
  const id = randomUUID();
  const target = await admit(options, id);
  if (target.kind === 'refused') return target;
  const end = openEnd(options);
  const failedHooks = new Map<string, keyof Hooks>();
  const hooks = overheard(options.hooks ?? {}, (why, hook) => failedHooks.set(why, hook));
  const player = openPlayer({ ...options, hooks, signal: end.signal }, id);
  try {
    const ledger = openLedger(options.shard && otherPart(options.shard), beyond(target));
    const selection = select(all, options);
    const environment = environmentOf(target, options);
    const watch = openWatch(() => comesBack(options, id));
    const stopped = (): string | undefined => {
      const gone = watch.gone();
      if (gone) return gone.message;
      if (options.signal?.aborted) return 'stopped by a signal';
      if (performance.now() - started > options.maxTimeSeconds * 1000) return afterMaxTime(options);
      return player.totals().bytes > options.maxBytes
        ? `stopped after --max-bytes ${options.maxBytes}; give more bytes`
        : undefined;
    };
    const turns = openTurns(options.workers);
    const rest = (ms: number) => pause(ms, end.signal);
    const trial = createTrial({ player, target, ledger, selection, progress, turns, stopped, pause: rest, watch });
    const play = (properties: readonly Property[]) =>
      Promise.all(properties.map((one) => playProperty(one, all.indexOf(one), environment, options, trial, progress)));
    const played = await play(selection.properties.filter(({ alone }) => alone === 'first'));
    played.push(...(await play(selection.properties.filter(({ alone }) => alone !== 'first'))));
    for (const { result, defect } of played) if (defect !== undefined) ledger.defects.push(defectOf(result.id, defect));
    const gone = watch.gone();
    if (gone) ledger.gone = gone;
    for (const { result, observed } of played)
      if (result.note) (observed === 0 ? ledger.unplayed : ledger.cutShort).set(result.id, result.note);
    for (const origin of player.closed()) ledger.closed.add(origin);
    const results = conclude(ledger, selection, all, target.profiles);
    const broken = brokenHook(failedHooks, {
      ledger,
      properties: selection.properties,
      environment,
      requirements: results,
    });
    const { judgingMs, fingerprints } = trial.totals();
    const scripts = createHash('sha256');
    for (const property of selection.properties) scripts.update(fingerprints.get(property.id) ?? '');
    const exercised = target.profiles.filter((profile) =>
      results.some((result) => requirements[result.id].profile === profile && result.observations > 0),
    );
    return {
      schemaVersion: 1,
      suite: { name: 'chunkproof', version: suiteVersion },
      contract: openapi.info.version,
      run: {
        id,
        seed: options.seed,
        platform: `Node ${process.versions.node}, ${process.platform} ${process.arch}`,
        startedAt: startedAt.toISOString(),
        durationMs: Math.round(performance.now() - started),
        fingerprint: scripts.digest('hex'),
        ...(options.shard ? { shard: options.shard } : {}),
        ...(options.signal?.aborted ? { interrupted: true } : {}),
      },
      target: options.target,
      capabilities: target.capabilities,
      profiles: { claimed: target.profiles, exercised },
      summary: summarize(results, ledger.defects),
      requirements: results,
      properties: played.map(({ result }) => result),
      failures: ledger.failures,
      ...(ledger.defects.length > 0 ? { defects: ledger.defects } : {}),
      ...(gone ? { gone } : {}),
      ...(broken === undefined ? {} : { brokenHook: broken }),
      stats: { ...player.totals(), judgingMs: Math.round(judgingMs) },
      coverage: coverageOf(ledger.seen),
    };
  } finally {
    end.close();
    await player.close();
  }
}

const afterMaxTime = ({ maxTimeSeconds }: RunOptions): string =>
  `stopped after --max-time ${maxTimeSeconds} s; give more time`;

/**
 * Ends what is under way: at once where the caller says so, else some time after `--max-time`, so that what was found can
 * be told, and a script on a slow line holds up nobody for ever. Nothing follows from what is cut off by it.
 */
function openEnd(options: RunOptions): { readonly signal: AbortSignal; close(): void } {
  const { maxTimeSeconds, waitExpirySeconds, overtimeSeconds = defaults.overtimeSeconds, signal } = options;
  const over = new AbortController();
  const seconds = Math.max(maxTimeSeconds, waitExpirySeconds) + overtimeSeconds;
  const timer = setTimeout(() => over.abort(new Error(afterMaxTime(options))), seconds * 1000);
  return { signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]), close: () => clearTimeout(timer) };
}

/** A fault of the suite as it is reported: with where it came from, unless the suite says what is wrong itself. */
function defectOf(property: string, error: unknown): Defect {
  if (!(error instanceof Error)) return { property, message: String(error) };
  const stack = error instanceof SuiteDefect ? undefined : error.stack;
  return { property, message: error.message, ...(stack === undefined ? {} : { stack }) };
}

/** Asks until the target accepts a connection again, or has been away for too long. */
async function comesBack(options: Access, runId: string): Promise<boolean> {
  const player = openPlayer(options, runId, absenceMs);
  const until = performance.now() + absenceMs;
  try {
    while (performance.now() < until) {
      const { exchanges } = await player.play({ calls: [{ call: { kind: 'capabilities' } }] });
      const outcome = exchanges[0]?.outcome;
      if (outcome?.kind !== 'lost' || !outcome.unsent) return true;
      await pause(100);
    }
    return false;
  } finally {
    await player.close();
  }
}

/** What has to be known to send anything to a target. */
export type Access = Pick<RunOptions, 'target' | 'headers' | 'secondHeaders' | 'tls' | 'signal'>;

/** Asks the target who it is, with a player of its own, which has less patience. */
export async function admit(options: Access, runId: string): Promise<Target | PreflightRefusal> {
  const player = openPlayer(options, runId, preflightTimeoutMs);
  try {
    return await preflight(player, options.target, (ms) => pause(ms, options.signal));
  } finally {
    await player.close();
  }
}

/** A player of the run's target, with its credentials. */
export function openPlayer(
  options: Access & Partial<RunOptions>,
  runId: string,
  timeoutMs: number = requestTimeoutMs,
): Player {
  const base = new URL(options.target);
  return createPlayer({
    base,
    requestsPerSecond: options.rate ?? (isLoopback(base) ? Number.POSITIVE_INFINITY : politeRate),
    runId,
    headers: options.headers,
    ...(options.secondHeaders ? { secondHeaders: options.secondHeaders } : {}),
    timeoutMs,
    // A session that was to expire within `--wait-expiry`, with the doubts of two clocks.
    ...(options.waitExpirySeconds === undefined ? {} : { longestWaitMs: options.waitExpirySeconds * 1000 + 5000 }),
    ...(options.hooks ? { hooks: options.hooks } : {}),
    ...options.tls,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** About as many scripts as a run has by default. */
const ordinaryScripts = 800;

/** What the properties may know of this target and this run. */
export function environmentOf(
  target: Target,
  options: Pick<RunOptions, 'maxBytes' | 'maxTimeSeconds' | 'secondHeaders' | 'waitExpirySeconds' | 'hooks'>,
): Environment {
  const { maxBytes, maxTimeSeconds } = options;
  const { minChunkSize } = target.limits;
  // Below that chance decides, and equal seeds have to make equal scripts.
  const roundTripMs = target.roundTripMs === undefined || target.roundTripMs < 10 ? 1 : target.roundTripMs;
  return {
    profiles: target.profiles,
    limits: target.limits,
    secondPrincipal: options.secondHeaders !== undefined,
    waitExpirySeconds: options.waitExpirySeconds,
    hooks: (['restart', 'storage'] as const).filter((hook) => options.hooks?.[hook] !== undefined),
    maxTimeSeconds,
    // A script with a whole chunk is worth some of the run's bytes, however large the target wants its chunks.
    maxScriptBytes: Math.max(64 * 1024, Math.min(maxBytes / 20, 3 * minChunkSize)),
    sparing: minChunkSize <= costly ? 1 : Math.ceil((ordinaryScripts * 2 * minChunkSize) / (maxBytes / 2)),
    // No script may take more than a tenth of the run's time.
    maxScriptCalls: Math.round((maxTimeSeconds * 1000) / 10 / roundTripMs),
  };
}
