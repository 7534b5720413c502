/** One step of the schema. Steps only go forward, and an older process keeps working beside the newer schema. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** Statements for SQLite, run in one transaction. */
  readonly sqlite: string;
  /** Statements for PostgreSQL, run in one transaction. */
  readonly postgres: string;
  /**
   * Indexes on large tables of PostgreSQL, made behind the statements without keeping anybody from writing. The statements
   * of such a step are run again where it was interrupted.
   */
  readonly postgresIndexes?: readonly ConcurrentIndex[];
}

/** An index that is made while others write. */
export interface ConcurrentIndex {
  readonly name: string;
  /** What stands behind its name: the table, its columns and conditions. */
  readonly on: string;
}
