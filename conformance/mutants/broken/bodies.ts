import { type Mutant, sessionOf } from '../mutant.ts';
import { honest } from '../seams.ts';
import type { Session } from '../state.ts';

/** A body on its way: the function that shows what of it has arrived is its own. */
interface Incoming {
  readonly index: number;
  readonly soFar: () => Buffer;
  readonly ended: PromiseWithResolvers<void>;
}

/** The bodies that are on their way to each session, in the order in which they began. */
function pendingBodies() {
  let bodies = new WeakMap<Session, Incoming[]>();
  const of = (session: Session): Incoming[] => {
    const all = bodies.get(session) ?? [];
    bodies.set(session, all);
    return all;
  };
  return {
    of,
    began: (session: Session, index: number, soFar: () => Buffer): boolean => {
      if (of(session).some((body) => body.soFar === soFar)) return false;
      of(session).push({ index, soFar, ended: Promise.withResolvers() });
      return true;
    },
    end: (session: Session, body: Incoming): void => {
      of(session).splice(of(session).indexOf(body), 1);
      body.ended.resolve();
    },
    /** What was on its way when the server was killed has gone with it. */
    killed: (): void => {
      bodies = new WeakMap();
    },
  };
}

/** Servers that are wrong while the body of a chunk is on its way. */
export const brokenBodies: readonly Mutant[] = [
  {
    id: 'one-body-at-a-time',
    breaks: ['chunk.parallel'],
    faultClass: 'different parts serialise; 503 under parallel load',
    sentence: 'A lock on the session is held from the first byte of a chunk to its last.',
    seams: () => {
      const bodies = pendingBodies();
      /** Bodies that have come to their end, and wait for those before them: each is one request's, even if two are equal. */
      const whole = new WeakSet<Incoming>();
      return {
        receiving: (session, index, soFar) => void bodies.began(session, index, soFar),
        // A lock that outlives the connection, or the process, would be another fault.
        killed: bodies.killed,
        cutOff: (session, soFar) => {
          const cut = bodies.of(session).find((body) => body.soFar === soFar);
          if (cut) bodies.end(session, cut);
        },
        around: async (request, next, state) => {
          const session = request.operation === 'uploadChunk' ? sessionOf(state, request) : undefined;
          const isOwn = (body: Incoming) => !whole.has(body) && body.soFar().equals(request.body.bytes);
          const own = session && bodies.of(session).find(isOwn);
          if (!session || !own) return next(request);
          whole.add(own);
          const before = bodies.of(session).slice(0, bodies.of(session).indexOf(own));
          await Promise.all(before.map(({ ended }) => ended.promise));
          bodies.end(session, own);
          return next(request);
        },
      };
    },
  },
  {
    id: 'bodies-of-one-chunk-mixed',
    breaks: ['chunk.replace', 'chunk.atomic', 'chunk.stored', 'complete.bytes', 'complete.digest'],
    sentence: 'Two uploads of one chunk at the same time write into one temporary file.',
    seams: () => {
      const files = new WeakMap<Session, Map<number, Buffer>>();
      const written = new WeakMap<() => Buffer, number>();
      return {
        receiving: (session, index, soFar) => {
          const own = files.get(session) ?? new Map<number, Buffer>();
          files.set(session, own);
          const file = own.get(index) ?? Buffer.alloc(honest.chunkLength(session, index));
          own.set(index, file);
          const bytes = soFar();
          const from = written.get(soFar) ?? 0;
          bytes.subarray(from).copy(file, Math.min(from, file.length));
          written.set(soFar, bytes.length);
        },
        store: (session, index, bytes) => {
          const file = files.get(session)?.get(index) ?? bytes;
          return honest.store(session, index, Buffer.from(file));
        },
      };
    },
  },
  {
    id: 'listed-before-it-is-stored',
    breaks: ['status.received', 'chunk.atomic', 'session.linearizable', 'complete.incomplete', 'chunk.stored'],
    sentence: 'A chunk is listed from the first byte of its body on.',
    seams: () => {
      const bodies = pendingBodies();
      return {
        receiving: (session, index, soFar) => void bodies.began(session, index, soFar),
        around: (request, next, state) => {
          const session = request.operation === 'uploadChunk' ? sessionOf(state, request) : undefined;
          const own = session && bodies.of(session).find(({ index }) => String(index) === request.chunkId);
          if (session && own) bodies.end(session, own);
          return next(request);
        },
        received: (session) => {
          const listed = new Set([...session.chunks.keys(), ...bodies.of(session).map(({ index }) => index)]);
          return [...listed].sort((a, b) => a - b);
        },
      };
    },
  },
];
