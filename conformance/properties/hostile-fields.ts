import fc from 'fast-check';
import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Call, ChunkCall, CompleteCall, ContentCall, Script } from '../history.ts';
import { attacked, inGroups } from './attacks.ts';
import type { Environment, Property } from './property.ts';

/** Integrity fields at the edges of what RFC 9651 and RFC 9530 allow. Names that begin with x- are of no algorithm. */
export const digestTexts: readonly string[] = [
  'sha-256=:{right}:',
  'x-a=1;b;c="d", sha-256=:{right}:',
  'x-a=1,sha-256=:{right}:',
  'x-a\t,\tsha-256=:{right}:',
  'x-a=(1 "b, c" d);e=-1.5, sha-256=:{right}:, x-b',
  'x-a="sha-256=:, \\"", sha-256=:{right}:',
  'x-a=?0, *x_.-*=b/c:d, sha-256=:{right}:',
  'sha-256=:{wrong}:, sha-256=:{right}:',
  'sha-256=:{right}:, sha-256=:{wrong}:',
  'x-a=:AAAA:\nsha-256=:{right}:',
  'x-a=:AAAA:\nsha-256=:{wrong}:',
  'sha-256=:{wrong}:, x-a=:{right}:',
  'x-a=:{right}:, sha-256=:{wrong}:',
  'sha-256=:{right}:;a=1',
  'x-a=@1, sha-256=:{right}:',
  'x-a=%"%c3%a9", sha-256=:{right}:',
  'x-a=:AA:, sha-256=:{right}:',
  'sha-256=:{right}',
  'sha-256={right}:',
  'sha-256={right}',
  'sha-256:{right}:',
  'sha-256 =:{right}:',
  'sha-256= :{right}:',
  'sha-256=:{right}:,',
  ',sha-256=:{right}:',
  'sha-256=:{right}:,,x-a=1',
  'sha-256=:{right}: x-a=1',
  'sha-256=:{right}:;',
  'sha-256=:{right}-:',
  'sha-256=:{right}\t:',
  'SHA-256=:{right}:',
  'sha-256=:{right}:, X=1',
  'x-a=1., sha-256=:{right}:',
  'x-a=1234567890123456, sha-256=:{right}:',
  'x-a="\\a", sha-256=:{right}:',
  'x-a=(1,2), sha-256=:{right}:',
  'x-a=(1 2, sha-256=:{right}:',
  'x-a=:!:, sha-256=:{right}:',
  'sha-256',
  'sha-256;a',
  'sha-256=',
  'sha-256=?1',
  'sha-256=token',
  'sha-256="{right}"',
  'sha-256=5',
  'sha-256=1.5',
  'sha-256=@1',
  'sha-256=%"a"',
  'sha-256=(:{right}:)',
  'sha-256=()',
  'sha-256=::',
  'sha-256=:AAAA:',
  'sha-256=:{right}AAAA:',
  'sha-256=:{right}:, sha-256=:AAAA:',
  'x-sha-256=:{right}:',
  'sha-25=:{right}:, sha-2566=:{right}:',
  'x-a',
  '=',
  ':',
  ',',
  ';',
  '"',
  '\\',
  '{x*40}',
  'x-{a*300}=:{A*400}:, sha-256=:{right}:',
  'x-a=({(*20}1), sha-256=:{wrong}:',
];

/** `Content-Range` fields that are right, or nearly so. */
const rangeTexts: readonly string[] = [
  'bytes {first}-{last}/{size}',
  'BYTES {first}-{last}/{size}',
  'bytes 00{first}-00{last}/00{size}',
  'bytes {0*30}{first}-{last}/{size}',
  'bytes  {first}-{last}/{size}',
  'bytes\t{first}-{last}/{size}',
  'bytes {first} - {last} / {size}',
  ' bytes {first}-{last}/{size} ',
  'bytes {first}-{last}/{size}\nbytes {first}-{last}/{size}',
  'bytes {first}-{last}/{size}\nbytes 0-0/1',
  'bytes 0-0/1\nbytes 0-1/2',
  '',
  'bytes',
  'bytes ',
  'bytes=',
  'bytes={first}-{last}/{size}',
  'bytes {first}-{last}',
  'bytes {first}-/{size}',
  'bytes -{last}/{size}',
  'bytes {first}/{size}',
  'bytes */*',
  'bytes {first}-{last}/*',
  'items {first}-{last}/{size}',
  'bytes-{first}-{last}/{size}',
  'bytes:{first}-{last}/{size}',
  '{first}-{last}/{size}',
  'bytes {last}-{first}/{size}',
  'bytes -{first}-{last}/{size}',
  'bytes +{first}-{last}/{size}',
  'bytes {first}-{last}/-{size}',
  'bytes {first}.0-{last}/{size}',
  'bytes {first}e0-{last}/{size}',
  'bytes 0x{first}-{last}/{size}',
  'bytes {first}-{last+1}/{size}',
  'bytes {first}-{last}/{size}0',
  'bytes {first}-{last}/{size};a=1',
  'bytes {first}-{last}/{size},',
  'bytes {first}-{last}/{size} x',
  'bytes {first+4294967296}-{last+4294967296}/{size+4294967296}',
  'bytes {first}-{last}/{size+4294967296}',
  'bytes {first}-{last}/{size+9007199254740992}',
  'bytes {first}-{last}/{size+18446744073709551616}',
  'bytes {first+18446744073709551616}-{last+18446744073709551616}/{size}',
  'bytes {first}-{last}/{9*400}',
  'bytes { *200}',
];

const digests = digestTexts.map((raw) => ({ raw }));
const texts = fc.oneof(
  fc.constantFrom(...digestTexts),
  // Two edges in one field, and one with a character more or less.
  fc.tuple(fc.constantFrom(...digestTexts), fc.constantFrom(...digestTexts)).map((both) => both.join(', ')),
  fc
    .tuple(fc.constantFrom(...digestTexts), fc.nat(), fc.nat(1), fc.constantFrom('', ...':,;=" \t()?@%a-A1'))
    .map(([text, place, removed, added]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + added + text.slice(at + removed);
    })
    .filter((text) => !/^\s|\s$|\n\s*\n/.test(text)),
);

export const hostileChunkFields: Property = {
  id: 'hostile-chunk-fields',
  title: 'whatever stands in the fields of a chunk, it is taken or refused for what it says, and nothing is harmed',
  requirements: [
    'chunk.content-range',
    'chunk.digest',
    'chunk.digest-unsupported',
    'chunk.digest-invalid',
    'chunk.atomic',
    'http.problem',
    'http.transient',
  ],
  weight: 1,
  malformed: true,
  examples: (environment) => [
    ...inGroups(digests.map((contentDigest) => put({ contentDigest }))).map((group) => attacked(environment, group)),
    ...inGroups(rangeTexts.map((contentRange) => put({ contentRange }))).map((group) => attacked(environment, group)),
    ...inGroups(chunkFields.map((fields) => put({ fields }))).map((group) => attacked(environment, group)),
  ],
  scripts: (environment) =>
    fc
      .array(
        fc.oneof(
          texts.map((raw) => put({ contentDigest: { raw } })),
          fc
            .tuple(texts, fc.constantFrom(...rangeTexts))
            .map(([raw, contentRange]) => put({ contentDigest: { raw }, contentRange })),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((attacks) => attacked(environment, attacks)),
};

const put = (how: Partial<ChunkCall>): Call => ({ kind: 'chunk', session: 'a', chunk: 1, write: 2, ...how });

/** Fields that mean nothing to a chunk, or that HTTP leaves to the server. */
const chunkFields: readonly Readonly<Record<string, string>>[] = [
  ...[
    'text/html',
    'garbage',
    'a/b;c',
    '',
    'application/json; charset=utf-8',
    'multipart/form-data; boundary=x',
    '/',
  ].map((type) => ({ 'Content-Type': type })),
  { Expect: 'nonsense' },
  { Expect: '100-continue;q=1, x' },
  { Range: 'bytes=0-0' },
  { 'If-Range': '"x"' },
  { Accept: 'text/html;q=0' },
  { 'Idempotency-Key': '{x*300}' },
  { 'Content-Disposition': 'attachment; filename="../../x"' },
];

export const hostileExpectations: Property = {
  id: 'hostile-expectations',
  title: 'whatever digest text a completion expects, it is judged for what it says, and a refusal publishes nothing',
  requirements: ['complete.digest', 'http.problem', 'http.transient'],
  weight: 0.5,
  examples: (environment) =>
    inGroups(digests.flatMap((digest) => [complete({ digest }), complete({ compositeDigest: digest })])).map((group) =>
      filledAnd(environment, group),
    ),
  scripts: (environment) =>
    fc
      .array(
        fc.oneof(
          texts.map((raw) => complete({ digest: { raw } })),
          texts.map((raw) => complete({ compositeDigest: { raw } })),
          fc.tuple(texts, texts).map(([raw, other]) => complete({ digest: { raw }, compositeDigest: { raw: other } })),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((attacks) => filledAnd(environment, attacks)),
};

const complete = (how: Partial<CompleteCall>): Call => ({ kind: 'complete', session: 'a', ...how });

const filledAnd = (environment: Environment, attacks: readonly Call[]): Script =>
  scriptOf(
    initiate('a', smallFile(environment, 2)),
    { kind: 'fill', session: 'a', write: 100 },
    ...attacks,
    { kind: 'status', session: 'a' },
    { kind: 'complete', session: 'a' },
    { kind: 'content', session: 'a' },
  );

const rangesAsked: readonly string[] = [
  'bytes=9999999999999999999-',
  'bytes=0-99999999999999999999999',
  'bytes=18446744073709551616-18446744073709551617',
  'bytes=4294967296-4294967297',
  'bytes=-99999999999999999999',
  'bytes=-0',
  'bytes=5-2',
  'bytes=a-b',
  'bytes=0-1-2',
  'bytes=0-x',
  'bytes=1.0-2',
  'bytes=+1-2',
  'bytes= 0-1',
  'bytes=0 - 1',
  'bytes=,0-1,',
  'bytes=-',
  'bytes',
  'bytes 0-1',
  'bytes:0-1',
  'BYTES=0-1',
  'items=0-1',
  '=0-1',
  'bytes=0-1;x=1',
  'bytes=0-0,0-0,0-0',
  'bytes=0-,0-,0-',
  'bytes=0-1,1-2,a',

  `bytes=${Array.from({ length: 100 }, (_, i) => `${2 * i}-${2 * i}`).join(',')}`,
  'bytes=0-{0*800}1',
  'bytes={0*800}1-2',
];

/** Ranges of a file without bytes: libraries that count from its end have served the byte before its first. */
const rangesOfNothing: readonly string[] = ['bytes=0-0', 'bytes=0-', 'bytes=-5', 'bytes=-0', 'bytes=0-0,-1'];

const conditions: readonly Readonly<Record<string, string>>[] = [
  ...[
    'garbage',
    '"',
    '"unterminated',
    'W/',
    'W/"x"',
    'w/"x"',
    ',',
    '""',
    '"a" "b"',
    '"a", "b"',
    '"a", {etag}',
    'W/{etag}',
    '{etag}, ',
    '"a",,{etag}',
    '*, "a"',
    '"a"{,*100} "z"',
    '"{x*2000}"',
    "'{etag}'",
    '{etag}{etag}',
  ].map((text) => ({ 'If-None-Match': text })),
  ...['garbage', '"', 'W/', '""', '{etag}, {etag}', '{etag} ', 'W/{etag}', '*', 'yesterday', '"{x*2000}"'].map(
    (text) => ({ 'If-Range': text, Range: 'bytes=0-0' }),
  ),
];

export const hostileConditions: Property = {
  id: 'hostile-conditions',
  title: 'whatever range and condition come with a download, the bytes are right or the request is refused',
  requirements: ['content.range', 'content.validators', 'content.exact', 'http.transient'],
  weight: 0.3,
  malformed: true,
  unfit: ({ profiles }) => (profiles.includes('download') ? undefined : 'the profile download is not claimed'),
  examples: (environment) => [
    ...inGroups([...rangesAsked.map((range) => read({ range })), ...conditions.map((fields) => read({ fields }))]).map(
      (group) => downloads(environment, group),
    ),
    downloads(
      environment,
      rangesOfNothing.map((range) => read({ range })),
      0,
    ),
  ],
  scripts: (environment) =>
    fc
      .array(
        fc.record(
          { range: fc.constantFrom(...rangesAsked), fields: fc.constantFrom(...conditions), head: fc.constant(true) },
          { requiredKeys: [] },
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((reads) => downloads(environment, reads.map(read))),
};

// Its `Range` is the call's own, by which it is judged.
const read = ({ fields: { Range: range, ...fields } = {}, ...how }: Partial<ContentCall>): Call => ({
  kind: 'content',
  session: 'a',
  ...(range === undefined ? {} : { range }),
  ...how,
  ...(Object.keys(fields).length > 0 ? { fields } : {}),
});

const downloads = (environment: Environment, reads: readonly Call[], chunks = 2): Script =>
  scriptOf(
    initiate('a', smallFile(environment, chunks)),
    { kind: 'fill', session: 'a', write: 100 },
    { kind: 'complete', session: 'a' },
    { kind: 'content', session: 'a' },
    ...reads,
    { kind: 'content', session: 'a' },
  );
