import { asking, isProblem, type Mutant, replies, requests, withField, withMembers } from '../mutant.ts';
import { honest } from '../seams.ts';

const onInitiate = 'initiateUpload' as const;

/** Servers that get a session wrong from its first answer on. */
export const brokenInitiate: readonly Mutant[] = [
  {
    id: 'location-missing',
    breaks: ['initiate.created'],
    sentence: 'The 201 has no Location.',
    seams: replies(onInitiate, (reply) => withField(reply, 'Location')),
  },
  {
    id: 'location-elsewhere',
    breaks: ['initiate.location'],
    sentence: 'The Location has one character too many, so it leads to nothing.',
    seams: replies(onInitiate, (reply) => withField(reply, 'Location', `${reply.headers['Location']}0`)),
  },
  {
    id: 'name-normalised',
    breaks: ['initiate.echo'],
    sentence: 'File names come back in Unicode normal form C.',
    seams: requests(onInitiate, (request) =>
      asking(request, ({ fileName }) => (typeof fileName === 'string' ? { fileName: fileName.normalize() } : {})),
    ),
  },
  {
    id: 'name-trimmed',
    breaks: ['initiate.echo'],
    sentence: 'Spaces around a file name are lost.',
    seams: requests(onInitiate, (request) =>
      asking(request, ({ fileName }) =>
        typeof fileName === 'string' && fileName.isWellFormed() ? { fileName: fileName.trim() || fileName } : {},
      ),
    ),
  },
  {
    id: 'content-type-in-lower-case',
    breaks: ['initiate.echo'],
    sentence: 'Media types are put into lower case, parameters and all.',
    seams: requests(onInitiate, (request) =>
      asking(request, ({ contentType }) =>
        typeof contentType === 'string' ? { contentType: contentType.toLowerCase() } : {},
      ),
    ),
  },
  {
    id: 'geometry-in-32-bits',
    breaks: ['initiate.geometry'],
    sentence: 'The number of chunks is computed with 32-bit integers.',
    seams: () => ({
      geometry: (fileSize, preferred, limits) => {
        const { chunkSize } = honest.geometry(fileSize, preferred, limits);
        return { chunkSize, totalChunks: Math.ceil((fileSize >>> 0) / chunkSize) };
      },
    }),
  },
  {
    id: 'empty-last-chunk',
    breaks: ['initiate.geometry'],
    faultClass: 'size an exact multiple of the chunk: an empty last chunk',
    sentence: 'A file of exactly n chunks gets n + 1, the last one empty.',
    seams: () => ({
      geometry: (fileSize, preferred, limits) => {
        const { chunkSize } = honest.geometry(fileSize, preferred, limits);
        return { chunkSize, totalChunks: fileSize === 0 ? 0 : Math.floor(fileSize / chunkSize) + 1 };
      },
    }),
  },
  {
    id: 'chunk-size-hint-ignored',
    breaks: ['initiate.chunk-size'],
    sentence: 'The server always picks the chunk size itself.',
    seams: () => ({ geometry: (fileSize, _preferred, limits) => honest.geometry(fileSize, undefined, limits) }),
  },
  {
    id: 'chunk-size-hint-unlimited',
    breaks: ['initiate.geometry', 'initiate.chunk-size'],
    sentence: 'A small preferred chunk size is honoured beyond the greatest number of chunks.',
    seams: () => ({
      geometry: (fileSize, preferred, limits) =>
        honest.geometry(fileSize, preferred, { ...limits, maxChunks: Number.MAX_SAFE_INTEGER }),
    }),
  },
  {
    id: 'timeout-hint-ignored',
    breaks: ['initiate.timeout'],
    sentence: 'Every session lives as long as the server likes.',
    seams: () => ({ timeoutSeconds: (_preferred, limits) => honest.timeoutSeconds(undefined, limits) }),
  },
  {
    id: 'timeout-hint-unclamped',
    breaks: ['initiate.timeout'],
    sentence: 'A session lives as long as the client asks, beyond the limit.',
    seams: () => ({ timeoutSeconds: (preferred, limits) => preferred ?? honest.timeoutSeconds(preferred, limits) }),
  },
  {
    id: 'born-expired',
    breaks: ['initiate.timeout'],
    faultClass: 'expiry announced wrongly, or enforced though never announced',
    sentence: 'The announced expiry is an hour before the real one, mostly in the past.',
    seams: replies(onInitiate, (reply) =>
      withMembers(reply, ({ expiresAt }) =>
        expiresAt === undefined ? {} : { expiresAt: new Date(Date.parse(String(expiresAt)) - 3_600_000).toISOString() },
      ),
    ),
  },
  {
    id: 'chunks-past-the-limit',
    breaks: ['capabilities.truth'],
    sentence: 'The chunk size that the server picks itself is twice the largest that it claims.',
    seams: () => ({
      geometry: (fileSize, preferred, limits) => {
        const lawful = honest.geometry(fileSize, preferred, limits);
        const chunkSize = lawful.chunkSize === preferred ? preferred : 2 * limits.maxChunkSize;
        return { chunkSize, totalChunks: Math.ceil(fileSize / chunkSize) };
      },
    }),
  },
  {
    id: 'limit-overstated',
    breaks: ['initiate.too-large', 'capabilities.truth'],
    sentence: 'The capabilities claim a greatest file size one byte over the one that is enforced.',
    seams: replies('getCapabilities', (reply) =>
      withMembers(reply, ({ limits }) => {
        const { maxFileSize } = limits as { maxFileSize: number };
        return { limits: { ...(limits as object), maxFileSize: maxFileSize + 1 } };
      }),
    ),
    options: { limits: { maxFileSize: 2 ** 36 } },
  },
  {
    id: 'limit-unenforced',
    breaks: ['initiate.too-large'],
    faultClass: 'quota not enforced at completion; over-size upload leaves half a file',
    sentence: 'The capabilities claim a greatest file size of half the one that is enforced.',
    seams: replies('getCapabilities', (reply) =>
      withMembers(reply, ({ limits }) => {
        const { maxFileSize } = limits as { maxFileSize: number };
        return { limits: { ...(limits as object), maxFileSize: Math.floor(maxFileSize / 2) } };
      }),
    ),
  },
  {
    id: 'fraction-accepted',
    breaks: ['initiate.invalid'],
    sentence: 'A file size with a fraction is rounded up.',
    seams: requests(onInitiate, (request) =>
      asking(request, ({ fileSize }) =>
        typeof fileSize === 'number' && fileSize > 0 ? { fileSize: Math.ceil(fileSize) } : {},
      ),
    ),
  },
  {
    id: 'null-taken-for-absent',
    breaks: ['initiate.invalid'],
    sentence: 'A member that is null counts as absent.',
    seams: () => ({
      invalidMembers: (json) =>
        honest.invalidMembers(Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))),
      around: (request, next) =>
        next(
          request.operation === 'initiateUpload'
            ? asking(request, (json) =>
                json['contentType'] === null ? { contentType: 'application/octet-stream' } : {},
              )
            : request,
        ),
    }),
  },
  {
    id: 'invalid-json-is-500',
    breaks: ['initiate.invalid', 'http.transient', 'http.schema'],
    sentence: 'Whatever is wrong with an initiate body ends in a 500.',
    seams: replies(onInitiate, (reply) =>
      isProblem(reply, 'invalid-request')
        ? { ...reply, status: 500, json: { type: 'about:blank', title: 'Internal Server Error', status: 500 } }
        : reply,
    ),
  },
  {
    id: 'unknown-members-refused',
    breaks: ['http.unknown-members'],
    sentence: 'An initiate with a member that the contract does not know is refused.',
    seams: () => ({
      invalidMembers: (json) => {
        const known = ['fileName', 'fileSize', 'contentType', 'preferredChunkSize', 'preferredTimeoutSeconds'];
        const unknown = Object.keys(json).filter((name) => !known.includes(name));
        return { ...honest.invalidMembers(json), ...(unknown.length > 0 && { '#': 'has unknown members' }) };
      },
    }),
  },
  {
    id: 'media-type-unchecked',
    breaks: ['initiate.media-type'],
    sentence: 'Any media type is taken for JSON.',
    seams: requests(onInitiate, (request) => withField(request, 'content-type', 'application/json')),
  },
  {
    id: 'backslash-in-name-accepted',
    breaks: ['initiate.file-name'],
    faultClass: 'path traversal by id or name; CR LF into headers',
    sentence: 'Only / separates paths, so a name may contain \\.',
    seams: () => ({ nameIsAcceptable: (fileName) => honest.nameIsAcceptable(fileName.replaceAll('\\', '')) }),
  },
  {
    id: 'c1-controls-in-name-accepted',
    breaks: ['initiate.file-name'],
    faultClass: 'path traversal by id or name; CR LF into headers',
    sentence: 'Control characters are those of ASCII alone.',
    seams: () => ({ nameIsAcceptable: (fileName) => honest.nameIsAcceptable(fileName.replace(/[\x80-\x9f]/g, '')) }),
  },
  {
    id: 'name-length-in-characters',
    breaks: ['initiate.file-name'],
    sentence: 'A name may have 255 characters, however many bytes they take.',
    seams: () => ({
      nameIsAcceptable: (fileName) =>
        honest.nameIsAcceptable(fileName) || (fileName.length <= 255 && honest.nameIsAcceptable(fileName.slice(0, 60))),
    }),
  },
];
