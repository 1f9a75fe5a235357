import { ignoring, isProblem, type Mutant, twoPrincipals, withField } from '../mutant.ts';
import { honest } from '../seams.ts';

const onInitiate = 'initiateUpload' as const;

/** Servers that mistake one session for another, or one request for two. */
export const brokenIdentity: readonly Mutant[] = [
  {
    id: 'ids-short',
    breaks: ['initiate.unguessable', 'http.schema'],
    sentence: 'A session id has 32 random bits.',
    seams: () => ({ newId: () => honest.newId().slice(0, 6) }),
  },
  {
    id: 'ids-in-any-case',
    breaks: ['initiate.unguessable'],
    sentence: 'Session ids are hexadecimal, and compared without regard to case.',
    seams: () => ({
      newId: () => Buffer.from(honest.newId(), 'base64url').toString('hex'),
      decode: (segment) => (/^[0-9a-f]{32}$/i.test(segment) ? segment.toLowerCase() : honest.decode(segment)),
    }),
  },
  {
    id: 'decoded-twice',
    breaks: ['initiate.unguessable'],
    sentence: 'Path segments are percent-decoded twice.',
    seams: () => ({ decode: (segment) => honest.decode(honest.decode(segment)) }),
  },
  {
    id: 'not-decoded',
    breaks: ['initiate.unguessable', 'status.received', 'chunk.stored', 'session.remembered', 'chunk.any-order'],
    sentence: 'Path segments are not percent-decoded at all.',
    seams: () => ({ decode: (segment) => segment }),
  },
  {
    id: 'key-ignored',
    breaks: ['idempotency.replay', 'capabilities.truth'],
    sentence: 'Profile idempotency is claimed, but a repeat makes a second session.',
    seams: ignoring(onInitiate, 'idempotency-key'),
  },
  {
    id: 'keys-for-everybody',
    breaks: ['idempotency.replay'],
    sentence: 'All principals have their keys in one table: what one has bound brings its session to another.',
    seams: () => ({
      around: (request, next, { keys, tokens }) => {
        const key = request.headers['idempotency-key'];
        const [, bound] = [...keys].find(([name]) => name.endsWith(`\n${key}`)) ?? [];
        for (const token of bound ? tokens : []) keys.set(`${token}\n${key}`, bound as NonNullable<typeof bound>);
        return next(request);
      },
    }),
    options: twoPrincipals,
  },
  {
    id: 'key-compares-nothing',
    breaks: ['idempotency.reused'],
    sentence: 'A key gives its session back whatever the request is.',
    seams: () => ({ sameRequest: () => true }),
  },
  {
    id: 'key-compares-text',
    breaks: ['idempotency.replay'],
    sentence: 'A repeat whose members come in another order counts as another request.',
    seams: () => ({ sameRequest: (first, again) => JSON.stringify(first) === JSON.stringify(again) }),
  },
  {
    id: 'key-replays-first-answer',
    breaks: ['idempotency.replay'],
    sentence: 'A repeat is answered with the session as it was when it began.',
    seams: () => {
      const first = new Map<unknown, unknown>();
      return {
        around: (request, next) => {
          const reply = next(request);
          if (request.operation !== 'initiateUpload' || reply.status !== 201) return reply;
          const id = reply.json?.['sessionId'];
          if (!first.has(id)) first.set(id, reply);
          return first.get(id) as typeof reply;
        },
      };
    },
  },
  {
    id: 'key-forgotten-after-abort',
    breaks: ['idempotency.replay'],
    sentence: 'The key of an aborted session makes a new session.',
    seams: () => ({
      around: (request, next) => {
        const reply = next(request);
        const gone = request.operation === 'initiateUpload' && isProblem(reply, 'session-aborted');
        return gone ? next(withField(request, 'idempotency-key')) : reply;
      },
    }),
  },
];
