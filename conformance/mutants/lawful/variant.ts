import type { RequirementId } from '../../../generated/requirements.ts';
import type { RunOptions } from '../../options.ts';
import type { HonestOptions } from '../honest.ts';
import { decide } from '../operations.ts';
import type { Seams } from '../seams.ts';
import type { Reply, Request, State } from '../state.ts';
import type { Line } from './line.ts';

/** A server that behaves differently and keeps the contract: the suite must blame it for nothing. */
export interface Variant {
  readonly id: string;
  readonly sentence: string;
  /** Where it is allowed: words of the contract, as they stand there, or the section of an RFC. */
  readonly allowedBy: string;
  /** Made afresh for each server. */
  readonly seams?: () => Partial<Seams>;
  readonly options?: Omit<HonestOptions, 'seams'>;
  /** What the client has to go through to reach it. */
  readonly line?: Line;
  /** The promises that are no duty, and that it does not keep: the suite warns of them. */
  readonly warns?: readonly RequirementId[];
  /** What the suite has to be told of it, such as credentials. */
  readonly run?: Partial<RunOptions>;
}

/** Some time between these, in ms, at random. */
export const between = (least: number, most: number): number => least + Math.random() * (most - least);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What the honest server would answer to a request on a session, were the session or its rules otherwise. Nothing of
 * it happens: it is asked of a copy.
 */
export function supposing(
  state: State,
  request: Request,
  otherwise: { readonly open?: true; readonly seams?: Partial<Seams> },
): Reply {
  const session = state.sessions.get(request.sessionId);
  const copy = session && {
    ...session,
    chunks: new Map(session.chunks),
    ...(otherwise.open && { state: 'open' as const, expiresAt: Number.POSITIVE_INFINITY }),
  };
  return decide(
    {
      ...state,
      seams: { ...state.seams, expiresAt: () => 0, completesAfter: () => undefined, ...otherwise.seams },
      sessions: new Map(copy ? [[copy.id, copy]] : []),
      attachments: new Map(),
    },
    request,
  );
}
