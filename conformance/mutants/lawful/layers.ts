import openapi from '../../../generated/openapi.json' with { type: 'json' };
import { withField } from '../mutant.ts';
import { blankProblem, problem } from '../replies.ts';
import type { JsonObject, Reply } from '../state.ts';
import { pause, type Variant } from './variant.ts';

const anyTime = '429, 500, 503 and 507 may come at any time; a single one is never a fault';

/** The members of an initiate request that the contract knows. */
const declared = Object.keys(openapi.components.schemas.InitiateRequest.properties);
const essence = (json: JsonObject): string => JSON.stringify(declared.map((member) => json[member] ?? null));

/** A refusal by something that knows HTTP only. */
const bare: Reply = {
  status: 400,
  headers: { 'Content-Type': 'text/html' },
  bytes: Buffer.from('<h1>Bad Request</h1>'),
};

/** Whether a JSON text has a number of more than 17 digits. */
const hasLongNumbers = (text: string): boolean =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?[\d.]+/gs)].some(
    ([token]) => token.replace(/[-.]/g, '').length > 17 && token[0] !== '"',
  );

/** Servers whose libraries and proxies have habits of their own: each was met in one that is in use. */
export const layers: readonly Variant[] = [
  {
    id: 'keys-compare-what-is-known',
    sentence: 'for an idempotency key members that the contract does not know make no difference',
    allowedBy: 'A server may compare with or without unknown members.',
    seams: () => ({ sameRequest: (first, again) => essence(first) === essence(again) }),
  },
  {
    id: 'no-long-numbers',
    sentence: 'a number of more than 17 digits is refused, zeros included',
    allowedBy: 'one of more than 17 digits (counted as they are written',
    seams: () => ({
      around(request, next) {
        const isJson = request.operation === 'initiateUpload' || request.operation === 'completeUpload';
        const long = isJson && hasLongNumbers(request.body.bytes.toString('utf8'));
        const unreadable = { ...request.body, bytes: Buffer.from('{'), length: 1 };
        return next(long ? { ...request, body: unreadable } : request);
      },
    }),
  },
  {
    id: 'one-line-a-field',
    sentence: 'a Content-Range in several lines is refused by a proxy, which knows no problems',
    allowedBy: 'Nor are several lines of a field that is no list, such as `Content-Range`',
    seams: () => ({
      around: (request, next) => (/, bytes/.test(request.headers['content-range'] ?? '') ? bare : next(request)),
    }),
  },
  {
    id: 'strict-targets',
    sentence: 'a path with characters that no path has is refused by the HTTP layer',
    allowedBy: 'A path with characters that RFC 3986 3.3 does not have there',
    seams: () => ({
      write(response, status, headers, content) {
        const [path = ''] = (response.req.url ?? '').split('?');
        const strict = /^[\w.~!$&'()*+,;=:@%/-]*$/.test(path);
        response.writeHead(strict ? status : bare.status, strict ? headers : { 'Content-Type': 'text/html' });
        response.end(strict ? content : bare.bytes);
      },
    }),
  },
  {
    id: 'reads-signs',
    sentence: 'a range with plus signs is read as one without',
    allowedBy: 'though a server that reads `+1` as 1 may serve that range with 206',
    seams: () => ({
      around(request, next) {
        const range = request.headers['range'];
        return next(range === undefined ? request : withField(request, 'range', range.replaceAll('+', '')));
      },
    }),
  },
  {
    id: 'strict-ranges',
    sentence:
      'a range that does not parse, that ends before it begins, or with a long number is 400, and so is an If-Range that is neither a tag nor a date',
    allowedBy: 'may be ignored, be refused with 400 and `about:blank`',
    seams: () => ({
      around(request, next) {
        const { range, 'if-range': ifRange = '""' } = request.headers;
        if (range === undefined || request.operation !== 'getAttachmentContent') return next(request);
        const isValidator = /^(?:(?:W\/)?"[^" ]*"|\w{3}, .* GMT)$/.test(ifRange.trim());
        const parts = /^bytes=(.*)$/s.exec(range)?.[1]?.split(',') ?? [''];
        const sound = (part: string): boolean => {
          const [, first, last] = /^[ \t]*(?=-?\d)(\d{0,16})-(\d{0,16})[ \t]*$/.exec(part) ?? [];
          return first !== undefined && (first === '' || !last || Number(last) >= Number(first));
        };
        const reply = next(request);
        return reply.status < 500 &&
          reply.status !== 404 &&
          reply.status !== 401 &&
          !(isValidator && parts.every(sound))
          ? blankProblem(400, { 'Cache-Control': 'no-store' })
          : reply;
      },
    }),
  },
  {
    id: 'stutters',
    sentence: 'for 60 ms of every two seconds everything is 500',
    allowedBy: anyTime,
    seams: () => ({
      around: (request, next) =>
        request.operation !== 'getCapabilities' && Date.now() % 2000 < 60
          ? blankProblem(500, { 'Cache-Control': 'no-store' })
          : next(request),
    }),
  },
  {
    id: 'few-at-a-time',
    sentence: 'the fifth request at the same time is 503, and is to be made again at once',
    allowedBy: anyTime,
    seams: () => {
      let underWay = 0;
      return {
        async around(request, next) {
          if (underWay >= 4) return withField(problem('unavailable'), 'Retry-After', '0');
          underWay++;
          await pause(3);
          underWay--;
          return next(request);
        },
      };
    },
  },
];
