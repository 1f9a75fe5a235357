import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing.ts';
import { diceFor } from './dice.ts';
import schema from './plan.schema.json' with { type: 'json' };
import { type Plan, readPlan } from './plan.ts';
import { presets } from './presets.ts';

async function planIn(text: string) {
  const file = join(await temporaryFolder(), 'plan.json');
  writeFileSync(file, text);
  const plan = readPlan(file);
  return 'wrong' in plan ? plan.wrong.replace(`, in ${JSON.stringify(file)}`, '') : plan;
}

test.each(Object.entries(presets))('the preset %s is what a file could say', async (name, preset) => {
  expect(await planIn(JSON.stringify(preset))).toEqual(preset);
  expect(readPlan(name)).toBe(preset);
});

test.each([
  ['{', 'must be JSON'],
  ['[]', 'the plan must be object'],
  ['{}', "the plan must have required property 'rules'"],
  ['{"rules":[]}', 'rules must NOT have fewer than 1 items'],
  ['{"rules":[{"fault":"close","every":2}],"speed":1}', 'the plan must not have "speed"'],
  [
    '{"rules":[{"fault":"explode","every":2}]}',
    'rules[0].fault must be one of refuse, cut-request, lose-answer, cut-answer, delay, interim, piecemeal, close',
  ],
  ['{"rules":[{"fault":"close"}]}', 'rules[0] must have one of "every" and "chance"'],
  ['{"rules":[{"fault":"close","every":2,"chance":1}]}', 'rules[0] must have one of "every" and "chance", not both'],
  ['{"rules":[{"fault":"close","chance":1.5}]}', 'rules[0].chance must be <= 1'],
  ['{"rules":[{"fault":"close","every":1,"ms":[1,2]}]}', 'rules[0] must not have "ms"'],
  ['{"rules":[{"fault":"close","every":1},{"fault":"delay","every":1}]}', "rules[1] must have required property 'ms'"],
  ['{"rules":[{"fault":"delay","every":1,"ms":[9,1]}]}', 'rules[0].ms must begin with the smaller number'],
  ['{"rules":[{"fault":"refuse","status":500,"every":1}]}', 'rules[0].status must be one of 503, 429'],
  ['{"rules":[{"fault":"close","every":1,"operations":["upload"]}]}', 'rules[0].operations knows no "upload"'],
])('a plan such as %s is refused: %s', async (text, wrong) => {
  expect(await planIn(text)).toBe(wrong);
});

test('what is neither a preset nor a file is told which there are', () => {
  expect(readPlan('wifi')).toEqual({
    wrong: 'must be one of flaky-wifi, overloaded, mobile, hostile-proxy, or a JSON file, not "wifi"',
  });
});

const plan: Plan = {
  rules: [
    { fault: 'lose-answer', chance: 0.3 },
    { fault: 'delay', chance: 0.5, ms: [0, 10] },
    { fault: 'cut-answer', every: 10, operations: ['uploadChunk'] },
  ],
};
/** Two sessions of 50 chunks, each chunk twice, in some order. */
const uploads = (ids: readonly string[], shuffled: boolean) => {
  const calls = ids.flatMap((sessionId) => [...Array(100).keys()].map((n) => ({ sessionId, chunkId: String(n % 50) })));
  return shuffled
    ? [...calls.slice(0, 1), ...calls.slice(100, 101), ...calls.slice(1, 100).reverse(), ...calls.slice(101).reverse()]
    : calls;
};

test('the same seed and the same requests meet the same faults, whatever the ids, and in whatever order by chance', () => {
  const faultsOf = (seed: number, ids: readonly string[], shuffled = false, rules = plan.rules) => {
    const dice = diceFor({ rules }, seed);
    return uploads(ids, shuffled)
      .map(({ sessionId, chunkId }) => [
        `${ids.indexOf(sessionId)}/${chunkId}`,
        dice('uploadChunk', { sessionId, chunkId }),
      ])
      .map((one) => JSON.stringify(one));
  };
  expect(faultsOf(1, ['a', 'b'])).toEqual(faultsOf(1, ['x', 'y']));
  expect(faultsOf(1, ['a', 'b'])).not.toEqual(faultsOf(2, ['a', 'b']));
  const byChance = plan.rules.filter((rule) => 'chance' in rule);
  expect(faultsOf(1, ['a', 'b'], true, byChance).sort()).toEqual(faultsOf(1, ['a', 'b'], false, byChance).sort());
});

test('chance is what it says, every is every, and of those that spoil a request one comes first', () => {
  const dice = diceFor(plan, 7);
  const drawn = [...Array(3000).keys()].map((n) =>
    dice('uploadChunk', { sessionId: 's', chunkId: String(n) }).map(({ fault }) => fault),
  );
  const share = (name: string) =>
    drawn.filter((faults) => faults.some((fault) => fault === name)).length / drawn.length;
  expect(share('lose-answer')).toBeCloseTo(0.3, 1);
  expect(share('delay')).toBeCloseTo(0.5, 1);
  expect(drawn.every((faults, n) => n % 10 !== 9 || faults[0] === 'cut-answer' || faults[0] === 'lose-answer')).toBe(
    true,
  );
  expect(drawn.every((faults) => faults.filter((fault) => fault !== 'delay').length <= 1)).toBe(true);
  const status = diceFor({ rules: [{ fault: 'cut-answer', every: 1, operations: ['uploadChunk'] }] }, 1);
  expect(status('getUploadSession', { sessionId: 's' })).toEqual([]);
});

test('who repeats a request comes through: three times in a row it is spoilt at most', () => {
  const dice = diceFor({ rules: [{ fault: 'refuse', status: 503, chance: 1 }] }, 1);
  const spoilt = [...Array(8).keys()].map(() => dice('abortUpload', { sessionId: 's' }).length);
  expect(spoilt).toEqual([1, 1, 1, 0, 1, 1, 1, 0]);
});

test('the README tells every preset and every fault, and its example is a plan', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [name, { description }] of Object.entries(presets))
    expect(readme).toContain(`| \`${name}\` | ${description} |`);
  for (const fault of schema.$defs.rule.properties.fault.enum)
    expect(readme).toMatch(new RegExp(`^\\| \`${fault}\` \\|`, 'm'));
  const example = /```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(await planIn(example)).toEqual(JSON.parse(example));
});
