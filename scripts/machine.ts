import { statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, tmpdir, totalmem, type } from 'node:os';

/** Magic numbers of file systems (statfs(2)). */
const fileSystems: Record<number, string> = {
  61267: 'ext4',
  16914836: 'tmpfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
};

/** The machine, in one line: figures mean nothing without it. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'an unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const system = `${type()} ${release()} ${arch()}`;
  const disk = fileSystems[statfsSync(tmpdir()).type] ?? 'an unknown file system';
  return `${availableParallelism()} cores of ${model}, ${memory} GiB, ${disk}, ${system}, Node ${process.versions.node}`;
}
