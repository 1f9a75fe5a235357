import type { RequirementId } from '../../generated/requirements.ts';
import type { Kill, Run, Trial } from './kill.ts';

/**
 * What the suite says of every mutant and of every lawful variant. Given the seeds, nothing in it differs from run to run:
 * no time is in it, and of a kill that a script whose answers hang on the clock has a part in neither the numbers nor the
 * promise that was first, only that it was one of those that the mutant breaks.
 */
export interface Matrix {
  readonly seeds: Seeds;
  readonly mutants: readonly MutantRow[];
  readonly variants: readonly VariantRow[];
}

/** Seeds in a row. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

export interface MutantRow {
  readonly id: string;
  readonly breaks: readonly RequirementId[];
  /** With how many of the seeds it was killed, by the default run and by its scripts in order, and with which it was not. */
  readonly killed: number;
  readonly survived: readonly number[];
  /** `shown` where every kill is the same in every run, `timed` where one hangs on the clock, `warned` of a SHOULD. */
  readonly how: 'shown' | 'timed' | 'warned' | 'survived';
  /** Promises that it was first seen to break, and by which properties. */
  readonly requirements?: readonly RequirementId[];
  readonly properties?: readonly string[];
  /** Median over the seeds of the requests that the property had sent at the kill, and of the calls in the smallest script. */
  readonly sent?: number;
  readonly calls?: number;
}

export interface VariantRow {
  readonly id: string;
  /** How many short runs it had, and with which seeds it was blamed in one. */
  readonly runs: number;
  readonly blamed: readonly number[];
}

/** What came of one short run over a lawful variant. */
export interface VariantTrial {
  readonly id: string;
  readonly seed: number;
  readonly wrong: readonly string[];
}

/** All that was judged; without `runs` no default run was asked for. */
export interface Judged {
  readonly runs?: readonly Run[];
  readonly trials: readonly Trial[];
  readonly variantTrials: readonly VariantTrial[];
}

/** The matrix of all that was judged, in the order of the mutants and of the variants, whichever ended first. */
export function matrixOf(
  seeds: Seeds,
  mutants: readonly { readonly id: string; readonly breaks: readonly RequirementId[] }[],
  variants: readonly { readonly id: string }[],
  { runs, trials, variantTrials }: Judged,
): Matrix {
  const of = <One extends { readonly id: string }>(id: string, all: readonly One[]) =>
    all.filter((one) => one.id === id);
  return {
    seeds,
    mutants: mutants.map(({ id, breaks }) => ({ id, breaks, ...rowOf(of(id, trials), runs && of(id, runs)) })),
    variants: variants.map(({ id }) => {
      const own = of(id, variantTrials);
      const blamed = own.filter(({ wrong }) => wrong.length > 0).map(({ seed }) => seed);
      return { id, runs: own.length, blamed: ascending(blamed) };
    }),
  };
}

/**
 * A matrix with the rows of a newer one of the same seeds in place of its own, and no rows but of these mutants and variants,
 * in their order.
 */
export function updated(
  matrix: Matrix,
  newer: Matrix,
  mutants: readonly { readonly id: string }[],
  variants: readonly { readonly id: string }[],
): Matrix {
  const latest = <Row extends { readonly id: string }>(
    all: readonly { readonly id: string }[],
    ...rows: readonly Row[]
  ): Row[] => all.flatMap(({ id }) => rows.findLast((row) => row.id === id) ?? []);
  return {
    seeds: matrix.seeds,
    mutants: latest(mutants, ...matrix.mutants, ...newer.mutants),
    variants: latest(variants, ...matrix.variants, ...newer.variants),
  };
}

function rowOf(trials: readonly Trial[], runs: readonly Run[] = []): Omit<MutantRow, 'id' | 'breaks'> {
  const missed = new Set([...runs, ...trials].filter(({ kill }) => kill === undefined).map(({ seed }) => seed));
  const kills = trials.flatMap(({ kill, seed }) => (kill && !missed.has(seed) ? [kill] : []));
  const survived = ascending([...missed]);
  const how = howOf(kills);
  const counted = { killed: kills.length, survived, how };
  if (how === 'survived' || how === 'timed') return counted;
  const by = kills.flatMap((kill) => kill.by ?? []);
  const requirements = unique(kills.map(({ requirement }) => requirement));
  if (how === 'warned') return { ...counted, requirements };
  const median = (numbers: readonly number[]): number => percentile(numbers, 50) ?? 0;
  return {
    ...counted,
    requirements,
    properties: unique(by.map(({ property }) => property)),
    sent: median(by.map(({ sent }) => sent)),
    calls: median(by.map(({ calls }) => calls)),
  };
}

function howOf(kills: readonly Kill[]): MutantRow['how'] {
  if (kills.length === 0) return 'survived';
  if (kills.some(({ by }) => by?.timed)) return 'timed';
  return kills.some(({ by }) => by === undefined) ? 'warned' : 'shown';
}

/** What keeps a matrix from being green, in words: who survived, who was blamed. */
export const shortcomings = ({ mutants, variants }: Matrix): string[] => [
  ...mutants
    .filter(({ killed, survived }) => killed === 0 || survived.length > 0)
    .map(({ id, survived }) => `${id} survived${survived.length > 0 ? ` with the seeds ${survived.join(', ')}` : ''}`),
  ...variants
    .filter(({ blamed }) => blamed.length > 0)
    .map(({ id, blamed }) => `${id} was blamed with the seeds ${blamed.join(', ')}`),
];

/** The smallest number that so many per cent of all are not above (nearest rank); undefined of none. */
export function percentile(numbers: readonly number[], percent: number): number | undefined {
  const sorted = ascending(numbers);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

const unique = <Text extends string>(texts: readonly Text[]): Text[] => [...new Set(texts)].sort();
