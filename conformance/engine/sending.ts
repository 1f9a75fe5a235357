/** How a request goes out: which fields frame its body, and what the client does on the connection, in order. Pure. */
import type { Fault, Framing } from '../history.ts';
import { chunk, framed, lastChunk } from './framing.ts';

export interface Outgoing {
  readonly method: string;
  readonly body: Uint8Array;
  /** Chunked coding instead of `Content-Length`. */
  readonly chunked: boolean;
  readonly expectContinue: boolean;
  readonly fault?: Fault;
}

/** What a client does. Waits are in ms. */
export type Act =
  | {
      readonly kind: 'send';
      /** As they are on the wire, with their framing. */
      readonly bytes: Uint8Array;
      /** How many of them are of the body. */
      readonly ofBody: number;
      /** Whether the last byte of the request is among them, or was in the head. */
      readonly last: boolean;
    }
  /** Until the server asks for the body (100), no longer than `ms`. */
  | { readonly kind: 'invitation'; readonly ms: number }
  /** So long, or, without `ms`, until the rest of a body may go. */
  | { readonly kind: 'pause'; readonly ms?: number }
  /** Ends the client's direction of the connection and reads on, for so long if `ms` says so. */
  | { readonly kind: 'half-close'; readonly ms?: number }
  /** Ends the connection. */
  | { readonly kind: 'fin' | 'rst' };

export interface Sending {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly acts: readonly Act[];
  /** Where another `Content-Length` than the body's is declared. */
  readonly declaredLength?: number;
}

/** A client does not wait for 100 for ever: a server may ignore the expectation (RFC 9110 10.1.1). In ms. */
const impatience = 1000;
/** How long a body that never comes is waited with for 100, then for an answer, and again after the FIN. In ms. */
const withholding = 500;

/** How long a server has to answer what no more bytes can mend, before the FIN. In ms. */
const noticing = 250;

/** Framings in which there is nothing to see but that more has to come. */
const unended: readonly Framing[] = ['unterminated', 'long-size'];

/** What is sent, and when, for the request and its fault. */
export function sendingOf(request: Outgoing): Sending {
  const sending = withFault(request);
  if (!request.expectContinue || request.fault?.kind === 'withhold') return sending;
  const acts: readonly Act[] = [{ kind: 'invitation', ms: impatience }, ...sending.acts];
  return { ...sending, fields: [...sending.fields, expect], acts };
}

const expect = ['Expect', '100-continue'] as const;

function withFault(request: Outgoing): Sending {
  const { body, fault } = request;
  const fields = lengthOrCoding(request);
  switch (fault?.kind) {
    case undefined:
    case 'lost':
    case 'twice':
      return { fields, acts: wholly(request) };
    case 'cut':
      return { fields, acts: [upTo(fault.after, request), { kind: fault.how }] };
    case 'half-close':
      return { fields, acts: [upTo(fault.after, request), { kind: 'half-close' }] };
    case 'hold': {
      const first = upTo(fault.after, request);
      const rest = from(fault.after, request);
      return { fields, acts: first.last ? [first] : [first, { kind: 'pause' }, rest] };
    }
    case 'trickle':
      return { fields, acts: trickle(request, fault) };
    case 'length': {
      const declaredLength = Math.max(0, body.length + fault.by);
      const last = declaredLength <= body.length;
      const acts: Act[] = [{ kind: 'send', bytes: body, ofBody: body.length, last }];
      if (!last) acts.push({ kind: 'half-close' });
      return { fields: [contentLength(declaredLength)], acts, declaredLength };
    }
    case 'framing': {
      const { fields, bytes, ends } = framed(fault.how, body);
      const acts: Act[] = [{ kind: 'send', bytes, ofBody: body.length, last: ends }];
      if (ends && fault.how !== 'unknown-coding') return { fields, acts };
      // Where the body has no end, the connection's is the only one that a server can wait for. One that sees what is
      // wrong need not wait, and is let answer.
      if (!unended.includes(fault.how)) acts.push({ kind: 'pause', ms: noticing });
      return { fields, acts: [...acts, { kind: 'half-close' }] };
    }
    case 'withhold': {
      const ms = withholding;
      // Without a body there is none to withhold: the request ends with its head.
      const acts: Act[] = [
        ...(body.length === 0 ? wholly({ ...request, chunked: false }) : []),
        { kind: 'invitation', ms },
        { kind: 'pause', ms },
        { kind: 'half-close', ms },
      ];
      return { fields: [contentLength(body.length), expect], acts };
    }
  }
}

const contentLength = (length: number) => ['Content-Length', String(length)] as const;

/** Methods that have no content, so that none is announced (RFC 9110 8.6). */
const without = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

function lengthOrCoding({ method, body, chunked }: Outgoing): Sending['fields'] {
  if (chunked) return [['Transfer-Encoding', 'chunked']];
  return body.length === 0 && without.includes(method) ? [] : [contentLength(body.length)];
}

type Send = Extract<Act, { readonly kind: 'send' }>;

/** The first bytes of the body, as many as there are. */
function upTo(after: number, { body, chunked }: Outgoing): Send {
  const part = body.subarray(0, after);
  const last = part.length === body.length && !chunked;
  return { kind: 'send', bytes: chunked ? chunk(part) : part, ofBody: part.length, last };
}

/** All that comes after these. */
function from(after: number, { body, chunked }: Outgoing): Send {
  const part = body.subarray(after);
  const bytes = chunked ? Buffer.concat([chunk(part), lastChunk]) : part;
  return { kind: 'send', bytes, ofBody: part.length, last: true };
}

/** In chunked coding as several chunks, so that a reader sees more than one event. */
function wholly(request: Outgoing): readonly Send[] {
  const middle = Math.ceil(request.body.length / 2);
  return request.chunked && middle > 0 ? [upTo(middle, request), from(middle, request)] : [from(0, request)];
}

function trickle(request: Outgoing, { pieces, ms }: Extract<Fault, { kind: 'trickle' }>): readonly Act[] {
  const { length } = request.body;
  const count = Math.max(1, Math.min(pieces, length));
  const at = (piece: number): number => Math.floor((piece * length) / count);
  const acts: Act[] = [];
  for (let piece = 0; piece < count - 1; piece++) {
    const part = { ...request, body: request.body.subarray(at(piece), at(piece + 1)) };
    acts.push({ ...upTo(length, part), last: false }, { kind: 'pause', ms });
  }
  return [...acts, from(at(count - 1), request)];
}
