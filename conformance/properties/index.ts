import { capabilities } from './capabilities.ts';
import { chunkRefuses } from './chunk.ts';
import { abort, completion } from './completion.ts';
import { content } from './content.ts';
import { durability } from './durability.ts';
import { framing } from './framing.ts';
import { hostileChunkFields, hostileConditions, hostileExpectations } from './hostile-fields.ts';
import { hostileAborts, hostileCompletions, hostileDeclarations } from './hostile-json.ts';
import { hostileIds, hostileKeys, overLong } from './hostile-paths.ts';
import { idempotency } from './idempotency.ts';
import { initiateAccepts } from './initiate.ts';
import { isolation, lifeCycle, sessionsApart } from './life-cycle.ts';
import type { Property } from './property.ts';
import { keyRaces, races } from './races.ts';
import { initiateRefuses } from './refused-initiates.ts';
import { storage, storageInTime } from './storage.ts';
import { expiry, stillness } from './time.ts';
import { credentials, principals, unknownSession } from './unknown.ts';

/** Every property, in reading order. */
export const properties: readonly Property[] = [
  capabilities,
  initiateAccepts,
  initiateRefuses,
  hostileDeclarations,
  lifeCycle,
  chunkRefuses,
  framing,
  completion,
  hostileCompletions,
  abort,
  hostileAborts,
  content,
  expiry,
  stillness,
  idempotency,
  unknownSession,
  hostileChunkFields,
  hostileExpectations,
  hostileConditions,
  hostileIds,
  hostileKeys,
  overLong,
  isolation,
  sessionsApart,
  credentials,
  principals,
  races,
  keyRaces,
  durability,
  storage,
  storageInTime,
];
