/** The results as text: a table for the terminal and the page, and a plot. */
import { readFileSync } from 'node:fs';
import { machine } from '../machine.ts';

/** A line of the table: what was measured, its figures by column, and the goal, if it has one. Without `what`: only a goal. */
export type Row = Readonly<{ what: string; figures: readonly string[]; goal?: Goal }>;
export type Goal = Readonly<{ wanted: string; is: string; reached: boolean }>;

/** A group of bars: servers beside one another. */
export type Bars = Readonly<{ title: string; bars: readonly (readonly [label: string, value: number])[] }>;

export const columns = ['', 'bare node:http', 'reference server', '@tus/server'] as const;

/** The rows as a Markdown table, which a terminal shows as well. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, index) => Math.max(title.length, 3, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function goalsOf(rows: readonly Row[]): Goal[] {
  return rows.flatMap(({ goal }) => goal ?? []);
}

/** Figures, and what of the goals is reached, as Markdown. */
export function summary(rows: readonly Row[]): string {
  const figures = table(
    columns,
    rows.flatMap(({ what, figures }) => (what === '' ? [] : [[what, ...figures, '', '', ''].slice(0, columns.length)])),
  );
  const goals = table(
    ['goal', 'measured', ''],
    goalsOf(rows).map(({ wanted, is, reached }) => [wanted, is, reached ? 'reached' : 'not reached']),
  );
  return `${figures}\n\n${goals}\n`;
}

/** The page around them. */
export function page(rows: readonly Row[], rounds: number): string {
  const versions = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).devDependencies;
  return `# How fast the reference server is

Written by \`npm run bench\`: one run on one machine (${machine()}), with one
driver, the servers in turn, ${rounds} times; each figure is the median. The driver runs on the same machine, and so takes
its share of it. Each measurement has a server and a folder of its own, and memory that the machine has just had in use.

- **bare node:http** writes each body to a file at an offset: no hash, no sync, no record.
- **reference server** hashes every chunk with SHA-256, syncs it, and records it, before it answers.
- **@tus/server** ${versions['@tus/server']} with its file store ${versions['@tus/file-store']}, as documented: no hash, no sync.

![MiB a second with chunks of 8 MiB](performance.svg)

${summary(rows)}`;
}

const colours = ['#8a8f98', '#2563a8', '#c07830'];

/** Groups of horizontal bars, to one scale, as a picture that needs nothing else. */
export function plot(title: string, groups: readonly Bars[]): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(([, value]) => value)));
  const parts: string[] = [];
  let y = 34;
  for (const { title: name, bars } of groups) {
    parts.push(`<text x="10" y="${y + 12}" font-weight="bold">${name}</text>`);
    y += 20;
    for (const [index, [label, value]] of bars.entries()) {
      const width = Math.round((value / most) * 380);
      parts.push(
        `<text x="130" y="${y + 13}" text-anchor="end">${label}</text>`,
        `<rect x="138" y="${y}" width="${width}" height="18" fill="${colours[index % colours.length]}"/>`,
        `<text x="${144 + width}" y="${y + 13}">${Math.round(value).toLocaleString('en')}</text>`,
      );
      y += 22;
    }
    y += 10;
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 ${y}" font-family="sans-serif" font-size="12">`;
  const ground = `<rect width="600" height="${y}" fill="#fff"/>`;
  return [
    head,
    `<title>${title}</title>`,
    ground,
    `<text x="10" y="20" font-size="14">${title}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
