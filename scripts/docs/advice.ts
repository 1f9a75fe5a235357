import type { ProblemName } from '../../generated/problems.ts';

/** What a client does about a problem, in Markdown. None of it is normative: it follows from the protocol's text. */
export const advice: Readonly<Record<ProblemName, string>> = {
  'invalid-request':
    'Nothing happened. The request is at fault and will be refused again as it is: show `errors` to whoever wrote the client.',
  'invalid-file-name':
    'Nothing happened. A name is a label and no path: send the last segment alone, or ask the user for another name.',
  'chunk-length-mismatch':
    'What was stored before is untouched. Cut the file again by the `chunkSize` of the session, not by the one that you asked for, and send `expectedLength` bytes; if the file has grown or shrunk, abort and start over.',
  'content-range-mismatch':
    'What was stored before is untouched. The client and the server do not agree about where the chunk lies: compute the range from the `chunkSize` of the session, or leave the field out.',
  'digest-mismatched-values':
    'For a chunk: the bytes changed on their way, or under the client. Read them again and send the chunk again. At completion: nothing is published and the session stays open. Compare your digests with those of the receipts, send again what differs, and complete again.',
  'digest-unsupported-algorithms':
    'Nothing happened. Choose an algorithm of `digestAlgorithms` in the capabilities; `sha-256` is always among them.',
  'digest-invalid-values':
    'Nothing happened. Write the value as RFC 9530 has it: `sha-256=:<base64 of 32 bytes>:`, with both colons.',
  unauthorized:
    'Nothing happened, and the session lives on. Obtain credentials as `WWW-Authenticate` says and repeat the request.',
  'session-not-found':
    'The session is unknown to this server, or forgotten, or belongs to somebody else. Start over with a new session, unless the upload had been completed: then look for the attachment first.',
  'chunk-not-found':
    'The session lives, but has no such chunk: ids run from 0 to `totalChunks - 1`, without leading zeros. Ask for the status, and count again.',
  'attachment-not-found':
    'The attachment is unknown, was deleted, or belongs to somebody else. Repeating does not help.',
  'session-completed':
    'Somebody has completed the session, perhaps you: a complete whose answer was lost looks like this to a chunk or an abort. Ask for the status: it shows the attachment.',
  'upload-incomplete':
    'Nothing was published, and the session stays open. Send the chunks of `missingChunks`, and complete again.',
  'session-aborted': 'The session is gone for good. Start over if the file is still to be uploaded.',
  'session-expired': 'The session is gone for good. Start over, and ask for a longer `preferredTimeoutSeconds`.',
  'file-too-large':
    'Nothing happened. The server takes files of up to `maxFileSize` bytes; sending in chunks does not change that.',
  'request-too-large': 'Nothing happened. Shorten the JSON: up to 64 KiB are never refused so.',
  'unsupported-media-type':
    'Nothing happened. Declare an initiate as `application/json`, and compress no request body.',
  'idempotency-key-reused':
    'Nothing happened. The key belongs to another request: make a new key for each file, and repeat a request only as it was.',
  'too-many-requests': 'Nothing happened. Wait as `Retry-After` says, and send fewer requests at the same time.',
  unavailable:
    'The request may or may not have taken effect. Wait as `Retry-After` says, ask for the status, and go on with what is missing.',
  'insufficient-storage':
    'Nothing of the request was kept; what was stored before is. Wait and repeat, or abort, which gives the storage back.',
};
