import { describe, expect, test } from 'vitest';
import type { Exchange, Json } from '../history.ts';
import { step } from './session.ts';
import { type Claims, emptyWorld } from './state.ts';
import { answer, claims, exchange, type Played, problem, stepsAt } from './testing.ts';

/** How one first answer is judged, of a target that claims this. */
function verdict(one: Exchange, claimed: Partial<Claims> = {}): string {
  const result = step(emptyWorld, one, { ...claims, ...claimed });
  return result.kind === 'allowed' ? 'allowed' : result.objection.requirement;
}
const poor: Partial<Claims> = { profiles: ['core'] };

describe('the capabilities', () => {
  const { profiles, limits } = claims;
  const document = { contractVersion: '1.0', profiles, limits: { ...limits }, digestAlgorithms: ['sha-256'] };
  const ask: Played = { kind: 'capabilities' };
  const told = (json: object): string => verdict(exchange(ask, answer(200, json as Json)));
  const limited = (more: object): string => told({ ...document, limits: { ...limits, ...more } });

  test('name the core and SHA-256, whatever else they name', () => {
    expect(told(document)).toBe('allowed');
    expect(told({ ...document, profiles: ['x', 'core'], digestAlgorithms: ['sha-512', 'sha-256'] })).toBe('allowed');
    for (const json of [
      { ...document, profiles: ['download'] },
      { ...document, profiles: 'core' },
      { ...document, digestAlgorithms: ['sha-512'] },
      { ...document, digestAlgorithms: 'sha-256' },
      { ...document, limits: [] },
      [],
    ])
      expect(told(json)).toBe('capabilities.document');
  });

  test.each([
    [{ minChunkSize: 100 }, 'capabilities.truth'],
    [{ minChunkSize: 101 }, 'capabilities.document'],
    [{ minTimeoutSeconds: 3600 }, 'capabilities.truth'],
    [{ minTimeoutSeconds: 3601 }, 'capabilities.document'],
    [{ maxFileSize: 10_000 }, 'capabilities.truth'],
    [{ maxFileSize: 10_001 }, 'capabilities.document'],
  ])('have limits that do not contradict one another, nor what they were: %j breaks %s', (more, expected) => {
    expect(limited(more)).toBe(expected);
  });

  test('have the limits that they had, to who asked before; another may have others', () => {
    const document = {
      contractVersion: '1.0',
      profiles,
      limits: { ...limits, maxChunks: 99 },
      digestAlgorithms: ['sha-256'],
    };
    expect(told(document)).toBe('capabilities.truth');
    const second = exchange({ ...ask, as: 'second' } as Played, answer(200, document as Json));
    expect(verdict(second)).toBe('allowed');
  });

  test('may be asked for without content, and by nobody', () => {
    const head = exchange(ask, answer(200), { sent: { method: 'HEAD' } });
    expect(verdict(head)).toBe('allowed');
    const nobody: Played = { ...ask, as: 'nobody' };
    expect(verdict(exchange(nobody, answer(200, document as Json)))).toBe('allowed');
    const refused = exchange(nobody, problem('unauthorized'));
    expect(stepsAt(refused)).toMatchObject([{ kind: 'allowed', observed: expect.arrayContaining(['auth.required']) }]);
    expect(verdict(exchange(ask, problem('unauthorized')))).toBe('capabilities.document');
    expect(verdict(exchange(nobody, problem('unauthorized')), poor)).toBe('capabilities.document');
  });
});
