import { describe, expect, onTestFinished, test } from 'vitest';
import { scriptOf } from '../arbitraries.ts';
import type { Call, Exchange, Fault, FillCall, Script } from '../history.ts';
import { startHonest } from '../mutants/honest.ts';
import type { PlayerOptions } from './player.ts';
import { answering, json, playing, response } from './testing.ts';

const a = { session: 'a' } as const;
const open: Call = { kind: 'initiate', ...a, json: { fileName: 'f', fileSize: 40, preferredChunkSize: 4 } };
const put = (chunk: number, write: number): Call => ({ kind: 'chunk', ...a, chunk, write });
const status: Call = { kind: 'status', ...a };

async function honest(options: Partial<PlayerOptions> = {}) {
  const server = await startHonest();
  onTestFinished(() => server.close());
  return playing(new URL(server.url), options);
}

const chunks = (exchanges: readonly Exchange[]) =>
  exchanges.flatMap(({ call }) => (call.kind === 'chunk' ? [[call.chunk, call.write]] : []));

describe('a fill', () => {
  const fill = (more: Partial<FillCall>): Call => ({ kind: 'fill', ...a, write: 100, ...more });
  const played = async (...calls: Call[]) => chunks((await (await honest()).play(scriptOf(open, ...calls))).exchanges);
  const numbered = (...order: number[]) => order.map((chunk) => [chunk, 100 + chunk]);

  test.each([
    ['ascending', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['descending', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['inside-out', [9, 6, 3, 0, 7, 4, 1, 8, 5, 2]],
  ] as const)('%s uploads every chunk once, each as a write of its own', async (order, expected) => {
    expect(await played(fill({ order }))).toEqual(numbered(...expected));
  });

  test('leaves out what was acknowledged', async () => {
    expect(await played(put(4, 1), put(0, 2), fill({}))).toEqual([[4, 1], [0, 2], ...numbered(1, 2, 3, 5, 6, 7, 8, 9)]);
  });

  test('that resumes asks the server, and believes it', async () => {
    const expiresAt = '2999-01-01T00:00:00Z';
    const session = { sessionId: 'id', fileSize: 10, chunkSize: 4, totalChunks: 3, expiresAt, receivedChunks: [] };
    const { url } = await answering(({ method }) =>
      method === 'GET'
        ? json(200, { ...session, receivedChunks: [{ first: 1, last: 2 }] })
        : json(201, session, { Location: '/x' }),
    );
    const { exchanges } = await playing(url).play(scriptOf(open, put(0, 1), fill({ resume: true })));
    expect(exchanges.map(({ call }) => call.kind)).toEqual(['initiate', 'chunk', 'status', 'chunk']);
    expect(chunks(exchanges)).toEqual([
      [0, 1],
      [0, 100],
    ]);
  });

  test('of a session that was never opened sends nothing', async () => {
    const { exchanges } = await (await honest()).play({ calls: [{ call: fill({ resume: true }) }] });
    expect(exchanges).toEqual([]);
  });
});

describe('a wait', () => {
  const opening = (expiresAt: string) =>
    answering(() =>
      json(
        201,
        { sessionId: 'id', fileSize: 0, chunkSize: 1, totalChunks: 0, expiresAt },
        { Date: new Date().toUTCString() },
      ),
    );

  test('sends nothing, and lasts until the session has surely expired', async () => {
    const expiresAt = Date.now() + 200;
    const { url, asked } = await opening(new Date(expiresAt).toISOString());
    const { exchanges } = await playing(url).play(scriptOf(open, { kind: 'wait', expiryOf: 'a' }, status));
    expect(exchanges.map(({ call }) => call.kind)).toEqual(['initiate', 'status']);
    expect(exchanges[1]?.sentAt).toBeGreaterThan(expiresAt + 1000);
    expect(exchanges[1]?.serverClock.earliest).toBeGreaterThan(expiresAt + 1000);
    expect(asked).toHaveLength(2);
  });

  test.each(['9999-12-31T23:59:59Z', 'soon', '+275760-09-13T00:00:00Z', ''])(
    'is over in time, though the server says %j',
    async (expiresAt) => {
      const { url } = await opening(expiresAt);
      const script = scriptOf(open, { kind: 'wait', expiryOf: 'a' }, { kind: 'wait', expiryOf: 'nobody' }, status);
      const { exchanges } = await playing(url, { longestWaitMs: 20 }).play(script);
      expect(exchanges).toHaveLength(2);
    },
  );

  test('is over when the run is', async () => {
    const abort = new AbortController();
    const player = await honest({ signal: abort.signal });
    const playing = player.play(scriptOf(open, { kind: 'wait', ms: 600_000 }, status));
    abort.abort();
    expect((await playing).exchanges.length).toBeLessThan(2);
  });
});

describe('a chunk that is held back', () => {
  const held = (fault: Fault): Script => ({ calls: [{ call: open }, { call: put(0, 1), fault }, { call: status }] });

  test('for a while is told as what it is, and when its rest was sent', async () => {
    const { exchanges } = await (await honest()).play(held({ kind: 'hold', after: 2, ms: 60 }));
    const [, chunk] = exchanges as [Exchange, Exchange, Exchange];
    expect(chunk).toMatchObject({ fault: { kind: 'hold' }, outcome: { status: 201 }, sent: { whole: true } });
    expect((chunk.sent.releasedAt ?? 0) - chunk.sentAt).toBeGreaterThan(55);
  });

  test('until its session has surely expired is released a second later than that', async () => {
    const player = await honest();
    const brief: Call = { ...open, json: { fileName: 'f', fileSize: 4, preferredTimeoutSeconds: 1 } } as Call;
    const { calls } = held({ kind: 'hold', after: 2, expiryOf: 'a' });
    const { exchanges } = await player.play({ calls: [{ call: brief }, ...calls.slice(1)] });
    const [created, chunk] = exchanges as [Exchange, Exchange];
    const { outcome } = created;
    const json = outcome.kind === 'answered' ? (outcome.json as { expiresAt: string }) : { expiresAt: '' };
    expect(chunk.sent.releasedAt).toBeGreaterThan(Date.parse(json.expiresAt) + 1000);
    expect(chunk.outcome).toMatchObject({ status: 410 });
  });
});

describe('a chunk that is held back until another client is answered', () => {
  const held: Fault = { kind: 'hold', after: 2, until: 'another', ms: 60_000 };
  const at = (call: Call, fault?: Fault) => ({ call, ...(fault ? { fault } : {}) });

  test('is released by that answer, and not by one of its own client or of before', async () => {
    const script: Script = {
      calls: [at(open)],
      together: [[at(put(0, 1), held)], [at({ kind: 'wait', ms: 100 }), at(status), at(put(1, 2))]],
    };
    const { exchanges } = await (await honest()).play(script);
    const chunk = exchanges.find(({ fault }) => fault) as Exchange;
    const asked = exchanges.find(({ call, client }) => call.kind === 'status' && client === 'B') as Exchange;
    expect(chunk).toMatchObject({ outcome: { status: 201 }, sent: { whole: true } });
    expect(chunk.sent.releasedAt).toBeGreaterThanOrEqual(asked.receivedAt);
    expect(asked.sentAt).toBeGreaterThan(chunk.sentAt);
  });

  test('does not wait where nobody is left who could be answered', async () => {
    const script: Script = {
      calls: [at(open), at(put(0, 1), held)],
      together: [[at(put(1, 2), held)], [at(put(2, 3), held)], []],
      after: [at(put(3, 4), held)],
    };
    const { exchanges } = await (await honest()).play(script);
    expect(exchanges.map(({ outcome }) => outcome.kind === 'answered' && outcome.status)).toEqual(Array(5).fill(201));
  });

  test('waits no longer than it says', async () => {
    const abort = new AbortController();
    const { url } = await answering(({ method }) => {
      if (method === 'PUT') abort.abort();
      return json(201, { sessionId: 'id', fileSize: 4, chunkSize: 4, totalChunks: 1 });
    });
    const brief: Fault = { ...held, ms: 50 } as Fault;
    const script: Script = {
      calls: [at(open)],
      together: [[at(put(0, 1), brief)], [at({ kind: 'wait', ms: 600_000 })]],
    };
    const { exchanges } = await playing(url, { signal: abort.signal }).play(script);
    const { sent, sentAt } = exchanges[1] as Exchange;
    expect((sent.releasedAt ?? 0) - sentAt).toBeGreaterThan(45);
  });

  test('is let go when the run ends', async () => {
    const abort = new AbortController();
    const player = await honest({ signal: abort.signal });
    const script: Script = {
      calls: [at(open)],
      together: [[at(put(0, 1), held)], [at({ kind: 'wait', ms: 60_000 })]],
    };
    setTimeout(() => abort.abort(), 50);
    expect((await player.play(script)).exchanges.length).toBeGreaterThan(0);
  });
});

describe('a request that is sent twice', () => {
  const twice: Fault = { kind: 'twice' };
  const told = ({ step, client, again, fault, sent }: Exchange) => ({
    step,
    client,
    again,
    fault,
    digest: sent.bodyDigest,
  });

  test('is two exchanges of one step, of two clients, on two connections at once', async () => {
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const session = { sessionId: 'id', fileSize: 8, chunkSize: 4, totalChunks: 2, expiresAt: '2999-01-01T00:00:00Z' };
    let puts = 0;
    const { url } = await answering(async ({ method }) => {
      if (method === 'POST') return json(201, session);
      // Neither is answered before both have come.
      if (++puts === 2) release();
      await both;
      return json(201, { chunkId: 0, expiresAt: session.expiresAt });
    });
    const { exchanges } = await playing(url).play({ calls: [{ call: open }, { call: put(0, 1), fault: twice }] });
    const [, first, second] = exchanges.toSorted((a, b) => a.client.localeCompare(b.client)) as [
      Exchange,
      Exchange,
      Exchange,
    ];
    expect(told(first)).toEqual({
      step: 1,
      client: 'A',
      again: undefined,
      fault: twice,
      digest: first.sent.bodyDigest,
    });
    expect(told(second)).toEqual({ ...told(first), client: 'A′', again: true });
    expect([first.outcome, second.outcome]).toMatchObject([{ status: 201 }, { status: 201 }]);
  });

  test.each([
    ['with a key is one session', 'k', 2],
    ['without a key would be two sessions, and is sent once', undefined, 1],
  ])('and opens a session %s', async (_, idempotencyKey, times) => {
    const call = { ...open, ...(idempotencyKey ? { idempotencyKey } : {}) } as Call;
    const { exchanges } = await (await honest()).play({ calls: [{ call, fault: twice }, { call: status }] });
    const ids = exchanges.flatMap(({ outcome }) => (outcome.kind === 'answered' ? [outcome.json] : []));
    expect(exchanges).toHaveLength(times + 1);
    expect(new Set(ids.map((json) => (json as { sessionId: string }).sessionId)).size).toBe(1);
  });
});

test('the clock of the server is the one of what it grants: a refusal may come from a proxy with a clock of its own', async () => {
  const dated = (at: number) => ({ Date: new Date(at).toUTCString() });
  const [here, day] = [Date.now(), 86_400_000];
  const { url } = await answering(({ method }) =>
    method === 'POST'
      ? json(201, { sessionId: 'id', fileSize: 40, chunkSize: 4, totalChunks: 10 }, dated(here - day))
      : response(400, '', dated(here)),
  );
  const { exchanges } = await playing(url).play(scriptOf(open, status, status));
  expect(exchanges).toHaveLength(3);
  for (const { serverClock } of exchanges) {
    expect(serverClock.earliest).toBeGreaterThan(here - day - 5000);
    expect(serverClock.latest).toBeLessThan(here - day / 2);
  }
});

test('steps are numbered as the script has them, each branch has a client of its own, and the history is in time', async () => {
  const at = (call: Call) => ({ call });
  const script: Script = {
    calls: [at(open), at(put(0, 1))],
    together: [[at(put(1, 2)), at(status)], [at(put(2, 3))], [at(status)]],
    after: [at(status)],
  };
  const { exchanges } = await (await honest()).play(script);
  const told = exchanges.map(({ step, client }) => `${step}${client}`);
  expect([...told].sort()).toEqual(['0A', '1A', '2A', '3A', '4B', '5C', '6A']);
  expect(told.slice(0, 2)).toEqual(['0A', '1A']);
  expect(told.at(-1)).toBe('6A');
  expect(exchanges.map(({ sentAt }) => sentAt)).toEqual(exchanges.map(({ sentAt }) => sentAt).sort((x, y) => x - y));
});

describe('a busy server', () => {
  const busy = (times: number, retryAfter = '0', code = 503) => {
    let left = times;
    return answering(() => (left-- > 0 ? response(code, '', { 'Retry-After': retryAfter }) : json(200, {})));
  };
  const ask: Script = scriptOf({ kind: 'capabilities' });

  test.each([429, 503])(
    'that says %i and Retry-After is asked again, and every answer is in the history',
    async (code) => {
      const { url } = await busy(2, '0', code);
      const { exchanges } = await playing(url).play(ask);
      expect(exchanges.map(({ outcome }) => outcome.kind === 'answered' && outcome.status)).toEqual([code, code, 200]);
    },
  );

  test('is waited for as long as it asks', async () => {
    const { url } = await busy(1, '1');
    const [first, second] = (await playing(url).play(ask)).exchanges;
    expect((second?.sentAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('is not asked for ever, nor when the call was to have a fault, nor when it does not say when', async () => {
    const always = await busy(Number.POSITIVE_INFINITY);
    expect((await playing(always.url).play(ask)).exchanges).toHaveLength(5);
    const lost: Script = { calls: [{ call: { kind: 'capabilities' }, fault: { kind: 'lost' } }] };
    expect((await playing(always.url).play(lost)).exchanges).toHaveLength(1);
    const silent = await answering(() => response(503));
    expect((await playing(silent.url).play(ask)).exchanges).toHaveLength(1);
  });
});

test('a completion that was put off is asked for until it has ended', async () => {
  const session = { sessionId: 'id', fileSize: 0, chunkSize: 1, totalChunks: 0, expiresAt: '2999-01-01T00:00:00Z' };
  let left = 3;
  const { url } = await answering(({ path, method }) => {
    if (path.endsWith('/complete')) return json(202, { ...session, state: 'completing' });
    if (method === 'GET') return json(200, { ...session, state: --left > 0 ? 'completing' : 'completed' });
    return json(201, session);
  });
  const { exchanges } = await playing(url).play(scriptOf(open, { kind: 'complete', ...a }));
  expect(exchanges.map(({ call }) => call.kind)).toEqual(['initiate', 'complete', 'status', 'status', 'status']);
});

describe('at the end', () => {
  test('sessions that are still open are aborted, and no others', async () => {
    let number = 0;
    const { url, asked } = await answering(({ path }) => {
      if (path.endsWith('/abort')) return response(204);
      const sessionId = `id${++number}`;
      return json(201, { sessionId, fileSize: 0, chunkSize: 1, totalChunks: 0, attachmentId: 'x' });
    });
    const player = playing(url);
    const of = (session: string): Call => ({ ...open, session }) as Call;
    await player.play(
      scriptOf(of('a'), of('b'), { kind: 'complete', session: 'b' }, of('c'), { kind: 'abort', session: 'c' }),
    );
    const before = asked.length;
    await player.close();
    expect(asked.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /attachment/session/id1/abort',
    ]);
  });

  test('a target that is gone holds nobody back', async () => {
    const server = await startHonest();
    const player = playing(new URL(server.url));
    await player.play(scriptOf(open));
    await server.close();
    await expect(player.close()).resolves.toBeUndefined();
  });

  test('what was sent is counted', async () => {
    const player = await honest();
    await player.play({ calls: [{ call: open }, { call: put(0, 1), fault: { kind: 'lost' } }, { call: status }] });
    const sessionBytes = JSON.stringify((open as { json: object }).json).length;
    expect(player.totals()).toEqual({ calls: 3, bytes: sessionBytes + 4, sessions: 1, faults: 1 });
  });
});

describe('a player with a limit', () => {
  const times = (exchanges: readonly Exchange[]) => exchanges.map(({ sentAt }) => sentAt);

  test('sends no more a second than it may, after a first burst', async () => {
    const player = await honest({ requestsPerSecond: 100 });
    const { exchanges } = await player.play(scriptOf(open, ...Array.from({ length: 24 }, () => status)));
    const [first = 0, last = 0] = [times(exchanges)[0], times(exchanges).at(-1)];
    expect(exchanges).toHaveLength(25);
    // 8 at once, and 17 that are 10 ms apart.
    expect(last - first).toBeGreaterThan(160);
  });

  test('never holds a race back, but pays for it before the next calls', async () => {
    const player = await honest({ requestsPerSecond: 4 });
    const branch = [put(0, 1), put(1, 2), put(2, 3)].map((call) => ({ call }));
    const together = Array.from({ length: 4 }, () => branch);
    const { exchanges } = await player.play({ calls: [{ call: open }], together, after: [{ call: status }] });
    const sent = times(exchanges);
    const race = sent.slice(1, -1);
    expect(race).toHaveLength(12);
    // Of 13 requests 8 are a burst, and 5 a debt of 250 ms each; the race itself is over long before.
    expect(Math.max(...race) - (sent[0] ?? 0)).toBeLessThan(1000);
    expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeGreaterThan(1450);
  });
});
