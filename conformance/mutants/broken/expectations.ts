import { createHash } from 'node:crypto';
import { isProblem, type Mutant, replies, sessionOf } from '../mutant.ts';
import { honest } from '../seams.ts';

const onComplete = 'completeUpload' as const;

/** Servers that do not check what a completion expects, or fail badly when it does not hold. */
export const brokenExpectations: readonly Mutant[] = [
  {
    id: 'digest-mismatch-destroys',
    breaks: ['complete.digest'],
    faultClass: 'failed complete already moved data; the retry builds wrong bytes',
    sentence: 'A completion that expects another digest is refused, and the first chunk lost.',
    seams: replies(onComplete, (reply, request, state) => {
      const session = sessionOf(state, request);
      if (session?.state === 'open' && isProblem(reply, 'digest-mismatched-values')) session.chunks.delete(0);
      return reply;
    }),
  },
  {
    id: 'digest-mismatch-publishes',
    breaks: ['complete.digest', 'complete.created'],
    sentence: 'A completion that expects another digest is refused, and published all the same.',
    seams: () => ({
      around: (request, next) => {
        const reply = next(request);
        if (request.operation === 'completeUpload' && isProblem(reply, 'digest-mismatched-values'))
          next({ ...request, body: { ...request.body, bytes: Buffer.alloc(0), length: 0 } });
        return reply;
      },
    }),
  },
  {
    id: 'composite-digest-unchecked',
    breaks: ['complete.digest'],
    sentence: 'An expected composite digest is not compared.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const fault = honest.digestFault(field, actual, of);
        return of === 'compositeDigest' && fault === 'digest-mismatched-values' ? undefined : fault;
      },
    }),
  },
  {
    id: 'whole-digest-unchecked',
    breaks: ['complete.digest'],
    sentence: 'An expected digest of the whole is not compared.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const fault = honest.digestFault(field, actual, of);
        return of === 'digest' && fault === 'digest-mismatched-values' ? undefined : fault;
      },
    }),
  },
  {
    id: 'expected-digest-syntax-unchecked',
    breaks: ['complete.digest'],
    sentence: 'Digests that do not parse are ignored at completion.',
    seams: () => ({
      digestFault: (field, actual, of) => {
        const fault = honest.digestFault(field, actual, of);
        return of !== 'chunk' && fault === 'digest-invalid-values' ? undefined : fault;
      },
    }),
  },
  {
    id: 'composite-over-hex',
    breaks: ['complete.digest', 'complete.created'],
    sentence: 'The composite digest is made of hexadecimal digests instead of raw ones.',
    seams: () => ({
      composite: (chunks) => {
        const texts = chunks.map((chunk) => createHash('sha256').update(chunk).digest('hex'));
        return { 'sha-256': createHash('sha256').update(texts.join('')).digest() };
      },
    }),
  },
  {
    id: 'composite-of-one-chunk-is-its-own',
    breaks: ['complete.digest', 'complete.created'],
    sentence: 'The composite digest of a single chunk is the digest of the chunk.',
    seams: () => ({
      composite: (chunks) => {
        const [only] = chunks;
        const single = chunks.length === 1 && only;
        return single ? { 'sha-256': createHash('sha256').update(single).digest() } : honest.composite(chunks);
      },
    }),
  },
];
