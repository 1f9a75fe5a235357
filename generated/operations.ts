// generated from spec/, never edited: npm run generate

/** Every operation of the contract; paths are relative to the base URL. */
export const operations = {
  "getCapabilities": {
    "method": "GET",
    "path": "/attachment/capabilities"
  },
  "headCapabilities": {
    "method": "HEAD",
    "path": "/attachment/capabilities"
  },
  "initiateUpload": {
    "method": "POST",
    "path": "/attachment/initiate"
  },
  "getUploadSession": {
    "method": "GET",
    "path": "/attachment/session/{sessionId}"
  },
  "headUploadSession": {
    "method": "HEAD",
    "path": "/attachment/session/{sessionId}"
  },
  "uploadChunk": {
    "method": "PUT",
    "path": "/attachment/session/{sessionId}/upload/{chunkId}"
  },
  "completeUpload": {
    "method": "POST",
    "path": "/attachment/session/{sessionId}/complete"
  },
  "abortUpload": {
    "method": "POST",
    "path": "/attachment/session/{sessionId}/abort"
  },
  "getAttachment": {
    "method": "GET",
    "path": "/attachments/{attachmentId}"
  },
  "headAttachment": {
    "method": "HEAD",
    "path": "/attachments/{attachmentId}"
  },
  "getAttachmentContent": {
    "method": "GET",
    "path": "/attachments/{attachmentId}/content"
  },
  "headAttachmentContent": {
    "method": "HEAD",
    "path": "/attachments/{attachmentId}/content"
  }
} as const;

export type OperationId = keyof typeof operations;
