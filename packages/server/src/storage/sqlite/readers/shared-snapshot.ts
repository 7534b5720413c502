import type { SqliteConnection } from '../connection.js';

/**
 * Lets all reads of one turn of the event loop share a read transaction, since taking and giving back its locks costs
 * more than a lookup. The snapshot ends before the loop waits for new requests, so that a request sees every commit that
 * was answered before it came.
 */
export class SharedSnapshot {
  readonly #connection: SqliteConnection;
  #isOpen = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Opens the snapshot for the rest of this turn, unless it is open. */
  hold(): void {
    if (this.#isOpen) return;
    this.#connection.runText('begin');
    this.#isOpen = true;
    setImmediate(() => this.release());
  }

  /** Ends the snapshot now. */
  release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // A fault of the disk has ended it already.
    if (this.#connection.isInTransaction) this.#connection.runText('rollback');
  }
}
