import { createHash } from 'node:crypto';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Exchange, Json } from '../history.ts';
import counterexampleSchema from './counterexample.schema.json' with { type: 'json' };
import resultsSchema from './results.schema.json' with { type: 'json' };
import type { Failure, Results } from './results.ts';

/** The version of the file's form; a file of another version is refused, never guessed at. */
const version = 1;

/** Bodies up to this many bytes are kept in the file; of a longer one its length and digest are. */
const keptBytes = 1024;

/** An exchange as a file holds it: bytes are base64, and only if they are few. */
export type StoredExchange = Omit<Exchange, 'outcome'> & { readonly outcome: { readonly [member: string]: unknown } };

/** A failure in a file of its own, to be sent to whoever wrote the server, and replayed. */
export interface Counterexample extends Omit<Failure, 'history'> {
  readonly kind: 'chunkproof-counterexample';
  readonly version: typeof version;
  readonly suite: string;
  readonly contract: string;
  readonly target: string;
  readonly text: string;
  readonly history: readonly StoredExchange[];
}

/** What came of reading a counterexample file; `error` is one line for people. */
export type Parsed =
  | { readonly ok: true; readonly counterexample: Counterexample }
  | { readonly ok: false; readonly error: string };

/** The file of one failure of a run. The results are redacted already. */
export function counterexampleOf(failure: Failure, results: Results): Counterexample {
  return {
    kind: 'chunkproof-counterexample',
    version,
    suite: results.suite.version,
    contract: results.contract,
    target: results.target,
    text: results.requirements.find(({ id }) => id === failure.requirement)?.text ?? '',
    ...failure,
    history: failure.history.map(storedExchange),
  };
}

/** An exchange without long bodies, as JSON can hold it. */
export function storedExchange(exchange: Exchange): StoredExchange {
  if (exchange.outcome.kind === 'lost') return { ...exchange, outcome: { ...exchange.outcome } };
  const { bytes, ...rest } = exchange.outcome;
  const few = bytes !== undefined && bytes.length <= keptBytes;
  return { ...exchange, outcome: few ? { ...rest, base64: Buffer.from(bytes).toString('base64') } : rest };
}

/**
 * A name for each failure's files, without extension: the requirement and the first hex digits of the script's
 * SHA-256, four unless two failures would share them.
 */
export function failureNames(failures: readonly Failure[]): readonly string[] {
  const taken = new Set<string>();
  return failures.map(({ requirement, script }, index) => {
    const hash = createHash('sha256').update(JSON.stringify(script)).digest('hex');
    const name = [4, 8, 16].map((digits) => `${requirement}-${hash.slice(0, digits)}`).find((one) => !taken.has(one));
    const unique = name ?? `${requirement}-${hash.slice(0, 16)}-${index}`;
    taken.add(unique);
    return unique;
  });
}

let compiled: ValidateFunction | undefined;

/** Reads a counterexample file that anybody may have written: whatever it holds, this returns and never throws. */
export function parseCounterexample(text: string): Parsed {
  const json = parseJson(text);
  if (json === undefined) return { ok: false, error: 'it is not JSON' };
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { ok: false, error: 'it is no object' };
  const { kind, version: found } = json as { readonly [member: string]: Json };
  if (kind !== 'chunkproof-counterexample') return { ok: false, error: 'it is no chunkproof counterexample' };
  if (found !== version) {
    return { ok: false, error: `it has version ${clipJson(found)}, and this chunkproof reads version ${version}` };
  }
  compiled ??= new Ajv2020({ strict: true, allowUnionTypes: true })
    .addSchema(resultsSchema)
    .compile(counterexampleSchema);
  if (!compiled(json)) {
    const [first] = compiled.errors ?? [];
    return { ok: false, error: `${first?.instancePath || 'it'} ${first?.message ?? 'has the wrong form'}` };
  }
  // The schema has just said so, which the compiler cannot know.
  return { ok: true, counterexample: json as unknown as Counterexample };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function clipJson(json: Json | undefined): string {
  return json === undefined ? 'none' : JSON.stringify(json).slice(0, 20);
}
