import type { Statement } from './statement.js';

/** Reads committed rows, or inside a transaction the transaction's own view. */
export interface Reader {
  /** Every row of the statement. @throws PartnerError `unavailable` when the storage does not answer */
  all<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R[]>;
  /** The first row, or undefined. @throws PartnerError `unavailable` when the storage does not answer */
  first<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<R | undefined>;
}

/** A running write transaction; all of it is committed, or none. */
export interface Transaction extends Reader {
  /** Executes a change and gives the number of rows it changed. */
  run<P extends object, R>(query: Statement<P, R>, parameters: P): Promise<number>;
  /** Runs work that is undone alone when it throws, and rethrows; the transaction goes on. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A named unit of writing. Input and output cross a thread boundary, so both are plain values that can be cloned.
 * `run` may await the transaction and nothing else: others wait for it.
 */
export interface Command<I, O> {
  readonly name: string;
  run(tx: Transaction, input: I): Promise<O>;
}

/** The order of a customer list, in column terms. */
export type ListOrder = 'name' | 'email' | 'created' | 'updated';

/** One page of a team's customers as the storage is asked for it. */
export interface ListRequest {
  readonly teamId: number;
  /** Case-folded text to find in name, email or phone; at least one character. */
  readonly search?: string;
  readonly status?: string;
  /** Milliseconds since 1970, inclusive. */
  readonly createdSince?: number;
  /** Milliseconds since 1970, inclusive. */
  readonly updatedSince?: number;
  readonly order: ListOrder;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  /** Only records behind this one in the given order. */
  readonly after?: ListPosition;
}

/** Where a record stands in an order: its sort value and, for ties, its UUID. */
export interface ListPosition {
  readonly value: string | number;
  readonly uuid: string;
}

/** One page of a list; `rows` has one more than the limit where there is a next page. */
export interface ListPage {
  readonly rows: readonly ListRow[];
  readonly total: number;
}

/** A record of a list with its place in the order. */
export interface ListRow {
  readonly body: string;
  readonly position: ListPosition;
}

/** Numbers for the metrics page. */
export interface StorageGauges {
  /** Writes handed in and not yet committed. */
  readonly writesWaiting: number;
  /** Commits since the start. */
  readonly commits: number;
  /** Writes committed since the start; divided by commits, the size of a group. */
  readonly writes: number;
}

/** A database of one engine, open and at the right schema. */
export interface Storage extends Reader {
  /**
   * Runs a command in a transaction and gives its output once the commit is on disk.
   *
   * @throws PartnerError as the command threw it, with nothing written; `unavailable` when it could not be committed
   */
  write<I, O>(command: Command<I, O>, input: I): Promise<O>;
  /** One page of a team's customers, off the request's thread. */
  listCustomers(request: ListRequest): Promise<ListPage>;
  /** Whether the storage answers; throws PartnerError `unavailable` when not. */
  verify(): Promise<void>;
  gauges(): StorageGauges;
  /** Finishes what was handed in, then lets go of the files. */
  close(): Promise<void>;
}
