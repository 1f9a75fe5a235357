import { type Mutant, replies, withMembers } from '../mutant.ts';
import { honest } from '../seams.ts';

/** How long the completions of these servers take, in ms. */
const aWhile = 20;

/** Servers that answer a completion with 202, and then do not do what that says. */
export const brokenAsync: readonly Mutant[] = [
  {
    id: 'later-but-still-open',
    breaks: ['complete.async'],
    sentence: 'A completion is 202, and the session is said to be open until there is an attachment.',
    seams: () => ({
      completesAfter: () => aWhile,
      ...replies('everywhere', (reply) =>
        withMembers(reply, ({ state }) => (state === 'completing' ? { state: 'open' } : {})),
      )(),
    }),
  },
  {
    id: 'later-fails-in-silence',
    breaks: ['complete.async'],
    sentence: 'A completion that was 202 and fails leaves the session open, and does not say why.',
    seams: () => ({
      completesAfter: () => aWhile,
      ...replies('getUploadSession', (reply) => {
        const { completionError: _, ...json } = reply.json ?? {};
        return reply.json ? { ...reply, json } : reply;
      })(),
    }),
  },
  {
    id: 'later-takes-chunks',
    breaks: ['complete.atomic'],
    faultClass: 'a part retried while complete runs loses data',
    sentence: 'While a completion takes its time chunks are acknowledged, and are not in the attachment.',
    seams: () => ({
      completesAfter: () => aWhile,
      guard: (session, operation, now) =>
        session.state === 'completing' && operation === 'uploadChunk'
          ? undefined
          : honest.guard(session, operation, now),
    }),
  },
];
