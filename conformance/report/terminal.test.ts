import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Progress } from '../options.ts';
import { exitCode } from './exit-code.ts';
import { counts, exchange, failureWith, resultsWith } from './fixtures.ts';
import { live } from './live.ts';
import type { Results } from './results.ts';
import { header, report } from './terminal.ts';

const look = {
  color: false,
  verbose: false,
  quiet: false,
  paths: ['out/failures/chunk.atomic-9f2c.json'],
  code: 1,
};

test('a report reads like the documentation says', () => {
  expect(
    report(resultsWith(), look),
  ).toBe(`FAIL chunk.atomic  MUST  an interrupted upload leaves what was stored before untouched
  A  initiate 10 B in chunks of 4     201
  A  chunk 1 = w1                     201
  A  chunk 1 = w2, cut after 2 bytes  ✂
  A  status                           200  received 0–0
  expected: chunk 1 holds w1 or w2         shrunk from 23 calls · reproduced 5 of 5
  got:      chunk 1 is not listed
  replay: npx chunkproof replay out/failures/chunk.atomic-9f2c.json

not tested
  no credentials of a second principal were given: auth.required

profiles core, auth · not exercised auth
MUST 58/70 passed, 1 failed, 11 not tested · SHOULD 3/4 passed, 0 failed, 1 warned
1,234 requests · 3.2 MiB · 210 sessions · 44 faults · 12.3 s · seed 42 (repeat with --seed 42)
does not conform
`);
});

test('colour changes nothing but colour', () => {
  const colored = report(resultsWith(), { ...look, color: true });
  expect(colored).not.toBe(report(resultsWith(), look));
  expect(stripVTControlCharacters(colored)).toBe(report(resultsWith(), look));
});

test('text of the target cannot move the cursor or reorder a line', () => {
  const hostile = '\u001b[2J\r\u202eevil\n';
  const failures = [failureWith({ expected: hostile, got: hostile, states: [hostile] })];
  const results = resultsWith({ failures, profiles: { claimed: [hostile], exercised: [] } });
  const shown = report(results, { ...look, verbose: true });
  const first = header({ version: '1', contract: '1.0', target: hostile, seed: 1 }, false);
  for (const character of ['\u001b', '\r', '\u202e', 'evil\n']) expect(`${first}${shown}`).not.toContain(character);
});

test('the answer that is not allowed is pointed at when it is not the last', () => {
  const failures = [failureWith({ at: 1 })];
  expect(report(resultsWith({ failures }), look)).toMatch(/chunk 1 = w1 +201 +← not allowed/);
});

test('a race is drawn below its table, and told in words how far it could be explained', () => {
  const chunk = (write: number) => ({ kind: 'chunk', session: 's', chunk: 0, write }) as const;
  const racing = [
    { ...exchange(1, chunk(1), { status: 201 }), sentAt: 10, receivedAt: 30 },
    { ...exchange(2, chunk(2), { status: 201 }), sentAt: 20, receivedAt: 40, client: 'B' },
  ];
  const [first] = failureWith().history;
  const history = first === undefined ? racing : [first, ...racing];
  const [call] = failureWith().script.calls;
  const script = { calls: call ? [call] : [], together: [[{ call: chunk(1) }], [{ call: chunk(2) }]] };
  const text = report(
    resultsWith({ failures: [failureWith({ script, history, at: 2, explained: { k: 2, n: 3 } })] }),
    look,
  );
  expect(text).toContain(`  B  chunk 0 = w2                  201
  at the same time:
    A  ├─ chunk 0 = w1 201 ─┤
    B    ├─ chunk 0 = w2 201 ─┤
  expected: chunk 1 holds w1 or w2         shrunk from 23 calls`);
  expect(text).toContain('  explained 2 of 3 answers; in no order B chunk 0 = w2 201\n');
});

test('an interrupted run says that it is a part of one, and never that the target conforms', () => {
  const summary = { verdict: 'pass', must: counts({ pass: 1 }), should: counts({}), may: counts({}) } as const;
  const whole = resultsWith({ summary, requirements: [], failures: [] });
  expect(report(whole, { ...look, code: exitCode(whole, 'must') })).toMatch(/\nconforms, as far as was tested\n$/);
  const half: Results = { ...whole, run: { ...whole.run, interrupted: true } };
  const text = report(half, { ...look, code: exitCode(half, 'must') });
  expect(text).toMatch(/\ninterrupted: a part of a run, in which nothing failed\n$/);
  const failed: Results = { ...half, summary: { ...summary, must: counts({ fail: 1 }) } };
  expect(report(failed, { ...look, code: exitCode(failed, 'must') })).toMatch(/interrupted.*\ndoes not conform\n$/);
});

const events: readonly Progress[] = [
  { kind: 'property-started', property: 'life-cycle', title: 't' },
  { kind: 'failure-found', property: 'life-cycle', requirement: 'chunk.atomic', script: { calls: [] }, sent: 12 },
  { kind: 'shrinking', property: 'life-cycle', calls: 7 },
  { kind: 'warning-found', property: 'life-cycle', requirement: 'chunk.created' },
  { kind: 'property-finished', property: 'life-cycle', scripts: 25, calls: 400 },
];

function told(tty: boolean): string {
  let text = '';
  const progress = live((more) => (text += more), { tty, color: false });
  for (const event of events) progress.tell(event);
  progress.end();
  return text;
}

test('progress is plain lines where nobody watches, and rewrites one line where somebody does', () => {
  expect(told(false)).toBe(
    '  found chunk.atomic, by life-cycle; shrinking\n  warned chunk.created, by life-cycle\n  life-cycle                      25 scripts     400 requests\n',
  );
  expect(told(true)).toContain('\r\u001b[2K… shrinking life-cycle: 7 calls');
});
