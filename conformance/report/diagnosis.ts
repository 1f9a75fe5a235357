import picocolors from 'picocolors';
import type { RequirementId } from '../../generated/requirements.ts';
import type { components } from '../../generated/types.ts';
import type { Json } from '../history.ts';
import { clip, escapeText } from './escape.ts';
import { bytesInWords } from './words.ts';

/** What a target says of itself, and what a run with the same flags would do with it. */
export interface Diagnosis {
  readonly kind: 'examined';
  readonly target: string;
  /** How long the fastest of a few small requests took, in ms. */
  readonly roundTripMs: number;
  readonly contract: { readonly target: string | null; readonly suite: string };
  /** Where the capabilities differ from the OpenAPI description. */
  readonly deviations: readonly string[];
  readonly capabilities: Json;
  readonly profiles: readonly string[];
  readonly limits: Readonly<Record<Limit, number>>;
  /** By how much, at least and at most, the target's clock is ahead, in ms; null if no answer had a usable `Date`. */
  readonly clockAheadMs: { readonly least: number; readonly most: number } | null;
  /** What each principal gets. */
  readonly access: { readonly first: Access; readonly second: Access | 'not given'; readonly nobody: Access };
  readonly properties: readonly Planned<string>[];
  readonly requirements: readonly Planned<RequirementId>[];
}

export type Access = 'let in' | 'refused' | 'no answer';

/** Something that a run would play, or why it would not. */
export interface Planned<Id> {
  readonly id: Id;
  readonly reason?: string;
}

type Limit = keyof components['schemas']['Limits'];

/** What doctor found, for a reader at a terminal: one line a question, and at the end what would not run, and why. */
export function examined(diagnosis: Diagnosis, color: boolean): string {
  const paint = picocolors.createColors(color);
  const { limits, contract, access } = diagnosis;
  const lines: readonly (readonly [string, string])[] = [
    ['target', escapeText(diagnosis.target)],
    ['reachable', `yes, in ${diagnosis.roundTripMs.toFixed(1)} ms`],
    ['contract', contractInWords(contract)],
    ...diagnosis.deviations.map((text) => ['', paint.yellow(`deviates: ${clip(escapeText(text), 200)}`)] as const),
    ['authorised', accessInWords(access, diagnosis.profiles)],
    ['clock', clockInWords(diagnosis.clockAheadMs)],
    ['profiles', escapeText(diagnosis.profiles.join(', ')) || 'none'],
    ['files', `up to ${bytesInWords(limits.maxFileSize)}`],
    [
      'chunks',
      `${bytesInWords(limits.minChunkSize)} to ${bytesInWords(limits.maxChunkSize)}, at most ${limits.maxChunks}`,
    ],
    ['sessions', `last ${limits.minTimeoutSeconds} s to ${limits.maxTimeoutSeconds} s`],
    ['would run', `${runs(diagnosis.properties)} properties, for ${runs(diagnosis.requirements)} requirements`],
  ];
  const table = lines.map(([name, text]) => `${paint.bold(name.padEnd(10))}  ${text}\n`).join('');
  return `${table}${not('properties that would not run', diagnosis.properties)}${not('requirements that would not be tested', diagnosis.requirements)}`;
}

function runs(planned: readonly Planned<string>[]): string {
  return `${planned.filter(({ reason }) => reason === undefined).length} of ${planned.length}`;
}

function not(title: string, planned: readonly Planned<string>[]): string {
  const groups = Map.groupBy(
    planned.filter(({ reason }) => reason !== undefined),
    ({ reason }) => reason ?? '',
  );
  if (groups.size === 0) return '';
  const lines = [...groups].map(([reason, members]) => {
    const ids = members.map(({ id }) => id);
    const some = ids.length <= 8 ? ids : [...ids.slice(0, 7), `and ${ids.length - 7} more`];
    return `  ${escapeText(reason)}: ${some.join(', ')}\n`;
  });
  return `${title}\n${lines.join('')}`;
}

function contractInWords({ target, suite }: Diagnosis['contract']): string {
  if (target === null) return `it names no version; this suite judges by ${suite}`;
  return `${clip(escapeText(target), 40)}; this suite judges by ${suite}`;
}

function accessInWords({ first, second, nobody }: Diagnosis['access'], profiles: readonly string[]): string {
  const open = nobody === 'let in' ? 'so is anybody without credentials' : 'nobody is without credentials';
  const own = first === 'let in' ? `yes; ${open}` : first === 'refused' ? 'no' : 'not known: there was no answer';
  if (second !== 'not given') return `${own}; second principal ${second}`;
  return profiles.includes('auth') ? `${own}; no second principal was given (--second-header)` : own;
}

function clockInWords(ahead: Diagnosis['clockAheadMs']): string {
  if (ahead === null) return 'not known: its answers have no usable Date';
  const seconds = (ms: number) => `${ms < 0 ? '−' : '+'}${Math.abs(ms / 1000).toFixed(1)} s`;
  const near = ahead.least <= 0 && ahead.most >= 0 ? ', so it may be the same' : '';
  return `between ${seconds(ahead.least)} and ${seconds(ahead.most)} of this machine's${near}`;
}
