import { expect, test } from 'vitest';
import { examined } from './diagnosis.ts';
import { diagnosisWith } from './fixtures.ts';

test('a diagnosis is one line a question, and then what would not run, with the reason', () => {
  expect(examined(diagnosisWith(), false)).toBe(`target      http://127.0.0.1:8080/api
reachable   yes, in 1.2 ms
contract    1.0; this suite judges by 1.0.0
authorised  yes; nobody is without credentials; no second principal was given (--second-header)
clock       between −0.3 s and +0.2 s of this machine's, so it may be the same
profiles    core, auth
files       up to 5 GiB
chunks      1 B to 8 MiB, at most 10000
sessions    last 60 s to 3600 s
would run   1 of 2 properties, for 1 of 2 requirements
properties that would not run
  sessions last at least 60 s, and --wait-expiry is 10 s: expiry
requirements that would not be tested
  needs a second principal: auth.required
`);
});

test('what is odd is told: no version, no time, another form, an open door', () => {
  const text = examined(
    diagnosisWith({
      contract: { target: null, suite: '1.0.0' },
      clockAheadMs: null,
      deviations: ['limits must be object'],
      profiles: [],
      access: { first: 'refused', second: 'let in', nobody: 'let in' },
      properties: [],
      requirements: [],
    }),
    false,
  );
  expect(text).toContain('it names no version');
  expect(text).toContain('deviates: limits must be object');
  expect(text).toContain('authorised  no; second principal let in');
  expect(text).toContain('no usable Date');
  expect(text).not.toContain('would not');
});

test('text of the target moves no cursor', () => {
  const hostile = '\u001b[2J\u202e\n';
  const text = examined(
    diagnosisWith({ deviations: [hostile], profiles: [hostile], contract: { target: hostile, suite: '1' } }),
    false,
  );
  for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
});
