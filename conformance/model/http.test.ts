import { describe, expect, test } from 'vitest';
import { type ProblemName, problems } from '../../generated/problems.ts';
import type { Answer } from '../history.ts';
import { examination } from './examine.ts';
import { examineHttp, isBusy, problemName } from './http.ts';
import {
  abort,
  answer,
  complete,
  completing,
  content,
  created,
  done,
  exchange,
  initiate,
  listing,
  type Played,
  problem,
  published,
  put,
  receipt,
  status,
} from './testing.ts';

/** What an answer is looked at for, and what is wrong with it, whatever the state is. */
function examined(call: Played, told: Answer, deviations: readonly string[] = []) {
  const seen = examination();
  examineHttp(exchange(call, told, { deviations }), told, seen);
  return { observed: seen.observed, blamed: seen.objections.map(({ requirement }) => requirement) };
}
const blamed = (call: Played, told: Answer) => examined(call, told).blamed;
const without = (told: Answer, field: string): Answer => {
  const { [field]: _, ...headers } = told.headers;
  return { ...told, headers };
};
const withField = (told: Answer, field: string, value: string): Answer => ({
  ...told,
  headers: { ...told.headers, [field]: value },
});
const names = Object.keys(problems) as ProblemName[];
const head: Played = { kind: 'status', session: 'a', head: true };
/** Statuses with which HTTP refuses a request, maybe long before a program that knows the contract sees it. */
const ofHttp = [414, 417, 426, 431, 501, 505];

describe('whatever was asked', () => {
  test.each(names)('a problem %s of the table is one', (name) => {
    expect(examined(status, problem(name))).toEqual({
      observed: ['http.date', 'http.problem', 'http.no-store', 'http.schema'],
      blamed: [],
    });
  });

  test.each(names)('%s with another status in its body, or on its wire, is none', (name) => {
    const told = problem(name);
    const other = told.status === 400 ? 409 : 400;
    expect(blamed(status, problem(name, { status: other }))).toEqual(['http.problem']);
    expect(blamed(status, { ...told, status: other })).toEqual(['http.problem']);
    // In both, it is a status that the table does not have for this type.
    expect(blamed(status, { ...problem(name, { status: other }), status: other })).toEqual(['http.problem']);
  });

  test.each([
    [undefined, []],
    ['about:blank', []],
    ['about:blank#405', ['http.problem']],
    ['https://example.org/mine', ['http.problem']],
    [null, ['http.problem']],
    [5, ['http.problem']],
  ])('a problem of the type %j has what is wrong: %j', (type, wrong) => {
    const headers = { 'content-type': 'application/problem+json' };
    const json = { title: 'Method Not Allowed', status: 405, ...(type === undefined ? {} : { type }) };
    expect(blamed(status, answer(405, json, headers))).toEqual(wrong);
  });

  test.each([
    ['application/problem+json', []],
    ['Application/Problem+JSON ; charset=utf-8', []],
    ['application/json', ['http.problem']],
    ['application/problem+xml', ['http.problem']],
    ['text/html', ['http.problem']],
  ])('a problem sent as %s has what is wrong: %j', (type, wrong) => {
    expect(blamed(status, withField(problem('session-not-found'), 'content-type', type))).toEqual(wrong);
  });

  test('an error of no type, of no body and of a body that is no object is no problem', () => {
    const told = problem('session-not-found');
    expect(blamed(status, without(told, 'content-type'))).toEqual(['http.problem']);
    expect(blamed(status, answer(400, undefined, { 'content-type': 'application/problem+json' }))).toEqual([
      'http.problem',
    ]);
    expect(blamed(status, answer(404, ['no'], { 'content-type': 'application/problem+json' }))).toEqual([
      'http.problem',
    ]);
  });

  test('400 is an error, and 399 is none', () => {
    expect(blamed(content, answer(400))).toEqual(['http.problem']);
    expect(blamed(content, answer(399))).toEqual([]);
  });

  test('an answer to HEAD has no body to be one', () => {
    expect(examined(head, answer(404, undefined, { 'cache-control': '' }))).toEqual({
      observed: ['http.date', 'http.schema'],
      blamed: [],
    });
  });

  test('it has a Date', () => {
    expect(blamed(content, without(answer(200), 'date'))).toEqual(['http.date']);
  });

  test('it is as the description says, or the promise about that is broken', () => {
    expect(examined(status, listing([]), ['the body is not JSON']).blamed).toEqual(['http.schema']);
    expect(examined(status, answer(431), ['no problem']).blamed).toEqual(['http.schema']);
  });

  test.each(ofHttp)('a %i may come from what knows nothing of the contract', (code) => {
    const bare: Answer = { ...answer(code), headers: {} };
    expect(examined(status, bare)).toEqual({ observed: ['http.schema'], blamed: [] });
  });
});

describe('what is kept from caches', () => {
  const kept = (call: Played, told: Answer) => blamed(call, without(told, 'cache-control')).includes('http.no-store');

  test.each<[string, Played, Answer]>([
    ['a new session', initiate(), created()],
    ['a session', status, listing([])],
    ['a receipt', put(0, 1), receipt(201, 0, 1)],
    ['a problem', content, problem('attachment-not-found')],
    ['a problem of a completion', complete, problem('session-aborted')],
    ['a session that is completing', complete, completing()],
    ['what an abort says', abort, answer(200)],
  ])('is %s', (_, call, told) => {
    expect(kept(call, told)).toBe(true);
  });

  test.each<[string, Played, Answer]>([
    ['an attachment', complete, published(201, [1, 2, 3])],
    ['a content', content, answer(200)],
    ['nothing at all, after an abort', abort, done],
    ['an answer without content', head, answer(200)],
    ['a refusal without content', head, answer(410)],
  ])('is not %s', (_, call, told) => {
    expect(kept(call, told)).toBe(false);
  });

  test.each([
    ['no-store', true],
    ['private, no-store', true],
    ['No-Store ,\tmax-age=0', true],
    ['max-age=0,no-store', true],
    ['no-cache', false],
    ['no-store-at-all', false],
    ['no no-store', false],
  ])('is not kept by Cache-Control: %s? %s', (value, right) => {
    expect(blamed(status, withField(listing([]), 'cache-control', value))).toEqual(right ? [] : ['http.no-store']);
  });
});

describe('the name of a problem', () => {
  test.each(names)('%s is told by its type', (name) => {
    expect(problemName(problem(name))).toBe(name);
  });

  test('is none where the type is of no table, or there is no type', () => {
    expect(problemName(answer(404, { type: 'about:blank' }))).toBeUndefined();
    expect(problemName(answer(404, {}))).toBeUndefined();
    expect(problemName(answer(404, [{ type: problems['session-not-found'].type }]))).toBeUndefined();
    expect(problemName(answer(404))).toBeUndefined();
  });
});

test.each([
  [429, true],
  [503, true],
  [500, false],
  [502, false],
  [200, false],
] as const)('a %i that says when to come again is busy: %s', (code, busy) => {
  expect(isBusy(answer(code, undefined, { 'retry-after': '1' }))).toBe(busy);
  expect(isBusy(answer(code))).toBe(false);
});
