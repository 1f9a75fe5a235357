import { describe, expect, test } from 'vitest';
import {
  a,
  abort,
  created,
  done,
  exchange,
  initiate,
  lifetime,
  listing,
  lost,
  type Played,
  problem,
  put,
  receipt,
  timestamp,
  verdictOn,
} from './testing.ts';

describe('an idempotency key', () => {
  const keyed = initiate({ idempotencyKey: 'k' });
  const again: Played = initiate({ idempotencyKey: 'k', session: 'b' });
  const reordered: Played = initiate({
    idempotencyKey: 'k',
    session: 'b',
    json: { preferredChunkSize: 4, fileSize: 10, fileName: 'file.bin' },
  });
  const other: Played = initiate({ idempotencyKey: 'k', session: 'b', json: { fileName: 'other', fileSize: 10 } });
  const first = exchange(keyed, created());
  const another = created({ sessionId: 'n'.repeat(22) });

  test('brings the session back as it now stands, however the members are ordered', () => {
    const story = [first, exchange(put(0, 1), receipt(201, 0, 1))];
    const asItStands = { ...listing([0]), status: 201 };
    expect(verdictOn(...story, exchange(again, asItStands))).toBe('allowed');
    expect(verdictOn(...story, exchange(reordered, asItStands))).toBe('allowed');
    expect(verdictOn(...story, exchange(again, created()))).not.toBe('allowed');
    expect(verdictOn(...story, exchange(again, another))).toBe('idempotency.replay');
  });

  test('may compare members that the contract does not know, or leave them out', () => {
    const json = { fileName: 'file.bin', fileSize: 10, preferredChunkSize: 4, 'x-more': 1 };
    const extended: Played = initiate({ idempotencyKey: 'k', session: 'b', json });
    expect(verdictOn(first, exchange(extended, problem('idempotency-key-reused')))).toBe('allowed');
    expect(verdictOn(first, exchange(extended, created()))).toBe('allowed');
    expect(verdictOn(first, exchange(extended, another))).not.toBe('allowed');
  });

  test('whose first answer was lost may leave such members out, too, also when a refusal has shown that it is bound', () => {
    const json = { fileName: 'file.bin', fileSize: 10, preferredChunkSize: 4, 'x-more': 1 };
    const extended: Played = initiate({ idempotencyKey: 'k', session: 'c', json });
    const story = [exchange(keyed, lost), exchange(other, problem('idempotency-key-reused'))];
    expect(verdictOn(...story, exchange(extended, problem('idempotency-key-reused')))).toBe('allowed');
    const seen = [...story, exchange(extended, created())];
    expect(verdictOn(...seen)).toBe('allowed');
    expect(verdictOn(...seen, exchange(again, created()))).toBe('allowed');
    expect(verdictOn(...seen, exchange(again, problem('idempotency-key-reused')))).toBe('idempotency.replay');
    expect(verdictOn(...story, exchange(other, created()))).toBe('idempotency.reused');
  });

  test('gives the session a second name', () => {
    const story = [first, exchange(again, created()), exchange(put(0, 1), receipt(201, 0, 1))];
    expect(verdictOn(...story, exchange({ kind: 'status', session: 'b' }, listing([0])))).toBe('allowed');
    expect(verdictOn(...story, exchange({ kind: 'status', session: 'b' }, listing([])))).toBe(
      'status.read-your-writes',
    );
  });

  test('is refused for another request, and for no other reason', () => {
    expect(verdictOn(first, exchange(other, problem('idempotency-key-reused')))).toBe('allowed');
    expect(verdictOn(first, exchange(other, another))).toBe('idempotency.reused');
    expect(verdictOn(first, exchange(again, problem('idempotency-key-reused')))).toBe('idempotency.replay');
  });

  test('belongs to one principal', () => {
    const theirs = { ...again, as: 'second' } as Played;
    expect(verdictOn(first, exchange(theirs, another))).toBe('allowed');
    expect(verdictOn(first, exchange(theirs, created()))).toBe('idempotency.replay');
    const others = { ...other, as: 'second' } as Played;
    expect(verdictOn(first, exchange(others, problem('idempotency-key-reused')))).toBe('idempotency.replay');
    expect(verdictOn(first, exchange(theirs, another), exchange(again, created()))).toBe('allowed');
    expect(verdictOn(first, exchange(theirs, another), exchange(again, another))).not.toBe('allowed');
  });

  test('whose session was aborted says so', () => {
    const story = [first, exchange(abort, done)];
    expect(verdictOn(...story, exchange(again, problem('session-aborted')))).toBe('allowed');
    expect(verdictOn(...story, exchange(again, created()))).toBe('idempotency.replay');
  });

  test('whose first answer was lost opens the session, or has opened it', () => {
    const story = [exchange(keyed, lost), exchange(again, created())];
    expect(verdictOn(...story)).toBe('allowed');
    expect(verdictOn(...story, exchange({ ...keyed, ...a }, another))).toBe('idempotency.replay');
  });

  test('is free again after the expiry of its session, or still bound, as the server likes', () => {
    const when = { at: lifetime + 2000 };
    const fresh = created({ sessionId: 'n'.repeat(22), expiresAt: timestamp(2 * lifetime) });
    expect(verdictOn(first, exchange(again, fresh, when))).toBe('allowed');
    expect(verdictOn(first, exchange(again, problem('session-expired'), when))).toBe('allowed');
    expect(verdictOn(first, exchange(other, problem('idempotency-key-reused'), when))).toBe('allowed');
    expect(
      verdictOn(first, exchange(other, { ...fresh, json: { ...(fresh.json as object), fileName: 'other' } }, when)),
    ).toBe('allowed');
  });
});
