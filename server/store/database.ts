import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Value = null | number | string;
export type Row = Record<string, Value>;

/** What both SQLite drivers have in common. */
type Driver = {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: Value[]): { changes: number | bigint };
    all(...values: Value[]): unknown[];
  };
  close(): unknown;
};
type DriverClass = new (file: string) => Driver;
export type DriverName = 'node:sqlite' | 'libsql';

function loadDriver(name: DriverName): DriverClass | undefined {
  if (name === 'libsql') return createRequire(import.meta.url)('libsql') as DriverClass;
  const builtIn = process.getBuiltinModule('node:sqlite' as 'node:fs') as unknown;
  return (builtIn as { DatabaseSync: DriverClass } | undefined)?.DatabaseSync;
}

/** The drivers that this Node can load; the first is taken. Node 20 has no SQLite of its own. */
export function presentDrivers(): DriverName[] {
  return loadDriver('node:sqlite') ? ['node:sqlite', 'libsql'] : ['libsql'];
}

const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  PRAGMA busy_timeout = 5000;
`;

/** Synchronous SQLite. Statements are prepared once and kept, so that no driver has to finalise them under the garbage collector. */
export class Database {
  readonly #driver: Driver;
  readonly #statements = new Map<string, ReturnType<Driver['prepare']>>();
  #dataVersion: Value | undefined;

  /** `file` may be `:memory:`. A new file is readable by this user only. */
  constructor(file: string, driver: DriverName = presentDrivers()[0] as DriverName) {
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
    const DriverOfChoice = loadDriver(driver) as DriverClass;
    this.#driver = new DriverOfChoice(file);
    this.#driver.exec(PRAGMAS);
    this.changedOutside();
  }

  /** Several statements without values: for migrations. */
  execute(sql: string): void {
    this.#driver.exec(sql);
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** The first row. */
  get(sql: string, ...values: Value[]): Row | undefined {
    return this.all(sql, ...values)[0];
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** All of `work` or nothing of it. Not to be nested. */
  transaction<Result>(work: () => Result): Result {
    this.#driver.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#driver.exec('COMMIT');
      return result;
    } catch (error) {
      this.#driver.exec('ROLLBACK');
      throw error;
    }
  }

  /** Another connection has written since this was asked last. Own writes do not count. */
  changedOutside(): boolean {
    const before = this.#dataVersion;
    this.#dataVersion = this.get('PRAGMA data_version')?.data_version;
    return this.#dataVersion !== before;
  }

  close(): void {
    this.#statements.clear();
    this.#driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#driver.close();
  }

  #prepare(sql: string): ReturnType<Driver['prepare']> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#driver.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
