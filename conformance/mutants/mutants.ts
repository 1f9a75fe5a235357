import { brokenAsync } from './broken/async.ts';
import { brokenBodies } from './broken/bodies.ts';
import { brokenChunk } from './broken/chunk.ts';
import { brokenComplete } from './broken/complete.ts';
import { brokenContent } from './broken/content.ts';
import { brokenEnding } from './broken/ending.ts';
import { brokenExpectations } from './broken/expectations.ts';
import { brokenFraming } from './broken/framing.ts';
import { brokenHostile } from './broken/hostile.ts';
import { brokenByJson } from './broken/hostile-json.ts';
import { brokenHttp } from './broken/http.ts';
import { brokenIdentity } from './broken/identity.ts';
import { brokenInitiate } from './broken/initiate.ts';
import { brokenRaces } from './broken/races.ts';
import { brokenRefusals } from './broken/refusals.ts';
import { brokenByRestart } from './broken/restart.ts';
import { brokenStatus } from './broken/status.ts';
import { brokenStorage } from './broken/storage.ts';
import type { Mutant } from './mutant.ts';

/** Every broken server, in the order of an upload's life. The suite has to find the fault of each. */
export const mutants: readonly Mutant[] = [
  ...brokenInitiate,
  ...brokenIdentity,
  ...brokenByJson,
  ...brokenChunk,
  ...brokenFraming,
  ...brokenRefusals,
  ...brokenStatus,
  ...brokenComplete,
  ...brokenAsync,
  ...brokenExpectations,
  ...brokenEnding,
  ...brokenRaces,
  ...brokenByRestart,
  ...brokenStorage,
  ...brokenBodies,
  ...brokenHttp,
  ...brokenContent,
  ...brokenHostile,
];
