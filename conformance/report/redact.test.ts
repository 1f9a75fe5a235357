import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagnosisWith, exchange, failureWith, resultsWith } from './fixtures.ts';
import { resultsJson } from './json.ts';
import { junitXml } from './junit.ts';
import { markdown } from './markdown.ts';
import { redactDiagnosis, redactResults, redactText, secretsOf } from './redact.ts';
import { report } from './terminal.ts';

const look = { color: false, verbose: true, quiet: false, paths: [], code: 1 };

/** Results in which the target echoes a text wherever a target can put one. */
function echoing(text: string) {
  const answer = {
    headers: { location: `/x/${text}`, [text.toLowerCase()]: 'name', 'set-cookie': text },
    json: { detail: text, [text]: [text] },
    bytes: new TextEncoder().encode(`<p>${text}</p>`),
  };
  const echo = exchange(0, { kind: 'capabilities' }, answer);
  return resultsWith({
    target: `http://${encodeURIComponent(text)}@127.0.0.1/`,
    capabilities: { hello: text },
    profiles: { claimed: [text], exercised: [] },
    baseline: {
      file: text,
      entries: 1,
      stale: [{ requirement: 'chunk.atomic', reason: text, issue: text, why: 'passes' }],
    },
    properties: [{ id: 'p', title: 't', scripts: 1, calls: 1, durationMs: 1, note: text }],
    failures: [
      failureWith({
        message: text,
        expected: text,
        got: text,
        states: [text],
        history: [{ ...echo, sent: { ...echo.sent, url: `http://h/${text}`, text }, deviations: [text] }],
      }),
    ],
  });
}

test('a credential that the target echoes anywhere is in no output', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 30 }), (tail) => {
      const token = `~${tail}~`;
      const results = redactResults(echoing(token), secretsOf({ 'X-Key': `Bearer ${token}` }));
      const files = `${junitXml(results, { failOn: 'must', code: 1 })}${markdown(results, 1)}`;
      const outputs = `${resultsJson(results)}${report(results, look)}${files}`;
      expect(outputs).not.toContain(JSON.stringify(token).slice(1, -1));
      expect(
        Buffer.from(
          results.failures[0]?.history[0]?.outcome.kind === 'answered'
            ? (results.failures[0].history[0].outcome.bytes ?? [])
            : [],
        ).toString(),
      ).not.toContain(token);
    }),
  );
});

test('a diagnosis holds no credential, and keeps its form whatever the password is', () => {
  for (const secret of ['~sesame~', 'access', 'first', 'let in', 'limits', 'properties']) {
    const echo = { capabilities: [secret], profiles: [secret], deviations: [secret] };
    const planned = [{ id: 'expiry', reason: `because of ${secret}` }];
    const contract = { target: secret, suite: '1.0.0' };
    const before = diagnosisWith({ ...echo, contract, properties: planned });
    const found = redactDiagnosis(before, secretsOf({ 'X-Key': secret }));
    const { capabilities, profiles, deviations, properties } = found;
    expect(JSON.stringify([capabilities, profiles, deviations, properties, found.contract])).not.toContain(secret);
    expect(found.access).toEqual(before.access);
    expect(found.limits).toEqual(before.limits);
  }
});

test('fields of credentials are hidden by name, whatever their value is', () => {
  const one = exchange(0, { kind: 'capabilities' }, {});
  const sent = { ...one.sent, headers: { authorization: 'a', Cookie: 'b', 'x-key': 'c', 'content-type': 'd' } };
  const results = redactResults(
    resultsWith({ failures: [failureWith({ history: [{ ...one, sent }] })] }),
    secretsOf({ 'X-Key': 'c' }),
  );
  expect(results.failures[0]?.history[0]?.sent.headers).toEqual({
    authorization: '[redacted]',
    Cookie: '[redacted]',
    'x-key': '[redacted]',
    'content-type': 'd',
  });
});

test('the password inside Basic credentials is hidden by itself', () => {
  const secrets = secretsOf({ Authorization: `Basic ${Buffer.from('me:open:sesame').toString('base64')}` });
  expect(redactText('hello open:sesame', secrets)).toBe('hello [redacted]');
});

test('a password that is a word of the suite breaks neither verdicts nor scripts', () => {
  const results = resultsWith();
  const redacted = redactResults(results, secretsOf({ a: 'Bearer pass', b: 'chunk', c: 'fail', d: 'status' }));
  expect(redacted.summary).toEqual(results.summary);
  expect(redacted.failures[0]?.script).toEqual(results.failures[0]?.script);
  expect(redacted.requirements.map(({ id, verdict }) => [id, verdict])).toEqual(
    results.requirements.map(({ id, verdict }) => [id, verdict]),
  );
});

test('userinfo of URLs goes, the rest of the URL stays', () => {
  expect(redactText('see https://me:pw@host/a?b=c@d', secretsOf())).toBe('see https://redacted@host/a?b=c@d');
});
