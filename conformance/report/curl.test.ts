import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../bytes.ts';
import type { Exchange, Fault } from '../history.ts';
import { curlScript } from './curl.ts';
import { everyFault, exchange, failureWith, framings, resultsWith } from './fixtures.ts';
import { redactFailure, secretsOf } from './redact.ts';

const target = resultsWith().target;

/**
 * Writes its arguments to $LOG, each ended by NUL, one NUL more at the end; keeps the body that it was to send; answers the
 * nth call with the nth of the answers that are there.
 */
const fakeCurl = `#!/bin/sh
printf '%s\\0' "$@" >> "$LOG"; printf '\\0' >> "$LOG"
cp "$BODY" "$LOG.body"
n=$(cat "$LOG.count" 2>/dev/null || echo 0); echo $((n + 1)) > "$LOG.count"
[ -f "$LOG.$n.fields" ] && cp "$LOG.$n.fields" "$FIELDS" && cp "$LOG.$n.answer" "$ANSWER"
:
`;

/** What the fake server of a script answers. */
interface Reply {
  readonly fields?: string;
  readonly json?: object;
}

/** Runs the script with a `curl` that only writes down what it is told. */
function argumentsOf(
  script: string,
  env: Record<string, string> = {},
  replies: readonly Reply[] = [],
): { readonly calls: string[][]; readonly body: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'curl-'));
  try {
    writeFileSync(join(folder, 'curl'), fakeCurl, { mode: 0o755 });
    writeFileSync(join(folder, 'script.sh'), script);
    const log = join(folder, 'log');
    for (const [index, { fields = '', json = {} }] of replies.entries()) {
      writeFileSync(`${log}.${index}.fields`, `HTTP/1.1 200 OK\r\n${fields}\r\n`);
      writeFileSync(`${log}.${index}.answer`, JSON.stringify(json));
    }
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

test('what the target names is taken from its answers to the script, not from those to the suite', () => {
  const session = { session: 's' };
  const base = `${target}/attachment/session`;
  const at = (one: Exchange, url: string, headers: Exchange['sent']['headers'] = {}): Exchange => ({
    ...one,
    sent: { ...one.sent, url, headers },
  });
  const history = [
    at(exchange(0, { kind: 'initiate', ...session }, { json: { sessionId: 'old' } }), `${target}/attachment/initiate`, {
      'Idempotency-Key': 'key',
    }),
    at(
      exchange(
        1,
        { kind: 'complete', ...session },
        { headers: { location: `${target}/files/old` }, json: { contentUrl: '../../bytes/old' } },
      ),
      `${base}/old/complete`,
    ),
    at(exchange(2, { kind: 'attachment', ...session }, { headers: { etag: '"1"' } }), `${target}/files/old`),
    at(exchange(3, { kind: 'content', ...session }, {}), `${target}/attachment/bytes/old`, { 'If-None-Match': '"1"' }),
  ];
  const script = curlScript(failureWith({ history }), target);
  const { calls } = argumentsOf(script, {}, [
    { json: { sessionId: 'new' } },
    { fields: 'Location: /elsewhere/new\r\n', json: { contentUrl: '../../bytes/new' } },
    { fields: 'ETag: "2"\r\n' },
  ]);
  expect(calls.map((call) => call.at(-1))).toEqual([
    `${target}/attachment/initiate`,
    `${base}/new/complete`,
    `${new URL(target).origin}/elsewhere/new`,
    // curl takes the dot segments out.
    `${base}/new/../../bytes/new`,
  ]);
  expect(calls[0]?.find((one) => one.startsWith('Idempotency-Key: key'))).toMatch(/key\d{10,}$/);
  expect(calls[3]).toContain('If-None-Match: "2"');
});

test.each(['file:///etc/passwd', '-o/tmp/x', 'gopher://h/', '--config=/x'])(
  'a link to %s leads nowhere but to the target',
  (link) => {
    const complete = exchange(0, { kind: 'complete', session: 's' }, { headers: { location: `${target}/old` } });
    const read = exchange(1, { kind: 'attachment', session: 's' }, {});
    const history = [complete, { ...read, sent: { ...read.sent, url: `${target}/old` } }];
    const { calls } = argumentsOf(curlScript(failureWith({ history }), target), {}, [
      { fields: `Location: ${link}\r\n` },
    ]);
    expect(calls[1]?.at(-1)).toMatch(/^http:\/\/127\.0\.0\.1:8080\//);
  },
);

test('a body that is no text is sent byte for byte', () => {
  const body = '\xef\xbb\xbf{"a":"\xff\0\'$(x)"}';
  const one = exchange(0, { kind: 'initiate', session: 's', body }, { status: 400 });
  const history = [{ ...one, sent: { ...one.sent, method: 'POST', bodyLength: body.length, text: 'less exact' } }];
  const sent = argumentsOf(curlScript(failureWith({ history }), target)).body;
  expect(sent.toString('latin1')).toBe(body);
});

test('what is broken on the wire is left to replay, what is only rare is sent as curl sends it', () => {
  const call = { kind: 'chunk', session: 's', chunk: 0, write: 1 } as const;
  const one = exchange(0, call, { status: 400 });
  const faults: Fault[] = [...Object.values(everyFault), ...framings.map((how) => ({ kind: 'framing', how }) as const)];
  const sent = faults.filter((fault) => {
    const { calls } = argumentsOf(curlScript(failureWith({ history: [one, { ...one, fault }] }), target));
    return calls.length > 1;
  });
  const rare = ['lost', 'hold', 'trickle', 'twice', 'both-lengths', 'extension', 'trailer', 'leading-zeros'];
  expect(new Set(sent.map((fault) => (fault.kind === 'framing' ? fault.how : fault.kind)))).toEqual(new Set(rare));
});

test('the fields that frame a body are left to curl, but for a coding and an expectation', () => {
  const one = exchange(0, { kind: 'chunk', session: 's', chunk: 0, write: 1, framing: 'chunked' }, { status: 201 });
  const framing = { 'Transfer-Encoding': 'chunked', Trailer: 'X', 'Content-Length': '5', Expect: '100-continue' };
  const history = [{ ...one, sent: { ...one.sent, bodyLength: 5, headers: framing } }];
  const { calls } = argumentsOf(curlScript(failureWith({ history }), target));
  const fields = calls[0]?.filter((_, index, all) => all[index - 1] === '-H');
  expect(fields?.sort()).toEqual(['Expect: 100-continue', 'Transfer-Encoding: chunked']);
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
      for (const line of text.split('\n')) expect(calls[0]).toContain(line === '' ? 'x-field;' : `x-field: ${line}`);
      expect(calls[0]).toContain(`${target}/${text}`);
      expect(body.toString('utf8')).toBe(text);
    }),
    { numRuns: 40 },
  );
});
