// generated from spec/, never edited: npm run generate

/** A promise of the contract. The id is stable; the text is the whole promise. */
export interface Requirement {
  id: string;
  level: 'MUST' | 'SHOULD' | 'MAY';
  text: string;
  /** The RFC and section that it comes from, where one exists. */
  source?: string;
  /** The operation beside which it stands, or 'general'. */
  binds: string;
  profile: 'core' | 'download' | 'auth' | 'idempotency';
  /** Why no test over HTTP can observe it. */
  untestable?: string;
}

export const requirements = {
  "http.schema": {
    "id": "http.schema",
    "level": "MUST",
    "text": "Every response to a valid HTTP request for an operation of this contract MUST have a status, media type, header fields and body that the OpenAPI description documents for that operation or, in `x-general-responses`, for all of them; further fields and members may stand beside them.",
    "source": "RFC 9110 15",
    "binds": "general",
    "profile": "core"
  },
  "http.problem": {
    "id": "http.problem",
    "level": "MUST",
    "text": "Every 4xx and 5xx response to a valid HTTP request for a path of this contract, other than to HEAD and other than a 414, 417, 426, 431, 501 or 505 by which HTTP itself declines to process the request, MUST carry an `application/problem+json` body whose `status` equals the status of the response and whose `type` is the one that the problem table gives for the cause, or `about:blank` where the table does not name the cause; each requirement says what is answered to a request in which nothing else is wrong, and where several problems apply, any of them may be reported after 401 and (but for a 405, which may come earlier) the existence and ownership of the session.",
    "source": "RFC 9457 3.1",
    "binds": "general",
    "profile": "core"
  },
  "http.no-store": {
    "id": "http.no-store",
    "level": "MUST",
    "text": "Every response that carries a session representation, a chunk receipt or a problem MUST have a `Cache-Control` field with the directive `no-store`.",
    "source": "RFC 9111 5.2.2.5",
    "binds": "general",
    "profile": "core"
  },
  "http.unknown-members": {
    "id": "http.unknown-members",
    "level": "MUST",
    "text": "A server MUST ignore members of a JSON request that this contract does not define: their presence, of whatever type, never changes the answer, except that they are part of the JSON value by which an idempotency key's requests may be compared, and of the text, of which the server may bound the size, the depth, the numbers and the duplicates.",
    "source": "RFC 8259 4",
    "binds": "general",
    "profile": "core"
  },
  "http.method": {
    "id": "http.method",
    "level": "SHOULD",
    "text": "A method that a resource of this contract lacks SHOULD be answered with 405 and an `Allow` field that lists the methods it has.",
    "source": "RFC 9110 15.5.6",
    "binds": "general",
    "profile": "core"
  },
  "http.date": {
    "id": "http.date",
    "level": "MUST",
    "text": "Every final response to a valid HTTP request, other than a 414, 417, 426, 431, 501 or 505 by which HTTP itself declines to process it, MUST have a `Date` field with the server's current time, on the same clock by which the server decides whether a session has expired.",
    "source": "RFC 9110 6.6.1",
    "binds": "general",
    "profile": "core"
  },
  "http.transient": {
    "id": "http.transient",
    "level": "MUST",
    "text": "A 429 or a 5xx, other than a 501 or 505 that HTTP itself assigns to the request and a 507 for as long as the storage is full, MUST report a transient condition: the same requests, made again in a fresh session and after any `Retry-After`, are not answered so every time; nor is a request with at most 64 KiB of content every time left without an answer, for 30 seconds or for ever, though a completion may take longer.",
    "source": "RFC 9110 15.6",
    "binds": "general",
    "profile": "core"
  },
  "session.remembered": {
    "id": "session.remembered",
    "level": "MUST",
    "text": "A session MUST survive a kill of the server process, and a completed or aborted one MUST keep giving the answers of its state, also across a kill, at least until the last `expiresAt` that it announced, after which each answer is still that one, or 410 `session-expired`, or 404 `session-not-found`, as the server likes.",
    "binds": "general",
    "profile": "core"
  },
  "session.isolated": {
    "id": "session.isolated",
    "level": "MUST",
    "text": "An operation on one session MUST NOT change what any other session, or the attachment of any other session, answers.",
    "binds": "general",
    "profile": "core"
  },
  "session.linearizable": {
    "id": "session.linearizable",
    "level": "MUST",
    "text": "The answers to all requests on a session, concurrent ones included, MUST be those of some order of the operations one after another that respects real time (an operation answered before another was sent comes first), in which a request whose response was lost happened once, at some time after it was sent, or not at all.",
    "binds": "general",
    "profile": "core"
  },
  "auth.required": {
    "id": "auth.required",
    "level": "MUST",
    "text": "With profile `auth`, a request without valid credentials MUST be answered with 401 `unauthorized` and `WWW-Authenticate`, before anything else about it is judged, on every operation except that the capabilities may be open to all.",
    "source": "RFC 9110 15.5.2",
    "binds": "general",
    "profile": "auth"
  },
  "auth.isolated": {
    "id": "auth.isolated",
    "level": "MUST",
    "text": "With profile `auth`, every operation on another principal's session or attachment MUST be answered with the 404 that an unknown one gets (`session-not-found` or `attachment-not-found`), byte for byte but for `Date` and what echoes the request's own URI, and MUST leave the session or attachment unharmed.",
    "source": "RFC 9110 15.5.5",
    "binds": "general",
    "profile": "auth"
  },
  "capabilities.document": {
    "id": "capabilities.document",
    "level": "MUST",
    "text": "`GET /attachment/capabilities` MUST be answered with 200 and a `Capabilities` document whose `contractVersion` is `1.0`, whose `profiles` contain `core`, whose `digestAlgorithms` contain `sha-256`, and whose limits are consistent: `minChunkSize ≤ maxChunkSize`, `maxChunks ≤ 10000`, `maxFileSize ≤ maxChunkSize · maxChunks` and `minTimeoutSeconds ≤ maxTimeoutSeconds ≤ 3155760000` (100 years, so that four digits express every year).",
    "binds": "getCapabilities",
    "profile": "core"
  },
  "capabilities.truth": {
    "id": "capabilities.truth",
    "level": "MUST",
    "text": "What the capabilities claim MUST hold: every promise of each profile named is kept, each algorithm named is verified, each limit is where the server's behaviour changes, and no limit changes while the server runs, nor tightens for a live session.",
    "binds": "getCapabilities",
    "profile": "core"
  },
  "initiate.created": {
    "id": "initiate.created",
    "level": "MUST",
    "text": "A valid `InitiateRequest` MUST be answered with 201, a `Location` field and an `UploadSession` in state `open` with no chunk and no byte received, an empty file included.",
    "source": "RFC 9110 15.3.2",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.location": {
    "id": "initiate.location",
    "level": "MUST",
    "text": "The `Location` of the 201, which may be relative, MUST lead to the session for GET and HEAD: resolved against the URL of the request, a GET on it answers 200 with the same `sessionId`; the URLs of its chunks, complete and abort are built from the base URL and the `sessionId`.",
    "source": "RFC 9110 10.2.2",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.echo": {
    "id": "initiate.echo",
    "level": "MUST",
    "text": "The session MUST give back `fileName`, `fileSize` and `contentType` exactly as declared, code point by code point and without normalisation, with `application/octet-stream` where no `contentType` was declared.",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.geometry": {
    "id": "initiate.geometry",
    "level": "MUST",
    "text": "The session MUST have `chunkSize ≥ 1` and `totalChunks = ceil(fileSize / chunkSize)`, 0 for an empty file and exact for sizes past 2^32, with `totalChunks ≤ limits.maxChunks ≤ 10000`, and both stay the same for its life.",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.chunk-size": {
    "id": "initiate.chunk-size",
    "level": "MUST",
    "text": "`preferredChunkSize` MUST be the session's `chunkSize` when it lies between `minChunkSize` and `maxChunkSize`, both included, and keeps `totalChunks ≤ maxChunks`; otherwise, or without it, the server MUST pick a `chunkSize` of at most `maxChunkSize` itself, and MUST NOT refuse for it, except that one past 2^53 - 1 may be refused with `invalid-request`, or treated like any other value outside the limits.",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.timeout": {
    "id": "initiate.timeout",
    "level": "MUST",
    "text": "`expiresAt` MUST lie in the future, and `preferredTimeoutSeconds` MUST be honoured when it lies within the limits and clamped to the nearer limit when it does not: `expiresAt` is then that many seconds after the response's `Date`, give or take a second; one past 2^53 - 1 may be refused with `invalid-request`, or treated like any other value outside the limits.",
    "source": "RFC 3339 5.6",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.too-large": {
    "id": "initiate.too-large",
    "level": "MUST",
    "text": "A `fileSize` over `limits.maxFileSize` MUST be refused with 413 `file-too-large`, which names `maxFileSize`, and one of exactly `maxFileSize` MUST NOT be refused so.",
    "source": "RFC 9110 15.5.14",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.invalid": {
    "id": "initiate.invalid",
    "level": "MUST",
    "text": "Text that is not JSON in UTF-8 (a byte order mark, duplicate members, nesting past 64 levels, numbers past double precision or written with more than 17 digits, `-0` and escaped halves of surrogate pairs may be refused so too), a body that is not an object, a missing, negative, fractional or non-numeric `fileSize` or one past 2^53 - 1 (unless refused as `file-too-large`), a missing, empty or non-text `fileName`, a malformed `contentType` (one that is not ASCII, or over 255 characters, may be refused so too), a hint that is not an integer of at least 1 (one past 2^53 - 1 may be refused so too), and `null` or any other wrong type for a member MUST be refused with 400 `invalid-request`, whose `errors` name at least one fault.",
    "source": "RFC 8259",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.media-type": {
    "id": "initiate.media-type",
    "level": "MUST",
    "text": "A body whose `Content-Type` is absent or is neither `application/json`, with or without parameters, nor a `+json` type that the server takes MUST be refused with 415 `unsupported-media-type`, as MUST one with a content coding other than identity.",
    "source": "RFC 9110 15.5.16",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.file-name": {
    "id": "initiate.file-name",
    "level": "MUST",
    "text": "A `fileName` that contains a control character (Unicode category Cc, NUL included), `/`, `\\` or an unpaired surrogate, equals `.` or `..`, or takes over 255 bytes in UTF-8 MUST be refused with 400 `invalid-file-name`; any other non-empty name MUST be accepted, kept verbatim and never used as a path.",
    "source": "RFC 8187",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "initiate.unguessable": {
    "id": "initiate.unguessable",
    "level": "MUST",
    "text": "A session id MUST carry at least 128 random bits, consist of unreserved URL characters, never be reused, and have one spelling: a path segment that after percent-decoding once is not exactly the id (or exactly the canonical decimal `chunkId`) names nothing.",
    "source": "RFC 3986 6.2.2.2",
    "binds": "initiateUpload",
    "profile": "core"
  },
  "idempotency.replay": {
    "id": "idempotency.replay",
    "level": "MUST",
    "text": "With profile `idempotency`, the same principal's same `Idempotency-Key` with the same request (equal as JSON values, whatever the order of members or the white space, with or without the members that this contract does not define) MUST be answered with 201, the `Location` and the same session as it now stands for as long as that session is remembered, with 410 `session-aborted` after an abort, and from its last `expiresAt` on with 410, with 404 `session-not-found`, as an unused key or, if it was completed, with that 201 still, whichever the server likes; a refused request binds no key, another principal's equal key is another one, a key of over 255 characters is refused with 400 `invalid-request`, and a key survives a kill of the server process as its session does.",
    "binds": "initiateUpload",
    "profile": "idempotency"
  },
  "idempotency.reused": {
    "id": "idempotency.reused",
    "level": "MUST",
    "text": "With profile `idempotency`, the same principal's same `Idempotency-Key` with a request of another JSON value, for which members that this contract does not define may count or not, MUST be refused with 422 `idempotency-key-reused`, and MUST NOT touch the session that the key made.",
    "source": "RFC 9110 15.5.21",
    "binds": "initiateUpload",
    "profile": "idempotency"
  },
  "idempotency.race": {
    "id": "idempotency.race",
    "level": "MUST",
    "text": "With profile `idempotency`, concurrent requests of one principal with the same `Idempotency-Key` and the same request MUST make one session, which each of those that succeed answers with.",
    "binds": "initiateUpload",
    "profile": "idempotency"
  },
  "status.received": {
    "id": "status.received",
    "level": "MUST",
    "text": "`receivedChunks` MUST list exactly the chunks that are stored, as inclusive, ascending, disjoint and never adjacent ranges, and `receivedBytes` MUST be the sum of their lengths; while `completing` and after it, all chunks are listed.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "status.read-your-writes": {
    "id": "status.read-your-writes",
    "level": "MUST",
    "text": "A chunk whose 2xx was received before the status request was sent MUST be listed in the answer.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "status.safe": {
    "id": "status.safe",
    "level": "MUST",
    "text": "Reading a session, by GET or HEAD, MUST NOT change anything about it, `expiresAt` included.",
    "source": "RFC 9110 9.2.1",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "status.head": {
    "id": "status.head",
    "level": "MUST",
    "text": "HEAD on a session MUST be answered with the status and the contract's fields that GET would have at that moment, and without content.",
    "source": "RFC 9110 9.3.2",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "status.unknown": {
    "id": "status.unknown",
    "level": "MUST",
    "text": "Every operation on a session id that is unknown or forgotten MUST be answered with 404 `session-not-found`.",
    "source": "RFC 9110 15.5.5",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "status.completed": {
    "id": "status.completed",
    "level": "MUST",
    "text": "From the moment a completion was acknowledged with 201 or 200, the session MUST have state `completed` and an `attachment` member with the `attachmentId`, name, size, media type, digests and `createdAt` that the completion answered, and in any other state it MUST NOT have one.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "expiry.enforced": {
    "id": "expiry.enforced",
    "level": "MUST",
    "text": "From `expiresAt` on, by the clock of the server's `Date`, every operation on a session that was open or completing MUST be refused, with 410 `session-expired`, whose `expiredAt` is the session's last `expiresAt`, or with 404 `session-not-found` once the session is forgotten, and never again be answered with a 2xx, and a completion that still runs then publishes nothing.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "expiry.not-early": {
    "id": "expiry.not-early",
    "level": "MUST",
    "text": "A session MUST be usable by every operation of its state until the last `expiresAt` that it announced.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "expiry.monotonic": {
    "id": "expiry.monotonic",
    "level": "MUST",
    "text": "`expiresAt` MUST NOT move back, and in an open session MUST NOT move except forward by a stored chunk, a replay of the same bytes included; a completion that is accepted, or repeated, may move it forward, at once or while `completing`.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "expiry.in-flight": {
    "id": "expiry.in-flight",
    "level": "MUST",
    "text": "A chunk that is being received when `expiresAt` is reached MUST either be acknowledged, and then be listed and complete, or be refused with 410 (404 once forgotten): it takes effect when its last byte has been received and stored, and is refused if that is at or after `expiresAt`.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "expiry.releases": {
    "id": "expiry.releases",
    "level": "MUST",
    "text": "The storage of an expired session, and of whatever was refused, cut off or replaced in it or is still being received, MUST be given back within 5 seconds of its last `expiresAt`.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "expiry.attachment": {
    "id": "expiry.attachment",
    "level": "MUST",
    "text": "A completed attachment MUST outlive its session: with its content it stays the same after the session's `expiresAt`.",
    "binds": "getUploadSession",
    "profile": "core"
  },
  "chunk.stored": {
    "id": "chunk.stored",
    "level": "MUST",
    "text": "A chunk that is accepted MUST be acknowledged with 2xx and a `ChunkReceipt` that names its id, its offset `chunkId · chunkSize`, its length, the SHA-256 of the bytes that were stored, and the session's `expiresAt`.",
    "source": "RFC 9530 2",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.created": {
    "id": "chunk.created",
    "level": "SHOULD",
    "text": "A chunk that was absent SHOULD be acknowledged with 201, and one that was stored before, with the same or other bytes, with 200.",
    "source": "RFC 9110 9.3.4",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.any-order": {
    "id": "chunk.any-order",
    "level": "MUST",
    "text": "Chunks MUST be accepted in any order, whichever others have arrived.",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.parallel": {
    "id": "chunk.parallel",
    "level": "MUST",
    "text": "Different chunks of one session MUST be accepted while others are in flight: one whose body has arrived whole is acknowledged although the bodies of others are still pending.",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.replay": {
    "id": "chunk.replay",
    "level": "MUST",
    "text": "The bytes that a chunk already holds, sent again while the session is open, MUST be acknowledged with 2xx and change nothing, except that `expiresAt` may move forward.",
    "source": "RFC 9110 9.2.2",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.replace": {
    "id": "chunk.replace",
    "level": "MUST",
    "text": "While the session is open, different bytes of the right length MUST replace a stored chunk as a whole.",
    "source": "RFC 9110 9.3.4",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.atomic": {
    "id": "chunk.atomic",
    "level": "MUST",
    "text": "A chunk upload that is cut off, refused or fails MUST leave what was stored before, be it nothing or earlier bytes, untouched, and a body that ends before its announced or framed end, or whose framing is not valid HTTP, MUST NOT ever be stored.",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.length": {
    "id": "chunk.length",
    "level": "MUST",
    "text": "A body that comes to its announced or framed end and is shorter or longer than the chunk, an empty body included, MUST be refused with 400 `chunk-length-mismatch`, which names `expectedLength`.",
    "source": "RFC 9110 15.5.1",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.range": {
    "id": "chunk.range",
    "level": "MUST",
    "text": "A `chunkId` that names no chunk of the session, be it out of range or not in canonical decimal (`-1`, `01`, `+1`, `1.0`, `abc`), MUST be refused with 404 `chunk-not-found`, which names `totalChunks`; one with characters that a path does not have (RFC 3986 3.3) is no well-formed HTTP, and may be refused with 400 with or without a problem.",
    "source": "RFC 9110 15.5.5",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.content-range": {
    "id": "chunk.content-range",
    "level": "MUST",
    "text": "`Content-Range` MUST be optional, MUST be refused with 400 `content-range-mismatch`, which names `expectedRange` in the form `bytes first-last/fileSize`, when it is present and is not exactly this chunk's range (numbers compared as numbers and the unit without case, `*` a mismatch, as is what does not parse), and MUST NOT be used to place bytes; a field that is empty, has more white space than the grammar, or numbers of more than 16 digits, or that comes in several lines, one of them right, may be taken or refused so, while several lines, which are no well-formed HTTP (RFC 9110 5.3), may be refused with 400 with or without a problem.",
    "source": "RFC 9110 14.5",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.digest": {
    "id": "chunk.digest",
    "level": "MUST",
    "text": "A `Content-Digest` with a value of a supported algorithm that does not match the bytes received MUST be refused with 400 `digest-mismatched-values`, even if the values of other algorithms match.",
    "source": "RFC 9530 2",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.digest-unsupported": {
    "id": "chunk.digest-unsupported",
    "level": "MUST",
    "text": "A `Content-Digest` in which no algorithm is supported, an empty field included, MUST be refused with 400 `digest-unsupported-algorithms`, while one supported algorithm among several is enough and members of the others MUST NOT be inspected.",
    "source": "RFC 9530 2",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.digest-invalid": {
    "id": "chunk.digest-invalid",
    "level": "MUST",
    "text": "A `Content-Digest` that is not a dictionary of RFC 9651, or whose member of a supported algorithm is not a byte sequence of that algorithm's length, MUST be refused with 400 `digest-invalid-values`; base64 without its padding or with pad bits that are not zero, parameters of a supported value, and dates and display strings, malformed ones too, may be refused so or taken.",
    "source": "RFC 9651 3.2",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.transfer-coding": {
    "id": "chunk.transfer-coding",
    "level": "MUST",
    "text": "A body without `Content-Length`, in chunked transfer coding, with or without chunk extensions and trailers, MUST be accepted, and its length be measured as that of any other.",
    "source": "RFC 9112 7.1",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.durable": {
    "id": "chunk.durable",
    "level": "MUST",
    "text": "A chunk acknowledged with 2xx, and its session, MUST survive a kill of the server process at any moment after, and then be listed and have the same bytes; they SHOULD survive a loss of power, too.",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "chunk.releases": {
    "id": "chunk.releases",
    "level": "SHOULD",
    "text": "Bodies that were refused or cut off, and bytes that were replaced, SHOULD NOT pile up: an open session holds at most twice its `fileSize`, save for 5 seconds after an upload.",
    "binds": "uploadChunk",
    "profile": "core"
  },
  "complete.created": {
    "id": "complete.created",
    "level": "MUST",
    "text": "The first completion of a session whose chunks are all stored MUST be answered, unless with 202, with 201, `Location` and an `Attachment` with the declared name, size and media type and the composite digest.",
    "source": "RFC 9110 15.3.2",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.bytes": {
    "id": "complete.bytes",
    "level": "MUST",
    "text": "The attachment MUST be the bytes of the chunks in index order, each as it was last acknowledged before the completion took effect, and nothing else.",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.empty-file": {
    "id": "complete.empty-file",
    "level": "MUST",
    "text": "A session for an empty file, which has no chunks, MUST stay `open` until complete is called and then complete like any other, with the composite digest and the digest of no bytes.",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.incomplete": {
    "id": "complete.incomplete",
    "level": "MUST",
    "text": "A completion with chunks missing MUST be refused with 409 `upload-incomplete`, whose `missingChunks` (ranges in the form of `receivedChunks`) and `missingCount` name exactly what is missing, and MUST NOT publish anything nor close the session.",
    "source": "RFC 9110 15.5.10",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.repeat": {
    "id": "complete.repeat",
    "level": "MUST",
    "text": "A completion of a completed session MUST be answered with 200 and the same attachment, `attachmentId` included, to which a `digest` may have been added (202 while still completing), unless it expects a digest that the first would have been refused for, in which case it MUST be refused like the first and change nothing.",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.exactly-once": {
    "id": "complete.exactly-once",
    "level": "MUST",
    "text": "However many completions of a session race, there MUST be at most one 201 and one attachment, whose id all that succeed name.",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.digest": {
    "id": "complete.digest",
    "level": "MUST",
    "text": "A `digest` or `compositeDigest` in the request MUST be checked against the whole bytes or the chunks' digests and refused with 400 `digest-mismatched-values`, `digest-unsupported-algorithms` or `digest-invalid-values` as for chunks (`compositeDigest` knows sha-256 alone, and a text of over 8,192 characters may be refused with `invalid-request` or `digest-invalid-values`), publishing nothing and leaving the session open, syntax at once and never after a 202, as a body that is not a JSON object, or a member that is not text, MUST be refused with `invalid-request`; and the digests that an attachment names MUST be right, `digest` being there if it was asked for by the completion that made the attachment.",
    "source": "RFC 9530 3",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.atomic": {
    "id": "complete.atomic",
    "level": "MUST",
    "text": "A chunk upload that races a completion MUST either be acknowledged and be in the attachment, or be refused with 409 `session-completed` and not be in it.",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.async": {
    "id": "complete.async",
    "level": "MAY",
    "text": "A server MAY answer a completion with 202 and the `UploadSession` in state `completing`, which a client polls until it is `completed`, or `open` again with `completionError`.",
    "source": "RFC 9110 15.3.3",
    "binds": "completeUpload",
    "profile": "core"
  },
  "complete.durable": {
    "id": "complete.durable",
    "level": "MUST",
    "text": "A completion acknowledged with 201 or 200 MUST survive a kill of the server process, with its attachment and bytes, and one acknowledged with 202 MUST afterwards be resumed or end in `completionError`.",
    "binds": "completeUpload",
    "profile": "core"
  },
  "abort.aborted": {
    "id": "abort.aborted",
    "level": "MUST",
    "text": "An abort of an open session MUST be answered with 204, whatever content comes with it.",
    "source": "RFC 9110 15.3.5",
    "binds": "abortUpload",
    "profile": "core"
  },
  "abort.repeat": {
    "id": "abort.repeat",
    "level": "MUST",
    "text": "An abort of an aborted session MUST be answered with 204 again, at least until its last `expiresAt`.",
    "binds": "abortUpload",
    "profile": "core"
  },
  "abort.final": {
    "id": "abort.final",
    "level": "MUST",
    "text": "After an abort every other operation on the session MUST be answered with 410 `session-aborted`, and no chunk of it be stored again.",
    "source": "RFC 9110 15.5.11",
    "binds": "abortUpload",
    "profile": "core"
  },
  "abort.completed": {
    "id": "abort.completed",
    "level": "MUST",
    "text": "An abort of a completed or completing session MUST be refused with 409 `session-completed`, and MUST NOT harm the attachment.",
    "source": "RFC 9110 15.5.10",
    "binds": "abortUpload",
    "profile": "core"
  },
  "abort.race": {
    "id": "abort.race",
    "level": "MUST",
    "text": "Of an abort and a completion that race, exactly one MUST win: either the abort is 204 and nothing is published, or the attachment is there and the abort is 409.",
    "binds": "abortUpload",
    "profile": "core"
  },
  "abort.releases": {
    "id": "abort.releases",
    "level": "MUST",
    "text": "The storage of an aborted session, and of whatever was refused, cut off or replaced in it or is still being received, MUST be given back within 5 seconds of the abort.",
    "binds": "abortUpload",
    "profile": "core"
  },
  "content.exact": {
    "id": "content.exact",
    "level": "MUST",
    "text": "With profile `download`, an `Attachment` MUST have a `contentUrl`, a URI reference that resolved against the URL of the response it came in (in an answer to initiate, against its `Location`) gives 200 and exactly the bytes of the attachment, an empty file included, and HEAD on it the same fields without content.",
    "binds": "getAttachmentContent",
    "profile": "download"
  },
  "content.type": {
    "id": "content.type",
    "level": "MUST",
    "text": "The `Content-Type` of the content MUST be the declared `contentType`, of a 206 as of a 200, but for `multipart/byteranges`, whose parts have it, and a 206 to an `If-Range`, which has it or none.",
    "source": "RFC 9110 8.3",
    "binds": "getAttachmentContent",
    "profile": "download"
  },
  "content.disposition": {
    "id": "content.disposition",
    "level": "MUST",
    "text": "Every 200 and 206 of the content MUST have `X-Content-Type-Options: nosniff` and a `Content-Disposition` of type `attachment` from which the declared name can be read per RFC 6266, in RFC 8187 form where it is not ASCII, and nothing of a name or media type MUST be able to inject a field or a parameter.",
    "source": "RFC 6266, RFC 8187",
    "binds": "getAttachmentContent",
    "profile": "download"
  },
  "content.range": {
    "id": "content.range",
    "level": "MUST",
    "text": "A single satisfiable byte range MUST be answered with 206, exactly those bytes and their `Content-Range`, and an unsatisfiable one with 416 and `Content-Range: bytes */size` (or, where it is `-0` or the file is empty, with 200 as if there were none; never with 206), while several may be answered with 200, with 206 as `multipart/byteranges`, or with a plain 206 if only one of them is satisfiable or is left once they are joined, and with 416 only if none is satisfiable, if they overlap, or if they are more than 8, and a field that does not parse (a last position below the first and a sign do not; numbers of more than 16 digits may be taken so) may be ignored, be refused with 416 or with 400 `about:blank`, or count for as much of it as does parse, the bytes of a 206 being right.",
    "source": "RFC 9110 14",
    "binds": "getAttachmentContent",
    "profile": "download"
  },
  "content.validators": {
    "id": "content.validators",
    "level": "MUST",
    "text": "The content MUST have a strong `ETag` that stays the same, `If-None-Match` with it, alone or in a list, MUST give 304, and `If-Range` MUST apply the range with that tag and give the whole content with any other, a weak one or a date.",
    "source": "RFC 9110 13",
    "binds": "getAttachmentContent",
    "profile": "download"
  },
  "content.digest": {
    "id": "content.digest",
    "level": "SHOULD",
    "text": "The content SHOULD carry a `Repr-Digest` with sha-256 over the whole bytes, on a 206 as on a 200, which is two promises: that the field is sent, and that wherever one is present, it is right.",
    "source": "RFC 9530 3",
    "binds": "getAttachmentContent",
    "profile": "download"
  },
  "content.unknown": {
    "id": "content.unknown",
    "level": "MUST",
    "text": "An attachment id that is unknown, being one that this server has not issued, MUST be answered with 404 `attachment-not-found`, for the attachment and for its content.",
    "source": "RFC 9110 15.5.5",
    "binds": "getAttachmentContent",
    "profile": "download"
  }
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;

export const requirementIds = Object.keys(requirements) as RequirementId[];
