/** Reads one response off a connection, byte by byte as it is framed (RFC 9112). Pure. */

/** Who hears of what was read. */
export interface ResponseSink {
  /** An interim response (RFC 9110 15.2). */
  interim(status: number): void;
  /** Fields by name in lower case, repeated ones joined by ", ". */
  head(status: number, fields: Readonly<Record<string, string>>): void;
  body(piece: Buffer): void;
}

/** `more` is wanted, the response is `whole`, it `broke off`, or how it is no response of HTTP/1.1. */
export type Reading = 'more' | 'whole' | 'broke off' | { readonly malformed: string };

export interface ResponseReader {
  /** Takes what came in. */
  take(piece: Buffer): Reading;
  /** Takes the end of the server's direction, which is also that of a body without a length (RFC 9112 6.3). */
  end(): Reading;
  /** Whether the connection may carry another request once the response is whole (RFC 9112 9.3). */
  reusable(): boolean;
}

/** A head that is longer is none. In bytes. */
const longestHead = 64 * 1024;
/** So is the line that begins a chunk, with its extensions. In bytes. */
const longestLine = 4096;

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/;
const fieldLine = /^([!#$%&'*+.^_`|~\w-]+):([^\r\0]*)$/;
const chunkLine = /^([\da-f]{1,12})[ \t]*(?:;.*)?$/i;

/** What is being read; of the body, how many bytes are `left` of it or of its chunk. */
type Part = 'head' | 'counted' | 'chunk line' | 'chunk' | 'chunk end' | 'trailer' | 'until the end' | 'nothing';

/**
 * A reader for the response to one request. Tolerant where RFC 9112 lets a recipient be: a bare LF for a line end, folded
 * fields, a repeated but equal Content-Length.
 */
export function readResponse(method: string, sink: ResponseSink): ResponseReader {
  let part: Part = 'head';
  let left = 0;
  let persistent = false;
  let surplus = false;
  let begun = false;
  /** A line or head that has not all come. */
  let held: Buffer | undefined;
  let wrong: { readonly malformed: string } | undefined;

  const refuse = (malformed: string): number => {
    wrong = { malformed };
    return -1;
  };

  /** Reads the head of a response; gives where it ends in the input, or -1 if it does not. */
  function readHead(input: Buffer, from: number): number {
    let start = from;
    while (input[start] === 13 || input[start] === 10) start++;
    const text = input.toString('latin1', start, start + longestHead);
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) return text.length < longestHead ? -1 : refuse(`its head is longer than ${longestHead} bytes`);
    const [first = '', ...lines] = text.slice(0, end.index).split('\n').map(withoutReturn);
    const [, minor, code] = statusLine.exec(first) ?? [];
    if (code === undefined) return refuse(`it begins with ${JSON.stringify(first.slice(0, 60))}`);
    const fields = fieldsOf(lines);
    if (typeof fields === 'string') return refuse(`the field line ${JSON.stringify(fields.slice(0, 60))}`);
    const status = Number(code);
    if (status === 101) return refuse('it switches protocols, which nobody asked for');
    if (status < 200) sink.interim(status);
    else {
      const refused = frame(status, fields);
      if (refused !== undefined) return refuse(refused);
      persistent = isPersistent(minor === '0', fields['connection'] ?? '') && part !== 'until the end';
      sink.head(status, fields);
    }
    return start + end.index + end[0].length;
  }

  /** How the body is framed (RFC 9112 6.3), or why that cannot be told. */
  function frame(status: number, fields: Readonly<Record<string, string>>): string | undefined {
    const coding = fields['transfer-encoding'];
    const length = fields['content-length'];
    if (method === 'HEAD' || status === 204 || status === 304) part = 'nothing';
    else if (coding !== undefined) {
      if (length !== undefined) return 'it has both a Transfer-Encoding and a Content-Length';
      part = /(^|,)[ \t]*chunked[ \t]*$/i.test(coding) ? 'chunk line' : 'until the end';
    } else if (length !== undefined) {
      const [one = '', ...others] = length.split(',').map((each) => each.trim());
      if (!/^\d{1,15}$/.test(one) || others.some((other) => other !== one)) return `its Content-Length is ${length}`;
      left = Number(one);
      part = left === 0 ? 'nothing' : 'counted';
    } else part = 'until the end';
    return undefined;
  }

  /** Reads a line of chunked coding; gives where the next begins, or -1 if this one has not ended. */
  function readLine(input: Buffer, from: number): number {
    const end = input.indexOf(10, from);
    if (end < 0) return input.length - from < longestLine ? -1 : refuse('a line of its chunked coding has no end');
    const line = withoutReturn(input.toString('latin1', from, end));
    if (part === 'chunk line') {
      const [, size] = chunkLine.exec(line) ?? [];
      if (size === undefined) return refuse(`a chunk begins with ${JSON.stringify(line.slice(0, 60))}`);
      left = Number.parseInt(size, 16);
      part = left === 0 ? 'trailer' : 'chunk';
    } else if (part === 'chunk end') {
      if (line !== '') return refuse('a chunk is longer than it says');
      part = 'chunk line';
    } else if (line === '') part = 'nothing';
    return end + 1;
  }

  function readBody(input: Buffer, from: number): number {
    const to = part === 'until the end' ? input.length : Math.min(input.length, from + left);
    if (to > from) sink.body(from === 0 && to === input.length ? input : input.subarray(from, to));
    if (part === 'until the end') return to;
    left -= to - from;
    if (left === 0) part = part === 'counted' ? 'nothing' : 'chunk end';
    return to;
  }

  return {
    take(piece) {
      begun ||= piece.length > 0;
      const input = held ? Buffer.concat([held, piece]) : piece;
      held = undefined;
      let at = 0;
      while (at < input.length && part !== 'nothing') {
        const isBody = part === 'counted' || part === 'chunk' || part === 'until the end';
        const next = isBody ? readBody(input, at) : part === 'head' ? readHead(input, at) : readLine(input, at);
        if (wrong) return wrong;
        if (next < 0) {
          held = input.subarray(at);
          return 'more';
        }
        at = next;
      }
      surplus ||= at < input.length;
      return part === 'nothing' ? 'whole' : 'more';
    },
    end: () =>
      part === 'until the end' || part === 'nothing' ? 'whole' : begun ? 'broke off' : { malformed: 'none came' },
    reusable: () => persistent && !surplus,
  };
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** The fields, or the line that is none (RFC 9112 5). */
function fieldsOf(lines: readonly string[]): Record<string, string> | string {
  // Without a prototype, whatever a field is called.
  const fields: Record<string, string> = Object.create(null);
  let last = '';
  for (const line of lines) {
    if (last !== '' && (line.startsWith(' ') || line.startsWith('\t'))) {
      fields[last] = trimmed(`${fields[last]} ${trimmed(line)}`);
      continue;
    }
    const [, name, text = ''] = fieldLine.exec(line) ?? [];
    if (name === undefined) return line;
    last = name.toLowerCase();
    const before = fields[last];
    const value = trimmed(text);
    fields[last] = before === undefined ? value : `${before}, ${value}`;
  }
  return fields;
}

/** Without the blanks around it (RFC 9110 5.6.3); not by an expression, which a long run of them would keep busy. */
function trimmed(text: string): string {
  let first = 0;
  let end = text.length;
  while (isBlank(text.charCodeAt(first))) first++;
  while (end > first && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(first, end);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

function isPersistent(old: boolean, connection: string): boolean {
  const options = connection
    .toLowerCase()
    .split(',')
    .map((option) => option.trim());
  return old ? options.includes('keep-alive') : !options.includes('close');
}
