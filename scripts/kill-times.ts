import type { Run } from '../conformance/mutants/kill.ts';
import { type Matrix, percentile } from '../conformance/mutants/matrix.ts';
import { table } from './bench/page.ts';
import { machine } from './machine.ts';

const seconds = (value: number): string => `${value.toFixed(1)} s`;

/**
 * How soon the default run blamed each mutant, as a page: the time on one machine, which the matrix leaves out.
 *
 * @param atOnce - how many runs there were side by side
 */
export function killTimesPage({ seeds, mutants }: Matrix, runs: readonly Run[], atOnce: number): string {
  const times = runs.flatMap((run) => (run.kill ? [run.seconds] : []));
  const of = (numbers: readonly number[], percent: number): string => seconds(percentile(numbers, percent) ?? 0);
  const slowest = mutants
    .map(({ id, breaks }) => ({ id, breaks, own: runs.flatMap((run) => (run.id === id ? [run.seconds] : [])) }))
    .sort((a, b) => (percentile(b.own, 50) ?? 0) - (percentile(a.own, 50) ?? 0))
    .slice(0, 20);
  return `# How soon the suite finds a fault

Written by \`npm run self-test\`: a default run against each of ${mutants.length} broken servers, with the commands to restart it and to
measure its storage, with each of ${seeds.count} seeds; ${atOnce} runs side by side on one machine
(${machine()}).
${times.length} of these ${runs.length} runs blamed the server for a promise that it breaks. The time is that until they did, by a script made as
small as it goes; so it holds the search, the shrinking and the repetitions. Of a SHOULD it is the time until the warning.

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
