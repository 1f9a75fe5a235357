import { parseDigests } from '../digests.ts';
import { ignoring, isProblem, type Mutant, replies, requests, sessionOf, withField } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import { honest } from '../seams.ts';

const onChunk = 'uploadChunk' as const;

/** Servers that take a chunk which they must refuse, or refuse it in the wrong words. */
export const brokenRefusals: readonly Mutant[] = [
  {
    id: 'chunk-digest-unchecked',
    breaks: ['chunk.digest', 'chunk.digest-invalid', 'chunk.digest-unsupported'],
    sentence: 'Content-Digest is not looked at.',
    seams: ignoring(onChunk, 'content-digest'),
  },
  {
    id: 'chunk-digest-mismatch-accepted',
    breaks: ['chunk.digest'],
    sentence: 'Content-Digest is parsed, but its value is not compared.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const fault = honest.digestFault(field, actual, of);
        return of === 'chunk' && fault === 'digest-mismatched-values' ? undefined : fault;
      },
    }),
  },
  {
    id: 'chunk-digest-first-only',
    breaks: ['chunk.digest-unsupported', 'chunk.digest'],
    sentence: 'Of several digests only the first is looked at.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const [first] = parseDigests(field) ?? [];
        const firstOnly = first?.[1] && `${first[0]}=:${first[1].toString('base64')}:`;
        return honest.digestFault(of === 'chunk' && firstOnly ? firstOnly : field, actual, of);
      },
    }),
  },
  {
    id: 'chunk-digest-unsupported-accepted',
    breaks: ['chunk.digest-unsupported'],
    sentence: 'A digest that nobody can check is ignored.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const fault = honest.digestFault(field, actual, of);
        return fault === 'digest-unsupported-algorithms' ? undefined : fault;
      },
    }),
  },
  {
    id: 'chunk-digest-length-unchecked',
    breaks: ['chunk.digest-invalid'],
    sentence: 'A digest of the wrong length is a mismatch like any other.',
    seams: replies(onChunk, (reply) =>
      isProblem(reply, 'digest-invalid-values') ? problem('digest-mismatched-values') : reply,
    ),
  },
  {
    id: 'chunk-digest-wrong-is-500',
    breaks: ['chunk.digest', 'http.schema', 'http.transient'],
    faultClass: 'wrong digest → 500',
    sentence: 'A wrong digest ends in a 500.',
    seams: replies(onChunk, (reply) => (isProblem(reply, 'digest-mismatched-values') ? blankProblem(500) : reply)),
  },
  {
    id: 'leading-zero-accepted',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'Chunk ids are read as numbers: 01 is 1.',
    seams: () => ({
      chunkIndex: (text, session) =>
        /^\d+$/.test(text) ? honest.chunkIndex(String(Number(text)), session) : undefined,
    }),
  },
  {
    id: 'chunk-id-parsed-loosely',
    breaks: ['chunk.range', 'initiate.unguessable'],
    sentence: 'Chunk ids are read with parseInt: 1.0 is 1.',
    seams: () => ({ chunkIndex: (text, session) => honest.chunkIndex(String(Number.parseInt(text, 10)), session) }),
  },
  {
    id: 'chunk-out-of-range-loses-session',
    breaks: ['chunk.range'],
    sentence: 'A chunk out of range is answered as if the session were unknown.',
    seams: replies(onChunk, (reply) => (isProblem(reply, 'chunk-not-found') ? problem('session-not-found') : reply)),
  },
  {
    id: 'content-range-ignored',
    breaks: ['chunk.content-range'],
    sentence: 'Content-Range is not looked at.',
    seams: ignoring(onChunk, 'content-range'),
  },
  {
    id: 'content-range-trusted',
    breaks: ['chunk.content-range'],
    sentence: 'Content-Range decides which chunk is written.',
    seams: requests(onChunk, (request, state) => {
      const first = /^bytes (\d+)-/.exec(request.headers['content-range'] ?? '')?.[1];
      const session = sessionOf(state, request);
      if (first === undefined || !session) return request;
      return withField({ ...request, chunkId: String(Math.floor(Number(first) / session.chunkSize)) }, 'content-range');
    }),
  },
  {
    id: 'content-range-size-ignored',
    breaks: ['chunk.content-range'],
    sentence: 'Content-Range may leave the size of the file open.',
    seams: requests(onChunk, (request, state) => {
      const range = request.headers['content-range'];
      const size = sessionOf(state, request)?.fileSize;
      return range?.endsWith('/*') ? withField(request, 'content-range', range.replace('*', String(size))) : request;
    }),
  },
];
