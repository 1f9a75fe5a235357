/** The settings: one table, from which the flags, the variables and the documentation are made. */
import { type Plan, readPlan } from './faults/plan.ts';
import { presets } from './faults/presets.ts';
import type { Principal } from './http/auth.ts';

export type Settings = Readonly<{
  host: string;
  port: number;
  data: string;
  databaseUrl: string | null;
  s3Bucket: string | null;
  s3Endpoint: string | null;
  s3Region: string;
  s3AccessKey: string | null;
  s3SecretKey: string | null;
  prefix: string;
  principal: readonly Principal[];
  minChunkSize: number;
  maxChunkSize: number;
  maxFileSize: number;
  maxTimeout: number;
  completeWithin: number;
  maxSessions: number;
  maxOpenBytes: number;
  maxConnections: number;
  minRate: number;
  cors: readonly string[];
  adminPort: number | null;
  faults: Plan | null;
  faultsSeed: number | null;
  logLevel: string;
}>;

type Parsed<T> = T | Readonly<{ wrong: string }>;
type Setting<T> = Readonly<{
  /** As commander writes it; the variable is the same name in capitals behind `CHUNKPROOF_`. */
  flag: string;
  description: string;
  /** As text, the way it would be given; null where `resolveSettings` works it out. */
  default: string | null;
  /** May be given several times; in the environment, separated by commas. */
  repeatable?: true;
  parse(text: string): Parsed<T>;
}>;

/** The contract's ceiling on the number of chunks (section 2 of `Limits`), and what this server allows. */
export const maxChunks = 10_000;
/** A client that asks for less time than this gets this: seconds. */
export const minTimeoutSeconds = 1;
/** What a client gets that asks for nothing: a day, in seconds, or the maximum if that is shorter. */
export const defaultTimeoutSeconds = 24 * 60 * 60;

const MiB = 1024 * 1024;
/** S3's bounds for a part, the last one apart from the least (Amazon S3 user guide, multipart upload limits): bytes. */
const s3Part = { least: 5 * MiB, most: 5 * 1024 * MiB };

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export const settings: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  host: {
    flag: '--host <address>',
    description: 'address to listen at',
    default: '127.0.0.1',
    parse: (text) => (/^[\w.:-]+$/.test(text) ? text : wrong('a host name or address', text)),
  },
  port: {
    flag: '--port <number>',
    description: 'port to listen at; 0 takes a free one',
    default: '8080',
    parse: (text) => integer(text, 0, 65535),
  },
  data: {
    flag: '--data <folder>',
    description: 'folder that keeps sessions and files',
    default: './chunkproof-data',
    parse: (text) => (text.length > 0 ? text : wrong('a folder', text)),
  },
  databaseUrl: {
    flag: '--database-url <url>',
    description: 'PostgreSQL for the records of any number of servers; with --s3-bucket, instead of --data',
    default: null,
    // The value may hold a password, so the error does not repeat it.
    parse: (text) =>
      /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
        ? text
        : { wrong: 'must be a URL such as postgres://user:password@host/database' },
  },
  s3Bucket: {
    flag: '--s3-bucket <name>',
    description: 'bucket of an S3-compatible store for the bytes; with --database-url',
    default: null,
    parse: (text) => (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) ? text : wrong('the name of a bucket', text)),
  },
  s3Endpoint: {
    flag: '--s3-endpoint <url>',
    description: 'URL of the store; none: AWS S3 in the region',
    default: null,
    parse: (text) => (/^https?:/.test(text) && URL.canParse(text) ? text : wrong('a URL', text)),
  },
  s3Region: {
    flag: '--s3-region <name>',
    description: 'region of the store',
    default: 'us-east-1',
    parse: (text) => (/^[\w-]+$/.test(text) ? text : wrong('a region such as eu-central-1', text)),
  },
  s3AccessKey: {
    flag: '--s3-access-key <id>',
    description: "access key of the store; none: what AWS's SDK finds, such as the role of the machine",
    default: null,
    parse: (text) => (text.length > 0 ? text : wrong('an access key', text)),
  },
  s3SecretKey: {
    flag: '--s3-secret-key <secret>',
    description: 'its secret; rather by the environment, since everybody on the machine can read a command line',
    default: null,
    parse: (text) => (text.length > 0 ? text : { wrong: 'must be the secret of the access key' }),
  },
  prefix: {
    flag: '--prefix <path>',
    description: 'path in front of /attachment, such as /api/v3',
    default: '',
    parse: (text) => (/^(\/[\w.~-]+)*$/.test(text) ? text : wrong('empty or a path such as /api/v3', text)),
  },
  principal: {
    flag: '--principal <name:token>',
    description: 'who may upload, with which bearer token; repeatable; none: everyone may',
    default: null,
    repeatable: true,
    // The value is a secret, so the error does not repeat it.
    parse(text) {
      const parts = text.split(',').map((part) => /^([\w.-]+):([\w.~+/=-]+)$/.exec(part.trim()));
      const principals = parts.flatMap((part) => (part?.[1] && part[2] ? [{ name: part[1], token: part[2] }] : []));
      return principals.length === parts.length ? principals : { wrong: 'must be name:token' };
    },
  },
  minChunkSize: {
    flag: '--min-chunk-size <bytes>',
    description: "shortest chunk that a client may prefer; by default 1, or S3's least part of 5 MiB",
    default: null,
    parse: (text) => integer(text, 1, Number.MAX_SAFE_INTEGER),
  },
  maxChunkSize: {
    flag: '--max-chunk-size <bytes>',
    description: 'longest chunk',
    default: String(64 * 1024 * 1024),
    parse: (text) => integer(text, 1, Math.floor(Number.MAX_SAFE_INTEGER / maxChunks)),
  },
  maxFileSize: {
    flag: '--max-file-size <bytes>',
    description: `longest file; at most, and by default, ${maxChunks} of the longest chunks`,
    default: null,
    parse: (text) => integer(text, 0, Number.MAX_SAFE_INTEGER),
  },
  completeWithin: {
    flag: '--complete-within <seconds>',
    description:
      'time for which a client waits for its completion; then it is told to poll; 0: at once where the file has to be read',
    default: '2',
    parse: (text) => integer(text, 0, 3600),
  },
  maxTimeout: {
    flag: '--max-timeout <seconds>',
    description: 'longest time that a session may be idle',
    default: String(7 * 24 * 60 * 60),
    parse: (text) => integer(text, minTimeoutSeconds, 10 * 365 * 24 * 60 * 60),
  },
  maxSessions: {
    flag: '--max-sessions <number>',
    description: 'most sessions that one principal may have unfinished; past it 429',
    default: '10000',
    parse: (text) => integer(text, 1, Number.MAX_SAFE_INTEGER),
  },
  maxOpenBytes: {
    flag: '--max-open-bytes <bytes>',
    description: "most bytes of files in one principal's unfinished sessions; past it 507; by default, no limit",
    default: null,
    parse: (text) => integer(text, 1, Number.MAX_SAFE_INTEGER),
  },
  maxConnections: {
    flag: '--max-connections <number>',
    description: 'most connections at once; further ones are closed',
    default: '5000',
    parse: (text) => integer(text, 1, 1_000_000),
  },
  minRate: {
    flag: '--min-rate <bytes>',
    description:
      'bytes a second that a body has to come with, after 30 seconds; at most 1024, which the contract allows',
    default: '1024',
    parse: (text) => integer(text, 1, 1024),
  },
  cors: {
    flag: '--cors <origin>',
    description:
      'origin whose pages may call, such as https://app.example.net, or *; repeatable; none: browsers refuse',
    default: null,
    repeatable: true,
    parse(text) {
      const origins = text.split(',').map((origin) => origin.trim());
      const bad = origins.find((origin) => origin !== '*' && !isOrigin(origin));
      return bad === undefined ? origins : wrong('* or an origin such as https://app.example.net', bad);
    },
  },
  adminPort: {
    flag: '--admin-port <number>',
    description: 'port of its own for /healthz, /readyz and /metrics, 0 takes a free one; none: beside the uploads',
    default: null,
    parse: (text) => integer(text, 0, 65535),
  },
  faults: {
    flag: '--faults <preset|file>',
    description: `misbehave as the contract allows: ${Object.keys(presets).join(', ')}, or a JSON file`,
    default: null,
    parse: readPlan,
  },
  faultsSeed: {
    flag: '--faults-seed <number>',
    description: 'the same seed and the same requests make the same faults; by default a random one, which is told',
    default: null,
    parse: (text) => integer(text, 0, 2 ** 31 - 1),
  },
  logLevel: {
    flag: '--log-level <level>',
    description: levels.join(', '),
    default: 'info',
    parse: (text) => (levels.includes(text) ? text : wrong(`one of ${levels.join(', ')}`, text)),
  },
};

export type Resolved = Readonly<{ ok: true; settings: Settings } | { ok: false; errors: readonly string[] }>;
export type Flags = Readonly<Partial<Record<keyof Settings, string | readonly string[] | undefined>>>;

/** The variable of a setting: `CHUNKPROOF_MAX_CHUNK_SIZE`. */
export function variableOf(name: keyof Settings): string {
  return `CHUNKPROOF_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** Settings from flags over variables over defaults; or one line for everything that is wrong. */
export function resolveSettings(flags: Flags, env: Readonly<Record<string, string | undefined>>): Resolved {
  const errors: string[] = [];
  function read<Name extends keyof Settings>(name: Name, whenAbsent: Settings[Name]): Settings[Name] {
    const { flag, default: usual, parse } = settings[name];
    const given = flags[name];
    const fromEnv = env[variableOf(name)];
    const text = given === undefined ? (fromEnv ?? usual) : [given].flat().join();
    if (text === null) return whenAbsent;
    const parsed: Parsed<Settings[Name]> = parse(text);
    if (parsed === null || typeof parsed !== 'object' || !('wrong' in parsed)) return parsed;
    const source = given === undefined && fromEnv !== undefined ? variableOf(name) : flag.replace(/ .*/, '');
    errors.push(`${source} ${parsed.wrong}`);
    return whenAbsent;
  }
  const maxChunkSize = read('maxChunkSize', 1);
  const s3Bucket = read('s3Bucket', null);
  const resolved: Settings = {
    host: read('host', ''),
    port: read('port', 0),
    data: read('data', ''),
    databaseUrl: read('databaseUrl', null),
    s3Bucket,
    s3Endpoint: read('s3Endpoint', null),
    s3Region: read('s3Region', ''),
    s3AccessKey: read('s3AccessKey', null),
    s3SecretKey: read('s3SecretKey', null),
    prefix: read('prefix', ''),
    principal: read('principal', []),
    minChunkSize: read('minChunkSize', s3Bucket === null ? 1 : s3Part.least),
    maxChunkSize,
    maxFileSize: read('maxFileSize', maxChunkSize * maxChunks),
    maxTimeout: read('maxTimeout', 1),
    completeWithin: read('completeWithin', 1),
    maxSessions: read('maxSessions', 1),
    maxOpenBytes: read('maxOpenBytes', Number.POSITIVE_INFINITY),
    maxConnections: read('maxConnections', 1),
    minRate: read('minRate', 1),
    cors: read('cors', []),
    adminPort: read('adminPort', null),
    faults: read('faults', null),
    faultsSeed: read('faultsSeed', null),
    logLevel: read('logLevel', ''),
  };
  if (errors.length === 0) errors.push(...contradictions(resolved));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, settings: resolved };
}

function* contradictions(settings: Settings): Generator<string> {
  const { minChunkSize, maxChunkSize, maxFileSize, maxOpenBytes, principal, faults, faultsSeed } = settings;
  const { databaseUrl, s3Bucket, s3AccessKey, s3SecretKey } = settings;
  if ((databaseUrl === null) !== (s3Bucket === null)) yield '--database-url and --s3-bucket go together';
  if ((s3AccessKey === null) !== (s3SecretKey === null)) yield '--s3-access-key and --s3-secret-key go together';
  if (s3Bucket !== null && maxChunkSize > s3Part.most)
    yield `--max-chunk-size must be at most S3's longest part (${s3Part.most}), not ${maxChunkSize}`;
  if (minChunkSize > maxChunkSize)
    yield `--min-chunk-size must be at most --max-chunk-size (${maxChunkSize}), not ${minChunkSize}`;
  if (maxFileSize > maxChunkSize * maxChunks)
    yield `--max-file-size must be at most ${maxChunks} times --max-chunk-size (${maxChunkSize * maxChunks}), not ${maxFileSize}`;
  // Else a file that the capabilities allow could never be uploaded: 507 would not be transient.
  if (maxOpenBytes < maxFileSize)
    yield `--max-open-bytes must be at least --max-file-size (${maxFileSize}), not ${maxOpenBytes}`;
  if (faultsSeed !== null && faults === null) yield '--faults-seed needs --faults';
  if (new Set(principal.map(({ token }) => token)).size < principal.length)
    yield '--principal must not give one token to two names';
}

/** Whether the text is an origin as browsers send it (RFC 6454, section 6.2). */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function integer(text: string, least: number, most: number): Parsed<number> {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : wrong(`an integer from ${least} to ${most}`, text);
}

function wrong(expected: string, text: string): Readonly<{ wrong: string }> {
  return { wrong: `must be ${expected}, not ${JSON.stringify(text)}` };
}
