import { isProblem, type Mutant, replies, requests, sessionOf, succeeded, withMembers } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import { honest } from '../seams.ts';
import type { Session } from '../state.ts';

const onChunk = 'uploadChunk' as const;

/** Servers that take a chunk wrongly. */
export const brokenChunk: readonly Mutant[] = [
  {
    id: 'chunk-stored-before-digest',
    breaks: ['chunk.atomic'],
    faultClass: 'a failed retry destroys the earlier good part',
    sentence: 'A chunk with a wrong digest is refused, but stored already.',
    seams: replies(onChunk, (reply, request, state) => {
      if (isProblem(reply, 'digest-mismatched-values'))
        sessionOf(state, request)?.chunks.set(Number(request.chunkId), request.body.bytes);
      return reply;
    }),
  },
  {
    id: 'last-chunk-off-by-one',
    breaks: ['chunk.length', 'chunk.stored', 'complete.bytes'],
    sentence: 'The last chunk must be one byte longer than it is.',
    seams: () => ({
      chunkLength: (session, index) =>
        honest.chunkLength(session, index) + (index > 0 && index === session.totalChunks - 1 ? 1 : 0),
    }),
  },
  {
    id: 'long-chunk-shortened',
    breaks: ['chunk.length'],
    sentence: 'Bytes beyond the length of a chunk are dropped without a word.',
    seams: requests(onChunk, (request, state) => {
      const session = sessionOf(state, request);
      const index = session && honest.chunkIndex(request.chunkId, session);
      if (!session || index === undefined) return request;
      const length = honest.chunkLength(session, index);
      if (request.body.length <= length) return request;
      return { ...request, body: { ...request.body, bytes: request.body.bytes.subarray(0, length), length } };
    }),
  },
  {
    id: 'cut-chunk-kept',
    breaks: ['chunk.atomic'],
    faultClass: 'checksum not verified when the client disconnects',
    sentence: 'A body that ends early is stored as far as it came.',
    seams: () => ({ accepts: (body, expected) => !body.whole || honest.accepts(body, expected) }),
  },
  {
    id: 'cut-chunk-kept-if-chunked',
    breaks: ['chunk.atomic'],
    sentence: 'A body that ends early is stored as far as it came, but only in chunked coding.',
    seams: () => ({
      accepts: (body, expected) => (!body.whole && body.chunked) || honest.accepts(body, expected),
    }),
  },
  {
    id: 'cut-chunk-padded',
    breaks: ['chunk.atomic'],
    faultClass: 'a cut request frees data but keeps the record; read dies later',
    sentence: 'A body that ends early is filled up with zeros and stored.',
    seams: () => ({
      accepts: (body, expected) => !body.whole || honest.accepts(body, expected),
      store: (session, index, bytes) =>
        honest.store(session, index, Buffer.concat([bytes], honest.chunkLength(session, index))),
    }),
  },
  {
    id: 'cut-replacement-destroys',
    breaks: ['chunk.atomic'],
    faultClass: 'a failed retry destroys the earlier good part',
    sentence: 'A stored chunk is dropped as soon as another upload of it begins, even one that is cut off.',
    seams: () => ({ receiving: (session, index) => void (session.state === 'open' && session.chunks.delete(index)) }),
  },
  {
    id: 'refused-replacement-destroys',
    breaks: ['chunk.atomic'],
    faultClass: 'a re-sent part makes cleanup delete the good one, or leaks the old',
    sentence: 'The clean-up after a refused chunk deletes the stored one, too.',
    seams: replies(onChunk, (reply, request, state) => {
      if (reply.status === 400) sessionOf(state, request)?.chunks.delete(Number(request.chunkId));
      return reply;
    }),
  },
  {
    id: 'replaced-in-place',
    breaks: ['chunk.atomic'],
    sentence: 'A replacement is written over the stored bytes as it comes, so a cut leaves a mix.',
    seams: () => ({
      receiving: (session, index, soFar) => {
        const stored = session.state === 'open' ? session.chunks.get(index) : undefined;
        if (stored) soFar().copy(stored);
      },
    }),
  },
  {
    id: 'replacement-ignored',
    breaks: ['chunk.replace'],
    sentence: 'Different bytes for a stored chunk are acknowledged and dropped.',
    seams: () => ({
      store: (session, index, bytes) => session.chunks.has(index) || honest.store(session, index, bytes),
    }),
  },
  {
    id: 'replacement-mixed',
    breaks: ['chunk.replace', 'complete.bytes', 'complete.digest', 'complete.created'],
    sentence: 'The first byte of a replaced chunk stays.',
    seams: () => ({
      store: (session, index, bytes) => {
        const kept = session.chunks.get(index)?.subarray(0, 1) ?? Buffer.alloc(0);
        return honest.store(session, index, Buffer.concat([kept, bytes.subarray(kept.length)]));
      },
    }),
  },
  {
    id: 'replay-refused',
    breaks: ['chunk.replay'],
    sentence: 'A chunk that is stored already is a conflict.',
    seams: () => ({
      around: (request, next, state) => {
        const stored = sessionOf(state, request)?.chunks.get(Number(request.chunkId));
        const again = request.operation === 'uploadChunk' && stored?.equals(request.body.bytes);
        const reply = next(request);
        return again && succeeded(reply) ? problem('session-completed') : reply;
      },
    }),
  },
  {
    id: 'replay-stored-twice',
    breaks: ['chunk.replay', 'status.received', 'complete.bytes'],
    faultClass: 'a timed-out append is replayed and stored twice',
    sentence: 'A replayed chunk is appended to the one that is stored.',
    seams: () => ({
      store: (session, index, bytes) =>
        honest.store(session, index, Buffer.concat([session.chunks.get(index) ?? Buffer.alloc(0), bytes])),
    }),
  },
  {
    id: 'chunk-always-created',
    breaks: ['chunk.created'],
    sentence: 'Every chunk is 201, replaced or not.',
    seams: replies(onChunk, (reply) => (succeeded(reply) ? { ...reply, status: 201 } : reply)),
  },
  {
    id: 'receipt-offset-wrong',
    breaks: ['chunk.stored'],
    faultClass: 'out-of-order chunk accepted where order is promised; chunk size reported as total',
    sentence: 'The receipt names the end of the chunk as its offset.',
    seams: replies(onChunk, (reply) =>
      succeeded(reply)
        ? withMembers(reply, ({ offset, length }) => ({ offset: Number(offset) + Number(length) }))
        : reply,
    ),
  },
  {
    id: 'receipt-digest-of-the-first',
    breaks: ['chunk.stored'],
    sentence: 'The receipt names the digest of the chunk before it was replaced.',
    seams: () => {
      const first = new WeakMap<Session, Map<string, unknown>>();
      return {
        around: (request, next, state) => {
          const reply = next(request);
          const session = sessionOf(state, request);
          if (request.operation !== 'uploadChunk' || !session || !succeeded(reply)) return reply;
          const digests = first.get(session) ?? new Map<string, unknown>();
          first.set(session, digests);
          if (!digests.has(request.chunkId)) digests.set(request.chunkId, reply.json?.['digest']);
          return withMembers(reply, () => ({ digest: digests.get(request.chunkId) }));
        },
      };
    },
  },
  {
    id: 'order-demanded',
    breaks: ['chunk.any-order'],
    sentence: 'A chunk is refused until the one before it is stored.',
    seams: () => ({
      around: (request, next, state) => {
        const session = sessionOf(state, request);
        const index = session && honest.chunkIndex(request.chunkId, session);
        const early = session?.state === 'open' && index !== undefined && index > 0 && !session.chunks.has(index - 1);
        return request.operation === 'uploadChunk' && early ? blankProblem(409) : next(request);
      },
    }),
  },
  {
    id: 'chunked-coding-refused',
    breaks: ['chunk.transfer-coding', 'http.schema'],
    sentence: 'A chunk without Content-Length is answered with 411.',
    seams: () => ({
      around: (request, next) =>
        request.operation === 'uploadChunk' && request.body.chunked ? blankProblem(411) : next(request),
    }),
  },
];
