/**
 * Mutants that the suite does not find yet, and what it says instead. Their tests are expected to fail: one that
 * passes has to leave this list, so it cannot outlive its reasons.
 */
export const atLarge: Readonly<Record<string, string>> = {
  // Nothing proposes the script that would show it.
  'content-type-in-lower-case': 'every media type that is proposed is in lower case',
  'cut-chunk-kept-if-chunked': 'no body in chunked coding is cut',
  'status-lists-a-thousand': 'no session has more than a dozen chunks',
  'expired-early': 'no session of some seconds is used in the second half of its time',

  // The model does not look.
  'session-answers-forbidden': "answers about another principal's session are not compared with those about none",
  'download-only-claimed': 'an attachment without contentUrl passes, although download is claimed',
  'completion-always-busy': 'a 503 with Retry-After never counts, however often it comes',
  'digest-of-the-part': 'Repr-Digest, type and disposition of a 206 are not read',

  // The model blames another promise.
  'location-elsewhere': 'session.remembered',
  'key-replays-first-answer': 'chunk.stored',
  'replaced-in-place': 'complete.digest',
  'chunk-out-of-range-loses-session': 'session.remembered, initiate.unguessable',
  'status-completes': 'status.received, chunk.replay',
  'status-stale': 'the promise of whichever chunk was sent last',
  'bytes-assembled-as-arrived': 'the promise of whichever chunk was sent last',
  'attachment-follows-chunks': 'the promise of whichever chunk was sent last',
  'expired-when-idle': 'status.head',
  'attachment-expires': 'content.exact',
  'unknown-attachment-as-session': 'session.remembered',
};
