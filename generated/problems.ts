// generated from spec/, never edited: npm run generate

/** The problem table: every `type` that the contract names, its status and its title. */
export const problems = {
  "chunk-length-mismatch": {
    "status": 400,
    "type": "https://w3id.org/upload-session/problems#chunk-length-mismatch",
    "title": "The body is not of the chunk's length"
  },
  "content-range-mismatch": {
    "status": 400,
    "type": "https://w3id.org/upload-session/problems#content-range-mismatch",
    "title": "Content-Range is not the chunk's"
  },
  "digest-invalid-values": {
    "status": 400,
    "type": "https://iana.org/assignments/http-problem-types#digest-invalid-values",
    "title": "A digest is malformed"
  },
  "digest-mismatched-values": {
    "status": 400,
    "type": "https://iana.org/assignments/http-problem-types#digest-mismatched-values",
    "title": "A digest does not match"
  },
  "digest-unsupported-algorithms": {
    "status": 400,
    "type": "https://iana.org/assignments/http-problem-types#digest-unsupported-algorithms",
    "title": "No digest algorithm is supported"
  },
  "invalid-file-name": {
    "status": 400,
    "type": "https://w3id.org/upload-session/problems#invalid-file-name",
    "title": "The file name is not acceptable"
  },
  "invalid-request": {
    "status": 400,
    "type": "https://w3id.org/upload-session/problems#invalid-request",
    "title": "The request is invalid"
  },
  "unauthorized": {
    "status": 401,
    "type": "https://w3id.org/upload-session/problems#unauthorized",
    "title": "Valid credentials are needed"
  },
  "attachment-not-found": {
    "status": 404,
    "type": "https://w3id.org/upload-session/problems#attachment-not-found",
    "title": "There is no such attachment"
  },
  "chunk-not-found": {
    "status": 404,
    "type": "https://w3id.org/upload-session/problems#chunk-not-found",
    "title": "There is no such chunk"
  },
  "session-not-found": {
    "status": 404,
    "type": "https://w3id.org/upload-session/problems#session-not-found",
    "title": "There is no such session"
  },
  "session-completed": {
    "status": 409,
    "type": "https://w3id.org/upload-session/problems#session-completed",
    "title": "The session is completed"
  },
  "upload-incomplete": {
    "status": 409,
    "type": "https://w3id.org/upload-session/problems#upload-incomplete",
    "title": "Chunks are missing"
  },
  "session-aborted": {
    "status": 410,
    "type": "https://w3id.org/upload-session/problems#session-aborted",
    "title": "The session was aborted"
  },
  "session-expired": {
    "status": 410,
    "type": "https://w3id.org/upload-session/problems#session-expired",
    "title": "The session has expired"
  },
  "file-too-large": {
    "status": 413,
    "type": "https://w3id.org/upload-session/problems#file-too-large",
    "title": "The file is too large"
  },
  "request-too-large": {
    "status": 413,
    "type": "https://w3id.org/upload-session/problems#request-too-large",
    "title": "The request is too large"
  },
  "unsupported-media-type": {
    "status": 415,
    "type": "https://w3id.org/upload-session/problems#unsupported-media-type",
    "title": "The media type or content coding is not supported"
  },
  "idempotency-key-reused": {
    "status": 422,
    "type": "https://w3id.org/upload-session/problems#idempotency-key-reused",
    "title": "The idempotency key belongs to another request"
  },
  "too-many-requests": {
    "status": 429,
    "type": "https://w3id.org/upload-session/problems#too-many-requests",
    "title": "Too many requests"
  },
  "unavailable": {
    "status": 503,
    "type": "https://w3id.org/upload-session/problems#unavailable",
    "title": "The server is unavailable"
  },
  "insufficient-storage": {
    "status": 507,
    "type": "https://w3id.org/upload-session/problems#insufficient-storage",
    "title": "There is no room"
  }
} as const;

export type ProblemName = keyof typeof problems;
