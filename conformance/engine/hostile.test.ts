import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptOf } from '../arbitraries.ts';
import type { Call, Json } from '../history.ts';
import { judge } from '../model/judge.ts';
import { answering, json, playing, response } from './testing.ts';

const a = { session: 'a' } as const;
const open: Call = { kind: 'initiate', ...a, json: { fileName: 'f', fileSize: 10, preferredChunkSize: 4 } };
const everything = scriptOf(
  { kind: 'capabilities' },
  open,
  { kind: 'status', ...a, spelling: 'location' },
  { kind: 'chunk', ...a, chunk: 0, write: 1, contentRange: 'right' },
  { kind: 'fill', ...a, write: 100, resume: true },
  { kind: 'wait', expiryOf: 'a' },
  { kind: 'complete', ...a, digest: 'right', compositeDigest: 'right' },
  { kind: 'attachment', ...a },
  { kind: 'content', ...a },
  { kind: 'content', ...a, ifNoneMatch: 'same', ifRange: 'weak', range: 'bytes=0-1' },
  { kind: 'content', ...a, spelling: 'unknown' },
  { kind: 'status', ...a, spelling: 'percent-encoded' },
  { kind: 'status', ...a, spelling: 'other-case' },
  { kind: 'abort', ...a },
);
const limits = {
  maxFileSize: 1000,
  minChunkSize: 1,
  maxChunkSize: 100,
  maxChunks: 100,
  minTimeoutSeconds: 1,
  maxTimeoutSeconds: 60,
};
const claims = { profiles: ['core', 'download'], limits };

const garbage: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(1e15, -1e15, 1e300, -1e300, 0.5, -1, 0, 3, 10, 10_000, '', 'x', null, [], {}, true),
  fc.constantFrom<Json>('9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', 'soon', '2026-11-01T12:00:00Z'),
  fc.constantFrom<Json>('/x', '//', 'http://', 'http://127.0.0.1:1/x', 'file:///etc/passwd', '../..', '%', 'é?#'),
);
const range = fc.record({ first: garbage, last: garbage });
const sessions = fc.record(
  {
    sessionId: fc.oneof(fc.constant<Json>('p1OZ2wqQ7mVuXfO0T9c3Yg'), garbage),
    fileSize: fc.oneof(fc.constant<Json>(10), garbage),
    chunkSize: fc.oneof(fc.constant<Json>(4), garbage),
    totalChunks: fc.oneof(fc.constant<Json>(3), garbage),
    receivedChunks: fc.oneof(fc.array(range, { maxLength: 3 }), garbage),
    expiresAt: garbage,
    attachmentId: garbage,
    contentUrl: garbage,
    attachment: fc.oneof(fc.record({ attachmentId: garbage, contentUrl: garbage }), garbage),
    state: fc.constantFrom('open', 'completed', 'aborted', 5),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  sessions.map((one) => JSON.stringify(one)),
  fc.constantFrom('', '{', '[]', 'null', '\ufeff{}', '<html>'),
);
const fields = fc.record(
  {
    Location: fc.constantFrom('/x', 'http://', 'http://[', 'javascript:alert(1)', 'http://192.0.2.1/x', ''),
    ETag: fc.constantFrom('"1"', 'W/"1"', '\xff', ''),
    Date: fc.constantFrom('now', 'Sun, 01 Nov 2026 12:00:00 GMT', 'Sun, 01 Nov 1926 12:00:00 GMT'),
    'Cache-Control': fc.constant('no-store'),
  },
  { requiredKeys: [] },
);
const answers = fc.record({
  status: fc.constantFrom(200, 201, 201, 200, 202, 204, 206, 304, 400, 404, 409, 410, 416, 500, 301),
  body: bodies,
  headers: fields,
});

test('whatever a server answers, the player plays to the end, and the judge judges', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answers, { minLength: 1, maxLength: 14 }), async (all) => {
      let next = 0;
      const { url } = await answering(() => {
        const { status, body, headers } = all[next++ % all.length] as (typeof all)[number];
        const bare = status === 204 || status === 304;
        return bare
          ? `HTTP/1.1 ${status} Told\r\n\r\n`
          : response(status, body, { 'Content-Type': 'application/json', ...headers });
      });
      const player = playing(url, { longestWaitMs: 1, timeoutMs: 100 });
      const history = await player.play(everything);
      expect(history.exchanges.length).toBeGreaterThan(1);
      expect(() => judge(history, claims)).not.toThrow();
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

const session = { sessionId: 'p1OZ2wqQ7mVuXfO0T9c3Yg', fileSize: 10, chunkSize: 4, totalChunks: 3, state: 'open' };

test.each<[string, object]>([
  ['more chunks than there can be', { totalChunks: 1e15, chunkSize: 1, fileSize: 1e15 }],
  ['chunks that no memory holds', { totalChunks: 1, chunkSize: 1e15, fileSize: 1e15 }],
  ['chunks of no size', { chunkSize: 0 }],
  ['chunks of negative size', { chunkSize: -4 }],
  ['everything received', { receivedChunks: [{ first: 0, last: 1e15 }] }],
  ['everything received from before the beginning', { receivedChunks: [{ first: -1e15, last: 1e15 }] }],
  [
    'everything received from so far before that counting does not move',
    { receivedChunks: [{ first: -1e300, last: 2 }] },
  ],
])('a server that claims %s keeps nobody busy', async (_, claim) => {
  const { url } = await answering(({ method }) => json(method === 'POST' ? 201 : 200, { ...session, ...claim }));
  const { exchanges } = await playing(url, { longestWaitMs: 1 }).play(everything);
  expect(exchanges.length).toBeLessThan(20);
  expect(judge({ script: everything, exchanges }, claims).kind).toBe('unexplained');
});

describe('credentials', () => {
  const secret = fc.stringMatching(/^[!-~]{8,30}$/);
  const names = fc.constantFrom('Authorization', 'X-Api-Key', 'Cookie', 'authorization');

  test('go to the target with every request but those of nobody, and never into a history', async () => {
    await fc.assert(
      fc.asyncProperty(names, secret, secret, async (name, first, second) => {
        fc.pre(!first.includes(second) && !second.includes(first));
        const { url, asked } = await answering(() => json(201, session));
        const player = playing(url, { headers: { [name]: `Bearer ${first}` }, secondHeaders: { [name]: second } });
        const calls: Call[] = [
          open,
          { kind: 'status', ...a, as: 'second' },
          { kind: 'status', ...a, as: 'nobody' },
          { kind: 'chunk', ...a, chunk: 0, write: 1 },
        ];
        const history = await player.play(scriptOf(...calls));
        const told = asked.map(({ headers }) => headers[name.toLowerCase()]?.toLowerCase());
        const [one, other] = [`bearer ${first}`.toLowerCase(), second.toLowerCase()];
        expect(told).toEqual([one, other, undefined, one]);
        expect(JSON.stringify(history)).not.toContain(JSON.stringify(first).slice(1, -1));
        expect(JSON.stringify(history)).not.toContain(JSON.stringify(second).slice(1, -1));
      }),
      { numRuns: 25 },
    );
  });

  test('stay with the target, wherever its links lead', async () => {
    const elsewhere = await answering(() => response(200, 'bytes'));
    const attachment = { attachmentId: 'x', contentUrl: `${elsewhere.url.href}x` };
    const { url } = await answering(() => json(201, { ...session, ...attachment }));
    const player = playing(url, { headers: { Authorization: 'secret' } });
    await player.play(scriptOf(open, { kind: 'complete', ...a }, { kind: 'content', ...a }));
    expect(elsewhere.asked.map(({ path }) => path)).toEqual(['/x']);
    expect(elsewhere.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  test('that another origin asks for are not given, and nothing is concluded from its refusal', async () => {
    const elsewhere = await answering(() => response(401, ''));
    const attachment = { attachmentId: 'x', contentUrl: `${elsewhere.url.href}x` };
    const { url } = await answering(() => json(201, { ...session, ...attachment }));
    const [content, nobodys]: Call[] = [
      { kind: 'content', ...a },
      { kind: 'content', ...a, as: 'nobody' },
    ];
    const player = playing(url, { headers: { Authorization: 'secret' } });
    const { exchanges } = await player.play(
      scriptOf(open, { kind: 'complete', ...a }, content as Call, nobodys as Call),
    );
    expect(exchanges.map(({ call }) => call)).toEqual([open, { kind: 'complete', ...a }, nobodys]);
    expect([...player.closed()]).toEqual([elsewhere.url.origin]);
  });
});

test.each(['http://192.0.2.1/x', 'https://example.com/x', '//192.0.2.1/x', 'file:///etc/passwd', 'data:,x'])(
  'a target on this machine cannot send the suite to %s',
  async (link) => {
    const { url } = await answering(() =>
      json(201, { ...session, attachmentId: 'x', contentUrl: link }, { Location: link }),
    );
    const { exchanges } = await playing(url).play(
      scriptOf(
        open,
        { kind: 'status', ...a, spelling: 'location' },
        { kind: 'complete', ...a },
        { kind: 'content', ...a },
      ),
    );
    expect(exchanges.map(({ call }) => call.kind)).toEqual(['initiate', 'complete']);
  },
);
