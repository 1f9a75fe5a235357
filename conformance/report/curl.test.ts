import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../bytes.ts';
import { curlScript } from './curl.ts';
import { exchange, failureWith, resultsWith } from './fixtures.ts';
import { redactFailure, secretsOf } from './redact.ts';

const target = resultsWith().target;

/** Writes its arguments to $LOG, each ended by NUL, one NUL more at the end; keeps the body that it was to send. */
const fakeCurl = `#!/bin/sh
printf '%s\\0' "$@" >> "$LOG"; printf '\\0' >> "$LOG"
cp "$BODY" "$LOG.body"
`;

/** Runs the script with a `curl` that only writes down what it is told. */
function argumentsOf(
  script: string,
  env: Record<string, string> = {},
): { readonly calls: string[][]; readonly body: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'curl-'));
  try {
    writeFileSync(join(folder, 'curl'), fakeCurl, { mode: 0o755 });
    writeFileSync(join(folder, 'script.sh'), script);
    const log = join(folder, 'log');
    const run = spawnSync('sh', ['-a', join(folder, 'script.sh')], {
      encoding: 'utf8',
      env: { ...env, PATH: `${folder}:/usr/bin:/bin`, LOG: log, TMPDIR: folder },
    });
    expect(run.stderr).toBe('');
    const calls = readFileSync(log, 'utf8').split('\0\0').filter(Boolean);
    return { calls: calls.map((call) => call.split('\0')), body: readFileSync(`${log}.body`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a script sends what curl can say, notes what it cannot, and takes credentials from outside', () => {
  const script = curlScript(redactFailure(failureWith(), secretsOf()), target);
  expect(script).toContain('# curl cannot cut a request at an exact byte');
  expect(script).not.toContain('sesame');
  const { calls } = argumentsOf(script, { CREDENTIALS: 'Authorization: Bearer x y' });
  expect(calls).toHaveLength(3);
  for (const call of calls) expect(call).toContain('Authorization: Bearer x y');
});

test('a chunk carries the very bytes that the suite sent', () => {
  const bytes = bytesOf(1, 2, 9);
  const call = { kind: 'chunk', session: 's', chunk: 2, write: 1 } as const;
  const one = exchange(0, call, { status: 201 });
  const bodyDigest = createHash('sha256').update(bytes).digest('base64');
  const history = [{ ...one, sent: { ...one.sent, method: 'PUT', bodyLength: 9, bodyDigest } }];
  const { body } = argumentsOf(curlScript(failureWith({ history }), target));
  expect(new Uint8Array(body)).toEqual(bytes);
});

test('no text of the target or of a script is run by the shell', () => {
  const evil = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').toWellFormed()),
    fc.constantFrom("'; touch pwned; '", '$(touch pwned)', '`touch pwned`', '\n touch pwned\n', "a'\\''b", '"$BASE"'),
  );
  fc.assert(
    fc.property(evil, (text) => {
      const one = exchange(0, { kind: 'initiate', session: 's', json: text }, { json: { sessionId: text } });
      const sent = { ...one.sent, url: `${target}/${text}`, text, bodyLength: 1, headers: { 'x-field': text } };
      const failure = failureWith({ message: text, expected: text, history: [{ ...one, sent }] });
      const { calls, body } = argumentsOf(curlScript(failure, target));
      expect(calls).toHaveLength(1);
      expect(calls[0]).toContain(`x-field: ${text}`);
      expect(calls[0]).toContain(`${target}/${text}`);
      expect(body.toString('utf8')).toBe(text);
    }),
    { numRuns: 40 },
  );
});
