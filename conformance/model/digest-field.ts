/** Reads an integrity field as RFC 9651 and RFC 9530 have it. The grammar is regular, so it is written as one. */
import type { ProblemName } from '../../generated/problems.ts';

/** What an integrity field, or a member in its syntax, says. */
export interface DigestReading {
  /** For which of these it has to be refused, whatever the bytes are. */
  readonly faults: readonly ProblemName[];
  /** For which of these a server may refuse it, too. */
  readonly leave: readonly ProblemName[];
  /** The SHA-256 that it expects, as base64 of the raw digest; undefined if it expects none, or is at fault. */
  readonly expects?: string;
}

const key = '[a-z*][a-z0-9_.*-]*';
/**
 * Whatever is in them, and even where they do not end: some parsers do not know these kinds, and some skip over what they
 * need not read. Either way there is one place where such an item ends, or the time to find it would explode.
 */
const rest = String.raw`[^,;)\s]*`;
const date = `@${rest}`;
const displayString = `%(?:"[^"]*"|(?!"[^"]*"))${rest}`;
const bytes = ':[A-Za-z0-9+/=]*:';
const bareItem = [
  String.raw`-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![0-9.])`,
  String.raw`"(?:[ !#-\[\]-~]|\\["\\])*"`,
  "[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*",
  bytes,
  String.raw`\?[01]`,
  date,
  displayString,
].join('|');
const parameters = `(?:; *${key}(?:=(?:${bareItem}))?)*`;
const item = `(?:${bareItem})${parameters}`;
const innerList = String.raw`\( *(?:${item}(?: +${item})* *)?\)${parameters}`;
const member = new RegExp(`(${key})(=(?:${item}|${innerList})|${parameters})`, 'y');
const byteSequence = new RegExp(`^=${bytes}`);
/** Kinds of items that RFC 8941, to which RFC 9530 refers, does not have. Text in quotes goes first. */
const unknownToEarlierParsers = /[=( ][@%]/;

/**
 * Reads the text of a field, or of a member in its syntax.
 *
 * @param supported - the algorithms that the target checks. Of others than `sha-256` nothing is held against it: a wrong
 *   value may be refused, or be known to be right
 */
export function readDigests(text: string, supported: readonly string[]): DigestReading {
  const written = parseDictionary(text);
  if (written === undefined) return { faults: ['digest-invalid-values'], leave: [] };
  // Of equal keys the last one counts, and it counts alone; but all of them have to parse.
  const members = new Map(written);
  const others = [...members.keys()].some((name) => name !== 'sha-256' && supported.includes(name));
  const doubtful = text.startsWith('\t') || written.some(([, value]) => isDoubtful(value));
  const mine = members.get('sha-256');
  const { faults = [], leave = [], ...rest } = mine === undefined ? unnamed(others) : readValue(mine);
  const also: ProblemName[] = [
    ...(doubtful ? (['digest-invalid-values'] as const) : []),
    ...(others ? (['digest-invalid-values', 'digest-mismatched-values'] as const) : []),
  ];
  return { ...rest, faults, leave: [...leave, ...also] };
}

const unnamed = (others: boolean): Partial<DigestReading> =>
  others ? {} : { faults: ['digest-unsupported-algorithms'] };

/** The members of a dictionary, each as it is written behind its key; undefined if it is none (RFC 9651 4.2.2). */
function parseDictionary(text: string): readonly (readonly [string, string])[] | undefined {
  const members: [string, string][] = [];
  // A text that begins with a tab is none by the letter, but every HTTP library takes white space off a field.
  let at = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  while (at < text.length) {
    member.lastIndex = at;
    const [whole, name = '', value = ''] = member.exec(text) ?? [];
    if (whole === undefined) return undefined;
    members.push([name, value]);
    const separator = /[ \t]*(,?)[ \t]*/y;
    separator.lastIndex = at + whole.length;
    const [space = '', comma] = separator.exec(text) ?? [];
    at += whole.length + space.length;
    if ((comma === '') !== (at === text.length)) return undefined;
  }
  return members;
}

/** What RFC 9651 4.2.7 leaves to the parser, or the contract to the server. */
function isDoubtful(value: string): boolean {
  const unquoted = value.replace(/"(?:[^"\\]|\\.)*"/g, '"');
  const sequences = [...unquoted.matchAll(/[=( ]:([A-Za-z0-9+/=]*):/g)];
  return unknownToEarlierParsers.test(unquoted) || sequences.some(([, base64 = '']) => decoded(base64) !== base64);
}

/** What the value of `sha-256` expects. */
function readValue(value: string): Partial<DigestReading> {
  const [sequence] = byteSequence.exec(value) ?? [];
  if (sequence === undefined) return { faults: ['digest-invalid-values'] };
  const base64 = sequence.slice(2, -1);
  const expects = decoded(base64);
  // Decoders differ on what such text stands for, so it may also be another value; it is none of the right length.
  if (expects === undefined) return { faults: ['digest-invalid-values'], leave: ['digest-mismatched-values'] };
  if (!/^.{43}=$/.test(expects)) return { faults: ['digest-invalid-values'] };
  const parameterised = sequence.length < value.length;
  return { expects, leave: parameterised ? ['digest-invalid-values'] : [] };
}

/** Base64 as it should have been written: with its padding, and with pad bits that are zero; undefined if it is none. */
function decoded(base64: string): string | undefined {
  try {
    return btoa(atob(base64.replace(/=+$/, '')));
  } catch {
    return undefined;
  }
}
