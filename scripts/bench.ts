/**
 * `npm run bench [-- --quick]`: the reference server beside the least that node:http can do and beside @tus/server, on one
 * machine with one driver, in turn. Prints the medians of five rounds and which goals are reached, and writes both to
 * `docs/performance.md`, with a plot. Exits with 1 if a goal is not reached. `--quick` plays one small round, and writes
 * and demands nothing.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type Completed,
  completion,
  median,
  memory,
  partly,
  smallChunks,
  statusTime,
  throughput,
} from './bench/measures.ts';
import { type Bars, columns, goalsOf, page, plot, type Row, summary } from './bench/page.ts';
import { type Kind, type Measured, start } from './bench/servers.ts';
import { machine } from './machine.ts';

const MiB = 1024 * 1024;
const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const rounds = quick ? 1 : 5;
const chunks = quick ? 8 : 64;
const smallCounts = quick ? { 1: 20, 16: 64 } : { 1: 200, 16: 1600 };
const fileSizes = quick ? [MiB, 4 * MiB, 32 * MiB] : [MiB, 100 * MiB, 4096 * MiB];
const statusChunks = quick ? [1, 100] : [1, 100, 10_000];
const kinds = ['bare', 'ours', 'tus'] as const;
const root = fileURLToPath(new URL('..', import.meta.url));

execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
say(machine());
const { bars, rows: besides } = await compared();
const rows = [...besides, ...(await completed()), ...(await statuses())];
say(`\n${summary(rows)}`);
if (!quick) {
  await mkdir(new URL('../docs/', import.meta.url), { recursive: true });
  await writeFile(new URL('../docs/performance.md', import.meta.url), page(rows, rounds));
  await writeFile(new URL('../docs/performance.svg', import.meta.url), plot('MiB a second, chunks of 8 MiB', bars));
  if (goalsOf(rows).some(({ reached }) => !reached)) process.exitCode = 1;
}

/** By what was measured and by server: the figures of each round. */
function figuresOf(): { add(what: string, kind: Kind, figure: number): void; of(what: string, kind: Kind): number } {
  const all = new Map<string, number[]>();
  return {
    add(what, kind, figure) {
      const key = `${what}/${kind}`;
      all.set(key, [...(all.get(key) ?? []), figure]);
      say(`${kind.padEnd(4)} ${what}: ${figure.toFixed(1)}`);
    },
    of: (what, kind) => median(all.get(`${what}/${kind}`) ?? []),
  };
}

/** Starts a server for one measurement, so that none inherits what another wrote. */
async function withServer<T>(kind: Kind, work: (server: Measured) => Promise<T>): Promise<T> {
  const server = await start(kind);
  try {
    touchMemory();
    return await work(server);
  } finally {
    await server.stop();
  }
}

/**
 * Takes memory, writes to it, and gives it back. A virtual machine gets memory from its host only when it is first touched,
 * and hands it back once it has been free for two seconds; written to the page cache, that costs more than all else, and
 * would be counted against whoever comes later than two seconds after the last one's files have gone.
 */
function touchMemory(): void {
  execFileSync(process.execPath, ['-e', 'Buffer.alloc(1.5 * 2 ** 30, 1)']);
}

/** (a) to (d), and (g): what all three servers do. */
async function compared(): Promise<{ rows: Row[]; bars: Bars[] }> {
  const figures = figuresOf();
  for (let round = 0; round < rounds; round++)
    for (const kind of kinds) {
      for (const lines of [1, 4])
        figures.add(
          `8 MiB × ${lines}`,
          kind,
          await withServer(kind, (server) => throughput(kind, server, lines, chunks)),
        );
      await withServer(kind, async (server) => {
        for (const lines of [1, 16] as const)
          figures.add(`4 KiB × ${lines}`, kind, await smallChunks(kind, server, lines, smallCounts[lines]));
      });
      figures.add('memory', kind, await withServer(kind, (server) => memory(kind, server, quick ? 1 : 2)));
    }
  const row = (what: string, name: string, unit: string): Row => ({
    what: name,
    figures: kinds.map((kind) => `${Math.round(figures.of(what, kind)).toLocaleString('en')} ${unit}`),
  });
  const ratio = (what: string, other: Kind, least: number, name: string) => {
    const is = figures.of(what, 'ours') / figures.of(what, other);
    // What no hash and no sync could reach, either, is a goal that this machine cannot tell anything about.
    const most =
      other === 'bare' ? '' : ` (a bare server: ${(figures.of(what, 'bare') / figures.of(what, other)).toFixed(2)})`;
    return { wanted: `${name}: at least ${least}`, is: `${is.toFixed(2)}${most}`, reached: is >= least };
  };
  const bars = [1, 4].map((lines) => ({
    title: connections(lines),
    bars: kinds.map((kind, index) => [columns[index + 1] ?? kind, figures.of(`8 MiB × ${lines}`, kind)] as const),
  }));
  const peak = figures.of('memory', 'ours');
  const rows = [
    ...[1, 4].flatMap((lines): Row[] => {
      const what = `8 MiB × ${lines}`;
      const at = `8 MiB chunks, ${connections(lines)}`;
      return [
        { ...row(what, at, 'MiB/s'), goal: ratio(what, 'bare', 0.5, `${at}, of a bare server`) },
        { what: '', figures: [], goal: ratio(what, 'tus', 3, `${at}, of @tus/server`) },
      ];
    }),
    row('4 KiB × 1', '4 KiB chunks, 1 connection', '/s'),
    row('4 KiB × 16', '4 KiB chunks, 16 connections', '/s'),
    {
      ...row('memory', 'resident, 64 uploads of 8 MiB chunks', 'MiB'),
      goal: {
        wanted: 'resident memory with 64 uploads: under 200 MiB',
        is: `${Math.round(peak)} MiB`,
        reached: peak < 200,
      },
    },
  ];
  return { rows, bars };
}

function connections(lines: number): string {
  return lines === 1 ? '1 connection' : `${lines} connections`;
}

/** (e): completions without reading, and with. */
async function completed(): Promise<Row[]> {
  const plain = new Map<number, number[]>();
  const read = new Map<number, Completed[]>();
  for (let round = 0; round < rounds; round++)
    for (const size of fileSizes) {
      const times = await withServer('ours', (server) => completion(server, size));
      say(
        `ours completion of ${size / MiB} MiB: ${times.plain.ended.toFixed(1)} ms, with a digest ${times.read.ended.toFixed(0)} ms`,
      );
      plain.set(size, [...(plain.get(size) ?? []), times.plain.ended]);
      read.set(size, [...(read.get(size) ?? []), times.read]);
    }
  const [least = 0, , most = 0] = fileSizes;
  const time = (size: number) => median(plain.get(size) ?? []);
  const readTime = (size: number) => median((read.get(size) ?? []).map(({ ended }) => ended));
  const answeredIn = Math.max(...[...read.values()].flat().map(({ answered }) => answered));
  const told = (read.get(most) ?? []).filter(({ status }) => status === 202).length;
  const speed = most / MiB / (readTime(most) / 1000);
  return fileSizes.map((size): Row => {
    const name = size < 1024 * MiB ? `${size / MiB} MiB` : `${size / 1024 / MiB} GiB`;
    const text = `${time(size).toFixed(1)} ms; with a digest ${Math.round(readTime(size)).toLocaleString('en')} ms`;
    const row = { what: `completion of ${name}`, figures: ['', text] };
    if (size === least) {
      const wanted = 'completion without a digest: flat in size (4 GiB within 10 ms of 1 MiB)';
      return {
        ...row,
        goal: {
          wanted,
          is: `${(time(most) - time(least)).toFixed(1)} ms more`,
          reached: time(most) - time(least) < 10,
        },
      };
    }
    if (size !== most) {
      const wanted = 'completion with a digest: answered within 2.5 s, with 202 where it takes longer';
      const is = `${Math.round(answeredIn).toLocaleString('en')} ms at most, ${told} of ${rounds} of 4 GiB with 202`;
      return { ...row, goal: { wanted, is, reached: answeredIn < 2500 } };
    }
    const alone = hashSpeed();
    const wanted = 'completion with a digest: half the speed of hashing alone, or more';
    return {
      ...row,
      goal: { wanted, is: `${Math.round(speed)} of ${Math.round(alone)} MiB/s`, reached: speed >= alone / 2 },
    };
  });
}

/** MiB a second of SHA-256 over memory. */
function hashSpeed(): number {
  const bytes = Buffer.alloc(64 * MiB, 1);
  const started = performance.now();
  createHash('sha256').update(bytes).digest();
  return 64 / ((performance.now() - started) / 1000);
}

/** (f): how long a session takes to be read. */
async function statuses(): Promise<Row[]> {
  return withServer('ours', async (server) => {
    const measured: Row[] = [];
    for (const count of statusChunks)
      for (const holes of count > 100 ? [false, true] : [false]) {
        const id = await partly(server, count, (chunk) => !holes || chunk % 2 === 0);
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) times.push(await statusTime(server, id, 100));
        const ms = median(times);
        const what = `status with ${count.toLocaleString('en')} chunks${holes ? ', every second stored' : ''}`;
        const goal = { wanted: `${what}: under 2 ms`, is: `${ms.toFixed(2)} ms`, reached: ms < 2 };
        measured.push({ what, figures: ['', goal.is], ...(count > 100 ? { goal } : {}) });
      }
    return measured;
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
