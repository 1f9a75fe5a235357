import type { Call, DigestText, DigestWord, Fault, Framing, Json, StorageCall } from '../history.ts';
import { clip, escapeText } from './escape.ts';

const digestWords: Readonly<Record<DigestWord, string>> = {
  right: 'right',
  wrong: 'wrong',
  several: 'right, beside an unknown algorithm',
  unsupported: 'of an unsupported algorithm',
  garbage: 'unparsable',
  short: 'too short',
  empty: 'empty',
};

const digestInWords = (digest: DigestText): string =>
  typeof digest === 'object' ? quoted(digest.raw) : digestWords[digest];

/** A call in the words of the contract: `initiate 10 B in chunks of 4`, `chunk 1 = w1`. */
export function callInWords(call: Call, naming: { readonly sessions: number } = { sessions: 1 }): string {
  const session = naming.sessions > 1 && 'session' in call ? ` of ${escapeText(call.session)}` : '';
  const as = 'as' in call ? principalInWords(call.as) : '';
  return `${verb(call, session)}${spellingInWords(call)}${fieldsInWords(call)}${as}`;
}

function spellingInWords(call: Call): string {
  if (!('spelling' in call) || call.spelling === undefined || call.spelling === 'plain') return '';
  return `, id ${typeof call.spelling === 'object' ? quoted(call.spelling.raw) : call.spelling}`;
}

/** The first of a call's further fields, and how many more there are. */
function fieldsInWords(call: Call): string {
  const [first, ...more] = Object.entries(('fields' in call && call.fields) || {});
  if (first === undefined) return '';
  const rest = more.length === 0 ? '' : ` and ${more.length} more ${more.length === 1 ? 'field' : 'fields'}`;
  return `, ${clip(escapeText(first[0]), 50)}: ${quoted(first[1])}${rest}`;
}

function verb(call: Call, session: string): string {
  const head = 'head' in call && call.head === true ? ' (HEAD)' : '';
  switch (call.kind) {
    case 'capabilities':
      return `capabilities${head}`;
    case 'initiate':
      return `initiate ${initiateInWords(call.json, call.body)}${session}${list([
        call.mediaType !== undefined && `media type ${call.mediaType === null ? 'absent' : quoted(call.mediaType)}`,
        call.idempotencyKey !== undefined && `key ${quoted(call.idempotencyKey)}`,
      ])}`;
    case 'chunk':
      return `chunk ${clip(escapeText(String(call.chunk)), 50)}${session} = w${call.write}${list([
        call.excess !== undefined && call.excess !== 0 && excessInWords(call.excess),
        call.framing === 'chunked' && 'chunked coding',
        call.contentDigest && `Content-Digest ${digestInWords(call.contentDigest)}`,
        call.contentRange !== undefined && `Content-Range ${clip(escapeText(call.contentRange), 60)}`,
        call.contentEncoding !== undefined && `Content-Encoding ${escapeText(call.contentEncoding)}`,
        call.expectContinue && 'Expect: 100-continue',
      ])}`;
    case 'fill':
      return `every missing chunk${session} = w${call.write}…${list([
        call.order && call.order !== 'ascending' && call.order,
        call.resume && 'by status',
      ])}`;
    case 'complete':
      return `complete${session}${list([
        call.compositeDigest && `composite digest ${digestInWords(call.compositeDigest)}`,
        call.digest && `digest ${digestInWords(call.digest)}`,
        call.json !== undefined && `body ${jsonInWords(call.json)}`,
        call.body !== undefined && `body ${bodyInWords(call.body)}`,
      ])}`;
    case 'abort':
      return `abort${session}${list([call.body !== undefined && `body ${bodyInWords(call.body)}`])}`;
    case 'status':
    case 'attachment':
      return `${call.kind}${head}${session}`;
    case 'content':
      return `content${head}${session}${list([
        call.range !== undefined && `Range ${clip(escapeText(call.range), 60)}`,
        call.ifNoneMatch && `If-None-Match ${call.ifNoneMatch}`,
        call.ifRange && `If-Range ${call.ifRange}`,
      ])}`;
    case 'method':
      return `${escapeText(call.method)} on ${call.resource}${session}`;
    case 'restart':
      return `kill and restart the target${call.again === undefined ? '' : `, twice within ${call.again} ms`}`;
    case 'storage':
      return storageInWords(call);
    case 'wait':
      return call.expiryOf === undefined ? `wait ${call.ms ?? 0} ms` : 'wait until the session has expired';
  }
}

function storageInWords({ settles }: StorageCall): string {
  if (settles === undefined) return 'measure the storage';
  const more = settles === 0 ? 'as before' : `at most ${settles} B more than before`;
  return `measure the storage until it is ${more}`;
}

/** What went wrong on the wire: `cut after 2 bytes`. */
export function faultInWords(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
      return `cut after ${after(fault)}${fault.how === 'rst' ? ' (RST)' : ''}`;
    case 'lost':
      return 'answer not read';
    case 'hold':
      return `the rest after ${after(fault)} held back ${heldInWords(fault)}`;
    case 'trickle':
      return `in ${fault.pieces} pieces, ${fault.ms} ms apart`;
    case 'half-close':
      return `sending shut down after ${after(fault)}`;
    case 'length': {
      const off = Math.abs(fault.by);
      return `declared ${off} ${off === 1 ? 'byte' : 'bytes'} ${fault.by < 0 ? 'shorter' : 'longer'} than sent`;
    }
    case 'framing':
      return framingInWords[fault.how];
    case 'twice':
      return 'sent on two connections at once';
    case 'withhold':
      return 'body never sent, Expect: 100-continue';
  }
}

const framingInWords: Readonly<Record<Framing, string>> = {
  unterminated: 'chunked without a last chunk',
  'bad-size': 'chunked with a size that is no number',
  'negative-size': 'chunked with a negative size',
  'long-size': 'chunked with a size past 2^32, and no more data',
  'huge-size': 'chunked with a size past 2^64',
  'missing-crlf': 'chunked with more data than the size says',
  'two-lengths': 'with two Content-Length that differ',
  'unknown-coding': 'in a transfer coding that nobody has',
  'both-lengths': 'chunked, with a Content-Length too',
  extension: 'chunked, with chunk extensions',
  trailer: 'chunked, with a trailer',
  'leading-zeros': 'chunked, sizes with leading zeros',
};

const after = ({ after }: { readonly after: number }): string => `${after} ${after === 1 ? 'byte' : 'bytes'}`;

const heldInWords = ({ ms, expiryOf, until }: Extract<Fault, { kind: 'hold' }>): string => {
  if (until !== undefined) return "until another client's call was answered";
  return expiryOf === undefined ? `for ${ms ?? 0} ms` : 'until the session has expired';
};

/** Bytes as people read them: `10 B`, `3.2 MiB`. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[power]}`;
}

function initiateInWords(json: Json | undefined, body: string | undefined): string {
  if (body !== undefined) return `with the body ${bodyInWords(body)}`;
  if (!isObject(json) || !Number.isInteger(json['fileSize'])) return `with ${jsonInWords(json ?? null)}`;
  const { fileName, fileSize, contentType, preferredChunkSize, preferredTimeoutSeconds, ...rest } = json;
  const plainName = typeof fileName === 'string' && /^[\w.-]{1,40}$/.test(fileName);
  const chunks = preferredChunkSize === undefined ? '' : ` in chunks of ${jsonInWords(preferredChunkSize)}`;
  return `${exactBytes(Number(fileSize))}${chunks}${list([
    !plainName && (fileName === undefined ? 'unnamed' : `named ${jsonInWords(fileName)}`),
    contentType !== undefined && `type ${jsonInWords(contentType)}`,
    preferredTimeoutSeconds !== undefined && `for ${jsonInWords(preferredTimeoutSeconds)} s`,
    Object.keys(rest).length > 0 && `and ${jsonInWords(rest)}`,
  ])}`;
}

/** A number of bytes, not rounded: `10 B`. */
export function exactBytes(bytes: number): string {
  return `${bytes} B`;
}

function excessInWords(excess: number): string {
  return excess > 0 ? `${excess} B too long` : `${-excess} B too short`;
}

function principalInWords(as: 'first' | 'second' | 'nobody' | undefined): string {
  if (as === 'second') return ', as the second principal';
  return as === 'nobody' ? ', without credentials' : '';
}

/** JSON text on one line, made safe and not too long. */
export function jsonInWords(json: Json): string {
  return clip(escapeText(JSON.stringify(json)), 60);
}

/** A body by its characters if it is UTF-8, else by its bytes: a few more than of other text, as what is wrong comes last. */
function bodyInWords(body: string): string {
  try {
    return quoted(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(body, 'latin1')), 80);
  } catch {
    return `${quoted(body, 80)} (not UTF-8)`;
  }
}

function quoted(text: string, most = 50): string {
  return `"${clip(escapeText(text), most)}"`;
}

function list(parts: readonly (string | false | undefined)[]): string {
  return parts
    .filter((part) => typeof part === 'string' && part !== '')
    .map((part) => `, ${part}`)
    .join('');
}

/** Whether a JSON value is an object. */
export function isObject(json: Json | undefined): json is { readonly [member: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
