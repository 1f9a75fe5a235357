import { createHash } from 'node:crypto';
import { bytesOf } from '../bytes.ts';
import type { Exchange, Fault } from '../history.ts';
import { escapeText } from './escape.ts';
import type { Failure } from './results.ts';
import { flatten, sendsNothing } from './rows.ts';
import { callInWords, faultInWords } from './words.ts';

/** Fields that curl writes by itself, or that belong to the suite and not to the server's user. */
const ownFields = ['host', 'connection', 'content-length', 'transfer-encoding', 'trailer', 'chunkproof-run'];

/**
 * A shell script of curl commands that plays a counterexample, for people who have no Node at hand. The ids that the
 * target gave are bound to variables as they come. What curl cannot say (a cut at an exact byte, requests at the
 * same moment) stands there as a note. Nothing of the target's text is ever read by the shell as anything but text.
 */
export function curlScript(failure: Failure, target: string): string {
  const names: Names = new Map();
  const steps = flatten(failure.script);
  const parallel = failure.script.together !== undefined;
  const blocks = failure.history.map((exchange, index) => block(exchange, index, failure.history, names, target));
  const waits = steps.filter(({ call }) => sendsNothing(call)).map(({ call }) => note(callInWords(call)));
  return [
    '#!/bin/sh',
    note(`${failure.requirement}: ${failure.message}`),
    note(`expected: ${failure.expected}`),
    note(
      'Credentials, if any: CREDENTIALS="Authorization: Bearer ..." sh <this file>; second principal: CREDENTIALS_2.',
    ),
    ...(parallel
      ? [note('The suite sent some of these requests at the same moment; here they follow one another.')]
      : []),
    ...(waits.length > 0
      ? [note('The suite also did what no request does, and what this script leaves to you:'), ...waits]
      : []),
    'set -u',
    `BASE=\${1:-${quote(target.replace(/\/+$/, ''))}}`,
    'RUN=$(date +%s)$$ # makes idempotency keys of this run of the script its own',
    'FIELDS=$(mktemp); ANSWER=$(mktemp); BODY=$(mktemp); trap \'rm -f "$FIELDS" "$ANSWER" "$BODY"\' EXIT',
    functions,
    ...blocks,
    '',
  ].join('\n');
}

/** Texts that the target made up in the suite's run, and the variables that hold what it makes up in the script's. */
type Names = Map<string, string>;

/** A link that is no HTTP URL (`file:`, or what curl would take for an option) is a path at the target: RFC 3986 5.2. */
const functions = `field() { tr -d '\\r' < "$FIELDS" | sed -n "s/^$1: *//Ip" | tail -n 1; }
member() { sed -n 's/.*"'"$1"'"[^"]*"\\([^"]*\\)".*/\\1/p' "$ANSWER" | head -n 1; }
resolve() { # a link, and the URL of the request whose answer it stood in
  case $1 in
    http://*|https://*) printf %s "$1" ;;
    //*) printf %s "\${2%%:*}:$1" ;;
    /*) printf %s "$(printf %s "$2" | sed 's#^\\([a-z]*://[^/]*\\).*#\\1#')$1" ;;
    *) printf %s "\${2%/*}/$1" ;;
  esac
}`;

function block(exchange: Exchange, index: number, history: readonly Exchange[], names: Names, target: string): string {
  const { call, sent, fault, outcome } = exchange;
  const lines = ['', note(`${exchange.client}  ${callInWords(call)}${fault ? `, ${faultInWords(fault)}` : ''}`)];
  if (outcome.kind === 'answered') lines.push(note(`the suite saw: ${outcome.status}`));
  // Sent as curl sends it, it would be another request, with another effect.
  if (fault && breaks(fault)) {
    const why = fault.kind === 'cut' ? 'cannot cut a request at an exact byte' : 'sends no request that is broken so';
    return [...lines, note(`curl ${why}: use chunkproof replay for this step.`)].join('\n');
  }
  if (fault?.kind === 'lost') lines.push(note('the suite never read this answer.'));
  else if (fault) lines.push(note('curl does not send it so: use chunkproof replay for this step.'));
  if ('body' in call && call.body !== undefined) lines.push(`${decoding(call.body)} > "$BODY"`);
  else if (sent.text !== undefined) lines.push(`printf %s ${quote(sent.text)} > "$BODY"`);
  else if (sent.bodyLength > 0) lines.push(bodyOf(exchange));
  const url = urlOf(sent.url, names, target);
  lines.push(command(exchange, url, names));
  const bind = (text: string | undefined, variable: string, value: string) => {
    if (text === undefined || text === '' || names.has(text)) return;
    names.set(text, `${variable}_${index}`);
    lines.push(`${variable}_${index}=$(${value})`);
  };
  if (outcome.kind !== 'answered') return lines.join('\n');
  if (call.kind === 'initiate') bind(member(outcome.json, 'sessionId'), 'SESSION', 'member sessionId');
  const later = history.slice(index + 1);
  const follows = (href: string | undefined) => (later.some((one) => one.sent.url === href) ? href : undefined);
  bind(follows(resolved(outcome.headers['location'], sent.url)), 'LOCATION', `resolve "$(field location)" ${url}`);
  bind(follows(resolved(contentUrl(outcome.json), sent.url)), 'CONTENT', `resolve "$(member contentUrl)" ${url}`);
  const etag = outcome.headers['etag'];
  const asked = later.some((one) => validators.some((name) => fieldOf(one, name) === etag));
  if (asked) bind(etag, 'ETAG', 'field etag');
  return lines.join('\n');
}

/** Whether a request with this fault is none that a client means to make. */
function breaks(fault: Fault): boolean {
  if (fault.kind !== 'framing') return ['cut', 'half-close', 'length', 'withhold'].includes(fault.kind);
  return !['both-lengths', 'extension', 'trailer', 'leading-zeros'].includes(fault.how);
}

/** Fields that hold what an answer said, as the script `same` of a call has it. */
const validators = ['if-none-match', 'if-range'];

const fieldOf = ({ sent }: Exchange, wanted: string): string | undefined =>
  Object.entries(sent.headers).find(([name]) => name.toLowerCase() === wanted)?.[1];

const contentUrl = (json: unknown): string | undefined =>
  member(json, 'contentUrl') ??
  member((json as { readonly attachment?: unknown } | undefined)?.attachment, 'contentUrl');

const resolved = (link: string | undefined, base: string): string | undefined =>
  link === undefined ? undefined : URL.parse(link, base)?.href;

function command(exchange: Exchange, url: string, names: Names): string {
  const { sent, call } = exchange;
  const fields = Object.entries(sent.headers)
    .filter(([name, value]) => !ownFields.includes(name.toLowerCase()) && value !== '[redacted]')
    .flatMap(([name, value]) => value.split('\n').map((line) => [name, line] as const))
    .map(([name, value]) => {
      const variable = validators.includes(name.toLowerCase()) ? names.get(value) : undefined;
      if (variable !== undefined) return `-H ${quote(`${name}: `)}"$${variable}"`;
      // To curl a name with a colon and nothing means no such field; with a semicolon, one that is empty.
      if (value === '') return `-H ${quote(`${name};`)}`;
      return `-H ${quote(`${name}: ${value}`)}${name.toLowerCase() === 'idempotency-key' ? '"$RUN"' : ''}`;
    });
  const variable = call.as === 'second' ? 'CREDENTIALS_2' : 'CREDENTIALS';
  const credentials = call.as === 'nobody' ? [] : [`\${${variable}:+-H "$${variable}"}`];
  const chunked = fieldOf(exchange, 'transfer-encoding') === 'chunked' ? ["-H 'Transfer-Encoding: chunked'"] : [];
  const body = sent.bodyLength > 0 || sent.text !== undefined ? ['--data-binary "@$BODY"'] : [];
  const method = sent.method === 'HEAD' ? '-I' : `-X ${quote(sent.method)}`;
  const show = sent.method === 'HEAD' ? '' : ' && cat "$ANSWER" && echo';
  const parts = ['curl -sSg', method, ...credentials, ...fields, ...chunked, ...body];
  return `${parts.join(' ')} -w '%{http_code}\\n' -D "$FIELDS" -o "$ANSWER" ${url}${show}`;
}

/** The suite's own bytes if they are few and known here; else as many others, which match no digest. */
function bodyOf({ call, sent }: Exchange): string {
  const bytes =
    call.kind === 'chunk' && sent.bodyLength <= 4096
      ? bytesOf(call.write, Number(call.chunk), sent.bodyLength)
      : undefined;
  if (bytes !== undefined && createHash('sha256').update(bytes).digest('base64') === sent.bodyDigest) {
    return `${decoding(Buffer.from(bytes).toString('latin1'))} > "$BODY"`;
  }
  const letter = call.kind === 'chunk' ? String.fromCharCode(97 + (call.write % 26)) : 'x';
  const filler = `head -c ${sent.bodyLength} /dev/zero | tr '\\0' ${letter} > "$BODY"`;
  return `${note('not the bytes of the suite, but as many: a digest field does not match them.')}\n${filler}`;
}

/** A command that prints these bytes, a character each, whatever they are. */
const decoding = (bytes: string): string =>
  `printf %s ${quote(Buffer.from(bytes, 'latin1').toString('base64'))} | base64 -d`;

/** The URL with what the target named replaced by the variables that this script binds. */
function urlOf(url: string, names: Names, target: string): string {
  const whole = names.get(url);
  if (whole !== undefined) return `"$${whole}"`;
  const base = target.replace(/\/+$/, '');
  if (!url.startsWith(base)) return quote(url);
  const path = url.slice(base.length);
  const byLength = [...names].sort(([a], [b]) => b.length - a.length);
  const known = byLength.find(([id]) => path.includes(`/${id}`));
  if (known === undefined) return `"$BASE"${quote(path)}`;
  const [before = '', ...after] = path.split(known[0]);
  return `"$BASE"${quote(before)}"$${known[1]}"${quote(after.join(known[0]))}`;
}

function member(json: unknown, name: string): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const value = (json as { readonly [member: string]: unknown })[name];
  return typeof value === 'string' ? value : undefined;
}

/** One shell word that stands for exactly this text. NUL cannot be in one, so it is dropped. */
function quote(text: string): string {
  return text === '' ? '' : `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;
}

/** A comment on one line, whatever the text is: a line break in it would end the comment. */
function note(text: string): string {
  return `# ${escapeText(text)}`;
}
