import type { Exchange, Outcome } from '../history.ts';
import { clip, escapeText } from './escape.ts';

/** The most characters of a body that are shown: a reader sees what it is, and the digest says the rest. */
const shownBody = 4000;

/** A request and what came back, as lines that are safe to show: first line, fields, an empty line, the body. */
export function exchangeLog({ sent, outcome }: Exchange): { readonly request: string; readonly response: string } {
  const more = sent.text === undefined && sent.bodyLength > 0;
  const said = more
    ? `(${sent.bodyLength} bytes${sent.bodyDigest === undefined ? '' : `, sha-256 ${sent.bodyDigest}`})`
    : sent.text;
  const declared = sent.declaredLength === undefined ? '' : `(declared as ${sent.declaredLength} bytes)`;
  return {
    request: message(`${sent.method} ${sent.url}`, sent.headers, [said ?? '', declared].filter(Boolean).join('\n')),
    response: responseLog(outcome),
  };
}

function responseLog(outcome: Outcome): string {
  if (outcome.kind === 'lost') return `(no answer: ${escapeText(outcome.reason)})`;
  const { status, headers, json, bytes, length, digest } = outcome;
  const isText = /^(text\/|application\/[^;]*(json|xml))/i.test(headers['content-type'] ?? '');
  if (json !== undefined) return message(String(status), headers, JSON.stringify(json, undefined, 2));
  if (bytes !== undefined && isText) return message(String(status), headers, Buffer.from(bytes).toString('utf8'));
  return message(String(status), headers, length === 0 ? '' : `(${length} bytes, sha-256 ${digest})`);
}

function message(first: string, headers: Readonly<Record<string, string>>, body: string): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [first, ...fields].map(escapeText).join('\n');
  return body === '' ? head : `${head}\n\n${safeLines(clip(body, shownBody))}`;
}

/** Text of several lines that is safe to show: its line breaks stay, whatever else could move or hide text does not. */
export function safeLines(text: string): string {
  return text.split(/\r?\n/).map(escapeText).join('\n');
}
