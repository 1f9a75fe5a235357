import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RequirementId, requirementIds, requirements } from '../generated/requirements.ts';
import { excused } from './excused.ts';
import { conclude, type Ledger, note, openLedger, summarize } from './ledger.ts';
import { properties } from './properties/index.ts';
import type { Failure, RequirementResult } from './report/results.ts';
import { type Selection, select } from './select.ts';

const everything = select(properties, { only: [], skip: [] });
const all = ['core', 'download', 'auth', 'idempotency'];

function results(ledger: Ledger, profiles: readonly string[] = all, selection: Selection = everything) {
  return new Map(conclude(ledger, selection, properties, profiles).map((result) => [result.id, result]));
}
const verdict = (id: RequirementId, ...rest: Parameters<typeof results>) => results(...rest).get(id)?.verdict;

/** A ledger in which this was seen. */
function having({ observed = [], warned, failed = [] }: Seen): Ledger {
  const ledger = openLedger();
  note(ledger, observed, warned ? [{ requirement: warned, expected: '201' }] : []);
  ledger.failures.push(...failed.map((requirement) => ({ requirement }) as Failure));
  return ledger;
}
interface Seen {
  readonly observed?: readonly RequirementId[];
  readonly warned?: RequirementId;
  readonly failed?: readonly RequirementId[];
}

describe('absence is never green', () => {
  const seen = fc.subarray([...requirementIds]);

  test('a requirement passes only if this very run observed it', () => {
    fc.assert(
      fc.property(seen, fc.subarray(all), (observed, profiles) => {
        for (const { id, verdict, observations } of results(having({ observed }), profiles).values()) {
          if (verdict === 'pass') expect(observed).toContain(id);
          expect(observations).toBe(observed.includes(id) ? 1 : 0);
        }
      }),
    );
  });

  test('every requirement has a verdict, and each but a pass or a failure says why', () => {
    fc.assert(
      fc.property(seen, seen, fc.subarray(all), (observed, failed, profiles) => {
        const told = [...results(having({ observed, failed }), profiles).values()];
        expect(told.map(({ id }) => id)).toEqual([...requirementIds]);
        for (const { verdict, reason, failures } of told)
          if (verdict !== 'pass' && failures === undefined) expect(reason).toMatch(/\w/);
      }),
    );
  });

  test('a run that saw nothing passes nothing', () => {
    expect(summarize([...results(openLedger()).values()]).verdict).not.toBe('pass');
    expect(summarize([]).verdict).toBe('not-tested');
  });

  test('a profile that is claimed, and of which a whole run saw nothing, is no truth', () => {
    const observed = requirementIds.filter((id) => requirements[id].profile !== 'download');
    expect(verdict('capabilities.truth', having({ observed }))).toBe('fail');
    expect(verdict('capabilities.truth', having({ observed }), ['core', 'auth', 'idempotency'])).toBe('pass');
    expect(verdict('capabilities.truth', having({ observed: requirementIds }))).toBe('pass');
  });
});

describe('a requirement is', () => {
  const must: RequirementId = 'chunk.atomic';
  const should: RequirementId = 'chunk.created';
  const may: RequirementId = 'complete.async';

  test('passed if it was seen kept, and counted', () => {
    const result = results(having({ observed: [must, must] })).get(must);
    expect(result).toMatchObject({ verdict: 'pass', observations: 2 });
  });

  test('failed if one failure is about it, however often it was kept', () => {
    const result = results(having({ observed: [must], failed: [should, must, must] })).get(must);
    expect(result).toMatchObject({ verdict: 'fail', failures: [1, 2] });
  });

  test('warned of if it is only a SHOULD', () => {
    expect(verdict(should, having({ failed: [should] }))).toBe('warn');
    const result = results(having({ observed: [should], warned: should })).get(should);
    expect(result).toMatchObject({ verdict: 'warn', reason: 'expected 201' });
  });

  test('not applicable if its profile is not claimed, or if the target made no use of it', () => {
    expect(verdict('content.exact', openLedger(), ['core'])).toBe('not-applicable');
    expect(verdict(may, openLedger())).toBe('not-applicable');
    expect(verdict(may, having({ observed: [may] }))).toBe('pass');
    const cut = openLedger();
    for (const { id } of properties) cut.cutShort.set(id, 'stopped after --max-time 1 s; give more time');
    const reasonOfCut = 'the target made no use of it, as far as was played';
    expect(results(cut).get(may)).toMatchObject({ verdict: 'not-applicable', reason: reasonOfCut });
    // Of a target that was not asked nothing is said.
    const ledger = openLedger();
    for (const { id } of properties) ledger.unplayed.set(id, 'stopped after --max-time 1 s; give more time');
    const reason = expect.stringContaining('stopped');
    expect(results(ledger).get(may)).toMatchObject({ verdict: 'not-tested', reason });
  });

  test('not tested if it was left out, even if something was seen of it', () => {
    const ledger = having({ observed: [must], failed: [must] });
    const skipped = select(properties, { only: [], skip: [must] });
    expect(verdict(must, ledger, all, skipped)).toBe('not-tested');
    ledger.broken.add(must);
    expect(results(ledger, all, skipped).get(must)?.reason).toContain('and broken, as this run saw by the way');
  });

  test('failed if it was left out, but is what came of a script that was asked for', () => {
    const chosen = select(properties, { only: ['capabilities.document'], skip: [] });
    expect(verdict(must, openLedger(), all, chosen)).toBe('not-tested');
    expect(verdict(must, having({ failed: [must] }), all, chosen)).toBe('fail');
  });

  test('excused by the one list: never passed, with the reason that stands there', () => {
    for (const id of Object.keys(excused) as RequirementId[]) {
      const unseen = requirements[id].level === 'MAY' ? 'not-applicable' : 'not-tested';
      expect(results(openLedger()).get(id)).toMatchObject({ verdict: unseen, reason: excused[id] });
      expect(verdict(id, having({ observed: [id] }))).toBe('pass');
    }
  });

  test('not tested if nothing that could show it was played', () => {
    const ledger = openLedger();
    ledger.unplayed.set('principals', 'needs credentials of a second principal');
    expect(results(ledger).get('auth.isolated')).toMatchObject({
      verdict: 'not-tested',
      reason: 'needs credentials of a second principal',
    });
    // Another property could have shown it as well, and was played.
    ledger.unplayed.set('expiry', 'too long');
    expect(verdict('expiry.monotonic', ledger)).toBe('inconclusive');
  });

  test('inconclusive if it was played for and not seen, with what to do about it', () => {
    const ledger = openLedger();
    expect(results(ledger).get(must)?.reason).toMatch(/^no answer of this run showed it; give more --runs$/);
    const cut = '85 of 143 scripts, stopped after --max-time 1 s; give more time';
    const [first] = properties.filter((property) => property.requirements.includes(must));
    for (const { id } of properties) ledger.cutShort.set(id, cut);
    expect(results(ledger).get(must)?.reason).toBe(
      `no answer of this run showed it; the property ${first?.id} was cut short: ${cut}`,
    );
    // Nothing can be said of a profile whose properties were stopped early.
    expect(verdict('capabilities.truth', ledger)).toBe('inconclusive');
  });

  test('inconclusive if it was played for and not seen, for the reason that the judge had', () => {
    const ledger = openLedger();
    ledger.undecided.push('no order was found within 200000 steps of the model');
    expect(results(ledger).get(must)).toMatchObject({ verdict: 'inconclusive', reason: ledger.undecided[0] });
  });
});

test('where attachments are at an origin that asks for credentials, no profile is hollow, and the reason is told', () => {
  const ledger = openLedger();
  ledger.observed.set('chunk.stored', 1);
  ledger.closed.add('https://files.example.com');
  expect(results(ledger).get('capabilities.truth')?.verdict).not.toBe('fail');
  expect(results(ledger).get('content.exact')?.reason).toContain('https://files.example.com asks for credentials');
});

test('the first warning is the one that is told', () => {
  const ledger = openLedger();
  const first = note(ledger, [], [{ requirement: 'chunk.created', expected: 'first' }]);
  const second = note(ledger, [], [{ requirement: 'chunk.created', expected: 'second' }]);
  expect([first, second]).toEqual([['chunk.created'], []]);
  expect(ledger.warnings.get('chunk.created')).toBe('expected first');
});

test.each([
  [['pass', 'fail', 'inconclusive'], 'fail'],
  [['pass', 'inconclusive'], 'inconclusive'],
  [['pass', 'not-tested', 'not-applicable'], 'pass'],
  [['not-tested', 'not-applicable'], 'warn'],
  [['harness-error', 'fail'], 'harness-error'],
] as const)('of %j beside a SHOULD that warns the run is told by the worst, of a MUST first: %s', (told, expected) => {
  const of = (verdict: RequirementResult['verdict'], level: 'MUST' | 'SHOULD'): RequirementResult => ({
    id: 'chunk.atomic',
    level,
    text: '',
    verdict,
    observations: 0,
  });
  const summary = summarize([...told.map((one) => of(one, 'MUST')), of('warn', 'SHOULD')]);
  expect(summary.verdict).toBe(expected);
  expect(summary.should.warn).toBe(1);
  expect(Object.values(summary.must).reduce((sum, n) => sum + n, 0)).toBe(told.length);
});
