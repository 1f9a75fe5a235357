import { type Matrix, type MutantRow, percentile } from './matrix.ts';

/** The matrix as a file: JSON, a row a line, so that a change shows as the rows that changed. */
export function matrixText({ seeds, mutants, variants }: Matrix): string {
  const rows = (all: readonly object[]): string => all.map((row) => `\n    ${JSON.stringify(row)}`).join();
  return `{
  "seeds": ${JSON.stringify(seeds)},
  "mutants": [${rows(mutants)}
  ],
  "variants": [${rows(variants)}
  ]
}
`;
}

/** The numbers of a matrix in one sentence, for whoever reads no table. */
export function figures({ seeds, mutants, variants }: Matrix): string {
  const calls =
    percentile(
      mutants.flatMap((row) => row.calls ?? []),
      50,
    ) ?? 0;
  const killed = mutants.filter((row) => row.killed === seeds.count).length;
  const runs = variants.reduce((sum, row) => sum + row.runs, 0);
  const blamed = variants.filter((row) => row.blamed.length > 0).length;
  const of = seeds.count === 1 ? `the seed ${seeds.first}` : `each of ${seeds.count} seeds`;
  return (
    `The default run kills ${killed} of ${mutants.length} mutants with ${of}, by a smallest script of ${calls} calls ` +
    `in the median; ${blamed} of ${variants.length} lawful variants are blamed in ${runs} short runs.`
  );
}

/** The matrix for people, in Markdown: by requirement the mutants that break it, then the variants. */
export function matrixPage(matrix: Matrix): string {
  const { mutants, variants, seeds } = matrix;
  const ids = [...new Set(mutants.flatMap(({ requirements, breaks }) => requirements ?? breaks.slice(0, 1)))].sort();
  const sections = ids.map((id) => {
    const rows = mutants.filter(({ requirements, breaks: [main] }) => requirements?.includes(id) ?? main === id);
    return `| **${id}** | | | | |\n${rows.map((row) => mutantLine(row, seeds.count)).join('')}`;
  });
  const lawful = variants.map(
    ({ id, runs, blamed }) => `| ${id} | ${runs} | ${blamed.length === 0 ? 'never' : blamed.join(', ')} |\n`,
  );
  return `# The kill matrix

Written by \`npm run self-test\`; not edited by hand. ${figures(matrix)}

## Mutants

A mutant is killed with a seed if the default run, as a user starts it, blames it for a promise that it breaks within its minute,
and if its scripts do so again in an order that hangs on the seed alone: the properties of the promise first, one at a time.
The numbers are of that order. It stands by the promise that was first seen broken; *requests* are those that the property
had sent when it first showed it, *calls* those of the smallest script, both the median over the seeds. A star: the scripts
that kill it hang on the clock, so these numbers differ from run to run and are left out; it stands under the promise that it
is made to break. A SHOULD is warned of, without a script.

| mutant | killed | by | requests | calls |
|---|---|---|---|---|
${sections.join('')}
## Lawful variants

| variant | short runs | blamed |
|---|---|---|
${lawful.join('')}`;
}

function mutantLine({ id, killed, how, properties = [], sent, calls }: MutantRow, seeds: number): string {
  const by = how === 'timed' ? '*' : how === 'warned' ? 'a warning' : properties.join(', ');
  return `| ${id} | ${killed} of ${seeds} | ${by} | ${sent ?? ''} | ${calls ?? ''} |\n`;
}
