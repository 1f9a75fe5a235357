import { asking, isProblem, type Mutant, replies, sessionOf, withField } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import { honest } from '../seams.ts';
import type { Session } from '../state.ts';

const onComplete = 'completeUpload' as const;
const byText = ([a]: readonly [number, Buffer], [b]: readonly [number, Buffer]): number =>
  String(a) < String(b) ? -1 : 1;

/** Servers that make the wrong thing of the chunks, too often, too early or not at all. */
export const brokenComplete: readonly Mutant[] = [
  {
    id: 'assembled-lexicographically',
    breaks: ['complete.bytes', 'complete.digest', 'complete.created'],
    sentence: 'Chunk 10 comes before chunk 2.',
    seams: () => ({ assemble: (session) => [...session.chunks].sort(byText).map(([, bytes]) => bytes) }),
  },
  {
    id: 'assembled-as-arrived',
    breaks: ['complete.bytes', 'complete.digest', 'complete.created'],
    sentence: 'Chunks are put together in the order in which they came.',
    seams: () => ({ assemble: (session) => [...session.chunks.values()] }),
  },
  {
    id: 'assembled-as-arrived-unread',
    breaks: ['complete.digest', 'complete.bytes', 'complete.created'],
    sentence: 'Chunks are put together in the order in which they came, and nothing can be read back.',
    options: { without: ['download'] },
    seams: () => ({ assemble: (session) => [...session.chunks.values()] }),
  },
  {
    id: 'bytes-assembled-as-arrived',
    breaks: ['complete.bytes'],
    sentence: 'The digest is that of the right order, the bytes are in the order in which they came.',
    seams: replies(onComplete, (reply, request, state) => {
      const session = sessionOf(state, request);
      if (reply.status === 201 && session?.attachment)
        Buffer.concat([...session.chunks.values()]).copy(session.attachment.bytes);
      return reply;
    }),
  },
  {
    id: 'missing-chunks-accepted',
    breaks: ['complete.incomplete'],
    sentence: 'A completion does not ask whether all chunks are there.',
    seams: () => ({ missing: () => [] }),
  },
  {
    id: 'only-last-chunk-asked-for',
    breaks: ['complete.incomplete'],
    sentence: 'A completion asks for the last chunk only.',
    seams: () => ({
      missing: (session) => (session.chunks.has(session.totalChunks - 1) ? [] : honest.missing(session)),
    }),
  },
  {
    id: 'missing-named-one-too-few',
    breaks: ['complete.incomplete'],
    sentence: 'Of several missing chunks the last is not named.',
    seams: () => ({
      missing: (session) => {
        const missing = honest.missing(session);
        return missing.length > 1 ? missing.slice(0, -1) : missing;
      },
    }),
  },
  {
    id: 'retry-after-failure-succeeds',
    breaks: ['complete.incomplete'],
    faultClass: 'retry after a failed finish reports success without finishing',
    sentence: 'The second attempt to complete with chunks missing succeeds.',
    seams: () => {
      const tried = new WeakSet<Session>();
      return {
        missing: (session) => {
          const missing = tried.has(session) ? [] : honest.missing(session);
          tried.add(session);
          return missing;
        },
      };
    },
  },
  {
    id: 'failed-completion-closes',
    breaks: ['complete.incomplete', 'complete.digest'],
    sentence: 'A completion that is refused leaves the session aborted.',
    seams: replies(onComplete, (reply, request, state) => {
      const session = sessionOf(state, request);
      if (session && isProblem(reply, 'upload-incomplete')) session.state = 'aborted';
      return reply;
    }),
  },
  {
    id: 'failed-completion-destroys',
    breaks: ['complete.incomplete', 'complete.digest'],
    faultClass: 'failed complete already moved data; the retry builds wrong bytes',
    sentence: 'A completion that is refused drops the chunks.',
    seams: replies(onComplete, (reply, request, state) => {
      const session = sessionOf(state, request);
      if (session?.state === 'open' && isProblem(reply, 'upload-incomplete')) session.chunks.clear();
      return reply;
    }),
  },
  {
    id: 'empty-file-refused',
    breaks: ['initiate.created', 'complete.empty-file', 'initiate.echo', 'initiate.geometry'],
    faultClass: 'empty file fails at create, complete or read',
    sentence: 'A file of zero bytes cannot be initiated.',
    seams: () => ({
      invalidMembers: (json) =>
        json['fileSize'] === 0 ? { '#/fileSize': 'must not be 0' } : honest.invalidMembers(json),
    }),
  },
  {
    id: 'empty-file-never-complete',
    breaks: ['complete.empty-file'],
    faultClass: 'empty file fails at create, complete or read',
    sentence: 'A file of zero bytes waits for a chunk that it does not have.',
    seams: () => ({ missing: (session) => (session.totalChunks === 0 ? [0] : honest.missing(session)) }),
  },
  {
    id: 'completed-twice-makes-two',
    breaks: ['complete.repeat', 'complete.exactly-once'],
    faultClass: 'overlapping final requests publish twice',
    sentence: 'Every completion makes an attachment of its own.',
    seams: () => ({ published: () => undefined }),
  },
  {
    id: 'repeat-is-conflict',
    breaks: ['complete.repeat'],
    faultClass: 'concurrent completes: one fails, or parts are deleted under it',
    sentence: 'A repeated completion is a conflict.',
    seams: replies(onComplete, (reply) => (reply.status === 200 ? blankProblem(409) : reply)),
  },
  {
    id: 'repeat-is-created',
    breaks: ['complete.repeat', 'complete.exactly-once'],
    sentence: 'A repeated completion is 201 again.',
    seams: replies(onComplete, (reply) => (reply.status === 200 ? { ...reply, status: 201 } : reply)),
  },
  {
    id: 'repeat-digest-unchecked',
    breaks: ['complete.repeat', 'complete.digest'],
    sentence: 'A repeated completion succeeds whatever digest it expects.',
    seams: () => ({
      around: (request, next, state) => {
        const repeated = request.operation === 'completeUpload' && sessionOf(state, request)?.attachment;
        return next(repeated ? asking(request, () => ({ compositeDigest: undefined, digest: undefined })) : request);
      },
    }),
  },
  {
    id: 'forgotten-after-completion',
    breaks: ['session.remembered', 'complete.repeat', 'status.completed'],
    faultClass: 'second complete → "no such upload"',
    sentence: 'A session is forgotten as soon as it is completed.',
    seams: () => ({ forgets: (session) => session.state === 'completed' }),
  },
  {
    id: 'chunk-after-completion-accepted',
    breaks: ['complete.atomic', 'chunk.stored'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'A completed session acknowledges chunks that nobody will ever read.',
    seams: () => ({
      guard: (session, operation, now) =>
        session.state === 'completed' && operation === 'uploadChunk'
          ? undefined
          : honest.guard(session, operation, now),
    }),
  },
  {
    id: 'attachment-follows-chunks',
    breaks: ['complete.atomic', 'complete.bytes', 'content.exact'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'A chunk that is refused after completion still changes the attachment.',
    seams: () => ({
      around: (request, next, state) => {
        const attachment = request.operation === 'uploadChunk' && sessionOf(state, request)?.attachment;
        if (attachment) request.body.bytes.copy(attachment.bytes);
        return next(request);
      },
    }),
  },
  {
    id: 'completion-location-missing',
    breaks: ['complete.created'],
    sentence: 'The completion does not say where the attachment is.',
    seams: replies(onComplete, (reply) => withField(reply, 'Location')),
  },
  {
    id: 'storage-fault-as-unknown',
    breaks: ['expiry.not-early', 'complete.created', 'complete.bytes'],
    faultClass: 'a store fault shown as "complete" or as "no such upload"',
    sentence: 'The first completion of a session hits a full disk and says that there is no such session.',
    seams: () => {
      const failed = new WeakSet<Session>();
      return {
        around: (request, next, state) => {
          const session = request.operation === 'completeUpload' ? sessionOf(state, request) : undefined;
          const first = session?.state === 'open' && !failed.has(session) && honest.missing(session).length === 0;
          if (session && first) failed.add(session);
          return first ? problem('session-not-found') : next(request);
        },
      };
    },
  },
];
