// generated from spec/, never edited: npm run generate

import createClient, { type Client, type HeadersOptions } from 'openapi-fetch';
import type { paths } from './types.ts';

/** A client of the contract, typed by path: `client.GET('/attachment/session/{sessionId}', { params: … })`. */
export type UploadClient = Client<paths>;

export interface UploadClientOptions {
  /** What `/attachment/…` lives below: an origin and any prefix. */
  readonly baseUrl: string;
  /** Sent with every request, as credentials are. */
  readonly headers?: HeadersOptions;
  /** Instead of the global fetch. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

const isBytes = (body: unknown): boolean => body instanceof Uint8Array || body instanceof Blob;

/**
 * Makes a client. A chunk is a `Uint8Array` (a `Buffer` too) or a `Blob`, and goes out as these very bytes.
 * An attachment's content is bytes as well: ask for it with `parseAs: 'arrayBuffer'`, `'blob'` or `'stream'`.
 * A refused request does not throw: its problem is `error`. What fetch throws, it throws.
 *
 * @example
 * const client = createUploadClient({ baseUrl: 'https://uploads.example.net/files' });
 * const { data, error } = await client.PUT('/attachment/session/{sessionId}/upload/{chunkId}', {
 *   params: { path: { sessionId, chunkId: '0' } },
 *   body: bytes,
 * });
 */
export const createUploadClient = ({ baseUrl, headers, fetch }: UploadClientOptions): UploadClient => {
  const client = createClient<paths>({
    baseUrl,
    ...(headers === undefined ? {} : { headers }),
    ...(fetch === undefined ? {} : { fetch }),
    bodySerializer: (body: unknown) => (isBytes(body) ? body : JSON.stringify(body)),
  });
  client.use({
    onRequest: ({ request, schemaPath }) => {
      // openapi-fetch declares every body as JSON.
      if (schemaPath.endsWith('/upload/{chunkId}')) request.headers.set('Content-Type', 'application/octet-stream');
    },
  });
  return client;
};
