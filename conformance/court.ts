import type { RequirementId } from '../generated/requirements.ts';
import type { Player } from './engine/player.ts';
import type { Ledger } from './ledger.ts';
import type { Progress } from './options.ts';
import type { Target } from './preflight.ts';
import type { Property } from './properties/property.ts';
import type { Selection } from './select.ts';
import type { Turns } from './turns.ts';
import type { Watch } from './watch.ts';

/** What a trial works with: a player, the target's claims, and the ledger that it writes to. */
export interface Court {
  readonly player: Player;
  readonly target: Target;
  readonly ledger: Ledger;
  readonly selection: Selection;
  readonly progress: (event: Progress) => void;
  /** Whose script is played next. */
  readonly turns: Turns;
  /** Why nothing more is to be played; undefined while there is time. */
  readonly stopped: () => string | undefined;
  /** Lets so many ms pass; less, if what is under way is cut off. */
  readonly pause: (ms: number) => Promise<void>;
  /** Sees whether the target is still there. */
  readonly watch: Pick<Watch, 'look'>;
}

/** How far a property has come. */
export interface Count {
  readonly property: Property;
  /** Scripts played, and requests sent. */
  scripts: number;
  calls: number;
  /** Why a script of it was not played to its end. */
  brokenOff?: string;
  /** What the suite itself did wrong: then nothing more of the property is played. */
  defect?: unknown;
}

/** The promises that are under accusation, or were reported broken: each is pursued once. */
export interface Docket {
  has(requirement: RequirementId): boolean;
  enter(requirement: RequirementId): void;
  /** Lets other scripts show a promise broken, after one that seemed to did not; not for ever, since each costs time. */
  retract(requirement: RequirementId): boolean;
}

/** How often a promise is taken for broken and found to be another one, or a passing fault. */
const mostRetractions = 3;

export function openDocket(): Docket {
  const entered = new Set<RequirementId>();
  const retracted = new Map<RequirementId, number>();
  return {
    has: (requirement) => entered.has(requirement),
    enter: (requirement) => void entered.add(requirement),
    retract(requirement) {
      const times = (retracted.get(requirement) ?? 0) + 1;
      retracted.set(requirement, times);
      if (times < mostRetractions) entered.delete(requirement);
      return times < mostRetractions;
    },
  };
}
