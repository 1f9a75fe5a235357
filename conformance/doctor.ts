import { randomUUID } from 'node:crypto';
import openapi from '../generated/openapi.json' with { type: 'json' };
import { type RequirementId, requirementIds, requirements } from '../generated/requirements.ts';
import { beyond, excused } from './excused.ts';
import type { Exchange, Json, Principal, Script } from './history.ts';
import type { PreflightRefusal, RunOptions } from './options.ts';
import type { Target } from './preflight.ts';
import { properties } from './properties/index.ts';
import type { Access, Diagnosis, Planned } from './report/diagnosis.ts';
import { admit, environmentOf, openPlayer } from './run.ts';
import { select } from './select.ts';

export type ExamineOptions = Pick<
  RunOptions,
  | 'target'
  | 'headers'
  | 'secondHeaders'
  | 'tls'
  | 'signal'
  | 'maxTimeSeconds'
  | 'only'
  | 'skip'
  | 'maxBytes'
  | 'waitExpirySeconds'
  | 'hooks'
>;

/** Pauses between the requests that ask for the time: a `Date` has whole seconds, so they are spread over one. In ms. */
const spread = 230;

/**
 * Examines a target without harm: nothing but reads, and uploads that no server may begin.
 *
 * @param progress - hears what is under way
 */
export async function examine(
  options: ExamineOptions,
  progress: (what: string) => void = () => undefined,
): Promise<Diagnosis | PreflightRefusal> {
  progress('asking for the capabilities');
  const id = randomUUID();
  const target = await admit(options, id);
  if (target.kind === 'refused') return target;
  const player = openPlayer(options, id);
  try {
    const asking: Script['calls'] = [...Array(5).keys()].flatMap((_, i) => [
      ...(i === 0 ? [] : [{ call: { kind: 'wait', ms: spread } as const }]),
      { call: { kind: 'capabilities' } as const },
    ]);
    progress('reading its clock');
    const { exchanges } = await player.play({ calls: asking });
    const last = exchanges.at(-1);
    const principals: readonly Principal[] = ['first', 'second', 'nobody'];
    // A request for a session of nothing is refused by its form, and before that for want of credentials.
    progress('knocking, with each of the credentials');
    const knocks = await player.play({
      calls: principals.map((as) => ({ call: { kind: 'initiate', session: as, json: {}, as } })),
    });
    const access = (as: Principal) => accessOf(knocks.exchanges.find(({ call }) => 'as' in call && call.as === as));
    return {
      kind: 'examined',
      target: options.target,
      roundTripMs: Math.min(...exchanges.map(({ sentAt, receivedAt }) => receivedAt - sentAt)),
      contract: { target: textMember(target.capabilities, 'contractVersion'), suite: openapi.info.version },
      deviations: last?.deviations ?? [],
      capabilities: target.capabilities,
      profiles: target.profiles,
      limits: target.limits,
      clockAheadMs: last === undefined ? null : clockOf(last),
      access: {
        first: access('first'),
        second: options.secondHeaders === undefined ? 'not given' : access('second'),
        nobody: access('nobody'),
      },
      ...plan(target, options),
    };
  } finally {
    await player.close();
  }
}

/** What a run with these flags would play against this target, and what it would not, with the reason. */
export function plan(target: Target, options: ExamineOptions): Pick<Diagnosis, 'properties' | 'requirements'> {
  const selection = select(properties, options);
  const environment = environmentOf(target, options);
  const unreachable = beyond(target);
  const leftOut = 'left out by --only or --skip';
  const planned = properties.map((property): Planned<string> => {
    const why = selection.properties.includes(property) ? property.unfit?.(environment) : leftOut;
    return why === undefined ? { id: property.id } : { id: property.id, reason: why };
  });
  const reasonOf = (id: RequirementId): string | undefined => {
    if (!selection.requirements.has(id)) return leftOut;
    if (!target.profiles.includes(requirements[id].profile))
      return `the profile ${requirements[id].profile} is not claimed`;
    const beyondIt = unreachable[id];
    if (beyondIt !== undefined) return beyondIt;
    const testing = properties.flatMap((property, i) => (property.requirements.includes(id) ? [planned[i]] : []));
    if (testing.some((one) => one !== undefined && one.reason === undefined)) return undefined;
    return testing[0]?.reason ?? excused[id] ?? 'no property puts it to the test';
  };
  const all = requirementIds.map((id): Planned<RequirementId> => {
    const reason = reasonOf(id);
    return reason === undefined ? { id } : { id, reason };
  });
  return { properties: planned, requirements: all };
}

function accessOf(knock: Exchange | undefined): Access {
  if (knock === undefined || knock.outcome.kind === 'lost') return 'no answer';
  return knock.outcome.status === 401 || knock.outcome.status === 403 ? 'refused' : 'let in';
}

function clockOf({ sentAt, receivedAt, serverClock }: Exchange): Diagnosis['clockAheadMs'] {
  const ahead = { least: serverClock.earliest - sentAt, most: serverClock.latest - receivedAt };
  return Number.isFinite(ahead.least) && Number.isFinite(ahead.most) ? ahead : null;
}

function textMember(json: Json, name: string): string | null {
  const value =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, Json>)[name] : null;
  return typeof value === 'string' ? value : null;
}
