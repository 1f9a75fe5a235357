/**
 * The vocabulary of the suite: what is played (a script of calls with faults) and what came of it (a history of
 * exchanges). Plain data, no logic: a script and a history are JSON, so a counterexample is a file.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** Who sends: clients of one script run at the same time only inside {@link Script.together}. */
export type ClientName = string;

/** A session of the script, by the name that its `initiate` gave it; the server's id is bound when it answers. */
export type SessionName = string;

/** Whose credentials a call carries. `nobody` sends none. */
export type Principal = 'first' | 'second' | 'nobody';

/**
 * How a session is addressed. `plain` by its id, `location` by the link that initiate gave; `percent-encoded` is
 * another spelling of the same URL (RFC 3986 6.2.2.2); `double-encoded`, `other-case` and `unknown` name no session.
 */
export type Spelling = 'plain' | 'location' | 'percent-encoded' | 'double-encoded' | 'other-case' | 'unknown';

/**
 * What an integrity field or member says of its bytes. `several` is right, beside an algorithm nobody supports;
 * `unsupported` names only such an algorithm; `short` is a byte sequence of the wrong length.
 */
export type DigestWord = 'right' | 'wrong' | 'several' | 'unsupported' | 'garbage' | 'short' | 'empty';

/**
 * Text that is sent as it stands, but for its placeholders: `{x*100}` is a character so many times, names are filled in by
 * the play. A line break makes two field lines.
 */
export interface RawText {
  readonly raw: string;
}

/** An integrity field or member; in raw text `{right}` and `{wrong}` are base64 of digests. */
export type DigestText = DigestWord | RawText;

/** A path segment; in raw text `{id}`, `{hex}`, `{head}` and the like are what `templates.ts` makes of the session's id. */
export type SpellingText = Spelling | RawText;

interface Common {
  readonly as?: Principal;
}

interface OneRequest extends Common {
  /** Further header fields, by name, or others in place of the call's own: {@link RawText}, `{etag}` the validator seen last. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Opens a session. `json` is what its body says; `body` is sent instead as it stands, a character a byte (Latin-1). */
export interface InitiateCall extends OneRequest {
  readonly kind: 'initiate';
  readonly session: SessionName;
  readonly json?: Json;
  readonly body?: string;
  /** Default `application/json`; `null` sends no `Content-Type`. */
  readonly mediaType?: string | null;
  /** A name within the script: the player makes a key of it, 37 characters longer, that no other play has used. */
  readonly idempotencyKey?: string;
}

export interface CapabilitiesCall extends OneRequest {
  readonly kind: 'capabilities';
  readonly head?: boolean;
}

export interface StatusCall extends OneRequest {
  readonly kind: 'status';
  readonly session: SessionName;
  readonly head?: boolean;
  readonly spelling?: SpellingText;
}

/** Uploads one chunk. The bytes are the seeded stream `write`, as long as the chunk is, plus `excess` bytes. */
export interface ChunkCall extends OneRequest {
  readonly kind: 'chunk';
  readonly session: SessionName;
  /** The chunk's index; text is put into the path as it stands (`01`, `-1`, `abc`). */
  readonly chunk: number | string;
  /** Names the bytes: unique to each upload of a script, but for replays. */
  readonly write: number;
  readonly excess?: number;
  readonly framing?: 'length' | 'chunked';
  readonly contentDigest?: DigestText;
  /**
   * `right`, `elsewhere` and `other-size` are made from the chunk's geometry, other text is sent as {@link RawText} is, with
   * `{first}`, `{last}` and `{size}`, or `{first+5}`, as what would be right.
   */
  readonly contentRange?: 'right' | 'elsewhere' | 'other-size' | 'unsatisfied' | (string & {});
  readonly contentEncoding?: string;
  readonly expectContinue?: boolean;
  readonly spelling?: SpellingText;
}

/** Uploads every chunk that has no acknowledgement yet, one request a chunk; asks the server first if `resume`. */
export interface FillCall extends Common {
  readonly kind: 'fill';
  readonly session: SessionName;
  /** First of the writes used, one more for each chunk. */
  readonly write: number;
  readonly order?: 'ascending' | 'descending' | 'inside-out';
  readonly resume?: boolean;
}

export interface CompleteCall extends OneRequest {
  readonly kind: 'complete';
  readonly session: SessionName;
  readonly compositeDigest?: DigestText;
  readonly digest?: DigestText;
  /** Sent instead of a body made from the digests; `body` as in {@link InitiateCall}. */
  readonly json?: Json;
  readonly body?: string;
  readonly spelling?: SpellingText;
}

export interface AbortCall extends OneRequest {
  readonly kind: 'abort';
  readonly session: SessionName;
  /** Content, which means nothing here; as in {@link InitiateCall}. */
  readonly body?: string;
  readonly spelling?: SpellingText;
}

/** Reads the attachment that the session's completion made, by its `Location`. */
export interface AttachmentCall extends OneRequest {
  readonly kind: 'attachment';
  readonly session: SessionName;
  readonly head?: boolean;
  readonly spelling?: 'plain' | 'unknown';
}

/** Reads the attachment's bytes, by its `contentUrl`. Validators: the one seen last, another, its weak form. */
export interface ContentCall extends OneRequest {
  readonly kind: 'content';
  readonly session: SessionName;
  readonly head?: boolean;
  readonly range?: string;
  readonly ifNoneMatch?: 'same' | 'other' | 'any';
  readonly ifRange?: 'same' | 'other' | 'weak' | 'date';
  readonly spelling?: 'plain' | 'unknown';
}

/** A method that the resource lacks. */
export interface MethodCall extends OneRequest {
  readonly kind: 'method';
  readonly session: SessionName;
  readonly resource: 'capabilities' | 'initiate' | 'session' | 'chunk' | 'complete' | 'abort';
  readonly method: string;
}

/** Sends nothing: waits `ms`, or until the session has surely expired by the server's own clock. */
export interface WaitCall {
  readonly kind: 'wait';
  readonly ms?: number;
  readonly expiryOf?: SessionName;
}

/** Sends nothing: kills the target and starts it again, by the command that the user gave. */
export interface RestartCall {
  readonly kind: 'restart';
  /** Kills it once more, so many ms after the command ended: most likely while it recovers. */
  readonly again?: number;
}

/**
 * Sends nothing: asks the user's command how many bytes the target's storage holds. With `settles` it asks until they are
 * at most so many more than at the first time, a little aside, or until a server that keeps its promises would be done.
 */
export interface StorageCall {
  readonly kind: 'storage';
  readonly settles?: number;
}

/** Calls that send nothing themselves. */
export type SilentCall = WaitCall | RestartCall | StorageCall;

export type Call =
  | CapabilitiesCall
  | InitiateCall
  | StatusCall
  | ChunkCall
  | FillCall
  | CompleteCall
  | AbortCall
  | AttachmentCall
  | ContentCall
  | MethodCall
  | SilentCall;

/**
 * What goes wrong on the wire. Each is of one request, and is sent on a connection of its own.
 *
 * - `cut` ends the connection after so many bytes of the body (FIN both ways, or RST).
 * - `lost` sends all and never reads the answer.
 * - `hold` sends so many bytes of the body and holds the rest back for `ms`, until the session has surely expired by the
 *   server's own clock, or until `another` client's call was answered (`ms` at most, and while there is one that could be): a slow client, which breaks no rule.
 * - `trickle` sends the body in so many pieces, `ms` apart: no rule is broken either.
 * - `half-close` sends so many bytes of the body, ends its own direction (FIN), and goes on reading.
 * - `length` declares a `Content-Length` that is `by` bytes more, or less, than are sent; if more, the end is a half-close.
 * - `framing` sends the body in a chunked coding, or with fields, of the kind named: see {@link Framing}.
 * - `twice` sends the same request at once on a second connection too: two exchanges of one step.
 * - `withhold` sends `Expect: 100-continue` and no byte of the body, whatever is answered, and half-closes in the end.
 */
export type Fault =
  | { readonly kind: 'cut'; readonly after: number; readonly how: 'fin' | 'rst' }
  | { readonly kind: 'lost' }
  | {
      readonly kind: 'hold';
      readonly after: number;
      readonly ms?: number;
      readonly expiryOf?: SessionName;
      readonly until?: 'another';
    }
  | { readonly kind: 'trickle'; readonly pieces: number; readonly ms: number }
  | { readonly kind: 'half-close'; readonly after: number }
  | { readonly kind: 'length'; readonly by: number }
  | { readonly kind: 'framing'; readonly how: Framing }
  | { readonly kind: 'twice' }
  | { readonly kind: 'withhold' };

/**
 * Framing that few clients send (RFC 9112 6 and 7). The first group is no HTTP: `unterminated` has no last chunk and ends
 * in a half-close, the sizes are no hexadecimal number, or 4 GiB or 16 EiB more than comes, `missing-crlf` has more data than
 * the size says, `two-lengths` are two `Content-Length` that differ, `unknown-coding` is a transfer coding that nobody has.
 * All but `two-lengths` end in a half-close, so that no server waits for ever. A server may refuse or serve `both-lengths`, a
 * `Content-Length` beside a chunked coding. The last group is plain HTTP, and has to be served.
 */
export type Framing =
  | 'unterminated'
  | 'bad-size'
  | 'negative-size'
  | 'long-size'
  | 'huge-size'
  | 'missing-crlf'
  | 'two-lengths'
  | 'unknown-coding'
  | 'both-lengths'
  | 'extension'
  | 'trailer'
  | 'leading-zeros';

export interface Step {
  readonly call: Call;
  readonly fault?: Fault;
}

/**
 * What one property plays: `calls` one after another; then the branches of `together` at the same time, each with a
 * client of its own; then `after`, one after another.
 */
export interface Script {
  readonly calls: readonly Step[];
  readonly together?: readonly (readonly Step[])[];
  readonly after?: readonly Step[];
}

/** What was sent, with what the judge needs to know of it. Lengths in bytes; digests are base64 of raw SHA-256. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  /** By name; a line break stands between the lines of one that was sent in several. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyLength: number;
  /** SHA-256 of the body that was meant to be sent. */
  readonly bodyDigest?: string;
  /** The JSON text, of a small JSON body. */
  readonly text?: string;
  /** Where the request differs from the OpenAPI description, as most attacks do; absent if nowhere. */
  readonly malformed?: readonly string[];
  /** SHA-256 values that a completion expects. */
  readonly expects?: { readonly composite?: string; readonly whole?: string };
  /**
   * False if the connection surely ended before the last byte of the request reached the server: of a body that ends
   * before its declared length, or without a last chunk, that byte never comes.
   */
  readonly whole: boolean;
  /** The `Content-Length` that was declared, where it differs from `bodyLength`. */
  readonly declaredLength?: number;
  /** The bytes of the body that were handed to the network, where they are not all. */
  readonly handedOver?: number;
  /** When the rest of a body that was held back was sent, on the clock of {@link Exchange.sentAt}. */
  readonly releasedAt?: number;
}

export interface Answer {
  readonly kind: 'answered';
  readonly status: number;
  /** Field names in lower case; repeated fields joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, if its media type says so and it parses. */
  readonly json?: Json;
  /** The body of any other response, if it was kept; always its length and digest (base64 of raw SHA-256). */
  readonly bytes?: Uint8Array;
  readonly length: number;
  readonly digest: string;
  /** Whether a 100 came before. */
  readonly continued: boolean;
}

/** No answer was read: the request happened once or, as far as this client knows, not at all. */
export interface Lost {
  readonly kind: 'lost';
  readonly reason: string;
  /** No connection came to be, so the request surely never left. */
  readonly unsent?: true;
}

export type Outcome = Answer | Lost;

/** One request and what came of it. Times in ms on one monotonic clock of the suite. */
export interface Exchange {
  /** Position of the call in the script: calls, then branches in order, then after. */
  readonly step: number;
  readonly client: ClientName;
  /** The call that was played: never a `fill`, which is played as others, and none that sends nothing. */
  readonly call: Exclude<Call, FillCall | SilentCall>;
  readonly fault?: Fault;
  readonly sent: Sent;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly outcome: Outcome;
  /** The server's clock while the request was under way, as far as its `Date` fields tell: epoch ms. */
  readonly serverClock: { readonly earliest: number; readonly latest: number };
  /** The server was busy each time, and the player's patience is at its end. */
  readonly gaveUp?: true;
  /** Where the response differs from the OpenAPI description; empty if nowhere. */
  readonly deviations: readonly string[];
  /** Whether it is the second of a request that was sent `twice`. */
  readonly again?: true;
  /** How often the script had restarted the target when this was sent; default never. */
  readonly restarts?: number;
}

/** What the target's storage held. Times in ms, on the clock of {@link Exchange.sentAt}. */
export interface StorageSample {
  /** When it was asked for the first time, and when the command told this. */
  readonly since: number;
  readonly at: number;
  readonly bytes: number;
  /** The server's clock meanwhile, as in {@link Exchange}. */
  readonly serverClock: Exchange['serverClock'];
}

export interface History {
  readonly script: Script;
  readonly exchanges: readonly Exchange[];
  /** What the storage command said, in time. */
  readonly samples?: readonly StorageSample[];
  /** Why the script was not played to its end, where that was not the target's doing. */
  readonly brokenOff?: string;
}
