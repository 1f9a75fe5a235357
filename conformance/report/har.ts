import { STATUS_CODES } from 'node:http';
import type { Entry, Har, Header, Page } from 'har-format';
import type { Exchange } from '../history.ts';
import { escapeText } from './escape.ts';
import type { Results } from './results.ts';
import { callInWords, faultInWords } from './words.ts';

/**
 * The exchanges of every counterexample as HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/): a page a
 * failure, an entry a request. A request without an answer has the status 0, as browsers write it. What the suite did not
 * measure is -1. The results are redacted already.
 */
export function harJson({ suite, failures, run }: Results): string {
  const pages = failures.map(
    (failure, index): Page => ({
      startedDateTime: dateOf(failure.history[0], run.startedAt),
      id: `failure-${index}`,
      title: escapeText(`${failure.requirement}: ${failure.message}`),
      pageTimings: {},
    }),
  );
  const entries = failures.flatMap(({ history }, index) =>
    history.map((exchange) => entryOf(exchange, `failure-${index}`)),
  );
  const har: Har = { log: { version: '1.2', creator: { name: suite.name, version: suite.version }, pages, entries } };
  return `${JSON.stringify(har, undefined, 2)}\n`;
}

/** Times of a history are epoch ms already. */
const dateOf = (exchange: Exchange | undefined, otherwise: string): string =>
  exchange === undefined ? otherwise : new Date(exchange.sentAt).toISOString();

function entryOf(exchange: Exchange, pageref: string): Entry {
  const { client, call, fault, sentAt, receivedAt } = exchange;
  const time = Math.max(0, receivedAt - sentAt);
  return {
    pageref,
    startedDateTime: dateOf(exchange, ''),
    time,
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    // One time is known, from the first byte sent to the last one read.
    timings: { send: 0, wait: time, receive: 0 },
    comment: `client ${client}: ${callInWords(call)}${fault === undefined ? '' : `, ${faultInWords(fault)}`}`,
  };
}

const unmeasured = { httpVersion: 'HTTP/1.1', cookies: [], headersSize: -1 };

function requestOf({ sent }: Exchange): Entry['request'] {
  const query = URL.parse(sent.url)?.searchParams ?? new URLSearchParams();
  const mimeType = fieldOf(sent.headers, 'content-type') ?? '';
  return {
    method: sent.method,
    url: sent.url,
    ...unmeasured,
    headers: headersOf(sent.headers),
    queryString: [...query].map(([name, value]) => ({ name, value })),
    bodySize: sent.bodyLength,
    ...(sent.text === undefined ? {} : { postData: { mimeType, text: sent.text } }),
    ...(sent.text === undefined && sent.bodyDigest !== undefined ? { comment: `sha-256 ${sent.bodyDigest}` } : {}),
  };
}

function responseOf({ outcome }: Exchange): Entry['response'] {
  if (outcome.kind === 'lost') {
    const content = { size: 0, mimeType: 'x-unknown' };
    const nothing = { status: 0, statusText: '', headers: [], content, redirectURL: '', bodySize: -1 };
    return { ...unmeasured, ...nothing, comment: `no answer: ${escapeText(outcome.reason)}` };
  }
  const { status, headers, json, bytes, length } = outcome;
  const body = bytes === undefined ? {} : { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' };
  const text = json === undefined ? body : { text: JSON.stringify(json) };
  return {
    ...unmeasured,
    status,
    statusText: STATUS_CODES[status] ?? '',
    headers: headersOf(headers),
    content: { size: length, mimeType: headers['content-type'] ?? 'x-unknown', ...text },
    redirectURL: headers['location'] ?? '',
    bodySize: length,
  };
}

const headersOf = (headers: Readonly<Record<string, string>>): Header[] =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const fieldOf = (headers: Readonly<Record<string, string>>, wanted: string): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
