import type { Trial } from '../conformance/mutants/kill.ts';
import { type Matrix, percentile } from '../conformance/mutants/matrix.ts';
import { table } from './bench/page.ts';
import { machine } from './machine.ts';

const seconds = (value: number): string => `${value.toFixed(1)} s`;

/**
 * How soon each mutant was blamed, as a page: the time on one machine, which the matrix leaves out.
 *
 * @param atOnce - how many servers were judged side by side
 */
export function killTimesPage({ seeds, mutants }: Matrix, trials: readonly Trial[], atOnce: number): string {
  const times = trials.flatMap((trial) => (trial.kill ? [trial.seconds] : []));
  const of = (numbers: readonly number[], percent: number): string => seconds(percentile(numbers, percent) ?? 0);
  const slowest = mutants
    .map(({ id, breaks }) => ({ id, breaks, own: trials.flatMap((trial) => (trial.id === id ? [trial.seconds] : [])) }))
    .sort((a, b) => (percentile(b.own, 50) ?? 0) - (percentile(a.own, 50) ?? 0))
    .slice(0, 20);
  return `# How soon the suite finds a fault

Written by \`npm run self-test\`: each of ${mutants.length} broken servers judged with each of ${seeds.count} seeds, ${atOnce} servers side by side on one
machine (${machine()}).
The time is that until a promise which the server breaks was blamed, by a script made as small as it goes; so it holds the
search, the shrinking and the repetitions. The properties that test the promise play first, one worker takes their scripts, and
no time ends them: a default run, which begins with all properties and ends after a minute, may see it later, or not.

${table(
  ['to the kill', 'measured', 'wanted'],
  [
    ['median', of(times, 50), 'under 2 s'],
    ['95th percentile', of(times, 95), 'under 15 s'],
    ['longest', of(times, 100), ''],
  ],
)}

What takes longest waits: for a session to expire, for a storage to give back, for a server that is killed at the wrong moment
until the right one. These are the slowest:

${table(
  ['mutant', 'breaks', 'median', 'longest'],
  slowest.map(({ id, breaks, own }) => [id, breaks[0] ?? '', of(own, 50), of(own, 100)]),
)}
`;
}
