import type { Json } from '../history.ts';

/** A request body as the contract reads it (protocol 14; RFC 8259). */
export interface JsonText {
  /** What it says; none if it is no JSON text. If members are repeated, with the last of each, and with the first. */
  readonly values: readonly Json[];
  /** Whether RFC 8259 leaves it to the reader to take it: a server may refuse it, too. */
  readonly doubtful: boolean;
  /** Whether it is longer than every server has to read. */
  readonly long: boolean;
}

/** Levels of nesting, the outermost value being the first, and bytes: what every server takes. */
const levels = 64;
const bytes = 64 * 1024;
/** Digits that a double keeps (RFC 8259 6), as they are written: some readers look no further. */
const digits = 17;

/**
 * What a call's body says: its `body` is bytes, a character each, its `json` becomes a text.
 *
 * @param length - of so many bytes, where the request's own body is shorter than what was sent
 */
export function readJson({ json, body }: { readonly json?: Json; readonly body?: string }, length?: number): JsonText {
  const sent = body === undefined ? new TextEncoder().encode(JSON.stringify(json ?? null)) : bytesOf(body);
  const own = sent.subarray(0, length);
  const text = decoded(own);
  const long = own.length > bytes;
  const unmarked = text?.startsWith('\ufeff') ? text.slice(1) : text;
  const last = parsed(unmarked);
  if (unmarked === undefined || last === undefined) return { values: [], doubtful: false, long };
  const { members, doubtful } = scan(unmarked);
  const first = new Map([...members].reverse().map(({ name, member }) => [name, member]));
  const repeated = first.size < members.length;
  const values = repeated ? [last, JSON.parse(`{${[...first.values()].join()}}`) as Json] : [last];
  return { values, doubtful: doubtful || unmarked !== text, long };
}

const bytesOf = (body: string): Uint8Array => Uint8Array.from(body, (character) => character.charCodeAt(0));

/** Bytes as text, if they are UTF-8; a byte order mark stays. */
function decoded(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

interface Scanned {
  /** The members of the outermost object, in their order, repeated ones included: each as it stands in the text. */
  readonly members: readonly { readonly name: string; readonly member: string }[];
  readonly doubtful: boolean;
}

/** Walks through the tokens of a text that is JSON: no recursion, since it may be nested without end. */
function scan(text: string): Scanned {
  const members: { name: string; member: string }[] = [];
  const names: Set<string>[] = [];
  let doubtful = false;
  let literal = { token: '', at: 0 };
  let open: { name: string; at: number } | undefined;
  const close = (at: number): void => {
    if (open !== undefined && names.length === 1) members.push({ name: open.name, member: text.slice(open.at, at) });
  };
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === ':') {
      const name = String(JSON.parse(literal.token));
      const object = names.at(-1);
      if (object?.has(name)) doubtful = true;
      object?.add(name);
      if (names.length === 1) open = { name, at: literal.at };
    } else if (token === ',') close(index);
    else if (token === '{' || token === '[') names.push(new Set());
    else if (token === '}' || token === ']') {
      close(index);
      names.pop();
    } else {
      literal = { token, at: index };
      doubtful ||= token.startsWith('"') ? !isWellFormed(token) : /^[-\d]/.test(token) && !isPlain(token);
    }
    doubtful ||= names.length > levels;
  }
  return { members, doubtful };
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Whether no half of a surrogate pair is written as an escape (RFC 8259 8.2). */
const isWellFormed = (token: string): boolean =>
  !/\\u[dD][89a-fA-F]/.test(token) || (JSON.parse(token) as string).isWellFormed();

/** Whether every reader has the same value for a number: a double that is not −0 (RFC 8259 6). */
function isPlain(token: string): boolean {
  const value = Number(token);
  const written = token.replace(/[eE].*/, '').replace(/[-.]/g, '');
  if (written.length > digits) return false;
  if (value === 0) return /^0+$/.test(written) && !token.startsWith('-');
  return Number.isFinite(value) && Math.abs(value) >= 2 ** -1022;
}
