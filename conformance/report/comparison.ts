import picocolors from 'picocolors';
import type { Verdict } from '../verdict.ts';
import type { Change, ComparedRequirement, Comparison } from './compare.ts';
import { escapeText } from './escape.ts';
import { table } from './table.ts';

type Paint = ReturnType<typeof picocolors.createColors>;

/** Files have letters, since their names would make the columns too wide. */
const letter = (index: number): string => (index < 26 ? String.fromCharCode(65 + index) : `#${index + 1}`);

/**
 * A comparison for a reader at a terminal. Two files are told by what became of each requirement; of more a matrix shows
 * every requirement on which they differ.
 */
export function compared(comparison: Comparison, color: boolean): string {
  const paint = picocolors.createColors(color);
  const { files, requirements, summary } = comparison;
  const names = files.map(({ file, target, suite, contract, seed, verdict }, index) => [
    paint.bold(letter(index)),
    escapeText(file),
    escapeText(target),
    `contract ${escapeText(contract)}, suite ${escapeText(suite)}, seed ${seed}`,
    painted(verdict, paint),
  ]);
  const differing = requirements.filter(({ verdicts }) => new Set(verdicts).size > 1);
  const body = files.length === 2 ? groups(differing, paint) : matrix(differing, files.length, paint);
  const counts = (['broken', 'fixed', 'changed', 'same'] as const).map((change) => `${summary[change]} ${change}`);
  const ends = files.length === 2 ? '' : ` between ${letter(0)} and ${letter(files.length - 1)}`;
  return `${table(names)}\n${body}${counts.join(', ')}${ends}\n`;
}

function groups(differing: readonly ComparedRequirement[], paint: Paint): string {
  const titles: readonly (readonly [Change, string])[] = [
    ['broken', paint.red('broken')],
    ['fixed', paint.green('fixed')],
    ['changed', paint.yellow('changed')],
  ];
  return titles
    .map(([change, title]) => {
      const members = differing.filter((one) => one.change === change);
      if (members.length === 0) return '';
      const rows = members.map(({ id, level, verdicts }) => [
        escapeText(id),
        level,
        verdicts.map((verdict) => painted(verdict, paint)).join(' → '),
      ]);
      return `${paint.bold(title)}\n${table(rows)}\n`;
    })
    .join('');
}

function matrix(differing: readonly ComparedRequirement[], width: number, paint: Paint): string {
  if (differing.length === 0) return '';
  const letters = Array.from({ length: width }, (_, index) => paint.bold(letter(index)));
  const rows = differing.map(({ id, level, verdicts, change }) => [
    escapeText(id),
    level,
    ...verdicts.map((verdict) => painted(verdict, paint)),
    change === 'same' ? '' : change,
  ]);
  return `${table([['', '', ...letters, ''], ...rows])}\n`;
}

function painted(verdict: Verdict | null, paint: Paint): string {
  if (verdict === null) return '—';
  if (verdict === 'pass') return paint.green(verdict);
  return verdict === 'fail' || verdict === 'harness-error' ? paint.red(verdict) : paint.yellow(verdict);
}
