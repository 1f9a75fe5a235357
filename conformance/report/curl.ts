import { createHash } from 'node:crypto';
import { bytesOf } from '../bytes.ts';
import type { Exchange } from '../history.ts';
import { escapeText } from './escape.ts';
import type { Failure } from './results.ts';
import { flatten, sendsNothing } from './rows.ts';
import { callInWords, faultInWords } from './words.ts';

/** Fields that curl writes by itself, or that belong to the suite and not to the server's user. */
const ownFields = ['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'chunkproof-run'];

/**
 * A shell script of curl commands that plays a counterexample, for people who have no Node at hand. The ids that the
 * target gave are bound to variables as they come. What curl cannot say (a cut at an exact byte, requests at the
 * same moment) stands there as a note. Nothing of the target's text is ever read by the shell as anything but text.
 */
export function curlScript(failure: Failure, target: string): string {
  const names = new Map<string, string>();
  const steps = flatten(failure.script);
  const parallel = failure.script.together !== undefined;
  const blocks = failure.history.map((exchange, index) => block(exchange, index, names, target));
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
    'ANSWER=$(mktemp); BODY=$(mktemp); trap \'rm -f "$ANSWER" "$BODY"\' EXIT',
    ...blocks,
    '',
  ].join('\n');
}

function block(exchange: Exchange, index: number, names: Map<string, string>, target: string): string {
  const { call, sent, fault, outcome } = exchange;
  const lines = ['', note(`${exchange.client}  ${callInWords(call)}${fault ? `, ${faultInWords(fault)}` : ''}`)];
  if (outcome.kind === 'answered') lines.push(note(`the suite saw: ${outcome.status}`));
  if (fault?.kind === 'cut') {
    return [...lines, note('curl cannot cut a request at an exact byte: use chunkproof replay for this step.')].join(
      '\n',
    );
  }
  if (fault?.kind === 'lost') lines.push(note('the suite never read this answer.'));
  else if (fault) lines.push(note('curl does not send it so: use chunkproof replay for this step.'));
  if (sent.text !== undefined) lines.push(`printf %s ${quote(sent.text)} > "$BODY"`);
  else if (sent.bodyLength > 0) lines.push(bodyOf(exchange));
  lines.push(command(exchange, sent.url.startsWith(target) ? bound(sent.url, names, target) : quote(sent.url)));
  if (call.kind === 'initiate' && outcome.kind === 'answered') {
    const id = member(outcome.json, 'sessionId');
    const variable = `SESSION_${index}`;
    if (id !== undefined) {
      names.set(id, variable);
      lines.push(`${variable}=$(sed -n 's/.*"sessionId"[^"]*"\\([^"]*\\)".*/\\1/p' "$ANSWER" | head -n 1)`);
    }
  }
  return lines.join('\n');
}

function command({ sent, call }: Exchange, url: string): string {
  const fields = Object.entries(sent.headers)
    .filter(([name, value]) => !ownFields.includes(name.toLowerCase()) && value !== '[redacted]')
    .map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const variable = call.as === 'second' ? 'CREDENTIALS_2' : 'CREDENTIALS';
  const credentials = call.as === 'nobody' ? [] : [`\${${variable}:+-H "$${variable}"}`];
  const chunked = call.kind === 'chunk' && call.framing === 'chunked' ? ["-H 'Transfer-Encoding: chunked'"] : [];
  const body = sent.bodyLength > 0 || sent.text !== undefined ? ['--data-binary "@$BODY"'] : [];
  const method = sent.method === 'HEAD' ? '-I' : `-X ${quote(sent.method)}`;
  const show = sent.method === 'HEAD' ? '' : ' && cat "$ANSWER" && echo';
  const parts = ['curl -sS', method, ...credentials, ...fields, ...chunked, ...body];
  return `${parts.join(' ')} -w '%{http_code}\\n' -o "$ANSWER" ${url}${show}`;
}

/** The suite's own bytes if they are few and known here; else as many others, which match no digest. */
function bodyOf({ call, sent }: Exchange): string {
  const bytes =
    call.kind === 'chunk' && sent.bodyLength <= 4096
      ? bytesOf(call.write, Number(call.chunk), sent.bodyLength)
      : undefined;
  if (bytes !== undefined && createHash('sha256').update(bytes).digest('base64') === sent.bodyDigest) {
    return `printf %s ${quote(Buffer.from(bytes).toString('base64'))} | base64 -d > "$BODY"`;
  }
  const letter = call.kind === 'chunk' ? String.fromCharCode(97 + (call.write % 26)) : 'x';
  const filler = `head -c ${sent.bodyLength} /dev/zero | tr '\\0' ${letter} > "$BODY"`;
  return `${note('not the bytes of the suite, but as many: a digest field does not match them.')}\n${filler}`;
}

/** The URL with what the target named replaced by the variables that this script binds. */
function bound(url: string, names: ReadonlyMap<string, string>, target: string): string {
  const path = url.slice(target.replace(/\/+$/, '').length);
  const known = [...names].find(([id]) => id !== '' && path.includes(`/${id}`));
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
