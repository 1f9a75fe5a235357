import type { RequirementId } from '../../generated/requirements.ts';
import type { Json } from '../history.ts';
import type { Examination } from './examine.ts';
import { type Lawful, refusal } from './lawful.ts';
import { instant, second } from './representation.ts';
import { isObject } from './requests.ts';
import type { Session, World } from './state.ts';

/** What an operation on a session may answer that has expired; `promise` is what it breaks by any other answer. */
export function expired(world: World, session: Session, promise: RequirementId): readonly Lawful[] {
  return [
    {
      ...refusal('session-expired', promise, 'the session has expired'),
      read: (answer, seen) => {
        examineExpired(session, answer.json, seen);
        return world;
      },
    },
    refusal('session-not-found', promise, 'the session has expired and is forgotten'),
  ];
}

/** Holds `expiredAt` against what is known of the last `expiresAt`: of no more than that, and only if it is an instant. */
function examineExpired({ phase, expiry }: Session, json: Json | undefined, seen: Examination): void {
  // `expiry.enforced` binds no session that had ended before.
  if (phase === 'completed' || phase === 'aborted') return;
  const at = instant(isObject(json) ? json['expiredAt'] : undefined);
  // A response to HEAD has no body to tell it.
  if (Number.isNaN(at)) return;
  const within = at >= expiry.atLeast - second && at <= expiry.atMost + second;
  seen.expect('expiry.enforced', within, 'expiredAt, the last expiresAt of the session');
}
