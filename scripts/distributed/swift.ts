/**
 * An S3-compatible store of one's own: OpenStack Swift with its S3 interface (s3api), one replica on one device, in a
 * folder, at free ports. https://docs.openstack.org/swift/latest/middleware.html#s3-api-compatibility
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../conformance/cli/free-ports.ts';
import { listening, type Program, run, start } from './programs.ts';
import type { Store } from './store.ts';

const services = ['account', 'container', 'object'] as const;
const serverOf = (name: string) => `/usr/bin/swift-${name}-server`;
/** What Swift keeps in it costs it half of its time to ask for again. */
const cache = '/usr/bin/memcached';
const python = '/usr/bin/python3'; // Debian's own, which knows Debian's Swift

/** Whether Debian's Swift is there, and the cache that it works with. */
export function hasSwift(): boolean {
  return [cache, ...[...services, 'proxy'].map(serverOf)].every((path) => existsSync(path));
}

/** Whether files in this folder may have extended attributes, in which Swift keeps what it knows of an object. */
export function keepsAttributes(folder: string): boolean {
  const script = 'import os, sys; os.setxattr(sys.argv[1], b"user.chunkproof", b"1")';
  return spawnSync(python, ['-c', script, folder]).status === 0;
}

/** Where each service listens: the rings, and the whole of what makes this Swift small. */
function ringsScript(folder: string, ports: Readonly<Record<string, number>>): string {
  return `
from swift.common.ring import RingBuilder
for name, port in ${JSON.stringify(Object.entries(ports))}:
    builder = RingBuilder(2, 1, 1)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'd1', 'weight': 1.0,
                     'replication_ip': '127.0.0.1', 'replication_port': port})
    builder.rebalance()
    builder.get_ring().save(${JSON.stringify(folder)} + '/' + name + '.ring.gz')
`;
}

/** Starts one below `folder`, and tells of each of its programs at once. */
export async function startSwift(folder: string, started: (program: Program) => void): Promise<Store> {
  const home = join(folder, 'swift');
  const devices = join(home, 'devices');
  await mkdir(join(devices, 'd1'), { recursive: true });
  const [account = 0, container = 0, object = 0, proxy = 0, cached = 0] = await freePorts(5);
  const ports = { account, container, object };
  await run({ name: 'rings', command: python, args: ['-c', ringsScript(home, ports)], folder: home });

  const secretKey = randomBytes(16).toString('hex');
  const user = userInfo().username;
  const common = (port: number) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${user}
swift_dir = ${home}
devices = ${devices}
mount_check = false
disable_fallocate = true
log_level = WARNING
`;
  const configurations: Record<string, readonly [number, string]> = {
    proxy: [proxy, proxyPipeline(secretKey, cached)],
  };
  for (const name of services)
    configurations[name] = [
      ports[name],
      `[pipeline:main]\npipeline = ${name}-server\n[app:${name}-server]\nuse = egg:swift#${name}\n`,
    ];
  const cacheArgs = ['-l', '127.0.0.1', '-p', String(cached), '-u', user];
  const programs = [start({ name: 'memcached', command: cache, args: cacheArgs, folder: home })];
  for (const [name, [port, pipeline]] of Object.entries(configurations)) {
    const file = join(home, `${name}.conf`);
    await writeFile(file, `${common(port)}${pipeline}`);
    programs.push(start({ name: `swift-${name}`, command: serverOf(name), args: [file, '-v'], folder: home }));
  }
  programs.forEach(started);
  const listeners = [cached, ...Object.values(configurations).map(([port]) => port)];
  await Promise.all(programs.map((program, i) => listening(program, listeners[i] ?? 0)));
  // A removed object leaves a mark without bytes for a week.
  const storage = `find '${devices}' -name '*.data' -printf '%s\\n' 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'`;
  return {
    name: 'Swift',
    endpoint: `http://127.0.0.1:${proxy}`,
    region: 'us-east-1',
    accessKey: 'test:tester',
    secretKey,
    leastPart: 1,
    storageCommand: () => storage,
    temporary: true,
  };
}

/**
 * `min_segment_size`: S3's least part of 5 MiB would make a run of thousands of small files one of thousands of large
 * ones. Parts up to 10,000, as in S3.
 */
function proxyPipeline(secretKey: string, cachePort: number): string {
  return `[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cachePort}
[filter:s3api]
use = egg:swift#s3api
min_segment_size = 1
max_upload_part_num = 10000
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = ${secretKey} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
`;
}
