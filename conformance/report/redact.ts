import type { Diagnosis, Planned } from './diagnosis.ts';
import type { BaselineResult, Defect, Failure, Gone, KnownFailure, Results } from './results.ts';

const mark = '[redacted]';

/** Text shorter than this is too common to be hunted for; it is still hidden where it is a field's value. */
const shortest = 4;

const sensitiveFields = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'];

/** The credentials of a run: fields whose values are hidden by name, and texts that are hidden wherever they occur. */
export interface Secrets {
  readonly fields: ReadonlySet<string>;
  readonly texts: readonly string[];
}

/**
 * What must not be shown: the values of the given fields, what follows an authentication scheme in them, both halves
 * of Basic credentials, and all of these percent-encoded, since a server may echo any of them.
 */
export function secretsOf(...headers: readonly (Readonly<Record<string, string>> | undefined)[]): Secrets {
  const pairs = headers.flatMap((fields) => Object.entries(fields ?? {}));
  const texts = pairs.flatMap(([, value]) => {
    const afterScheme = /^\S+\s+(.+)$/.exec(value)?.[1];
    const basic = /^basic\s+(.+)$/i.exec(value)?.[1];
    const password = basic === undefined ? undefined : /:(.*)$/s.exec(decodeBase64(basic))?.[1];
    return [value, afterScheme, password].filter((text) => text !== undefined);
  });
  const spellings = texts.flatMap((text) => [text, percentEncoded(text)]).filter((text) => text.length >= shortest);
  return {
    fields: new Set([...sensitiveFields, ...pairs.map(([name]) => name.toLowerCase())]),
    texts: [...new Set(spellings)].sort((a, b) => b.length - a.length),
  };
}

/**
 * The results without a credential: applied once, before anything is rendered or written. What the suite itself made
 * up (ids, verdicts, scripts) stays as it is, so that a password such as `pass` cannot break the file's form.
 */
export function redactResults(results: Results, secrets: Secrets): Results {
  const text = (one: string) => redactText(one, secrets);
  return {
    ...results,
    target: text(results.target),
    capabilities: redactValue(results.capabilities, secrets),
    profiles: { ...results.profiles, claimed: results.profiles.claimed.map(text) },
    requirements: results.requirements.map(({ known, ...one }) => ({
      ...one,
      ...optional('reason', one.reason, text),
      ...(known === undefined ? {} : { known: redactEntry(known, secrets) }),
    })),
    properties: results.properties.map((one) => ({ ...one, ...optional('note', one.note, text) })),
    failures: results.failures.map((one) => redactFailure(one, secrets)),
    ...(results.defects === undefined ? {} : { defects: results.defects.map((one) => redactDefect(one, secrets)) }),
    ...(results.gone === undefined ? {} : { gone: redactGone(results.gone, secrets) }),
    ...optional('brokenHook', results.brokenHook, text),
    ...(results.baseline === undefined ? {} : { baseline: redactBaseline(results.baseline, secrets) }),
  };
}

function redactDefect(defect: Defect, secrets: Secrets): Defect {
  const text = (one: string) => redactText(one, secrets);
  return { ...defect, message: text(defect.message), ...optional('stack', defect.stack, text) };
}

function redactGone({ message, suspects }: Gone, secrets: Secrets): Gone {
  return { message: redactText(message, secrets), suspects: suspects.map((one) => redactFailure(one, secrets)) };
}

function redactBaseline(baseline: BaselineResult, secrets: Secrets): BaselineResult {
  const stale = baseline.stale.map((entry) => redactEntry(entry, secrets));
  return { ...baseline, file: redactText(baseline.file, secrets), stale };
}

/** An entry of the baseline is written by a person, who may have copied anything into it. */
function redactEntry<T extends KnownFailure>(entry: T, secrets: Secrets): T {
  const text = (one: string) => redactText(one, secrets);
  return { ...entry, reason: text(entry.reason), ...optional('issue', entry.issue, text) };
}

/** What doctor found without a credential; as above, only what may come from the target or from a person. */
export function redactDiagnosis(diagnosis: Diagnosis, secrets: Secrets): Diagnosis {
  const text = (one: string) => redactText(one, secrets);
  const planned = <T extends Planned<string>>(one: T): T => ({ ...one, ...optional('reason', one.reason, text) });
  const { target: version, suite } = diagnosis.contract;
  return {
    ...diagnosis,
    target: text(diagnosis.target),
    contract: { target: version === null ? null : text(version), suite },
    deviations: diagnosis.deviations.map(text),
    capabilities: redactValue(diagnosis.capabilities, secrets),
    profiles: diagnosis.profiles.map(text),
    properties: diagnosis.properties.map(planned),
    requirements: diagnosis.requirements.map(planned),
  };
}

/** One failure without a credential, in what was sent, what came back, and what is said of it. */
export function redactFailure(failure: Failure, secrets: Secrets): Failure {
  const text = (one: string) => redactText(one, secrets);
  return {
    ...failure,
    message: text(failure.message),
    expected: text(failure.expected),
    got: text(failure.got),
    states: failure.states.map(text),
    history: failure.history.map((exchange) => ({
      ...exchange,
      sent: redactMembers(exchange.sent, ['url', 'headers', 'text'], secrets),
      outcome: redactMembers(exchange.outcome, ['headers', 'json', 'bytes', 'reason'], secrets),
      deviations: exchange.deviations.map(text),
    })),
  };
}

/** One text without a credential; the userinfo of URLs goes too. */
export function redactText(text: string, secrets: Secrets): string {
  const known = secrets.texts.reduce((rest, secret) => rest.replaceAll(secret, () => mark), text);
  return known.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, '$1redacted@');
}

function optional<K extends string>(name: K, value: string | undefined, change: (text: string) => string) {
  // The cast only tells the compiler that a computed name is the one that was given.
  return (value === undefined ? {} : { [name]: change(value) }) as { readonly [key in K]?: string };
}

function redactMembers<T extends object>(value: T, names: readonly string[], secrets: Secrets): T {
  const entries = Object.entries(value).map(([name, member]) =>
    names.includes(name) ? [name, walk(member, name, secrets)] : [name, member],
  );
  return Object.fromEntries(entries) as T;
}

/** Any plain data without a credential. The shape stays: only texts and bytes inside it change. */
function redactValue<T>(value: T, secrets: Secrets): T {
  // The walk maps every kind of value to the same kind, which the compiler cannot follow.
  return walk(value, undefined, secrets) as T;
}

function walk(value: unknown, owner: string | undefined, secrets: Secrets): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (value instanceof Uint8Array) return redactBytes(value, secrets);
  if (Array.isArray(value)) return value.map((item) => walk(item, owner, secrets));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => {
    const hidden = owner === 'headers' && typeof member === 'string' && secrets.fields.has(name.toLowerCase());
    return [redactText(name, secrets), hidden ? mark : walk(member, name, secrets)] as const;
  });
  return Object.fromEntries(entries);
}

function redactBytes(bytes: Uint8Array, secrets: Secrets): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const asLatin1 = (secret: string) => Buffer.from(secret, 'utf8').toString('latin1');
  const cleaned = secrets.texts.reduce((rest, secret) => rest.replaceAll(asLatin1(secret), mark), text);
  return cleaned === text ? bytes : new Uint8Array(Buffer.from(cleaned, 'latin1'));
}

function decodeBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // an unpaired surrogate has no percent-encoding
  }
}
