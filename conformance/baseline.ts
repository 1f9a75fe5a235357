import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { requirementIds } from '../generated/requirements.ts';
import baselineSchema from './baseline.schema.json' with { type: 'json' };
import { parseCommented } from './commented-json.ts';
import { summarize } from './ledger.ts';
import { nearest } from './nearest.ts';
import type { BaselineResult, KnownFailure, Results } from './report/results.ts';
import type { Verdict } from './verdict.ts';

/** What came of reading a baseline; `error` is one line for people. */
export type ParsedBaseline =
  | { readonly ok: true; readonly known: readonly KnownFailure[] }
  | { readonly ok: false; readonly error: string };

/** What an entry, or its absence, makes of a requirement's verdict; and why the entry has to go, if it has to. */
export interface Cell {
  readonly verdict: Verdict;
  readonly stale?: 'passes' | 'expired';
}

/**
 * The four-cell rule. Expected and failing is known; expected and passing is stale, since the entry would hide the next
 * failure; what nobody expected is judged as it is. An entry whose day has passed allows nothing and has to go. What the
 * run did not see (left out, not claimed, undecided) says nothing for or against an entry.
 */
export function cell(verdict: Verdict, expected: 'no' | 'yes' | 'expired'): Cell {
  if (expected === 'no') return { verdict };
  if (expected === 'expired') return { verdict, stale: 'expired' };
  if (verdict === 'fail' || verdict === 'warn') return { verdict: 'known-fail' };
  return verdict === 'pass' ? { verdict, stale: 'passes' } : { verdict };
}

/**
 * The results as a baseline makes them: failures that it knows are `known-fail`, and its stale entries are told.
 *
 * @param file - the baseline's name, for the report
 * @param today - `2027-01-31`, in UTC
 */
export function withBaseline(results: Results, known: readonly KnownFailure[], file: string, today: string): Results {
  const entries = new Map(known.map((entry) => [entry.requirement, entry]));
  const stale: BaselineResult['stale'][number][] = [];
  const requirements = results.requirements.map((one) => {
    const entry = entries.get(one.id);
    if (entry === undefined) return one;
    const expired = entry.expires !== undefined && entry.expires < today;
    const { verdict, stale: why } = cell(one.verdict, expired ? 'expired' : 'yes');
    if (why !== undefined) stale.push({ ...entry, why });
    return verdict === 'known-fail' ? { ...one, verdict, known: entry, reason: entry.reason } : { ...one, verdict };
  });
  return {
    ...results,
    requirements,
    summary: summarize(requirements, results.defects),
    baseline: { file, entries: known.length, stale },
  };
}

let compiled: ValidateFunction | undefined;

/** Reads a baseline, with or without comments. Never throws: whatever is wrong is told in one line. */
export function parseBaseline(text: string): ParsedBaseline {
  const refuse = (error: string): ParsedBaseline => ({ ok: false, error });
  let json: unknown;
  try {
    json = parseCommented(text);
  } catch {
    return refuse('it is not JSON');
  }
  compiled ??= new Ajv2020({ strict: true }).compile(baselineSchema);
  if (!compiled(json)) {
    const [first] = compiled.errors ?? [];
    const extra = first?.keyword === 'additionalProperties' ? `: ${String(first.params['additionalProperty'])}` : '';
    return refuse(`${first?.instancePath || 'it'} ${first?.message ?? 'has the wrong form'}${extra}`);
  }
  // The schema has just said so, which the compiler cannot know.
  const { known } = json as { readonly known: readonly KnownFailure[] };
  const seen = new Set<string>();
  for (const { requirement, expires } of known) {
    if (!requirementIds.includes(requirement))
      return refuse(`there is no requirement ${requirement}; did you mean ${nearest(requirement, requirementIds)}?`);
    if (seen.has(requirement)) return refuse(`${requirement} has two entries; one is enough`);
    seen.add(requirement);
    if (expires !== undefined && !isDay(expires))
      return refuse(`${requirement} expires on ${expires}, which is no day`);
  }
  return { ok: true, known };
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
