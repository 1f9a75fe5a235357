/** For tests only: a file system and a database that fail on demand, at the Nth thing that is asked of them. */
import fs, { type FileHandle } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Files } from './file-bytes.ts';
import { openDatabase } from './sqlite-records.ts';

export type Code = 'EIO' | 'ENOSPC' | 'EMFILE';

/**
 * Which I/O fails, counted from 1; it alone or all from it on; and whether it is `undone` (a write, half done) or takes
 * effect and is only said to have failed, as a sync that fails behind a commit, or an answer that a network loses.
 */
export type Plan = Readonly<{ nth: number; lasting: boolean; code: Code; effect: 'undone' | 'done' }>;

export type Trouble = Readonly<{
  files: Files;
  open: (file: string) => DatabaseSync;
  /** From now on the I/O fails as planned; null heals it. */
  plan(next: Plan | null): void;
  /** What failed since the last plan, such as `rename`. */
  fired(): readonly string[];
}>;

/** SQLite's numbers for the codes (https://sqlite.org/rescode.html). */
const sqliteCodes: Record<Code, number> = { EIO: 10, ENOSPC: 13, EMFILE: 14 };

/** A storage to make trouble for. What it reads is left alone: a read that fails is a request that fails, and no more. */
export function createTrouble(): Trouble {
  let plan: Plan | null = null;
  let count = 0;
  let fired: string[] = [];

  /** The code that this I/O has to fail with, or null. */
  function strikes(name: string): Plan | null {
    count++;
    if (plan === null || (plan.lasting ? count < plan.nth : count !== plan.nth)) return null;
    fired.push(name);
    return plan;
  }
  const errorOf = ({ code }: Plan, name: string) => Object.assign(new Error(`${code}: ${name}`), { code });

  /** The same function, but that it may fail. */
  function troubled<Args extends unknown[], Result>(name: string, work: (...args: Args) => Promise<Result>) {
    return async (...args: Args): Promise<Result> => {
      const struck = strikes(name);
      if (struck === null) return work(...args);
      if (struck.effect === 'done') await work(...args);
      throw errorOf(struck, name);
    };
  }

  function troubledFile(file: FileHandle): FileHandle {
    const methods: Partial<FileHandle> = {
      sync: troubled('sync', () => file.sync()),
      datasync: troubled('sync', () => file.datasync()),
      truncate: troubled('truncate', (length) => file.truncate(length)),
      write: (async (piece: Uint8Array, offset: number, length: number, position: number) => {
        const struck = strikes('write');
        if (struck === null) return file.write(piece, offset, length, position);
        await file.write(piece, offset, Math.ceil(length / 2), position);
        throw errorOf(struck, 'write');
      }) as FileHandle['write'],
    };
    return new Proxy(file, {
      get(target, name) {
        const value = Reflect.get(
          name in methods ? methods : target,
          name,
          name in methods ? methods : target,
        ) as unknown;
        return typeof value === 'function' ? value.bind(name in methods ? methods : target) : value;
      },
    });
  }

  return {
    files: {
      mkdir: troubled('mkdir', fs.mkdir) as typeof fs.mkdir,
      rename: troubled('rename', fs.rename),
      rm: troubled('unlink', fs.rm),
      readdir: fs.readdir,
      stat: fs.stat,
      // An open that fails has opened nothing, whatever is planned: nobody would ever close it.
      async open(path, flags, mode) {
        const struck = strikes('open');
        if (struck !== null) throw errorOf(struck, 'open');
        return troubledFile(await fs.open(path, flags, mode));
      },
    },
    open(file) {
      const db = openDatabase(file);
      const exec = db.exec.bind(db);
      db.exec = (sql) => {
        const struck = sql === 'COMMIT' ? strikes('commit') : null;
        if (struck === null) return exec(sql);
        if (struck.effect === 'done') exec(sql);
        const more = { code: 'ERR_SQLITE_ERROR', errcode: sqliteCodes[struck.code] };
        throw Object.assign(errorOf(struck, 'commit'), more);
      };
      return db;
    },
    plan(next) {
      plan = next;
      count = 0;
      fired = [];
    },
    fired: () => fired,
  };
}
