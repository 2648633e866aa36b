import { closeSync, openSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { GatewayError } from '../platform/errors.ts';
import { dataError, troubleOf } from './data-error.ts';

export type Value = null | number | string;
export type Row = Record<string, Value>;
type NamedValues = Readonly<Record<string, Value>>;
/** The values of a statement: either for each `?` in order, or one object with a value for each `:name`. */
export type Values = readonly Value[] | readonly [NamedValues];

/** What both SQLite drivers have in common. */
type Driver = {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: Values): { changes: number | bigint };
    all(...values: Values): unknown[];
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

/** The drivers that this version of Node can load. The first is used. Node 20 has no built-in SQLite. */
export function presentDrivers(): DriverName[] {
  return loadDriver('node:sqlite') ? ['node:sqlite', 'libsql'] : ['libsql'];
}

/** Opens a connection to a file. A missing file is made and can only be read by this user. */
export function openDriver(file: string, name: DriverName = presentDrivers()[0] as DriverName): Driver {
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const DriverOfChoice = loadDriver(name) as DriverClass;
  return new DriverOfChoice(file);
}

const PRAGMAS = `
  PRAGMA busy_timeout = 5000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
`;

/** In a gateway no write may delay the pictures for longer than this while another process writes. */
const HASTY_MS = 20;
/** How many writes `runSoon` keeps while nothing can be written. The oldest are dropped first. */
const MAX_WAITING = 1000;

type Write = { readonly sql: string; readonly values: Values };

/**
 * Synchronous SQLite. Statements are prepared once and kept, so that drivers do not finalise them during garbage collection.
 * Every problem with the file or its disk is thrown as `data-failed`.
 */
export class Database {
  readonly #file: string;
  readonly #driver: Driver;
  readonly #identity: string | undefined;
  readonly #statements = new Map<string, ReturnType<Driver['prepare']>>();
  readonly #waiting: Write[] = [];
  #dataVersion: Value | undefined;
  #patienceMs = 5000;
  #isWriting = false;
  #refusal: GatewayError | undefined;
  #failure: GatewayError | undefined;

  /** `file` may be `:memory:`. */
  constructor(file: string, driver?: DriverName) {
    this.#file = file;
    this.#driver = openDriver(file, driver);
    try {
      this.#driver.exec(PRAGMAS);
      this.changedOutside();
    } catch (error) {
      this.#driver.close();
      throw dataError(error, file);
    }
    this.#identity = identityOf(file);
  }

  /** Several statements without values: for migrations. */
  execute(sql: string): void {
    this.#ask(() => this.#driver.exec(sql));
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: Values): number {
    if (!this.#isWriting) return this.transaction(() => this.run(sql, ...values));
    return this.#ask(() => Number(this.#prepare(sql).run(...values).changes));
  }

  /** For writes that may be lost, such as the time of the last use. */
  tryRun(sql: string, ...values: Values): void {
    if (!this.problem) this.#tryAtOnce(() => this.run(sql, ...values));
  }

  /** For writes that must not delay anything, such as audit records. They are written now or as soon as writing is possible. */
  runSoon(sql: string, ...values: Values): void {
    this.#waiting.push({ sql, values });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.#writeWaiting();
  }

  /** The first row. */
  get(sql: string, ...values: Values): Row | undefined {
    return this.all(sql, ...values)[0];
  }

  all(sql: string, ...values: Values): Row[] {
    return this.#ask(() => this.#prepare(sql).all(...values) as Row[]);
  }

  /** Does all of `work` or nothing. Transactions must not be nested. */
  transaction<Result>(work: () => Result): Result {
    if (this.#refusal) throw this.#refusal;
    // This is not a prepared statement, because in libsql a prepared one that fails stays open, and then old rows are read for ever.
    this.#ask(() => this.#driver.exec('BEGIN IMMEDIATE'));
    this.#isWriting = true;
    try {
      const result = work();
      this.#ask(() => this.#driver.exec('COMMIT'));
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Whether another connection has written since the last call. Own writes do not count. */
  changedOutside(): boolean {
    const before = this.#dataVersion;
    this.#dataVersion = this.get('PRAGMA data_version')?.data_version;
    return this.#dataVersion !== before;
  }

  /** From now on a write fails quickly instead of waiting while another process writes; see `canWrite`. */
  makeHaste(): void {
    this.#setPatience(HASTY_MS);
  }

  /** `false` while another process writes. Other problems are reported by the write itself. Never waits. */
  canWrite(): boolean {
    if (this.#isWriting || this.#refusal) return true;
    const patienceMs = this.#patienceMs;
    this.#setPatience(0);
    try {
      this.#driver.exec('BEGIN IMMEDIATE; COMMIT');
      return true;
    } catch (error) {
      return troubleOf(error) !== 'busy';
    } finally {
      this.#setPatience(patienceMs);
    }
  }

  /** Every write is refused with this from now on. */
  refuseChanges(reason: GatewayError): void {
    this.#refusal ??= reason;
  }

  /** What is wrong with the file or its disk, until `look` finds that the problem is over. */
  get problem(): GatewayError | undefined {
    return this.#refusal ?? this.#failure;
  }

  /** Checks whether the file is gone and whether a problem is over. */
  look(): void {
    if (this.#identity !== identityOf(this.#file)) {
      const message = `The data file ${this.#file} was deleted or replaced while the gateway runs. Pictures go on; changes are refused, because they would be lost. Bring the folder back, then start the gateway again.`;
      this.refuseChanges(new GatewayError('data-failed', message));
    }
    if (this.#failure && troubleOf(this.#failure.cause) !== 'damaged') this.#tryAgain();
    this.#writeWaiting();
  }

  close(): void {
    this.#statements.clear();
    try {
      this.#driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // Data that cannot be written into the file now stays in its log and is read from there at the next start.
      if (!troubleOf(error)) throw error;
    } finally {
      this.#driver.close();
    }
  }

  /** Writes the version number again, which is the smallest change that needs room on the disk. */
  #tryAgain(): void {
    const version = Number(this.get('PRAGMA user_version')?.user_version);
    const rewrite = (): void => this.execute(`PRAGMA user_version = ${version}`);
    if (this.#tryAtOnce(() => this.transaction(rewrite))) this.#failure = undefined;
  }

  #writeWaiting(): void {
    if (this.#waiting.length === 0 || this.#isWriting || this.problem) return;
    const writes = this.#waiting.splice(0);
    const writeAll = (): void => {
      for (const { sql, values } of writes) this.run(sql, ...values);
    };
    if (!this.#tryAtOnce(() => this.transaction(writeAll))) this.#waiting.unshift(...writes);
  }

  /** Writes without waiting for another process. Returns false when nothing was written. */
  #tryAtOnce(write: () => unknown): boolean {
    const patienceMs = this.#patienceMs;
    this.#setPatience(0);
    try {
      write();
      return true;
    } catch (error) {
      if (isDataFailure(error)) return false;
      throw error;
    } finally {
      this.#setPatience(patienceMs);
    }
  }

  #ask<Result>(question: () => Result): Result {
    try {
      return question();
    } catch (error) {
      const known = dataError(error, this.#file);
      if (isDataFailure(known) && troubleOf(error) !== 'busy') this.#failure = known;
      throw known;
    }
  }

  #rollBack(): void {
    try {
      this.#driver.exec('ROLLBACK');
    } catch {
      // When the disk is full, SQLite has already rolled back.
    }
  }

  #setPatience(ms: number): void {
    this.#patienceMs = ms;
    this.#driver.exec(`PRAGMA busy_timeout = ${ms}`);
  }

  #prepare(sql: string): ReturnType<Driver['prepare']> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#driver.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function isDataFailure(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'data-failed';
}

/** Identifies the file that a name leads to. Undefined when there is none. */
function identityOf(file: string): string | undefined {
  if (file === ':memory:') return undefined;
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
