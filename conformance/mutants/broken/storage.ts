import { isProblem, type Mutant, sessionOf, succeeded } from '../mutant.ts';
import { chunkBytes, honest, type Seams } from '../seams.ts';
import type { Reply, Request, Session, State } from '../state.ts';

/**
 * A server that keeps bytes which it should give back.
 *
 * @param bytes - what a request that was just answered leaves behind
 * @param released - whether the end of its session takes them along after all
 */
const leaking =
  (bytes: (session: Session, request: Request, reply: Reply) => number, released: boolean): (() => Partial<Seams>) =>
  () => {
    const kept = new Map<Session, number>();
    return {
      around: (request, next, state) => {
        const session = sessionOf(state, request);
        const before = session && { ...session, chunks: new Map(session.chunks) };
        const reply = next(request);
        if (session && before) kept.set(session, (kept.get(session) ?? 0) + bytes(before, request, reply));
        return reply;
      },
      held: (state, now) =>
        [...kept]
          .filter(([session]) => !released || session.state === 'open')
          .reduce((sum, [, bytes]) => sum + bytes, honest.held(state, now)),
    };
  };

/** What open sessions hold that have expired, for as long as this says. */
const expired = ({ sessions }: State, now: number, ms: number): number =>
  [...sessions.values()]
    .filter(({ state, expiresAt }) => state === 'open' && now >= expiresAt && now < expiresAt + ms)
    .reduce((sum, session) => sum + chunkBytes(session), 0);

const replaced = (session: Session, { operation, chunkId }: Request, reply: Reply): number =>
  operation === 'uploadChunk' && succeeded(reply) ? (session.chunks.get(Number(chunkId))?.length ?? 0) : 0;

/** Sessions of a second: what shows only after their end is found in less time. */
const briefly = { limits: { maxTimeoutSeconds: 1 } } as const;

/** Servers that fill their disk. */
export const brokenStorage: readonly Mutant[] = [
  {
    id: 'abort-releases-nothing',
    breaks: ['abort.releases'],
    faultClass: 'chunk accepted after abort; orphan bytes left',
    sentence: 'An aborted session keeps its chunks on the disk for ever.',
    seams: leaking(
      (session, { operation }, reply) => (operation === 'abortUpload' && succeeded(reply) ? chunkBytes(session) : 0),
      false,
    ),
  },
  {
    id: 'abort-leaves-what-was-replaced',
    breaks: ['abort.releases'],
    faultClass: 'a re-sent part makes cleanup delete the good one, or leaks the old',
    sentence: 'An abort gives back what is listed, and not what was replaced before.',
    seams: leaking(replaced, false),
  },
  {
    id: 'abort-leaves-what-was-cut-off',
    breaks: ['abort.releases'],
    faultClass: 'quota not enforced at completion; over-size upload leaves half a file',
    sentence: 'A body that was cut off stays in a temporary file, which even an abort leaves behind.',
    seams: leaking((_, { operation, body }) => (operation === 'uploadChunk' && !body.whole ? body.length : 0), false),
  },
  {
    id: 'replaced-bytes-kept',
    breaks: ['chunk.releases'],
    faultClass: 'a re-sent part makes cleanup delete the good one, or leaks the old',
    sentence: 'Every version of a chunk is kept until its session ends.',
    seams: leaking(replaced, true),
  },
  {
    id: 'refused-bodies-kept',
    breaks: ['chunk.releases'],
    faultClass: 'quota not enforced at completion; over-size upload leaves half a file',
    sentence: 'A body whose digest does not match is kept until its session ends.',
    seams: leaking((_, { body }, reply) => (isProblem(reply, 'digest-mismatched-values') ? body.length : 0), true),
  },
  {
    id: 'failed-completion-copies',
    breaks: ['chunk.releases'],
    faultClass: 'failed complete already moved data; the retry builds wrong bytes',
    sentence: 'A completion that is refused for its digest leaves the file that it assembled.',
    seams: leaking(
      (session, { operation }, reply) =>
        operation === 'completeUpload' && isProblem(reply, 'digest-mismatched-values') ? session.fileSize : 0,
      true,
    ),
  },
  {
    id: 'expired-never-reclaimed',
    breaks: ['expiry.releases'],
    faultClass: 'expired data never reclaimed',
    sentence: 'No sweeper runs: what an expired session held stays for ever.',
    seams: () => ({ held: (state, now) => honest.held(state, now) + expired(state, now, Number.POSITIVE_INFINITY) }),
    options: briefly,
  },
  {
    id: 'sweeper-late',
    breaks: ['expiry.releases'],
    faultClass: 'expired data never reclaimed',
    sentence: 'The sweeper comes by ten seconds after a session has expired.',
    // Not briefly: what it sweeps of earlier scripts, whose sessions had expired as well, would hide what it owes.
    seams: () => ({ held: (state, now) => honest.held(state, now) + expired(state, now, 10_000) }),
  },
];
