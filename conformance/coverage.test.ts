import { expect, test } from 'vitest';
import { coverageOf, nothingSeen, see } from './coverage.ts';
import type { Call, Json } from './history.ts';
import { runAgainst } from './mutants/trial.ts';
import { exchange } from './report/fixtures.ts';

const session = 's';
const problem = (name: string) => ({ type: `https://w3id.org/upload-session/problems#${name}` });

test.each<[string, Call & { kind: 'status' | 'abort' | 'complete' | 'chunk' }, number, Json | undefined]>([
  ['open', { kind: 'status', session }, 200, { state: 'open' }],
  ['completing', { kind: 'complete', session }, 202, { state: 'completing' }],
  ['completed', { kind: 'complete', session }, 201, { attachmentId: 'a' }],
  ['completed', { kind: 'chunk', session, chunk: 0, write: 1 }, 409, problem('session-completed')],
  ['aborted', { kind: 'abort', session }, 204, undefined],
  ['aborted', { kind: 'status', session }, 410, problem('session-aborted')],
  ['expired', { kind: 'status', session }, 410, problem('session-expired')],
])('a session is seen to be %s by the answer to %j, %d', (state, call, status, json) => {
  const seen = nothingSeen();
  see(seen, [exchange(0, call, { status, ...(json === undefined ? {} : { json }) })]);
  expect(Object.entries(coverageOf(seen).states).filter(([, times]) => times > 0)).toEqual([[state, 1]]);
});

test('what tells of no state counts as none, and what is not answered is counted apart', () => {
  const seen = nothingSeen();
  const asked = exchange(0, { kind: 'status', session, head: true }, { status: 404, json: { state: 'on fire' } });
  see(seen, [asked, { ...asked, outcome: { kind: 'lost', reason: 'cut' } }, asked]);
  const { answers, states } = coverageOf(seen);
  expect(answers).toEqual({ headUploadSession: { '404': 2, none: 1 } });
  expect(Object.values(states)).toEqual([0, 0, 0, 0, 0]);
});

test('a run tells what it has seen', async () => {
  const { coverage } = await runAgainst({}, { only: ['life-cycle'] });
  expect(coverage?.answers.uploadChunk).toMatchObject({ '200': expect.any(Number), '201': expect.any(Number) });
  expect(coverage?.states).toMatchObject({ open: expect.any(Number), expired: 0 });
  expect(coverage?.states.completed).toBeGreaterThan(0);
});
