import { setTimeout as delay } from 'node:timers/promises';
import { type Mutant, sessionOf } from '../mutant.ts';
import { blankProblem } from '../replies.ts';
import { honest, type Seams } from '../seams.ts';
import type { Request, Session } from '../state.ts';

/** Milliseconds that a server here takes for a chunk. */
const moment = 20;

/** What comes after the data of the last piece of a body in the chunked coding. */
const afterLastByte = Buffer.from('\r\n0\r\n\r\n');

const endsEarly = ({ operation, body }: Request): boolean => operation === 'uploadChunk' && !body.whole;

/** Takes what is left of a message for the whole of it. */
const proceeding = (operation: 'initiateUpload' | 'completeUpload'): (() => Partial<Seams>) => {
  return () => ({ proceeds: (asked) => asked === operation || honest.proceeds(asked) });
};

/** Servers that HTTP's own rules are too many for: messages that end early, are oddly framed, slow, or come twice. */
export const brokenFraming: readonly Mutant[] = [
  {
    id: 'unterminated-chunk-kept',
    breaks: ['chunk.atomic'],
    faultClass: 'checksum not verified when the client disconnects',
    sentence: 'A chunked coding without its last chunk is stored if the length happens to be right.',
    seams: () => ({
      accepts: (body, expected) => (body.chunked && body.length === expected) || honest.accepts(body, expected),
    }),
  },
  {
    id: 'chunk-size-of-32-bits',
    breaks: ['chunk.atomic'],
    sentence: 'Sizes in the chunked coding are counted in 32 bits: one of 4 GiB and a byte is read as a byte.',
    seams: () => ({
      around: (request, next) => {
        const { body } = request;
        const past = body.bytes.length - afterLastByte.length;
        const overlooked = body.chunked && !body.whole && body.bytes.subarray(Math.max(0, past)).equals(afterLastByte);
        const read = { ...body, bytes: body.bytes.subarray(0, past), length: past, whole: true };
        return next(overlooked ? { ...request, body: read } : request);
      },
    }),
  },
  {
    id: 'declared-length-not-awaited',
    breaks: ['chunk.atomic'],
    sentence: 'As many bytes as the chunk has are stored, although more were announced and never came.',
    seams: () => ({
      accepts: (body, expected) => (!body.chunked && body.length === expected) || honest.accepts(body, expected),
    }),
  },
  {
    id: 'withheld-chunk-of-zeros',
    breaks: ['chunk.atomic'],
    faultClass: 'a cut request frees data but keeps the record; read dies later',
    sentence: 'A body of which nothing ever came is stored as zeros.',
    seams: () => ({
      accepts: (body, expected) => (!body.whole && body.length === 0) || honest.accepts(body, expected),
      store: (session, index, bytes) =>
        honest.store(session, index, bytes.length > 0 ? bytes : Buffer.alloc(honest.chunkLength(session, index))),
    }),
  },
  {
    id: 'broken-coding-is-an-error',
    breaks: ['http.transient'],
    sentence: 'A chunked coding that breaks in its middle is a 500.',
    seams: () => ({
      around: (request, next) =>
        endsEarly(request) && request.body.chunked && request.body.length > 0 ? blankProblem(500) : next(request),
    }),
  },
  {
    id: 'cut-chunk-stays-locked',
    breaks: ['http.transient', 'chunk.atomic', 'chunk.stored', 'chunk.replace'],
    faultClass: 'a re-sent part makes cleanup delete the good one, or leaks the old',
    sentence: 'The lock of a chunk whose upload ended early is never given back.',
    seams: () => {
      const locked = new WeakMap<Session, Set<string>>();
      return {
        around: (request, next, state) => {
          const session = sessionOf(state, request);
          if (request.operation !== 'uploadChunk' || !session) return next(request);
          const chunks = locked.get(session) ?? new Set();
          locked.set(session, chunks);
          if (chunks.has(request.chunkId)) return blankProblem(500);
          if (endsEarly(request)) chunks.add(request.chunkId);
          return next(request);
        },
      };
    },
  },
  {
    id: 'slow-chunk-of-first-piece',
    breaks: ['complete.bytes', 'complete.created', 'complete.digest', 'content.exact'],
    sentence: 'Of a body in pieces only the first one is stored, and the rest is zeros.',
    seams: () => {
      const firsts = new WeakMap<Session, Map<number, Buffer>>();
      return {
        receiving: (session, index, soFar) => {
          const pieces = firsts.get(session) ?? new Map<number, Buffer>();
          firsts.set(session, pieces);
          const piece = soFar();
          if (piece.length === 0) pieces.delete(index);
          else if (!pieces.has(index)) pieces.set(index, piece);
        },
        store: (session, index, bytes) => {
          const piece = firsts.get(session)?.get(index) ?? bytes;
          return honest.store(session, index, Buffer.concat([piece], bytes.length));
        },
      };
    },
  },
  {
    id: 'repeat-at-once-fails',
    breaks: ['http.transient', 'chunk.replay', 'chunk.stored'],
    faultClass: 'different parts serialise; 503 under parallel load',
    sentence: 'The same chunk at the same time on a second connection is a 500.',
    seams: () => {
      const busy = new Set<string>();
      return {
        around: async (request, next) => {
          const key = `${request.sessionId} ${request.chunkId}`;
          if (request.operation !== 'uploadChunk') return next(request);
          if (busy.has(key)) return blankProblem(500);
          busy.add(key);
          await delay(moment);
          busy.delete(key);
          return next(request);
        },
      };
    },
  },
  {
    id: 'repeat-at-once-refused',
    breaks: ['chunk.replay', 'chunk.stored', 'session.linearizable'],
    sentence: 'The same chunk at the same time on a second connection is a conflict.',
    seams: () => {
      const busy = new Set<string>();
      return {
        around: async (request, next) => {
          const key = `${request.sessionId} ${request.chunkId}`;
          if (request.operation !== 'uploadChunk') return next(request);
          if (busy.has(key)) return blankProblem(409);
          busy.add(key);
          await delay(moment);
          busy.delete(key);
          return next(request);
        },
      };
    },
  },
  {
    id: 'cut-completion-taken',
    breaks: ['complete.digest'],
    sentence: 'A completion of which a part never came completes.',
    seams: proceeding('completeUpload'),
  },
  {
    id: 'cut-declaration-taken',
    breaks: ['initiate.invalid'],
    sentence: 'A declaration of which a part never came opens a session.',
    seams: proceeding('initiateUpload'),
  },
  {
    id: 'trailer-refused',
    breaks: ['chunk.transfer-coding'],
    sentence: 'A chunk with a trailer is refused.',
    seams: () => ({
      around: (request, next) =>
        request.operation === 'uploadChunk' && request.headers['trailer'] !== undefined
          ? blankProblem(400)
          : next(request),
    }),
  },
  {
    id: 'parser-lenient',
    breaks: ['chunk.atomic'],
    sentence: 'What is no HTTP is read as if it were.',
    seams: () => ({}),
    options: { lenient: true },
  },
];
