import { expect, test } from 'vitest';
import type { RequirementId } from '../generated/requirements.ts';
import { brokenHook } from './broken-hook.ts';
import { conclude, openLedger } from './ledger.ts';
import { properties } from './properties/index.ts';
import type { Environment } from './properties/property.ts';
import { select } from './select.ts';

const why = '--restart-command ended with exit code 1';
const environment: Environment = {
  profiles: ['core'],
  limits: {
    maxFileSize: 1e9,
    minChunkSize: 1,
    maxChunkSize: 1e6,
    maxChunks: 100,
    minTimeoutSeconds: 1,
    maxTimeoutSeconds: 60,
  },
  secondPrincipal: false,
  waitExpirySeconds: 10,
  hooks: ['restart', 'storage'],
  maxTimeSeconds: 60,
  maxScriptBytes: 1e6,
  sparing: 1,
  maxScriptCalls: 1000,
};

/** What is told of a run in which the hook failed, and these were seen. */
function told(undecided: readonly string[], ...seen: readonly RequirementId[]) {
  const ledger = openLedger();
  ledger.undecided.push(...undecided);
  for (const id of seen) ledger.observed.set(id, 1);
  const requirements = conclude(ledger, select(properties, { only: [], skip: [] }), properties, ['core']);
  return brokenHook(new Map([[why, 'restart']]), { ledger, properties, environment, requirements });
}

const durability = properties.find(({ id }) => id === 'durability')?.requirements ?? [];

test('a hook that failed, and left open what only it shows, is told', () => {
  expect(told([why])).toBe(why);
  expect(told(['no order was found', why])).toBe(why);
});

test('one that failed, and showed all the same what it was given for, did its work', () => {
  expect(told([why], ...durability)).toBeUndefined();
});

test('one whose failure left no history undecided did its work, and so did one that never failed', () => {
  expect(told([])).toBeUndefined();
  expect(told(['no order was found'])).toBeUndefined();
});
