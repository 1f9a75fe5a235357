import { isLoopback } from '../loopback.ts';
import { UsageError } from './io.ts';

/** A base URL, apart from the credentials that were written into it. */
export interface Target {
  /** Without userinfo and without a trailing slash. */
  readonly url: string;
  /** `Authorization` made of the URL's userinfo, if it had one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly loopback: boolean;
}

/** Reads a base URL as a person types it. Throws a {@link UsageError} that says what to type instead. */
export function parseTarget(text: string): Target {
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text)) {
    throw new UsageError('the URL must begin with http:// or https://, such as http://127.0.0.1:8080/api');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError('the URL must be a base URL, without ? and #: the suite adds /attachment/… to it');
  }
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  const headers = credentials === ':' ? {} : { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const plain = `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '');
  return { url: plain, headers, loopback: isLoopback(url) };
}

/** Why a host that is not loopback is refused, and what to type if it may be judged all the same. */
export function remoteRefusal(target: Target, command: string): string {
  return (
    `${target.url} is not this machine, and the suite sends faults, races and bad input. ` +
    `If you may do that to it: npx chunkproof ${command} --allow-remote`
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
