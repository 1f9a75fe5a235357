// generated from spec/, never edited: npm run generate

export interface paths {
    "/attachment/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell what the server offers, and its limits.
         * @description The first request of a careful client. It may be open to all, also with profile `auth`. A limit never tightens for a live session, and none changes while the server runs.
         */
        get: operations["getCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * The fields of `getCapabilities`, without its content.
         * @description The same status and fields as GET would have, and no content (RFC 9110 9.3.2).
         */
        head: operations["headCapabilities"];
        patch?: never;
        trace?: never;
    };
    "/attachment/initiate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Declare a file and open a session for it.
         * @description The server decides the geometry: `chunkSize` and `totalChunks` hold for the life of the session. The JSON text is UTF-8 (RFC 8259); `null` is a wrong type; a number with a zero fraction is an integer, however it is written; a byte order mark, duplicate members, nesting past 64 levels, numbers past double precision, `-0` and escaped halves of surrogate pairs may be refused. `application/json` is required (parameters are ignored, a `+json` type may be taken), and a content coding other than identity is 415.
         */
        post: operations["initiateUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attachment/session/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        /**
         * Tell how far the upload has come.
         * @description What a client asks after a crash, a lost answer or a pause: the chunks that it need not send again. The session's life time is judged here too, since this is where it is told.
         */
        get: operations["getUploadSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * The fields of `getUploadSession`, without its content.
         * @description The same status and fields as GET would have, and no content (RFC 9110 9.3.2).
         */
        head: operations["headUploadSession"];
        patch?: never;
        trace?: never;
    };
    "/attachment/session/{sessionId}/upload/{chunkId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
                /**
                 * @description The chunk's index from 0, in canonical decimal (`0`, `7`, `10`). It is percent-decoded once and then compared exactly; any other text, as `01`, `-1`, `+1` or `abc`, is answered with `chunk-not-found`.
                 * @example 1
                 */
                chunkId: components["parameters"]["ChunkId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Store one chunk, whole, or nothing of it.
         * @description Chunk `i` covers the bytes from `i · chunkSize` up to, and without, `min((i + 1) · chunkSize, fileSize)`. The media type of the body is not checked; a content coding other than identity is 415. `Content-Length` may be absent. Several chunks may be in flight at once. Different bytes replace a stored chunk while the session is open.
         */
        put: operations["uploadChunk"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attachment/session/{sessionId}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn a session with all its chunks into one attachment.
         * @description No content, or a JSON object that says what the client expects of the whole. A repeat after a lost answer is safe. A server that needs time answers 202 and is polled by `getUploadSession`; a value mismatch that it finds later is told by `completionError`, which stays until the next completion starts; one that is refused does not start. A completion that still runs at `expiresAt` publishes nothing. Content without a `Content-Type` may be taken or refused with 415.
         */
        post: operations["completeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attachment/session/{sessionId}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give the session up and its storage back.
         * @description Content is ignored. A repeat after a lost answer is safe.
         */
        post: operations["abortUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attachments/{attachmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
                 * @example k2Vd9Qn4Rz8wLx0sTfYbGg
                 */
                attachmentId: components["parameters"]["AttachmentId"];
            };
            cookie?: never;
        };
        /**
         * Describe an attachment (profile `download`).
         * @description The path is this server's own: elsewhere an attachment may live anywhere, so clients follow `Location` and `contentUrl` and never build this URL.
         */
        get: operations["getAttachment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * The fields of `getAttachment`, without its content.
         * @description The same status and fields as GET would have, and no content (RFC 9110 9.3.2).
         */
        head: operations["headAttachment"];
        patch?: never;
        trace?: never;
    };
    "/attachments/{attachmentId}/content": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags, one of which the content must have, or `*` (RFC 9110 13.1.1).
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Entity tags that the client already has the content of, or `*` (RFC 9110 13.1.2).
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
                 * @example k2Vd9Qn4Rz8wLx0sTfYbGg
                 */
                attachmentId: components["parameters"]["AttachmentId"];
            };
            cookie?: never;
        };
        /**
         * Give the bytes back, whole or in part (profile `download`).
         * @description The media type is the declared one. Several ranges may be answered with 200, as `multipart/byteranges`, or with the one part that is left (RFC 9110 15.3.7.2). A weak or date `If-Range` never matches. A `Range` or a condition that does not parse may be ignored, or be refused. A client finds this URL in `contentUrl`.
         */
        get: operations["getAttachmentContent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * The fields of `getAttachmentContent`, without its content.
         * @description The same status and fields as GET would have, and no content (RFC 9110 9.3.2); `Range` has no meaning (RFC 9110 14.2).
         */
        head: operations["headAttachmentContent"];
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description A set of promises: `core` is this contract without the optional parts, `download` the attachment and its content, `auth` principals that do not see one another, `idempotency` the repeat of a lost initiate.
         * @enum {string}
         */
        Profile: "core" | "download" | "auth" | "idempotency";
        /** @description How far the server goes. `maxFileSize` is at most `maxChunkSize` times `maxChunks`. */
        Limits: {
            /**
             * Format: int64
             * @description The longest file, in bytes.
             * @example 107374182400
             */
            maxFileSize: number;
            /**
             * Format: int64
             * @description The shortest chunk that may be preferred, in bytes; the last chunk of a file may be shorter.
             * @example 1
             */
            minChunkSize: number;
            /**
             * Format: int64
             * @description The longest chunk, in bytes.
             * @example 104857600
             */
            maxChunkSize: number;
            /**
             * @description The most chunks that a session may have.
             * @example 10000
             */
            maxChunks: number;
            /**
             * Format: int64
             * @description The shortest life time of a session, in seconds.
             * @example 1
             */
            minTimeoutSeconds: number;
            /**
             * Format: int64
             * @description The longest life time of a session, in seconds; at most 100 years, which a timestamp can express.
             * @example 604800
             */
            maxTimeoutSeconds: number;
        };
        /**
         * @description A key of the IANA registry of hash algorithms for HTTP digest fields (RFC 9530 7.2).
         * @example sha-256
         */
        DigestAlgorithm: string;
        /** @description What the server offers, and its limits. */
        Capabilities: {
            /**
             * @description The version of this contract that the server keeps.
             * @constant
             */
            contractVersion: "1.0";
            /** @description The profiles that the server keeps, `core` among them. */
            profiles: components["schemas"]["Profile"][];
            limits: components["schemas"]["Limits"];
            /** @description The algorithms that `Content-Digest` and `digest` may use, `sha-256` among them. */
            digestAlgorithms: components["schemas"]["DigestAlgorithm"][];
        };
        /**
         * @description A URI reference (RFC 3986 4.1), absolute or relative.
         * @example /attachments/k2Vd9Qn4Rz8wLx0sTfYbGg/content
         */
        UriReference: string;
        /** @description What went wrong, for programs (`type`) and for people (RFC 9457 3.1). Further members may stand beside the listed ones. `status` repeats the status of the response. */
        Problem: {
            type: components["schemas"]["UriReference"];
            /**
             * @description A short summary of the kind of problem; clients go by `type`, never by this text.
             * @example There is no such session
             */
            title: string;
            /**
             * @description The status of the response.
             * @example 404
             */
            status: number;
            /**
             * @description What went wrong this time.
             * @example The body ended after 3 bytes.
             */
            detail?: string;
            instance?: components["schemas"]["UriReference"];
        };
        /**
         * Valid credentials are needed
         * @description Profile `auth`: the request carries no valid credentials.
         */
        Unauthorized: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#unauthorized";
            /** @constant */
            status?: 401;
        } & components["schemas"]["Problem"];
        /**
         * @description Seconds, or an HTTP date (RFC 9110 10.2.3).
         * @example 2
         */
        RetryAfter: string;
        /**
         * Too many requests
         * @description A limit on requests was reached; `Retry-After` says when to come back.
         */
        TooManyRequests: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#too-many-requests";
            /** @constant */
            status?: 429;
        } & components["schemas"]["Problem"];
        /** @description A cause that the table does not name: `type` is `about:blank`, and `title` the status phrase (RFC 9457 4.2.1). */
        UnnamedProblem: {
            /** @constant */
            type?: "about:blank";
        } & components["schemas"]["Problem"];
        /**
         * The server is unavailable
         * @description Overload, shutdown, or storage that is out of reach; `Retry-After` says when to come back.
         */
        Unavailable: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#unavailable";
            /** @constant */
            status?: 503;
        } & components["schemas"]["Problem"];
        /**
         * There is no room
         * @description Storage is full; nothing of the request is kept.
         */
        InsufficientStorage: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#insufficient-storage";
            /** @constant */
            status?: 507;
        } & components["schemas"]["Problem"];
        /**
         * @description A name, never a path, of at most 255 bytes in UTF-8: no control character (Unicode category Cc), no `/`, no `\`, no unpaired surrogate, and neither `.` nor `..`. Kept and given back verbatim. A missing, empty or non-text name is `invalid-request`, every other fault of it is `invalid-file-name`; half of a surrogate pair may be either.
         * @example turbine manual.pdf
         * @example Räder – 車輪.step
         */
        FileName: string;
        /**
         * Format: int64
         * @description A number of bytes; never past 2^53 - 1, so that every JSON reader keeps it exact.
         * @example 10
         */
        ByteCount: number;
        /**
         * @description A `media-type` of RFC 9110 8.3.1, given back exactly. One that is not ASCII, or is longer than 255 characters, may be refused.
         * @example application/pdf
         * @example text/plain; charset="utf-8"
         */
        ContentType: string;
        /** @description A file that is to be uploaded. Members that are not listed here are ignored. */
        InitiateRequest: {
            fileName: components["schemas"]["FileName"];
            fileSize: components["schemas"]["ByteCount"];
            contentType?: components["schemas"]["ContentType"];
            /**
             * Format: int64
             * @description The chunk length in bytes that the client would like; honoured if it lies within the limits and keeps the number of chunks within `maxChunks`. One past 2^53 - 1 may be refused, or treated like any other outside the limits.
             * @example 4
             */
            preferredChunkSize?: number;
            /**
             * Format: int64
             * @description The life time in seconds that the client would like; clamped to the limits. One past 2^53 - 1 may be refused, or treated like any other outside the limits.
             * @example 3600
             */
            preferredTimeoutSeconds?: number;
        };
        /**
         * @description At least 128 random bits in unreserved URL characters (RFC 3986 2.3); never reused.
         * @example u7Wc0c2mQy1pT9eVb3kZxA
         */
        SessionId: string;
        /**
         * @description `open` takes chunks, `completing` is seen only after a 202, `completed` has become an attachment. An aborted or expired session has no representation: it is gone (410).
         * @enum {string}
         */
        SessionState: "open" | "completing" | "completed";
        /**
         * Format: int64
         * @description The length in bytes of every chunk but the last, which may be shorter.
         * @example 4
         */
        ChunkSize: number;
        /**
         * @description A number of chunks.
         * @example 3
         */
        ChunkCount: number;
        /**
         * @description A chunk's index, from 0.
         * @example 1
         */
        ChunkIndex: number;
        /** @description Chunks `first` to `last`, both included. */
        ChunkRange: {
            first: components["schemas"]["ChunkIndex"];
            last: components["schemas"]["ChunkIndex"];
        };
        /** @description Ranges of chunk indices: inclusive, ascending, disjoint and never adjacent, so there is one way to write a set. */
        ChunkRanges: components["schemas"]["ChunkRange"][];
        /**
         * @description A moment in UTC (RFC 3339 5.6), written with `Z` or `+00:00`; fractions of a second are allowed.
         * @example 2026-11-02T10:30:00Z
         */
        Timestamp: string;
        /**
         * @description The attachment's id, in unreserved URL characters (RFC 3986 2.3).
         * @example k2Vd9Qn4Rz8wLx0sTfYbGg
         */
        AttachmentId: string;
        /** @description A file that was uploaded whole. */
        Attachment: {
            attachmentId: components["schemas"]["AttachmentId"];
            fileName: components["schemas"]["FileName"];
            fileSize: components["schemas"]["ByteCount"];
            contentType: components["schemas"]["ContentType"];
            /**
             * @description SHA-256 over the raw SHA-256 digests of the chunks, concatenated in index order (of an empty file: of nothing).
             * @example sha-256=:AsJgp+T+NdZLd+M6c4L/VkxZEu9LvnWBGNmrqlglZpg=:
             */
            compositeDigest: string;
            /**
             * @description Digests of the whole bytes. There if the completion asked for it, else at the server's choice.
             * @example sha-256=:hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=:
             */
            digest?: string;
            createdAt: components["schemas"]["Timestamp"];
            contentUrl?: components["schemas"]["UriReference"];
        };
        /** @description One upload of one file, as it stands now. */
        UploadSession: {
            sessionId: components["schemas"]["SessionId"];
            state: components["schemas"]["SessionState"];
            fileName: components["schemas"]["FileName"];
            fileSize: components["schemas"]["ByteCount"];
            contentType: components["schemas"]["ContentType"];
            chunkSize: components["schemas"]["ChunkSize"];
            totalChunks: components["schemas"]["ChunkCount"];
            receivedChunks: components["schemas"]["ChunkRanges"];
            receivedBytes: components["schemas"]["ByteCount"];
            expiresAt: components["schemas"]["Timestamp"];
            attachment?: components["schemas"]["Attachment"];
            completionError?: components["schemas"]["Problem"];
        } & (unknown & unknown);
        /** @description One fault of a request. */
        ProblemError: {
            /**
             * @description Where in the body, as a JSON Pointer in a URI fragment (RFC 6901 6); `#` is the whole of it, and stands for a fault that is not in the body, too.
             * @example #/fileSize
             * @example #
             */
            pointer: string;
            /**
             * @description What is wrong there.
             * @example must be an integer of at least 0
             */
            detail: string;
        };
        /**
         * The request is invalid
         * @description The body is not JSON, or breaks the schema; or an `Idempotency-Key` is not one.
         */
        InvalidRequest: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#invalid-request";
            /** @constant */
            status?: 400;
            /** @description The faults that were found, at least one. */
            errors: components["schemas"]["ProblemError"][];
        } & components["schemas"]["Problem"];
        /**
         * The file name is not acceptable
         * @description `fileName` breaks a rule of `initiate.file-name` other than being missing, empty or not text.
         */
        InvalidFileName: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#invalid-file-name";
            /** @constant */
            status?: 400;
        } & components["schemas"]["Problem"];
        /**
         * There is no such session
         * @description The session is unknown, forgotten, or another principal's.
         */
        SessionNotFound: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#session-not-found";
            /** @constant */
            status?: 404;
        } & components["schemas"]["Problem"];
        /**
         * The session was aborted
         * @description Any operation but abort on an aborted session.
         */
        SessionAborted: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#session-aborted";
            /** @constant */
            status?: 410;
        } & components["schemas"]["Problem"];
        /**
         * The session has expired
         * @description Any operation on an expired session; `expiredAt` is the last `expiresAt` that it had.
         */
        SessionExpired: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#session-expired";
            /** @constant */
            status?: 410;
            expiredAt: components["schemas"]["Timestamp"];
        } & components["schemas"]["Problem"];
        /**
         * The file is too large
         * @description `fileSize` is over `maxFileSize`.
         */
        FileTooLarge: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#file-too-large";
            /** @constant */
            status?: 413;
            maxFileSize: components["schemas"]["ByteCount"];
        } & components["schemas"]["Problem"];
        /**
         * The request is too large
         * @description A JSON body is over the server's limit, which is at least 64 KiB.
         */
        RequestTooLarge: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#request-too-large";
            /** @constant */
            status?: 413;
        } & components["schemas"]["Problem"];
        /**
         * The media type or content coding is not supported
         * @description The body of initiate is not declared as JSON, or a body has a content coding other than identity.
         */
        UnsupportedMediaType: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#unsupported-media-type";
            /** @constant */
            status?: 415;
        } & components["schemas"]["Problem"];
        /**
         * The idempotency key belongs to another request
         * @description Profile `idempotency`: the same key came with another request.
         */
        IdempotencyKeyReused: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#idempotency-key-reused";
            /** @constant */
            status?: 422;
        } & components["schemas"]["Problem"];
        /**
         * @description Digests that the client expects, in the syntax of an RFC 9530 field. Members of algorithms that the server does not support are not looked at; a text that does not parse is `digest-invalid-values`, not `invalid-request`; one that is too long may be either.
         * @example sha-256=:hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=:
         */
        DigestExpectation: string;
        /**
         * @description Digests in the syntax of an RFC 9530 field, an RFC 9651 dictionary of byte sequences. SHA-256 is always among them.
         * @example sha-256=:2y5/G9WrmWiudhmbfMdHlcp0BNWgjXhWdxXOUy+dJmk=:
         */
        Digest: string;
        /** @description Proof that a chunk is stored, durably; what it names need never be sent again. */
        ChunkReceipt: {
            chunkId: components["schemas"]["ChunkIndex"];
            /**
             * Format: int64
             * @description The chunk's first byte within the file, `chunkId` times `chunkSize`.
             * @example 4
             */
            offset: number;
            /**
             * Format: int64
             * @description The chunk's length in bytes.
             * @example 4
             */
            length: number;
            digest: components["schemas"]["Digest"];
            expiresAt: components["schemas"]["Timestamp"];
        };
        /**
         * The body is not of the chunk's length
         * @description The body is shorter or longer than the chunk.
         */
        ChunkLengthMismatch: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#chunk-length-mismatch";
            /** @constant */
            status?: 400;
            expectedLength: components["schemas"]["ByteCount"];
        } & components["schemas"]["Problem"];
        /**
         * Content-Range is not the chunk's
         * @description `Content-Range` is there and is not exactly this chunk's range.
         */
        ContentRangeMismatch: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#content-range-mismatch";
            /** @constant */
            status?: 400;
            /**
             * @description The range that the field would have to name, `bytes first-last/fileSize`.
             * @example bytes 4-7/10
             */
            expectedRange: string;
        } & components["schemas"]["Problem"];
        /**
         * A digest does not match
         * @description A supported digest of `Content-Digest`, or of `digest` or `compositeDigest` at completion, does not match the bytes.
         */
        DigestMismatchedValues: {
            /** @constant */
            type?: "https://iana.org/assignments/http-problem-types#digest-mismatched-values";
            /** @constant */
            status?: 400;
        } & components["schemas"]["Problem"];
        /**
         * No digest algorithm is supported
         * @description No algorithm in the field or member is supported.
         */
        DigestUnsupportedAlgorithms: {
            /** @constant */
            type?: "https://iana.org/assignments/http-problem-types#digest-unsupported-algorithms";
            /** @constant */
            status?: 400;
        } & components["schemas"]["Problem"];
        /**
         * A digest is malformed
         * @description The field or member does not parse, or a supported value is not a byte sequence of its length.
         */
        DigestInvalidValues: {
            /** @constant */
            type?: "https://iana.org/assignments/http-problem-types#digest-invalid-values";
            /** @constant */
            status?: 400;
        } & components["schemas"]["Problem"];
        /**
         * There is no such chunk
         * @description `chunkId` names no chunk of this session: out of range, or not in canonical decimal.
         */
        ChunkNotFound: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#chunk-not-found";
            /** @constant */
            status?: 404;
            totalChunks: components["schemas"]["ChunkCount"];
        } & components["schemas"]["Problem"];
        /**
         * The session is completed
         * @description A chunk, or an abort, on a completed or completing session.
         */
        SessionCompleted: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#session-completed";
            /** @constant */
            status?: 409;
        } & components["schemas"]["Problem"];
        /** @description What the client expects of the whole file. (Not a `Repr-Digest` field: this request's own representation is not the file.) Members that are not listed here are ignored. */
        CompleteRequest: {
            compositeDigest?: components["schemas"]["DigestExpectation"];
            digest?: components["schemas"]["DigestExpectation"];
        };
        /**
         * Chunks are missing
         * @description The session was to be completed with chunks missing.
         */
        UploadIncomplete: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#upload-incomplete";
            /** @constant */
            status?: 409;
            missingChunks: components["schemas"]["ChunkRanges"];
            missingCount: components["schemas"]["ChunkCount"];
        } & components["schemas"]["Problem"];
        /**
         * There is no such attachment
         * @description The attachment is unknown, or another principal's.
         */
        AttachmentNotFound: {
            /** @constant */
            type?: "https://w3id.org/upload-session/problems#attachment-not-found";
            /** @constant */
            status?: 404;
        } & components["schemas"]["Problem"];
        /**
         * @description A strong entity tag (RFC 9110 8.8.3).
         * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
         */
        StrongETag: string;
    };
    responses: {
        /** @description The resource does not have this method. */
        MethodNotAllowed: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 405;
                } & components["schemas"]["UnnamedProblem"];
            };
        };
        /** @description HTTP itself assigns this status to a request that the server does not process, since it is not well-formed HTTP or is past the server's limits; a problem may come with it, other content, or none. */
        NotProcessed: {
            headers: {
                Date: components["headers"]["DateHint"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {unknown} */
                    status?: 414 | 417 | 426 | 431 | 501 | 505;
                } & components["schemas"]["UnnamedProblem"];
                "*/*": unknown;
            };
        };
        /** @description Profile `auth`: there are no valid credentials. */
        Unauthorized: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Unauthorized"];
            };
        };
        /** @description A limit on requests was reached; nothing happened. */
        TooManyRequests: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["TooManyRequests"];
            };
        };
        /** @description A fault of the server, which is hoped to pass; the request may have taken effect. */
        InternalServerError: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfterHint"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 500;
                } & components["schemas"]["UnnamedProblem"];
            };
        };
        /** @description Overload, shutdown, or storage that is out of reach; the request may have taken effect. */
        Unavailable: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Unavailable"];
            };
        };
        /** @description There is no room; nothing of the request is kept. */
        InsufficientStorage: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfterHint"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InsufficientStorage"];
            };
        };
        /** @description Profile `auth`: there are no valid credentials. */
        HeadUnauthorized: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description A limit on requests was reached; nothing happened. */
        HeadTooManyRequests: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description A fault of the server, which is hoped to pass; the request may have taken effect. */
        HeadInternalServerError: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfterHint"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Overload, shutdown, or storage that is out of reach; the request may have taken effect. */
        HeadUnavailable: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description There is no room; nothing of the request is kept. */
        HeadInsufficientStorage: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Retry-After": components["headers"]["RetryAfterHint"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The declaration is invalid; no session was made. */
        InitiateBadRequest: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#invalid-request" | "https://w3id.org/upload-session/problems#invalid-file-name" | "about:blank";
                    /** @constant */
                    status: 400;
                } & (components["schemas"]["InvalidRequest"] | components["schemas"]["InvalidFileName"] | components["schemas"]["UnnamedProblem"]);
            };
        };
        /** @description Profile `idempotency`: the session that this key made is forgotten. */
        InitiateForgotten: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SessionNotFound"];
            };
        };
        /** @description The request did not arrive in the time that the server gives it. */
        RequestTimeout: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 408;
                } & components["schemas"]["UnnamedProblem"];
            };
        };
        /** @description Profile `idempotency`: the session that this key made is gone. */
        InitiateGone: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#session-aborted" | "https://w3id.org/upload-session/problems#session-expired";
                    /** @constant */
                    status: 410;
                } & (components["schemas"]["SessionAborted"] | components["schemas"]["SessionExpired"]);
            };
        };
        /** @description The file, or the request, is larger than the server takes. */
        InitiateTooLarge: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#file-too-large" | "https://w3id.org/upload-session/problems#request-too-large";
                    /** @constant */
                    status: 413;
                } & (components["schemas"]["FileTooLarge"] | components["schemas"]["RequestTooLarge"]);
            };
        };
        /** @description The body is of a media type, or in a content coding, that is not taken. */
        UnsupportedMediaType: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["UnsupportedMediaType"];
            };
        };
        /** @description Profile `idempotency`: the key was used for another request. */
        KeyReused: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdempotencyKeyReused"];
            };
        };
        /** @description The session is unknown, forgotten, or another principal's. */
        SessionNotFound: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SessionNotFound"];
            };
        };
        /** @description The session was aborted, or has expired. */
        SessionGone: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#session-aborted" | "https://w3id.org/upload-session/problems#session-expired";
                    /** @constant */
                    status: 410;
                } & (components["schemas"]["SessionAborted"] | components["schemas"]["SessionExpired"]);
            };
        };
        /** @description The session is unknown, forgotten, or another principal's. */
        HeadSessionNotFound: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The session was aborted, or has expired. */
        HeadSessionGone: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The bytes, or the fields about them, are wrong; what was stored before is untouched. */
        ChunkBadRequest: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#chunk-length-mismatch" | "https://w3id.org/upload-session/problems#content-range-mismatch" | "https://iana.org/assignments/http-problem-types#digest-mismatched-values" | "https://iana.org/assignments/http-problem-types#digest-unsupported-algorithms" | "https://iana.org/assignments/http-problem-types#digest-invalid-values" | "about:blank";
                    /** @constant */
                    status: 400;
                } & (components["schemas"]["ChunkLengthMismatch"] | components["schemas"]["ContentRangeMismatch"] | components["schemas"]["DigestMismatchedValues"] | components["schemas"]["DigestUnsupportedAlgorithms"] | components["schemas"]["DigestInvalidValues"] | components["schemas"]["UnnamedProblem"]);
            };
        };
        /** @description There is no such session, or no such chunk in it. */
        ChunkNotFound: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#session-not-found" | "https://w3id.org/upload-session/problems#chunk-not-found";
                    /** @constant */
                    status: 404;
                } & (components["schemas"]["SessionNotFound"] | components["schemas"]["ChunkNotFound"]);
            };
        };
        /** @description The session is completed, or completing. */
        SessionCompleted: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SessionCompleted"];
            };
        };
        /** @description The body is invalid, or the file is not the one that is expected; nothing was published. */
        CompleteBadRequest: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @enum {string} */
                    type: "https://w3id.org/upload-session/problems#invalid-request" | "https://iana.org/assignments/http-problem-types#digest-mismatched-values" | "https://iana.org/assignments/http-problem-types#digest-unsupported-algorithms" | "https://iana.org/assignments/http-problem-types#digest-invalid-values" | "about:blank";
                    /** @constant */
                    status: 400;
                } & (components["schemas"]["InvalidRequest"] | components["schemas"]["DigestMismatchedValues"] | components["schemas"]["DigestUnsupportedAlgorithms"] | components["schemas"]["DigestInvalidValues"] | components["schemas"]["UnnamedProblem"]);
            };
        };
        /** @description Chunks are missing; nothing was published, and the session stays open. */
        Incomplete: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["UploadIncomplete"];
            };
        };
        /** @description The JSON body is larger than the server takes. */
        RequestTooLarge: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["RequestTooLarge"];
            };
        };
        /** @description The session has expired. */
        SessionExpired: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SessionExpired"];
            };
        };
        /** @description The attachment is unknown, or another principal's. */
        AttachmentNotFound: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["AttachmentNotFound"];
            };
        };
        /** @description The attachment is unknown, or another principal's. */
        HeadAttachmentNotFound: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description `Range` or a condition does not parse; a server may also ignore it. */
        ContentBadRequest: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 400;
                } & components["schemas"]["UnnamedProblem"];
            };
        };
        /** @description `If-Match` names no entity tag of the content. */
        PreconditionFailed: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 412;
                } & components["schemas"]["UnnamedProblem"];
            };
        };
        /** @description The range lies outside the content. */
        RangeNotSatisfiable: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                "Content-Range": components["headers"]["ContentRangeUnsatisfied"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 416;
                } & components["schemas"]["UnnamedProblem"];
            };
        };
        /** @description A condition does not parse; a server may also ignore it. */
        HeadContentBadRequest: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description `If-Match` names no entity tag of the content. */
        HeadPreconditionFailed: {
            headers: {
                Date: components["headers"]["Date"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content?: never;
        };
    };
    parameters: {
        /**
         * @description Profile `idempotency`: names this one wish for a session, so that a repeat after a lost answer finds the same session. Keys belong to a principal. A key with other characters, or in several lines, may be refused with `invalid-request`. Without the profile the field is ignored.
         * @example 8f14e45f-ceea-467f-9f0a-2c1d7a1b6e55
         */
        IdempotencyKey: string;
        /**
         * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
         * @example u7Wc0c2mQy1pT9eVb3kZxA
         */
        SessionId: components["schemas"]["SessionId"];
        /**
         * @description The chunk's index from 0, in canonical decimal (`0`, `7`, `10`). It is percent-decoded once and then compared exactly; any other text, as `01`, `-1`, `+1` or `abc`, is answered with `chunk-not-found`.
         * @example 1
         */
        ChunkId: string;
        /**
         * @description Where the sender believes these bytes belong, `bytes first-last/fileSize` (RFC 9110 14.5), the unit in any case. A check only: bytes are placed by `chunkId`.
         * @example bytes 4-7/10
         */
        ContentRange: string;
        /**
         * @description Digests of the chunk's bytes, a dictionary of byte sequences (RFC 9530 2, RFC 9651 3.2).
         * @example sha-256=:2y5/G9WrmWiudhmbfMdHlcp0BNWgjXhWdxXOUy+dJmk=:
         */
        ContentDigest: components["schemas"]["DigestExpectation"];
        /**
         * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
         * @example k2Vd9Qn4Rz8wLx0sTfYbGg
         */
        AttachmentId: components["schemas"]["AttachmentId"];
        /**
         * @description Entity tags, one of which the content must have, or `*` (RFC 9110 13.1.1).
         * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
         */
        IfMatch: string;
        /**
         * @description Entity tags that the client already has the content of, or `*` (RFC 9110 13.1.2).
         * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
         */
        IfNoneMatch: string;
        /**
         * @description The part of the content that is wanted (RFC 9110 14.2). A field that does not parse may be ignored, or be refused.
         * @example bytes=4-7
         */
        Range: string;
        /**
         * @description The strong entity tag under which `Range` applies (RFC 9110 13.1.5). A weak tag or a date never matches.
         * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
         */
        IfRange: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The server's clock, by which `expiresAt` is to be read (RFC 9110 6.6.1).
         * @example Mon, 02 Nov 2026 09:30:00 GMT
         */
        Date: string;
        /**
         * @description `no-store`, since the state of a session is true only at the moment it is told (RFC 9111 5.2.2.5). Further directives may stand beside it.
         * @example no-store
         */
        NoStore: string;
        /**
         * @description The challenge, which names the scheme that the server uses (RFC 9110 11.6.1).
         * @example Bearer realm="uploads"
         */
        WwwAuthenticate: string;
        /**
         * @description When to try again, in seconds or as a date (RFC 9110 10.2.3).
         * @example 2
         */
        RetryAfter: components["schemas"]["RetryAfter"];
        /**
         * @description When to try again or to ask again, in seconds or as a date (RFC 9110 10.2.3).
         * @example 2
         */
        RetryAfterHint: components["schemas"]["RetryAfter"];
        /**
         * @description The session's own URL, a URI reference resolved against the URL of the request (RFC 9110 10.2.2).
         * @example /api/v3/submodels/abc/submodel-elements/File1/attachment/session/u7Wc0c2mQy1pT9eVb3kZxA
         */
        SessionLocation: components["schemas"]["UriReference"];
        /**
         * @description The attachment's URL, as it came with the 201; a repeat may leave it out.
         * @example /api/v3/submodels/abc/submodel-elements/File1/attachments/k2Vd9Qn4Rz8wLx0sTfYbGg
         */
        AttachmentLocationAgain: components["schemas"]["UriReference"];
        /**
         * @description The attachment's URL, a URI reference resolved against the URL of the request (RFC 9110 10.2.2).
         * @example /api/v3/submodels/abc/submodel-elements/File1/attachments/k2Vd9Qn4Rz8wLx0sTfYbGg
         */
        AttachmentLocation: components["schemas"]["UriReference"];
        /**
         * @description A strong validator of the content (RFC 9110 8.8.3).
         * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
         */
        ETag: components["schemas"]["StrongETag"];
        /**
         * @description `bytes`: parts of the content can be had (RFC 9110 14.3).
         * @example bytes
         */
        AcceptRanges: string;
        /**
         * @description `attachment` with the declared name: `filename` where it is ASCII, `filename*` in UTF-8 where it is not (RFC 6266, RFC 8187). A browser saves the file under this name and never renders it.
         * @example attachment; filename="turbine manual.pdf"
         */
        ContentDisposition: string;
        /**
         * @description `nosniff`: the declared media type stands, whatever the bytes look like.
         * @example nosniff
         */
        ContentTypeOptions: string;
        /**
         * @description Digests of the whole content, also beside a part of it (RFC 9530 3).
         * @example sha-256=:hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=:
         */
        ReprDigest: components["schemas"]["Digest"];
        /**
         * @description The part that this is, `bytes first-last/size` (RFC 9110 14.4). There for one range; `multipart/byteranges` has it in each part instead.
         * @example bytes 4-7/10
         */
        ContentRange: string;
        /**
         * @description The size of the content, `bytes *\/size` (RFC 9110 15.5.17).
         * @example bytes *\/10
         */
        ContentRangeUnsatisfied: string;
        /**
         * @description The methods that the resource has (RFC 9110 10.2.1).
         * @example GET, HEAD
         */
        Allow: string;
        /**
         * @description The server's clock; an HTTP layer that refuses a request by itself may leave it out (RFC 9110 6.6.1).
         * @example Mon, 02 Nov 2026 09:30:00 GMT
         */
        DateHint: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The capabilities. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capabilities"];
                };
            };
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    headCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server is there. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["HeadUnauthorized"];
            429: components["responses"]["HeadTooManyRequests"];
            500: components["responses"]["HeadInternalServerError"];
            503: components["responses"]["HeadUnavailable"];
            507: components["responses"]["HeadInsufficientStorage"];
        };
    };
    initiateUpload: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Profile `idempotency`: names this one wish for a session, so that a repeat after a lost answer finds the same session. Keys belong to a principal. A key with other characters, or in several lines, may be refused with `invalid-request`. Without the profile the field is ignored.
                 * @example 8f14e45f-ceea-467f-9f0a-2c1d7a1b6e55
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The file that is to be uploaded. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["InitiateRequest"];
            };
        };
        responses: {
            /** @description The session is open, or, with an idempotency key that was used before, this is the session that it made, as it now stands. */
            201: {
                headers: {
                    Date: components["headers"]["Date"];
                    "Cache-Control": components["headers"]["NoStore"];
                    Location: components["headers"]["SessionLocation"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadSession"];
                };
            };
            400: components["responses"]["InitiateBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["InitiateForgotten"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["InitiateGone"];
            413: components["responses"]["InitiateTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    getUploadSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session as it now stands. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadSession"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["SessionNotFound"];
            410: components["responses"]["SessionGone"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    headUploadSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is there. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["HeadUnauthorized"];
            404: components["responses"]["HeadSessionNotFound"];
            410: components["responses"]["HeadSessionGone"];
            429: components["responses"]["HeadTooManyRequests"];
            500: components["responses"]["HeadInternalServerError"];
            503: components["responses"]["HeadUnavailable"];
            507: components["responses"]["HeadInsufficientStorage"];
        };
    };
    uploadChunk: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the sender believes these bytes belong, `bytes first-last/fileSize` (RFC 9110 14.5), the unit in any case. A check only: bytes are placed by `chunkId`.
                 * @example bytes 4-7/10
                 */
                "Content-Range"?: components["parameters"]["ContentRange"];
                /**
                 * @description Digests of the chunk's bytes, a dictionary of byte sequences (RFC 9530 2, RFC 9651 3.2).
                 * @example sha-256=:2y5/G9WrmWiudhmbfMdHlcp0BNWgjXhWdxXOUy+dJmk=:
                 */
                "Content-Digest"?: components["parameters"]["ContentDigest"];
            };
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
                /**
                 * @description The chunk's index from 0, in canonical decimal (`0`, `7`, `10`). It is percent-decoded once and then compared exactly; any other text, as `01`, `-1`, `+1` or `abc`, is answered with `chunk-not-found`.
                 * @example 1
                 */
                chunkId: components["parameters"]["ChunkId"];
            };
            cookie?: never;
        };
        /** @description Exactly the bytes of this chunk. */
        requestBody: {
            content: {
                "application/octet-stream": Uint8Array | Blob;
            };
        };
        responses: {
            /** @description The chunk had been stored before, and now holds these bytes. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChunkReceipt"];
                };
            };
            /** @description The chunk was absent, and now is stored. */
            201: {
                headers: {
                    Date: components["headers"]["Date"];
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChunkReceipt"];
                };
            };
            400: components["responses"]["ChunkBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["ChunkNotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["SessionCompleted"];
            410: components["responses"]["SessionGone"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    completeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        /** @description What the client expects of the whole; may be left out. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CompleteRequest"];
            };
        };
        responses: {
            /** @description The session had been completed before; this is its attachment. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    Location: components["headers"]["AttachmentLocationAgain"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
            /** @description The attachment is there. */
            201: {
                headers: {
                    Date: components["headers"]["Date"];
                    Location: components["headers"]["AttachmentLocation"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
            /** @description The server is at work; poll the session. */
            202: {
                headers: {
                    Date: components["headers"]["Date"];
                    "Cache-Control": components["headers"]["NoStore"];
                    "Retry-After": components["headers"]["RetryAfterHint"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadSession"];
                };
            };
            400: components["responses"]["CompleteBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["SessionNotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Incomplete"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["RequestTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    abortUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id. It is percent-decoded once and then compared exactly; any other text is answered with `session-not-found`.
                 * @example u7Wc0c2mQy1pT9eVb3kZxA
                 */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is aborted. */
            204: {
                headers: {
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["SessionNotFound"];
            409: components["responses"]["SessionCompleted"];
            410: components["responses"]["SessionExpired"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    getAttachment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
                 * @example k2Vd9Qn4Rz8wLx0sTfYbGg
                 */
                attachmentId: components["parameters"]["AttachmentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attachment. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["AttachmentNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    headAttachment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
                 * @example k2Vd9Qn4Rz8wLx0sTfYbGg
                 */
                attachmentId: components["parameters"]["AttachmentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attachment is there. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["HeadUnauthorized"];
            404: components["responses"]["HeadAttachmentNotFound"];
            429: components["responses"]["HeadTooManyRequests"];
            500: components["responses"]["HeadInternalServerError"];
            503: components["responses"]["HeadUnavailable"];
            507: components["responses"]["HeadInsufficientStorage"];
        };
    };
    getAttachmentContent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags, one of which the content must have, or `*` (RFC 9110 13.1.1).
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Entity tags that the client already has the content of, or `*` (RFC 9110 13.1.2).
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /**
                 * @description The part of the content that is wanted (RFC 9110 14.2). A field that does not parse may be ignored, or be refused.
                 * @example bytes=4-7
                 */
                Range?: components["parameters"]["Range"];
                /**
                 * @description The strong entity tag under which `Range` applies (RFC 9110 13.1.5). A weak tag or a date never matches.
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-Range"?: components["parameters"]["IfRange"];
            };
            path: {
                /**
                 * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
                 * @example k2Vd9Qn4Rz8wLx0sTfYbGg
                 */
                attachmentId: components["parameters"]["AttachmentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All bytes. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    ETag: components["headers"]["ETag"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    "X-Content-Type-Options": components["headers"]["ContentTypeOptions"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description The bytes of the range. */
            206: {
                headers: {
                    Date: components["headers"]["Date"];
                    ETag: components["headers"]["ETag"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Range": components["headers"]["ContentRange"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    "X-Content-Type-Options": components["headers"]["ContentTypeOptions"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description The client has this content already. */
            304: {
                headers: {
                    Date: components["headers"]["Date"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ContentBadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["AttachmentNotFound"];
            412: components["responses"]["PreconditionFailed"];
            416: components["responses"]["RangeNotSatisfiable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    headAttachmentContent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags, one of which the content must have, or `*` (RFC 9110 13.1.1).
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Entity tags that the client already has the content of, or `*` (RFC 9110 13.1.2).
                 * @example "AsJgp-T-NdZLd-M6c4L_VkxZEu9LvnWBGNmrqlglZpg"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The attachment's id. Clients follow `Location` and `contentUrl` and never build this URL. An id that this server has not issued is unknown: `attachment-not-found`.
                 * @example k2Vd9Qn4Rz8wLx0sTfYbGg
                 */
                attachmentId: components["parameters"]["AttachmentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content is there. */
            200: {
                headers: {
                    Date: components["headers"]["Date"];
                    ETag: components["headers"]["ETag"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    "X-Content-Type-Options": components["headers"]["ContentTypeOptions"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The client has this content already. */
            304: {
                headers: {
                    Date: components["headers"]["Date"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["HeadContentBadRequest"];
            401: components["responses"]["HeadUnauthorized"];
            404: components["responses"]["HeadAttachmentNotFound"];
            412: components["responses"]["HeadPreconditionFailed"];
            429: components["responses"]["HeadTooManyRequests"];
            500: components["responses"]["HeadInternalServerError"];
            503: components["responses"]["HeadUnavailable"];
            507: components["responses"]["HeadInsufficientStorage"];
        };
    };
}
