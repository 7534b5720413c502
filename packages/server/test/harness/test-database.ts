import type { Row } from './postgres-sql.js';

/** The engines that the tests of the server run on. */
export type Engine = 'sqlite' | 'postgres';

/** An empty database of one test's own, set up for the built program. */
export interface TestDatabase {
  /** As `COUNTERSIGN_DATABASE_URL` takes it. */
  readonly url: string;
  /**
   * Runs one statement beside the server, to make time pass or to look at what is stored. On both engines times are
   * whole milliseconds; a UUID is a text on PostgreSQL and bytes on SQLite.
   */
  sql(text: string): Promise<Row[]>;
  /**
   * Everything that is wrong with what is stored: keys, counts, bodies that contradict their row, on SQLite also pages
   * and indexes. No process may have an SQLite database open.
   */
  findFaults(): Promise<string[]>;
  /** Everything that is stored, to look for what must not be. */
  readContents(): Promise<Buffer>;
  remove(): Promise<void>;
}
