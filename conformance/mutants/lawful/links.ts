import { withField, withMembers } from '../mutant.ts';
import type { Seams } from '../seams.ts';
import type { JsonObject, Reply, Request } from '../state.ts';
import type { Variant } from './variant.ts';

const references = '`Location` and `contentUrl` are URI references and may be relative';

/** Links written otherwise: `Location` and every `contentUrl`, each a path of the host until then. */
const linking = (write: (path: string, request: Request, prefix: string) => string): (() => Partial<Seams>) => {
  return () => ({
    around(request, next, { prefix }) {
      const rewrite = (path: string) => write(path, request, prefix);
      const relink = (json: JsonObject): JsonObject => ({
        ...(typeof json['contentUrl'] === 'string' && { contentUrl: rewrite(json['contentUrl']) }),
        ...(isObject(json['attachment']) && { attachment: { ...json['attachment'], ...relink(json['attachment']) } }),
      });
      const reply: Reply = withMembers(next(request), relink);
      const { Location } = reply.headers;
      return Location === undefined ? reply : withField(reply, 'Location', rewrite(Location));
    },
  });
};

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** How many segments below the prefix the request's own path ends, its last one not counted. */
function depth({ operation, allow }: Request): number {
  if (operation === 'getCapabilities' || operation === 'initiateUpload' || allow === undefined) return 1;
  if (operation === 'getUploadSession' || operation === 'getAttachmentContent') return 2;
  if (operation === 'getAttachment') return 1;
  return operation === 'uploadChunk' ? 4 : 3;
}

const otherPlace = 'elsewhere an attachment may live anywhere';

/** Links in every form, prefixes in every spelling, and attachments anywhere. */
export const links: readonly Variant[] = [
  {
    id: 'absolute-links',
    sentence: 'links have a scheme and a host',
    allowedBy: references,
    seams: linking((path, { headers }) => `http://${headers['host']}${path}`),
  },
  {
    id: 'links-without-scheme',
    sentence: 'links begin with two slashes and the host',
    allowedBy: references,
    seams: linking((path, { headers }) => `//${headers['host']}${path}`),
  },
  {
    id: 'upward-links',
    sentence: 'links go up from the place of the request by ../',
    allowedBy: references,
    options: { prefix: '/api/v3' },
    seams: linking((path, request, prefix) => `${'../'.repeat(depth(request))}${path.slice(prefix.length + 1)}`),
  },
  {
    id: 'dotted-links',
    sentence: 'links start with ./, and take a detour',
    allowedBy: references,
    seams: linking((path, request) => `./${'../'.repeat(depth(request))}x/..${path}`),
  },
  {
    id: 'escaped-prefix',
    sentence: 'the base URL has escapes in it',
    allowedBy: 'Everything lives under a base URL with any prefix',
    options: { prefix: '/api/v3/submodels/aHR0cHM6Ly9leGFtcGxl/%C3%84%20b/x%2Fy/~a' },
  },
  {
    id: 'attachments-elsewhere',
    sentence: 'attachments live under a name of their own, away from the base URL',
    allowedBy: otherPlace,
    options: { prefix: '/deep/below' },
    seams: () => ({
      attachmentPath: (id) => `/files/by/id/${id}/meta.json`,
      contentPath: (id) => `/files/by/id/${id}/%62ytes`,
      resource: (target) =>
        target.replace(/\/files\/by\/id\/([^/?]+)\/(meta\.json|%62ytes)$/, (_, id, what) =>
          what === 'meta.json' ? `/attachments/${id}` : `/attachments/${id}/content`,
        ),
    }),
  },
  {
    id: 'attachments-by-query',
    sentence: 'an attachment is told by the query',
    allowedBy: otherPlace,
    seams: () => ({
      attachmentPath: (id) => `/files?v=1&id=${id}`,
      contentPath: (id) => `/files?id=${id}&raw=&v=1`,
      resource: (target) =>
        target
          .replace(/\/files\?v=1&id=([^&]*)$/, '/attachments/$1')
          .replace(/\/files\?id=([^&]*)&raw=&v=1$/, '/attachments/$1/content'),
    }),
  },
  {
    id: 'one-id',
    sentence: 'an attachment has the id of its session',
    allowedBy: otherPlace,
    seams: () => ({ attachmentId: ({ id }) => id }),
  },
  {
    id: 'numbered-attachments',
    sentence: 'attachments are counted',
    allowedBy: 'Unknown is an id that this server has not',
    options: { tokens: ['first', 'second'] },
    seams: () => {
      let made = 0;
      return { attachmentId: () => String(++made) };
    },
  },
];
