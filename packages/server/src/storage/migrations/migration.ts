/** One step of the schema. Steps only go forward, and an older process keeps working beside the newer schema. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** Statements for SQLite, run in one transaction. */
  readonly sqlite: string;
  /** Statements for PostgreSQL, run in one transaction. */
  readonly postgres: string;
}
