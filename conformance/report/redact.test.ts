import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exchange, failureWith, resultsWith } from './fixtures.ts';
import { resultsJson } from './json.ts';
import { redactResults, redactText, secretsOf } from './redact.ts';
import { report } from './terminal.ts';

const look = { color: false, verbose: true, quiet: false, paths: [], interrupted: false };

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
      const outputs = `${resultsJson(results)}${report(results, look)}`;
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
