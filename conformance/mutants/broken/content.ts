import { digestsOf, digestText } from '../digests.ts';
import { attachmentOf, ignoring, type Mutant, replies, requests, succeeded, withField } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';

const onContent = 'getAttachmentContent' as const;

/** Servers that give an attachment back wrongly. */
export const brokenContent: readonly Mutant[] = [
  {
    id: 'content-last-byte-lost',
    breaks: ['content.exact', 'complete.bytes'],
    sentence: 'The last byte of the content is missing.',
    seams: replies(onContent, (reply) =>
      reply.status === 200 && reply.bytes && reply.bytes.length > 1
        ? { ...reply, bytes: reply.bytes.subarray(0, -1) }
        : reply,
    ),
  },
  {
    id: 'empty-content-not-found',
    breaks: ['content.exact'],
    faultClass: 'empty file fails at create, complete or read',
    sentence: 'The content of an empty file is a 404.',
    seams: replies(onContent, (reply) =>
      reply.status === 200 && reply.bytes?.length === 0 ? problem('attachment-not-found') : reply,
    ),
  },
  {
    id: 'content-type-lost',
    breaks: ['content.type'],
    sentence: 'All content is application/octet-stream.',
    seams: replies(onContent, (reply) =>
      succeeded(reply) ? withField(reply, 'Content-Type', 'application/octet-stream') : reply,
    ),
  },
  {
    id: 'name-sent-raw',
    breaks: ['content.disposition', 'http.schema', 'content.exact'],
    faultClass: 'path traversal by id or name; CR LF into headers',
    sentence: 'The file name is put between quotes as it is, in UTF-8.',
    seams: replies(onContent, (reply, request, state) => {
      const name = Buffer.from(attachmentOf(state, request)?.fileName ?? '').toString('latin1');
      return succeeded(reply) ? withField(reply, 'Content-Disposition', `attachment; filename="${name}"`) : reply;
    }),
  },
  {
    id: 'name-lost-if-not-ascii',
    breaks: ['content.disposition'],
    sentence: 'A name beyond ASCII is told by its plain fallback alone.',
    seams: replies(onContent, (reply) => {
      const field = reply.headers['Content-Disposition']?.replace(/; filename\*=.*/, '');
      return field ? withField(reply, 'Content-Disposition', field) : reply;
    }),
  },
  {
    id: 'content-inline',
    breaks: ['content.disposition'],
    sentence: 'Browsers are told to show the content.',
    seams: replies(onContent, (reply) => {
      const field = reply.headers['Content-Disposition']?.replace('attachment', 'inline');
      return field ? withField(reply, 'Content-Disposition', field) : reply;
    }),
  },
  {
    id: 'content-may-be-sniffed',
    breaks: ['content.disposition', 'http.schema'],
    sentence: 'nosniff is missing.',
    seams: replies(onContent, (reply) => withField(reply, 'X-Content-Type-Options')),
  },
  {
    id: 'range-off-by-one',
    breaks: ['content.range'],
    sentence: 'The last byte of a range is left out.',
    seams: replies(onContent, (reply) =>
      reply.status === 206 && reply.bytes ? { ...reply, bytes: reply.bytes.subarray(0, -1) } : reply,
    ),
  },
  {
    id: 'range-ignored',
    breaks: ['content.range'],
    sentence: 'Range is not looked at.',
    seams: ignoring(onContent, 'range'),
  },
  {
    id: 'first-range-only',
    breaks: ['content.range'],
    sentence: 'Of several ranges the first is served, and the others are forgotten.',
    seams: requests(onContent, (request) => {
      const [first, ...others] = request.headers['range']?.split(',') ?? [];
      return others.length > 0 ? withField(request, 'range', first) : request;
    }),
  },
  {
    id: 'part-of-another-type',
    breaks: ['content.type'],
    sentence: 'Every part is application/octet-stream, whatever the whole is.',
    seams: replies(onContent, (reply) =>
      reply.status === 206 ? withField(reply, 'Content-Type', 'application/octet-stream') : reply,
    ),
  },
  {
    id: 'unsatisfiable-range-is-400',
    breaks: ['content.range'],
    sentence: 'A range beyond the end gives 400.',
    seams: replies(onContent, (reply) => (reply.status === 416 ? blankProblem(400) : reply)),
  },
  {
    id: 'if-none-match-ignored',
    breaks: ['content.validators'],
    sentence: 'If-None-Match is not looked at.',
    seams: ignoring(onContent, 'if-none-match'),
  },
  {
    id: 'if-range-ignored',
    breaks: ['content.validators'],
    sentence: 'If-Range is not looked at: the range always applies.',
    seams: ignoring(onContent, 'if-range'),
  },
  {
    id: 'etag-weak',
    breaks: ['content.validators', 'http.schema'],
    sentence: 'The ETag is a weak one.',
    seams: replies(onContent, (reply) =>
      reply.headers['ETag'] ? withField(reply, 'ETag', `W/${reply.headers['ETag']}`) : reply,
    ),
  },
  {
    id: 'etag-changes',
    breaks: ['content.validators'],
    sentence: 'Every response has an ETag of its own.',
    seams: () => {
      let count = 0;
      return replies(onContent, (reply) => {
        count += 1;
        return reply.headers['ETag'] ? withField(reply, 'ETag', `"${count}"`) : reply;
      })();
    },
  },
  {
    id: 'digest-of-the-part',
    breaks: ['content.digest'],
    sentence: 'Repr-Digest on a 206 is that of the part.',
    seams: replies(onContent, (reply) =>
      reply.status === 206 && reply.bytes ? withField(reply, 'Repr-Digest', digestText(digestsOf(reply.bytes))) : reply,
    ),
  },
  {
    id: 'attachment-digest-of-nothing',
    breaks: ['complete.digest'],
    sentence: 'The digest that an attachment names is that of no bytes.',
    seams: replies(['completeUpload', 'getAttachment'], (reply) =>
      reply.json?.['digest'] === undefined
        ? reply
        : { ...reply, json: { ...reply.json, digest: digestText(digestsOf(Buffer.alloc(0))) } },
    ),
  },
  {
    id: 'unknown-attachment-as-session',
    breaks: ['content.unknown'],
    sentence: 'An unknown attachment is answered like an unknown session.',
    seams: replies(['getAttachment', onContent], (reply) =>
      reply.status === 404 ? problem('session-not-found') : reply,
    ),
  },
];
