/** A PostgreSQL of one's own, in a folder, at a free port. */
import { randomBytes } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { freePorts } from '../../conformance/cli/free-ports.ts';
import { listening, type Owner, type Program, run, start } from './programs.ts';

/** The folder of its programs: Debian keeps them off the path. Null if there are none. */
export function postgresPrograms(): string | null {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...globSync('/usr/lib/postgresql/*/bin').toSorted(),
  ];
  return folders.findLast((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** Starts one below `folder`, and tells of its program at once. `url` names an empty database, password included. */
export async function startPostgres(folder: string, started: (program: Program) => void): Promise<{ url: string }> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('There is no PostgreSQL.');
  const home = join(folder, 'postgres');
  await mkdir(home);
  const owner = process.getuid?.() === 0 ? await unprivileged() : undefined;
  const password = randomBytes(16).toString('hex');
  const secret = join(home, 'password');
  await writeFile(secret, password);
  for (const path of owner ? [home, secret] : []) await chown(path, owner?.uid ?? 0, owner?.gid ?? 0);

  const [port = 0] = await freePorts(1);
  const data = join(home, 'data');
  const common = { folder: home, owner };
  const setUp = ['-D', data, '-U', 'chunkproof', '-A', 'scram-sha-256', '--pwfile', secret, '-E', 'UTF8', '--locale=C'];
  await run({ ...common, name: 'initdb', command: join(programs, 'initdb'), args: setUp });
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = join(programs, 'postgres');
  const args = ['-D', data, '-p', String(port), ...flags];
  // An immediate shutdown, which leaves no shared memory behind as a kill does (PostgreSQL, section 19.5).
  const program = start({ ...common, name: 'postgres', command, args, ending: 'SIGQUIT' });
  started(program);
  await listening(program, port);
  return { url: `postgres://chunkproof:${password}@127.0.0.1:${port}/postgres` };
}

/** PostgreSQL refuses to run as root: as the user that Debian's package makes, or as nobody. */
async function unprivileged(): Promise<Owner> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].flatMap((name) => users.find(([known]) => known === name) ?? []);
  return { uid: Number(user[2]), gid: Number(user[3]) };
}
