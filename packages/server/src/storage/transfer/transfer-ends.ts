import type { TransferTable } from './plan-transfer.js';
import type { KeyValue, RowChunk, TableShape } from './table-shape.js';

/** A database whose records are compared. */
interface ComparedDatabase {
  /** What a person calls it, without a password. */
  readonly name: string;
  tables(): Promise<TableShape[]>;
  /** The digests of every row's line, SHA-256, in any order, some at a time. */
  digests(table: TransferTable): AsyncIterable<readonly Uint8Array[]>;
  /**
   * How many customers each team has under each status, without those of which there are none. The source counts them;
   * the target tells what it keeps.
   */
  readCounts(): Promise<readonly CustomerCount[]>;
  close(): Promise<void>;
}

/** How many customers a team has under a status. */
export interface CustomerCount {
  readonly team_id: number;
  readonly status: string;
  readonly live: number;
}

/** The database that is copied; nobody else writes to it while it is open here. */
export interface TransferSource extends ComparedDatabase {
  countRows(table: TransferTable): Promise<number>;
  /** Rows in the order of the key, from behind a key or from the start. */
  readFrom(table: TransferTable, last: readonly KeyValue[] | null): AsyncIterable<RowChunk>;
}

/** How far a table has been copied. */
export interface TableProgress {
  readonly rows: number;
  /** The key of the last row in the source; null before the first. */
  readonly last: readonly KeyValue[] | null;
}

/** A chunk of a table, and how far the table was copied before it. */
export interface ChunkToStore {
  readonly table: TransferTable;
  readonly chunk: RowChunk;
  readonly before: TableProgress;
}

/** The database that is copied into. Whatever has been stored of a transfer stays stored, with the place where it goes on. */
export interface TransferTarget extends ComparedDatabase {
  /**
   * Begins a transfer into an empty database, or goes on with the transfer from the same source; gives how far each table is.
   *
   * @throws TransferRefused when the database holds anything else
   */
  begin(sourceName: string, tables: readonly TransferTable[]): Promise<ReadonlyMap<string, TableProgress>>;
  /** Stores rows together with how far their table is now copied. @throws TransferRefused when somebody else copies it too */
  store(chunk: ChunkToStore): Promise<TableProgress>;
  /** Once all rows are there: totals, and keys that go on behind those that were copied. */
  makeTotals(tables: readonly TransferTable[]): Promise<void>;
  /** Makes the indexes that were put off while rows were copied. */
  makeIndexes(): Promise<void>;
  /** Ends the transfer, on disk: from now on a server may start on it. */
  finish(tables: readonly TransferTable[]): Promise<void>;
}
