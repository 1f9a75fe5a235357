import { isLoopback } from './loopback.ts';

/** A base URL, apart from the credentials that were written into it. */
export interface Address {
  /** Without userinfo and without a trailing slash. */
  readonly url: string;
  /** `Authorization` made of the URL's userinfo, if it had one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly loopback: boolean;
}

/** What came of reading a base URL; `error` is one line for people that says what to give instead. */
export type ParsedAddress =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly error: string };

/** Reads a base URL as a person types it. */
export function parseAddress(text: string): ParsedAddress {
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text))
    return { ok: false, error: 'the URL must begin with http:// or https://, such as http://127.0.0.1:8080/api' };
  if (url.search !== '' || url.hash !== '')
    return { ok: false, error: 'the URL must be a base URL, without ? and #: the suite adds /attachment/… to it' };
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  const headers = credentials === ':' ? {} : { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const plain = `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '');
  return { ok: true, address: { url: plain, headers, loopback: isLoopback(url) } };
}

/** Why a host that is not loopback is refused, unless one is told that it may be judged all the same. */
export const remoteInWords = (url: string): string =>
  `${url} is not this machine, and the suite sends faults, races and bad input.`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
