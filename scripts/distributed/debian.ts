/** What of the programs is missing, and getting it from Debian where that may be done. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { postgresPrograms } from './postgres.ts';
import { hasSwift } from './swift.ts';

const swift = ['swift-account', 'swift-container', 'swift-object', 'swift-proxy', 'memcached'];

/** Installs what is missing. Gives why it cannot be had, or null if all of it is there. */
export function whyNotInstalled(withSwift: boolean): string | null {
  const missing = packages(withSwift);
  if (missing.length === 0) return null;
  const names = missing.join(' ');
  if (!existsSync('/usr/bin/apt-get')) return `${names} cannot be installed: this is no Debian`;
  if (process.getuid?.() !== 0) return `${names} cannot be installed: only root may; apt-get install ${names}`;
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    // In runlevel 1 the packages start no services (invoke-rc.d(8)).
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 300_000 });
    if (status !== 0) return `apt-get ${args.join(' ')} failed: ${stderr.trim().split('\n').at(-1)}`;
  }
  const still = packages(withSwift);
  return still.length === 0 ? null : `${still.join(' ')} are missing though they were installed`;
}

const packages = (withSwift: boolean): readonly string[] => [
  ...(postgresPrograms() === null ? ['postgresql'] : []),
  ...(withSwift && !hasSwift() ? swift : []),
];
