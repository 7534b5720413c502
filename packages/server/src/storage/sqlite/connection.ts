import { backup, DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import { currentTime, isClockMovable } from '../../clock.js';
import { type CompiledStatement, compileStatement, type Statement } from '../statement.js';
import { sqliteBuilder, sqliteDialect } from './sqlite-dialect.js';
import { translateStorageFault } from './storage-fault.js';

/**
 * What a connection is for; decides its page cache and what it may do. `sole` keeps every other connection of any process
 * away from the file for as long as it is open, and cannot be opened beside one. `copier` reads to make another file.
 */
export type ConnectionRole = 'writer' | 'reader' | 'checkpointer' | 'indexer' | 'sole' | 'copier';

/** Page cache in KiB. */
const CACHE_KIB: Record<ConnectionRole, number> = {
  writer: 131_072,
  reader: 65_536,
  checkpointer: 2_048,
  indexer: 32_768,
  sole: 16_384,
  copier: 16_384,
};
/** Roles that write nothing to the file. */
const READ_ONLY: ReadonlySet<ConnectionRole> = new Set(['reader', 'copier']);
/** How long a connection waits for another process's lock, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/** Pages of a log after which it is copied into the file, where no thread of its own does so. */
const AUTOCHECKPOINT_PAGES = 4_000;

/** More pages than a database has: it is copied in one piece. */
const ALL_PAGES = 2 ** 31 - 1;

interface PreparedStatement {
  readonly compiled: CompiledStatement;
  readonly prepared: StatementSyncInstance;
}

/** One connection to the database file; keeps every statement prepared. Synchronous: give it a thread of its own. */
export class SqliteConnection {
  readonly #database: InstanceType<typeof DatabaseSync>;
  readonly #statements = new WeakMap<object, PreparedStatement>();
  readonly #texts = new Map<string, StatementSyncInstance>();
  readonly #iterated = new Map<string, StatementSyncInstance>();

  /** @throws the driver's error when the file cannot be opened or is not a database */
  constructor(file: string, role: ConnectionRole) {
    this.#database = new DatabaseSync(file, {
      timeout: role === 'sole' ? 0 : BUSY_TIMEOUT_MS,
      readOnly: READ_ONLY.has(role),
    });
    try {
      if (isClockMovable()) this.#followClock();
      this.#configure(role);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  // What the statements take for SQLite's own time. A tenth of a millisecond keeps it from being rounded down.
  #followClock(): void {
    this.#database.function('unixepoch', { varargs: true }, () => (currentTime() + 0.1) / 1_000);
  }

  #configure(role: ConnectionRole): void {
    // Before all else, since others are kept away only where this is set when the file is first looked at.
    if (role === 'sole') this.#database.exec('pragma locking_mode = exclusive');
    this.#database.exec(`pragma cache_size = -${CACHE_KIB[role]}`);
    this.#database.exec('pragma temp_store = memory');
    if (READ_ONLY.has(role)) {
      if (role === 'reader') this.#database.exec('pragma query_only = on');
      this.#database.prepare('select count(*) from sqlite_schema').get();
      return;
    }
    this.#database.exec('pragma journal_mode = wal');
    // FULL: a commit is answered only when the log is synced. The checkpointer syncs both files whatever is set.
    this.#database.exec('pragma synchronous = full');
    this.#database.exec('pragma foreign_keys = on');
    // What is deleted or changed is overwritten, so that erasing need not look for former remains.
    this.#database.exec('pragma secure_delete = on');
    // The log of a server is copied by its checkpointer.
    const checkpointsItself = role === 'indexer' || role === 'sole';
    this.#database.exec(`pragma wal_autocheckpoint = ${checkpointsItself ? AUTOCHECKPOINT_PAGES : 0}`);
    this.#database.exec('pragma journal_size_limit = 67108864');
  }

  /** Executes SQL text without parameters, such as a migration. */
  execute(text: string): void {
    this.#database.exec(text);
  }

  /** Whether a transaction is open. */
  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Does work that waits for the locks of others for no longer than this, in milliseconds. */
  waitingAtMost<T>(waitMs: number, work: () => T): T {
    this.#database.exec(`pragma busy_timeout = ${waitMs}`);
    try {
      return work();
    } finally {
      this.#database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  /** Every row of a statement. */
  all<P extends object, R>(query: Statement<P, R>, parameters: P): R[] {
    const { compiled, prepared } = this.#prepare(query);
    return rowsOf<R>(prepared.all(...compiled.bind(parameters)));
  }

  /** The first row of a statement, or undefined. */
  first<P extends object, R>(query: Statement<P, R>, parameters: P): R | undefined {
    const { compiled, prepared } = this.#prepare(query);
    return rowOf<R>(prepared.get(...compiled.bind(parameters)));
  }

  /** Executes a change; gives the number of rows it changed itself, without triggers. */
  run<P extends object, R>(query: Statement<P, R>, parameters: P): number {
    const { compiled, prepared } = this.#prepare(query);
    return prepared.run(...compiled.bind(parameters)).changes;
  }

  /** Every row of SQL text with positional parameters; the text is prepared once. */
  allText<R>(text: string, parameters: readonly unknown[]): R[] {
    return rowsOf<R>(this.#prepareText(text).all(...parameters));
  }

  /** The rows of SQL text one by one, each an array; the same text may be iterated once at a time. */
  iterateText(text: string, parameters: readonly unknown[] = []): IterableIterator<unknown[]> {
    // An iterator does not keep its statement from being collected.
    const prepared = this.#iterated.get(text) ?? this.#database.prepare(text);
    this.#iterated.set(text, prepared);
    prepared.setReturnArrays(true);
    return prepared.iterate(...parameters);
  }

  /** Executes SQL text with positional parameters; the text is prepared once. */
  runText(text: string, parameters: readonly unknown[] = []): number {
    return this.#prepareText(text).run(...parameters).changes;
  }

  /** Puts everything that this database holds into another file, in one transaction there, also while others have it open. */
  async copyInto(file: string): Promise<void> {
    await backup(this.#database, file, { rate: ALL_PAGES });
  }

  close(): void {
    this.#database.close();
  }

  #prepare<P, R>(query: Statement<P, R>): PreparedStatement {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const compiled = compileStatement(query, sqliteBuilder, sqliteDialect);
    const statement = { compiled, prepared: this.#database.prepare(compiled.sql) };
    this.#statements.set(query, statement);
    return statement;
  }

  #prepareText(text: string): StatementSyncInstance {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(text);
    this.#texts.set(text, prepared);
    return prepared;
  }
}

// The driver types rows as any; a statement's row type was inferred from the query that is executed here.
function rowsOf<R>(rows: R[]): R[] {
  return rows;
}
function rowOf<R>(row: R | undefined): R | undefined {
  return row;
}

/** Runs work on a connection; faults of file or disk come out as PartnerError `unavailable`. */
export function withTranslatedFaults<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateStorageFault(error);
  }
}
